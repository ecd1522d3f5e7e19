import { scaleOf } from '../arithmetic/ln-exp.ts'
import { Sum } from '../arithmetic/sum.ts'
import type { Kind } from './items.ts'
import { masiOf } from './sets.ts'

/** How often each distinct value occurs, in the order of the values. */
export type Counts = Float64Array

/** How different values are: δ² of Krippendorff, over the distinct values, by their places. */
export interface Differences {
  /** δ² of two values. */
  readonly squared: (i: number, j: number) => number
  /** Σ over ordered pairs of all values, of δ². */
  readonly total: number
  /**
   * The same where one value at each of these places is left out; exactly 0 if the others do not
   * vary.
   */
  readonly without: (places: readonly number[]) => number
  /** The largest δ² between values that occur. */
  readonly worst: () => number
  /** Where δ² is another without an item: what the others say then, for one item of each kind. */
  readonly othersWithout?: (kinds: readonly Kind<number>[]) => Float64Array
}

/**
 * If leaving an item out takes more than all but this share, the rest is summed anew: subtracting
 * would leave rounding.
 */
const TOO_LITTLE_LEFT = 1e-6

/** 0 or 1. */
export function nominal(counts: Counts): Differences {
  const all = whole(counts)
  let same = 0
  for (const count of counts) same += count * count
  return {
    squared: (i, j) => (i === j ? 0 : 1),
    total: all * all - same,
    without: (places) => {
      let sameLeft = same
      for (const [nth, place] of places.entries()) {
        let left = counts[place] as number
        for (let earlier = 0; earlier < nth; earlier++) if (places[earlier] === place) left--
        sameLeft -= 2 * left - 1
      }
      const rest = all - places.length
      return rest * rest - sameLeft
    },
    worst: () => 1,
  }
}

/** (c − k)². The scale does not matter, so numbers of any size are brought to about 1. */
export function interval(numbers: readonly number[], counts: Counts): Differences {
  const values = scaled(numbers)
  const squared = (i: number, j: number): number => {
    const apart = (values[i] as number) - (values[j] as number)
    return apart * apart
  }
  const all = whole(counts)
  const centre = meanOf(values, counts, all)
  const total = squaresAbout(values, counts, all)
  return {
    squared,
    total,
    without: (places) => {
      if (isConstantWithout(counts, places)) return 0
      const rest = all - places.length
      let [less, lessSquares] = [0, 0]
      for (const place of places) {
        const off = (values[place] as number) - centre
        less += off
        lessSquares += off * off
      }
      const left = 2 * (rest * (total / (2 * all) - lessSquares) - less * less)
      return left > total * TOO_LITTLE_LEFT ? left : squaresAbout(values, without(counts, places), rest)
    },
    worst: () => squared(0, values.length - 1),
  }
}

/**
 * (Σ of the counts from c to k − half of both)², which is the square of the difference of mean
 * ranks. Without an item the ranks are others.
 */
export function ordinal(counts: Counts): Differences {
  const ranks = meanRanks(counts)
  const squared = (i: number, j: number): number => {
    const apart = (ranks[i] as number) - (ranks[j] as number)
    return apart * apart
  }
  return {
    squared,
    total: rankPairs(counts),
    without: (places) => rankPairs(without(counts, places)),
    worst: () => squared(0, counts.length - 1),
    othersWithout: (kinds) => rankedOthers(kinds, counts),
  }
}

/**
 * Disagreement of all items but one, by the ranks that are left without it, for one item of each
 * kind.
 */
function rankedOthers(kinds: readonly Kind<number>[], counts: Counts): Float64Array {
  const n = counts.length
  // For each pair of values how often an item has both, ÷ (m − 1). Only i > j are kept.
  const pairs = new Float64Array(n * n)
  const add = ({ answers }: Kind<number>, times: number): void => {
    for (let a = 1; a < answers.length; a++) {
      for (let b = 0; b < a; b++) {
        const at = (answers[a] as number) * n + (answers[b] as number)
        pairs[at] = (pairs[at] as number) + (2 * times) / (answers.length - 1)
      }
    }
  }
  for (const kind of kinds) add(kind, kind.count)
  return Float64Array.from(kinds, (kind) => {
    add(kind, -1)
    const ranks = meanRanks(without(counts, kind.answers))
    let all = 0
    for (let i = 1; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const apart = (ranks[i] as number) - (ranks[j] as number)
        all += (pairs[i * n + j] as number) * apart * apart
      }
    }
    add(kind, 1)
    return all
  })
}

