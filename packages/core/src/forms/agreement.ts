import { type Json, sameJson } from '../json/json.ts'
import type { Span } from './check-answers.ts'
import { type Comparator, comparatorOf } from './comparator.ts'
import { type FormQuestion, placesOf } from './form.ts'

/** How far two numbers may be apart and still be equal. */
export const EPSILON = 1e-12

/**
 * Whether two answers to a question say the same, by its comparator. `undefined`: not answered, which agrees only with another that is not.
 */
export function agree(question: FormQuestion, a: Json | undefined, b: Json | undefined): boolean {
  const comparator = comparatorOf(question)
  if (comparator.by === 'ignore') return true
  return a === undefined || b === undefined ? a === b : agreeBy(question, comparator, a, b)
}

function agreeBy(question: FormQuestion, { by, within, atLeast }: Comparator, a: Json, b: Json): boolean {
  switch (by) {
    case 'ignore':
      return true
    case 'exact':
      return sameJson(a, b)
    case 'ordinal':
      return Math.abs(placeOf(question, a) - placeOf(question, b)) <= within + EPSILON
    case 'interval':
      return Math.abs(Number(a) - Number(b)) <= within + EPSILON
    case 'set':
      return jaccard(a as readonly string[], b as readonly string[]) >= atLeast - EPSILON
    case 'span':
      return spanF1(spansOf(a), spansOf(b)) >= atLeast - EPSILON
    case 'text':
      return normalText(a) === normalText(b)
    case 'ranking':
      return 1 - kendallDistance(groupsOf(a), groupsOf(b)) >= atLeast - EPSILON
  }
}

/**
 * How far two given answers are from each other, from 0 (the same) to 1, by the question's comparator; null if that has no distance, as `ignore`, or
 * `interval` without both bounds.
 */
export function distance(question: FormQuestion, a: Json, b: Json): number | null {
  const { by } = comparatorOf(question)
  switch (by) {
    case 'ignore':
      return null
    case 'exact':
      return sameJson(a, b) ? 0 : 1
    case 'ordinal': {
      const last = placeCount(question) - 1
      return last < 1 ? 0 : Math.abs(placeOf(question, a) - placeOf(question, b)) / last
    }
    case 'interval': {
      if (question.type !== 'number' && question.type !== 'scale') return null
      const { min, max } = question
      if (min === undefined || max === undefined) return null
      return max === min ? 0 : Math.abs(Number(a) - Number(b)) / (max - min)
    }
    case 'set':
      return 1 - masi(a as readonly string[], b as readonly string[])
    case 'span':
      return 1 - spanF1(spansOf(a), spansOf(b))
    case 'text':
      return normalText(a) === normalText(b) ? 0 : 1
    case 'ranking':
      return kendallDistance(groupsOf(a), groupsOf(b))
  }
}

/** Which place of a scale, or of the options, an answer is at, from 0. */
export function placeOf(question: FormQuestion, answer: Json): number {
  if (question.type === 'scale') return Math.round((Number(answer) - question.min) / (question.step ?? 1))
  return question.type === 'choice'
    ? (question.options?.findIndex(({ value }) => value === answer) ?? -1)
    : -1
}

function placeCount(question: FormQuestion): number {
  if (question.type === 'scale') return placesOf(question).length
  return question.type === 'choice' ? (question.options?.length ?? 0) : 0
}

/** A text as it is compared: NFKC, lower case, runs of white space to one blank, trimmed. */
export function normalText(text: Json): string {
  return (text as string).normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()
}

function jaccard(a: readonly string[], b: readonly string[]): number {
  const all = new Set([...a, ...b]).size
  return all === 0 ? 1 : sharedOf(a, b) / all
}

/** Jaccard, weighed by how the sets lie (MASI, Passonneau 2006): 1 if equal, ⅔ if one holds the other, ⅓ if they overlap, else 0. */
function masi(a: readonly string[], b: readonly string[]): number {
  const shared = sharedOf(a, b)
  const held = [a, b].filter((set) => shared === new Set(set).size).length
  const monotony = held === 2 ? 1 : held === 1 ? 2 / 3 : shared > 0 ? 1 / 3 : 0
  return jaccard(a, b) * monotony
}

function sharedOf(a: readonly string[], b: readonly string[]): number {
  const others = new Set(b)
  return [...new Set(a)].filter((one) => others.has(one)).length
}

/** The marks of an answer to `spans`. */
export function spansOf(answer: Json): readonly Span[] {
  return answer as unknown as readonly Span[]
}

/** Code points from `start` up to `end`, which is not part of it. */
type Stretch = readonly [start: number, end: number]

/** Per label, the stretches that are marked, in order and without overlaps: each code point counts once. */
export function stretches(spans: readonly Span[]): Map<string, Stretch[]> {
  const byLabel = new Map<string, Stretch[]>()
  for (const { label, start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const list = byLabel.get(label) ?? []
    const last = list.at(-1)
    if (last !== undefined && start <= last[1]) list[list.length - 1] = [last[0], Math.max(last[1], end)]
    else list.push([start, end])
    byLabel.set(label, list)
  }
  return byLabel
}

/** F1 over labelled code points; two empty markings are the same. */
function spanF1(a: readonly Span[], b: readonly Span[]): number {
  const [one, other] = [stretches(a), stretches(b)]
  const all = sizeOf(one) + sizeOf(other)
  if (all === 0) return 1
  let shared = 0
  for (const [label, list] of one) shared += sharedBy(list, other.get(label) ?? [])
  return (2 * shared) / all
}

function sizeOf(marked: ReadonlyMap<string, readonly Stretch[]>): number {
  let size = 0
  for (const list of marked.values()) for (const [start, end] of list) size += end - start
  return size
}

function sharedBy(one: readonly Stretch[], other: readonly Stretch[]): number {
  let shared = 0
  let [i, j] = [0, 0]
  for (;;) {
    const [a, b] = [one[i], other[j]]
    if (a === undefined || b === undefined) return shared
    shared += Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]))
    if (a[1] < b[1]) i += 1
    else j += 1
  }
}

/** A ranking as groups, each of sides that share their place, best first. */
export function groupsOf(answer: Json): readonly (readonly string[])[] {
  return (answer as readonly (string | readonly string[])[]).map((group) =>
    typeof group === 'string' ? [group] : group,
  )
}

/**
 * Where each side stands, from 1; sides of one group share the mean of their places, and so do those of `sides` that are not ranked, behind all that are.
 */
export function placesIn(
  groups: readonly (readonly string[])[],
  sides: readonly string[],
): Map<string, number> {
  const ranked = new Set(groups.flat())
  const places = new Map<string, number>()
  let before = 0
  for (const group of [...groups, sides.filter((side) => !ranked.has(side))]) {
    for (const side of group) places.set(side, before + (group.length + 1) / 2)
    before += group.length
  }
  return places
}

/** Over all pairs of sides: 1 for each in opposite order, ½ for each tied in one only, divided by the pairs. */
function kendallDistance(a: readonly (readonly string[])[], b: readonly (readonly string[])[]): number {
  const sides = [...new Set([...a.flat(), ...b.flat()])]
  const [one, other] = [placesIn(a, sides), placesIn(b, sides)]
  let apart = 0
  let pairs = 0
  sides.forEach((side, place) => {
    for (const next of sides.slice(place + 1)) {
      const [here, there] = [one, other].map((places) =>
        Math.sign((places.get(side) ?? 0) - (places.get(next) ?? 0)),
      )
      apart += Math.abs((here ?? 0) - (there ?? 0)) / 2
      pairs += 1
    }
  })
  return pairs === 0 ? 0 : apart / pairs
}
