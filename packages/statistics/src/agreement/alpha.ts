import { assertNumber, assertOneOf } from '../arithmetic/input.ts'
import { Sum } from '../arithmetic/sum.ts'
import { type Counts, type Differences, interval, nominal, ordinal, ratio, sets } from './differences.ts'
import { type Agreement, type Answer, type ItemsOptions, type Kind, kindsOf, levelOf } from './items.ts'
import { jackknifeInterval, type LeftOut } from './jackknife.ts'

/**
 * How different two answers are, as Krippendorff's δ: of names, ranks, numbers, amounts, or sets.
 */
export type Difference = 'nominal' | 'ordinal' | 'interval' | 'ratio' | 'set'

/** Answers that are as different as `difference` says; nominal if not given. */
export interface AlphaOptions<Of extends Difference = Difference> extends ItemsOptions {
  readonly difference?: Of
}

const DIFFERENCES: readonly Difference[] = ['nominal', 'ordinal', 'interval', 'ratio', 'set']

/**
 * Krippendorff's α: 1 − observed ÷ expected disagreement, for any number of people, with gaps, and
 * any kind of answer.
 *
 * 1 is full agreement, 0 as much as chance would give, below 0 less. The interval is a jackknife
 * over items. Time grows with the square of the number of distinct values for `ratio` and `set`,
 * and for the others with the number of answers, but for `ordinal` and `nominal` with items ×
 * distinct values.
 *
 * Source: Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*; sets by MASI, Passonneau
 * 2006.
 *
 * @param items the answers that each item was given, in any order; an item with fewer than two says
 *   nothing
 * @throws RangeError if an answer is no finite number where numbers are asked for, or negative for
 *   `ratio`
 * @throws TypeError if a set is no list
 */
export function alpha(items: Iterable<readonly Answer[]>, options?: AlphaOptions<'nominal'>): Agreement
export function alpha(
  items: Iterable<readonly number[]>,
  options: AlphaOptions<'ordinal' | 'interval' | 'ratio'>,
): Agreement
export function alpha(
  items: Iterable<readonly (readonly Answer[])[]>,
  options: AlphaOptions<'set'>,
): Agreement
export function alpha(
  items: Iterable<readonly (Answer | readonly Answer[])[]>,
  options: AlphaOptions = {},
): Agreement {
  const level = levelOf(options, 'difference')
  const { difference = 'nominal', counts } = options
  assertOneOf('difference', difference, DIFFERENCES)
  const kinds = kindsOf(items, counts)
  const { items: n, answers } = kinds
  if (kinds.reason) return { value: null, interval: null, reason: kinds.reason, items: n, answers }
  const { places, differences, distinct } = compared(kinds.pairable, difference)
  if (distinct < 2) return { value: null, interval: null, reason: 'no_variation', items: n, answers }

  const own = places.map(({ answers: item }) => within(item, differences))
  const { observed, others } = sumsWithout(places, own)
  const ranked = differences.othersWithout?.(places) ?? others
  const disagreement = (observed * (answers - 1)) / differences.total
  const leftOut = places.map(({ answers: item, count }, i): LeftOut => {
    const pairs = differences.without(item)
    // Nobody else disagrees, to the last place, only if the sum without rounding says so.
    const rest = others[i] === 0 ? 0 : (ranked[i] as number)
    return { count, disagreement: pairs > 0 ? (rest * (answers - item.length - 1)) / pairs : null }
  })
  const worst = (): number => (differences.worst() * answers * (answers - 1)) / differences.total
  const interval = jackknifeInterval({ disagreement, items: n, leftOut, worst }, level)
  return { value: 1 - disagreement, interval, reason: null, items: n, answers }
}

/**
 * Σ of what items say, each as often as it is counted; and for each the same without one of it.
 * Sums from both ends, since to subtract would leave rounding where nobody else disagrees.
 */
function sumsWithout(
  kinds: readonly Kind<number>[],
  own: readonly number[],
): { readonly observed: number; readonly others: Float64Array } {
  const others = new Float64Array(kinds.length)
  const before = new Sum()
  for (const [i, { count }] of kinds.entries()) {
    others[i] = before.value + (count - 1) * (own[i] as number)
    before.add(count * (own[i] as number))
  }
  const after = new Sum()
  for (let i = kinds.length - 1; i >= 0; i--) {
    others[i] = (others[i] as number) + after.value
    after.add((kinds[i] as Kind<number>).count * (own[i] as number))
  }
  return { observed: before.value, others }
}

