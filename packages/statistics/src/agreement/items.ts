import { assertInside, assertOptions, assertWhole } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, type Interval } from '../arithmetic/interval.ts'

/** An answer that stands for itself: equal ones are the same. */
export type Answer = string | number | boolean

/**
 * Why there is no value: nobody answered (`empty`), no item has two answers (`one_rater`), or all
 * answers are the same, so agreement by chance is 1 (`no_variation`).
 */
export type AgreementReason = 'empty' | 'one_rater' | 'no_variation'

/** An agreement with its interval, or the reason why there is none. */
export interface Agreement {
  /** At most 1; `null` with a reason. */
  readonly value: number | null
  /** `null` without a value, and where the items say nothing of its error. */
  readonly interval: Interval | null
  readonly reason: AgreementReason | null
  /** The items with at least two answers, which it rests on. */
  readonly items: number
  /** Their answers. */
  readonly answers: number
}

/** Options of every agreement over items. */
export interface ItemsOptions {
  /** The level of the interval; 0.95 if not given. */
  readonly level?: number
  /**
   * How many items were answered as each one of `items`, so that like ones are given once; 1 each
   * if not given.
   */
  readonly counts?: Iterable<number>
}

/** Items that were answered alike. */
export interface Kind<Value> {
  readonly answers: readonly Value[]
  readonly count: number
}

/** Items as they were answered, before it is asked how far they agree. */
export interface Kinds<Value> {
  /** Those with two answers or more, in the order given. */
  readonly pairable: readonly Kind<Value>[]
  readonly items: number
  readonly answers: number
  readonly reason: AgreementReason | null
}

/**
 * Reads items and their counts. @throws RangeError if the counts are none, or not as many as the
 * items
 */
export function kindsOf<Value>(
  items: Iterable<readonly Value[]>,
  counts: Iterable<number> | undefined,
): Kinds<Value> {
  const pairable: Kind<Value>[] = []
  let [given, pairs, answers] = [0, 0, 0]
  let any = false
  const counting = counts?.[Symbol.iterator]()
  for (const item of items) {
    if (!Array.isArray(item)) throw new TypeError(`items[${given}] must be a list of answers`)
    const next = counting?.next()
    if (next?.done) throw new RangeError('counts must have one value for each of the items, and has fewer')
    const count = next ? next.value : 1
    assertWhole(`counts[${given}]`, count)
    given++
    if (count === 0 || item.length === 0) continue
    any = true
    if (item.length < 2) continue
    pairable.push({ answers: item, count })
    pairs += count
    answers += count * item.length
  }
  if (counting && !counting.next().done)
    throw new RangeError('counts must have one value for each of the items, and has more')
  return { pairable, items: pairs, answers, reason: pairs > 0 ? null : any ? 'one_rater' : 'empty' }
}

/** The level asked for, after a refusal of options that are none. */
export function levelOf(options: ItemsOptions, ...more: readonly string[]): number {
  assertOptions(options, ['level', 'counts', ...more])
  const { level = DEFAULT_LEVEL } = options
  assertInside('level', level)
  return level
}