/** ((c − k)/(c + k))², of numbers that are not negative. */
export function ratio(numbers: readonly number[], counts: Counts): Differences {
  const values = scaled(numbers)
  return byPairs(counts, (i, j) => {
    if (i === j) return 0
    const [a, b] = [values[i] as number, values[j] as number]
    const share = (a - b) / (a + b)
    return share * share
  })
}

/** 1 − MASI. */
export function sets(values: readonly (readonly unknown[])[], counts: Counts): Differences {
  const placeOf = new Map<unknown, number>()
  for (const value of values) {
    for (const member of value) if (!placeOf.has(member)) placeOf.set(member, placeOf.size)
  }
  const words = Math.max(1, Math.ceil(placeOf.size / 32))
  const bits = new Uint32Array(values.length * words)
  const sizes = values.map((value, i) => {
    for (const member of value) {
      const place = placeOf.get(member) as number
      const word = i * words + (place >>> 5)
      bits[word] = (bits[word] as number) | (1 << (place & 31))
    }
    return new Set(value).size
  })
  return byPairs(counts, (i, j) => {
    if (i === j) return 0
    let both = 0
    for (let word = 0; word < words; word++)
      both += bitsOf((bits[i * words + word] as number) & (bits[j * words + word] as number))
    return 1 - masiOf(both, sizes[i] as number, sizes[j] as number)
  })
}

/** Any difference: each pair of distinct values is looked at. */
function byPairs(counts: Counts, squared: (i: number, j: number) => number): Differences {
  const sums = counts.map((_, i) => {
    const row = new Sum()
    for (let j = 0; j < counts.length; j++) row.add((counts[j] as number) * squared(i, j))
    return row.value
  })
  const totalOf = (weights: Counts): number => {
    const all = new Sum()
    for (const [i, count] of weights.entries()) all.add(count * (sums[i] as number))
    return all.value
  }
  const total = totalOf(counts)
  return {
    squared,
    total,
    without: (places) => {
      if (isConstantWithout(counts, places)) return 0
      let left = total
      for (const i of places) {
        left -= 2 * (sums[i] as number)
        for (const j of places) left += squared(i, j)
      }
      return left > total * TOO_LITTLE_LEFT ? left : byPairs(without(counts, places), squared).total
    },
    worst: () => {
      let worst = 0
      for (let i = 1; i < counts.length; i++) {
        for (let j = 0; j < i; j++) worst = Math.max(worst, squared(i, j))
      }
      return worst
    },
  }
}

function whole(counts: Counts): number {
  let all = 0
  for (const count of counts) all += count
  return all
}

function without(counts: Counts, places: readonly number[]): Counts {
  const rest = counts.slice()
  for (const place of places) rest[place] = (rest[place] as number) - 1
  return rest
}

/**
 * Each value left out takes at most one distinct value away, so mostly this is known without
 * counting.
 */
function isConstantWithout(counts: Counts, places: readonly number[]): boolean {
  if (counts.length > places.length + 1) return false
  return without(counts, places).filter((count) => count > 0).length < 2
}

/** The numbers over a power of 2 about as large as the largest of them, which is exact. */
function scaled(numbers: readonly number[]): readonly number[] {
  const largest = Math.max(Math.abs(numbers[0] ?? 0), Math.abs(numbers.at(-1) ?? 0))
  const scale = scaleOf(largest)
  return numbers.map((value) => value / scale)
}

function meanOf(values: readonly number[], counts: Counts, all: number): number {
  const about = new Sum()
  for (const [i, value] of values.entries()) about.add((counts[i] as number) * value)
  return about.value / all
}

/** Σ over ordered pairs of (c − k)², from the squares about the mean. */
function squaresAbout(values: readonly number[], counts: Counts, all: number): number {
  const centre = meanOf(values, counts, all)
  const squares = new Sum()
  for (const [i, value] of values.entries())
    squares.add((counts[i] as number) * (value - centre) * (value - centre))
  return 2 * all * squares.value
}

/** Values below, and half of those that are the same. */
function meanRanks(counts: Counts): Float64Array {
  let below = 0
  return counts.map((count) => {
    const rank = below + count / 2
    below += count
    return rank
  })
}

/**
 * Σ over ordered pairs of the squares of differences of mean ranks, whose own mean is half of all.
 */
function rankPairs(counts: Counts): number {
  const all = whole(counts)
  const squares = new Sum()
  for (const [i, rank] of meanRanks(counts).entries())
    squares.add((counts[i] as number) * (rank - all / 2) * (rank - all / 2))
  return 2 * all * squares.value
}

/** How many bits of a word are 1. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
