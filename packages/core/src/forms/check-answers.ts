import { lengthOf } from '../input/parse.ts'
import { type Json, pathOf, valueAt } from '../json/json.ts'
import type { Fault, FaultRule } from './faults.ts'
import { compareOf, type FormQuestion, isCompare, type NewForm, type QuestionOf } from './form.ts'
import { NO_SIDES, sidesAt } from './sides.ts'

type Judged = Pick<NewForm, 'show'>
type Refuse = (rule: FaultRule, message: string, ...path: PropertyKey[]) => void

/** A mark in a text: code points from `start` up to `end`, which is not part of it. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly label: string
  readonly attributes?: Readonly<Record<string, string>>
}

/** The faults of an answer, valid by its question's schema, against the task's payload. */
export function answersFaults(form: Judged, question: FormQuestion, answer: Json, payload: Json): Fault[] {
  const faults: Fault[] = []
  const refuse: Refuse = (rule, message, ...path) =>
    void faults.push({ path: pathOf(['result', question.id, ...path]), message, question: question.id, rule })
  switch (question.type) {
    case 'choice':
      if (question.of !== undefined) checkSide(answer as string, idsOf(form, question.of, payload), refuse)
      break
    case 'multi':
      checkSeveral(form, question, answer as readonly string[], payload, refuse)
      break
    case 'ranking':
      checkRanking(question, answer as Ranking, idsOf(form, question.of, payload), refuse)
      break
    case 'pairwise':
      checkPairwise(question, answer as Preference, idsOf(form, question.of, payload), refuse)
      break
    case 'spans':
      checkSpans(question, answer as unknown as readonly Span[], textOf(form, question.of, payload), refuse)
      break
    case 'yesNo':
    case 'scale':
    case 'number':
    case 'text':
    case 'json':
  }
  return faults
}

type Ranking = readonly (string | readonly string[])[]
type Preference = string | Readonly<Record<string, string>>

function idsOf(form: Judged, name: string, payload: Json): readonly string[] {
  return sidesAt(compareOf(form, name), payload).map(({ id }) => id)
}

/** The text whose characters are marked; empty if the payload lacks it. */
function textOf({ show }: Judged, name: string, payload: Json): string {
  const shown = show.find((one) => one.name === name)
  const text = shown === undefined || isCompare(shown) ? undefined : valueAt(payload, shown.at)
  return typeof text === 'string' ? text : ''
}

function checkSide(side: string, sides: readonly string[], refuse: Refuse, ...path: PropertyKey[]): boolean {
  const known = sides.includes(side)
  if (!known) refuse('unknownSide', `must be a side of this task: ${sides.join(', ')}`, ...path)
  return known
}

function checkSeveral(
  form: Judged,
  { of }: QuestionOf<'multi'>,
  answer: readonly string[],
  payload: Json,
  refuse: Refuse,
): void {
  // The validator does not see that `__proto__` is there twice.
  if (new Set(answer).size < answer.length) refuse('repeated', 'must have no item twice')
  if (of === undefined) return
  const sides = idsOf(form, of, payload)
  answer.forEach((side, place) => void checkSide(side, sides, refuse, place))
}

function checkRanking(
  { top }: QuestionOf<'ranking'>,
  answer: Ranking,
  sides: readonly string[],
  refuse: Refuse,
): void {
  const ranked = answer.flatMap((group, place) =>
    typeof group === 'string'
      ? [{ side: group, path: [place] }]
      : group.map((side, within) => ({ side, path: [place, within] })),
  )
  const known = ranked.filter(({ side, path }) => checkSide(side, sides, refuse, ...path))
  const many = Math.min(top ?? sides.length, sides.length)
  if (known.length < ranked.length) return
  if (new Set(ranked.map(({ side }) => side)).size < ranked.length)
    refuse('notPermutation', 'must name each side once')
  else if (ranked.length !== many)
    refuse('notPermutation', `must rank ${many} of ${sides.join(', ')}, not ${ranked.length}`)
}

function checkPairwise(
  { tie, bothBad }: QuestionOf<'pairwise'>,
  answer: Preference,
  sides: readonly string[],
  refuse: Refuse,
): void {
  const [asTie, asBothBad] = NO_SIDES
  const others = [tie === true ? asTie : undefined, bothBad === true ? asBothBad : undefined]
  const known = [...sides, ...others.filter((one) => one !== undefined)]
  if (typeof answer === 'string') checkSide(answer, known, refuse)
  else for (const [criterion, side] of Object.entries(answer)) checkSide(side, known, refuse, criterion)
}

function checkSpans(
  { overlap, of }: QuestionOf<'spans'>,
  spans: readonly Span[],
  text: string,
  refuse: Refuse,
): void {
  const length = spans.length === 0 ? 0 : lengthOf(text)
  const placed = spans.map((span, place) => ({ ...span, place }))
  for (const { start, end, place } of placed) {
    if (start >= end) refuse('spanOrder', `must be greater than start, which is ${start}`, place, 'end')
    else if (end > length)
      refuse('withinText', `must be at most ${length}, the length of ${of}`, place, 'end')
  }
  if (overlap === true) return
  let last = { end: 0, place: 0 }
  for (const { start, end, place } of placed.filter((one) => one.start < one.end).sort(inText)) {
    if (start < last.end) refuse('overlap', `overlaps with mark ${last.place}, counted from 0`, place)
    if (end > last.end) last = { end, place }
  }
}

const inText = (one: Span, other: Span): number => one.start - other.start || one.end - other.end
