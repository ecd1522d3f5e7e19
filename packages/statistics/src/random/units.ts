import { assertSameLength, assertShare, assertWhole } from '../arithmetic/input.ts'
import { sha256 } from './sha256.ts'

const TWO_20 = 0x10_0000
const TWO_52 = 0x10_0000_0000_0000

/**
 * The number in [0, 1) of a unit: the first 52 bits of SHA-256 of `<seed>\n<key>`. It depends on
 * nothing but the two, so a sample of the units with the smallest numbers contains every smaller
 * such sample.
 *
 * @param seed a whole number from 0 to 2⁵³ − 1
 * @throws RangeError if the seed is none
 */
export function unitNumber(seed: number, key: string): number {
  assertWhole('seed', seed)
  const [first = 0, second = 0] = sha256(`${seed}\n${key}`)
  return (first * TWO_20 + (second >>> 12)) / TWO_52
}

/**
 * The n keys of the smallest numbers, in the order of their numbers, ties by key. All of them if
 * there are no more than n.
 *
 * @param numbers the number of each key, as {@link unitNumber} gives it
 * @throws RangeError if n is no whole number, or numbers are not as many as keys
 */
export function drawUniform(keys: readonly string[], numbers: ArrayLike<number>, n: number): string[] {
  assertWhole('n', n)
  assertSameLength('numbers', numbers.length, 'keys', keys.length)
  return keys
    .map((_, i) => i)
    .sort((i, j) => byNumberThenKey(keys, numbers, i, j))
    .slice(0, n)
    .map((i) => keys[i] as string)
}

/**
 * The keys whose number is below their own probability of being drawn, in the order given.
 *
 * @param numbers the number of each key, as {@link unitNumber} gives it
 * @param pi the probability of each key
 * @throws RangeError if either is not as many as keys, or a probability is not in 0…1
 */
export function drawPoisson(
  keys: readonly string[],
  numbers: ArrayLike<number>,
  pi: ArrayLike<number>,
): string[] {
  assertSameLength('numbers', numbers.length, 'keys', keys.length)
  assertSameLength('pi', pi.length, 'keys', keys.length)
  for (let i = 0; i < pi.length; i++) assertShare(`pi[${i}]`, pi[i] as number)
  return keys.filter((_, i) => (numbers[i] as number) < (pi[i] as number))
}

function byNumberThenKey(keys: readonly string[], numbers: ArrayLike<number>, i: number, j: number): number {
  const apart = (numbers[i] as number) - (numbers[j] as number)
  if (apart !== 0) return apart
  return (keys[i] as string) < (keys[j] as string) ? -1 : 1
}