/** Σ over ordered pairs of one item's answers, of δ², ÷ (m − 1). */
function within(item: readonly number[], { squared }: Differences): number {
  let pairs = 0
  for (let i = 1; i < item.length; i++) {
    for (let j = 0; j < i; j++) pairs += squared(item[i] as number, item[j] as number)
  }
  return (2 * pairs) / (item.length - 1)
}

interface Compared {
  /** The items with the places of their answers among the distinct values. */
  readonly places: readonly Kind<number>[]
  readonly differences: Differences
  /** How many distinct values there are. */
  readonly distinct: number
}

function compared(kinds: readonly Kind<Answer | readonly Answer[]>[], difference: Difference): Compared {
  // A set that stands at many items is often one and the same list, and its key takes long to make.
  const keys = new Map<unknown, Answer>()
  const setKeyOf = (answer: unknown): Answer => {
    const key = keys.get(answer) ?? setKey(answer)
    keys.set(answer, key)
    return key
  }
  const { places, values, counts } = coded(
    kinds,
    difference === 'set' ? setKeyOf : (answer) => keyOf(answer, difference),
  )
  return { places, differences: differencesOf(difference, values, counts), distinct: values.length }
}

function differencesOf(difference: Difference, values: readonly unknown[], counts: Counts): Differences {
  switch (difference) {
    case 'nominal':
      return nominal(counts)
    case 'ordinal':
      return ordinal(counts)
    case 'interval':
      return interval(values as readonly number[], counts)
    case 'ratio':
      return ratio(values as readonly number[], counts)
    case 'set':
      return sets(values as readonly (readonly Answer[])[], counts)
  }
}

/** The same for answers that are the same. */
function keyOf(answer: unknown, difference: Exclude<Difference, 'set'>): Answer {
  if (difference !== 'nominal') return numberOf(answer, difference)
  if (typeof answer === 'string' || typeof answer === 'boolean') return answer
  return numberOf(answer, difference)
}

function numberOf(answer: unknown, difference: Difference): number {
  assertNumber('an answer', answer as number)
  if (difference === 'ratio' && (answer as number) < 0)
    throw new RangeError(`an answer must be at least 0 for ratio, and is ${String(answer)}`)
  // −0 and 0 are one value.
  return (answer as number) + 0
}

/** The same for the same members, whatever their order and however often. */
function setKey(answer: unknown): string {
  if (!Array.isArray(answer))
    throw new TypeError(`an answer must be a list for set, and is ${String(answer)}`)
  return JSON.stringify([...new Set(answer.map((member) => JSON.stringify(member) ?? 'undefined'))].sort())
}

/**
 * Answers as places among their distinct values, which are sorted, and like items once: so neither
 * the order of items nor that of answers moves a bit.
 */
function coded<Value>(kinds: readonly Kind<Value>[], keyOf: (answer: Value) => Answer): Coded<Value> {
  const values = new Map<Answer, Value>()
  for (const { answers } of kinds) {
    for (const answer of answers) {
      const key = keyOf(answer)
      if (!values.has(key)) values.set(key, answer)
    }
  }
  const keys = [...values.keys()].sort(byTypeAndValue)
  const placeOf = new Map(keys.map((key, place) => [key, place]))
  const counts = new Float64Array(keys.length)
  const alike = new Map<string, { answers: number[]; count: number }>()
  for (const { answers, count } of kinds) {
    const places = answers.map((answer) => placeOf.get(keyOf(answer)) as number).sort((a, b) => a - b)
    for (const place of places) counts[place] = (counts[place] as number) + count
    const name = places.join()
    const same = alike.get(name)
    if (same) same.count += count
    else alike.set(name, { answers: places, count })
  }
  const names = [...alike.keys()].sort()
  return {
    places: names.map((name) => alike.get(name) as Kind<number>),
    values: keys.map((key) => values.get(key) as Value),
    counts,
  }
}

interface Coded<Value> {
  readonly places: readonly Kind<number>[]
  readonly values: readonly Value[]
  readonly counts: Counts
}

function byTypeAndValue(a: Answer, b: Answer): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
