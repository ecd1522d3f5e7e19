import { type Json, sameJson } from '../json/json.ts'
import { agree, EPSILON, groupsOf, normalText, placeOf, placesIn, spansOf, stretches } from './agreement.ts'
import type { Span } from './check-answers.ts'
import { comparatorOf } from './comparator.ts'
import type { Answers, FormQuestion, NewForm, QuestionOf } from './form.ts'
import { fixedSides } from './sides.ts'

/**
 * The outcome of a question, by the answers of all who count, `undefined` for each that is missing, the earliest slot first. `undefined`: nothing, for more than
 * half gave no answer or answers are not compared; null: no answer that more than half of them agree with. `sides`: of the compare, in order.
 */
export function questionOutcome(
  question: FormQuestion,
  answers: readonly (Json | undefined)[],
  sides: readonly string[] = [],
): Json | undefined {
  const given = answers.filter((answer) => answer !== undefined)
  if (given.length === 0 || (answers.length - given.length) * 2 > answers.length) return undefined
  const candidate = candidateOf(question, given, sides)
  if (candidate === undefined) return undefined
  const behind = given.filter((answer) => agree(question, candidate, answer)).length
  return behind * 2 > answers.length ? candidate : null
}

/**
 * The outcome of a step, by the results that count, the earliest slot first: { question → outcome }, without a key for questions that came to nothing.
 * null if nothing that is compared has an answer. `known`: outcomes that were found in another way, by question.
 */
export function outcomeOf(
  form: Pick<NewForm, 'show' | 'questions'>,
  results: readonly Answers[],
  known: ReadonlyMap<string, Json> = new Map(),
): Answers | null {
  const entries = form.questions.flatMap((question) => {
    const found = known.get(question.id)
    if (found !== undefined) return [[question.id, found] as const]
    const answers = results.map((result) =>
      Object.hasOwn(result, question.id) ? result[question.id] : undefined,
    )
    const of = 'of' in question && question.type !== 'spans' ? question.of : undefined
    const sides = of === undefined ? [] : (fixedSides(form, of) ?? [])
    const outcome = questionOutcome(question, answers, sides)
    return outcome === undefined ? [] : [[question.id, outcome] as const]
  })
  return entries.every(([, outcome]) => outcome === null) ? null : Object.fromEntries(entries)
}

function candidateOf(
  question: FormQuestion,
  given: readonly Json[],
  sides: readonly string[],
): Json | undefined {
  switch (comparatorOf(question).by) {
    case 'ignore':
      return undefined
    case 'exact':
      return mostGiven(given, sameJson)
    case 'text':
      return mostGiven(given, (one, other) => normalText(one) === normalText(other))
    case 'ordinal':
      return lowerMedian(given, (answer) => placeOf(question, answer))
    case 'interval':
      return lowerMedian(given, Number)
    case 'set':
      return byMostOf(question as QuestionOf<'multi'>, given as readonly (readonly string[])[], sides)
    case 'span':
      return markedByMost(question as QuestionOf<'spans'>, given.map(spansOf))
    case 'ranking':
      return byMeanPlace(question as QuestionOf<'ranking'>, given, sides)
  }
}

/** The value that most gave, as the earliest of them wrote it; of several, the earliest. */
function mostGiven(given: readonly Json[], same: (one: Json, other: Json) => boolean): Json | undefined {
  const found: { readonly value: Json; times: number }[] = []
  for (const value of given) {
    const known = found.find((one) => same(one.value, value))
    if (known === undefined) found.push({ value, times: 1 })
    else known.times += 1
  }
  const most = Math.max(...found.map(({ times }) => times))
  return found.find(({ times }) => times === most)?.value
}

function lowerMedian(given: readonly Json[], size: (answer: Json) => number): Json | undefined {
  return given.toSorted((one, other) => size(one) - size(other))[Math.floor((given.length - 1) / 2)]
}

/** Options that more than half chose, in their order. */
function byMostOf(
  { options }: QuestionOf<'multi'>,
  given: readonly (readonly string[])[],
  sides: readonly string[],
): Json {
  const order = new Set([...(options?.map(({ value }) => value) ?? sides), ...given.flat()])
  return [...order].filter(
    (option) => given.filter((chosen) => chosen.includes(option)).length * 2 > given.length,
  )
}

/** Code points that more than half marked, as maximal runs a label, in the order of the text. */
function markedByMost({ labels }: QuestionOf<'spans'>, given: readonly (readonly Span[])[]): Json {
  const runs: Span[] = []
  const marked = given.map(stretches)
  for (const { value: label } of labels) {
    const edges = marked.flatMap((byLabel) =>
      (byLabel.get(label) ?? []).flatMap(([start, end]) => [
        { at: start, by: 1 },
        { at: end, by: -1 },
      ]),
    )
    edges.sort((one, other) => one.at - other.at)
    let marking = 0
    let start: number | undefined
    edges.forEach(({ at, by }, place) => {
      marking += by
      if (edges[place + 1]?.at === at) return
      if (marking * 2 > given.length) start ??= at
      else if (start !== undefined) {
        runs.push({ start, end: at, label })
        start = undefined
      }
    })
  }
  return runs.sort((one, other) => one.start - other.start) as unknown as Json
}

/** Sides by the mean of their places; equal ones tie, or stand in the order of the sides. */
function byMeanPlace(
  { ties, top }: QuestionOf<'ranking'>,
  given: readonly Json[],
  sides: readonly string[],
): Json {
  const rankings = given.map(groupsOf)
  const all = [...new Set([...sides, ...rankings.flat(2)])]
  const places = rankings.map((groups) => placesIn(groups, all))
  const means = new Map(
    all.map((side) => [side, places.reduce((sum, one) => sum + (one.get(side) ?? 0), 0) / places.length]),
  )
  const mean = (side: string): number => means.get(side) ?? 0
  const order = all.toSorted((one, other) => {
    const apart = mean(one) - mean(other)
    return Math.abs(apart) <= EPSILON ? 0 : apart
  })
  const most = top ?? order.length
  if (ties !== true) return order.slice(0, most)
  const groups: string[][] = []
  for (const side of order.slice(0, most)) {
    const last = groups.at(-1)
    const first = last?.[0]
    if (last !== undefined && first !== undefined && Math.abs(mean(first) - mean(side)) <= EPSILON)
      last.push(side)
    else groups.push([side])
  }
  return groups
}
