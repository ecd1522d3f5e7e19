import type { Random } from '../environment.ts'
import type { Json } from '../json/json.ts'
import { prefilledOf } from './check-result.ts'
import { isCompare, type NewForm } from './form.ts'
import { sidesAt } from './sides.ts'

/** The orders that one slot was given, and what was filled in for it. Answers name ids and values, never places. */
export interface Presentation {
  /** Of each compare, the ids of its sides in the order shown. */
  readonly sides: Readonly<Record<string, readonly string[]>>
  /** Of each question that is shuffled, its values in the order shown. */
  readonly options: Readonly<Record<string, readonly string[]>>
  /** Questions that start with an answer of the payload. */
  readonly prefilled: readonly string[]
  /** Of an adjudication, the submissions that are judged, by their assignmentIds in the order shown. */
  readonly submissions?: readonly string[] | undefined
}

/** Draws the orders of a task at a step: what its first slot shows, and others turned. */
export function drawnPresentation(
  form: Pick<NewForm, 'show' | 'questions'>,
  payload: Json,
  random: Random,
  submissions?: readonly string[],
): Presentation {
  const sides = form.show.filter(isCompare).map(
    (show) =>
      [
        show.name,
        shuffled(
          sidesAt(show, payload).map(({ id }) => id),
          random,
        ),
      ] as const,
  )
  const options = form.questions.flatMap((question) =>
    'shuffle' in question && question.shuffle === true && question.options !== undefined
      ? [
          [
            question.id,
            shuffled(
              question.options.map(({ value }) => value),
              random,
            ),
          ] as const,
        ]
      : [],
  )
  return {
    sides: Object.fromEntries(sides),
    options: Object.fromEntries(options),
    prefilled: Object.keys(prefilledOf(form, payload)),
    ...(submissions !== undefined && { submissions: shuffled(submissions, random) }),
  }
}

/** The presentation of a slot (from 1): every order of the first one's turned left by the slots before. */
export function presentationOf(base: Presentation, slotNo: number): Presentation {
  const turnedAll = (orders: Presentation['sides']): Presentation['sides'] =>
    Object.fromEntries(Object.entries(orders).map(([name, order]) => [name, turned(order, slotNo)]))
  const { sides, options, submissions } = base
  return {
    ...base,
    sides: turnedAll(sides),
    options: turnedAll(options),
    ...(submissions !== undefined && { submissions: turned(submissions, slotNo) }),
  }
}

/** An order turned left by the slots before this one. */
export function turned<Item>(order: readonly Item[], slotNo: number): Item[] {
  const by = order.length === 0 ? 0 : (slotNo - 1) % order.length
  return [...order.slice(by), ...order.slice(0, by)]
}

/** Fisher–Yates, from the end. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1))
    const [one, two] = [order[last], order[other]]
    if (one === undefined || two === undefined) continue
    order[last] = two
    order[other] = one
  }
  return order
}
