import { assertWhole } from '../arithmetic/input.ts'
import { sha256 } from './sha256.ts'

const WORDS = 0x1_0000_0000
const TWO_53 = 0x20_0000_0000_0000

/**
 * A stream of pseudo-random numbers: the same ones from the same seed and name, on any machine.
 * Reading moves it on.
 */
export interface Stream {
  /** The next word, from 0 to 2³² − 1. */
  word(): number
  /** The next number in [0, 1), of two words: a multiple of 2⁻⁵³. */
  next(): number
  /** The next whole number from 0 to n − 1, each equally likely. n is from 1 to 2³². */
  below(n: number): number
}

/**
 * The stream of a seed and a name. Each use has a name of its own, so one use more moves no other.
 *
 * It is xoshiro128** 1.1 (Blackman & Vigna 2021, ACM TOMS 47), whose four words are the first 16
 * bytes of SHA-256 of `<seed>\n<name>`. It is no source of secrets.
 *
 * @param seed a whole number from 0 to 2⁵³ − 1
 * @throws RangeError if the seed is none
 */
export function stream(seed: number, name: string): Stream {
  assertWhole('seed', seed)
  const hash = sha256(`${seed}\n${name}`)
  let [a = 0, b = 0, c = 0, d = 0] = hash

  function word(): number {
    const turned = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return turned
  }
  function next(): number {
    const high = word() >>> 5
    return (high * 0x400_0000 + (word() >>> 6)) / TWO_53
  }
  // How many words at the end are none too many, for the last n.
  let [drawnBelow, left] = [1, 0]
  function below(n: number): number {
    assertWhole('n', n, 1, WORDS)
    if (n === WORDS) return word()
    // Said to be words, they are divided as words are: five times faster than as doubles.
    const by = n >>> 0
    if (n !== drawnBelow) {
      drawnBelow = n
      left = WORDS % n
    }
    const fair = (WORDS - 1 - left) >>> 0
    let drawn = word() >>> 0
    while (drawn > fair) drawn = word() >>> 0
    return (drawn % by) >>> 0
  }
  return { word, next, below }
}

/** A copy of the values in an order drawn from the stream, by Fisher and Yates from the end. */
export function shuffled<Value>(from: Stream, values: Iterable<Value>): Value[] {
  const order = [...values]
  for (let i = order.length - 1; i > 0; i--) {
    const j = from.below(i + 1)
    const value = order[i] as Value
    order[i] = order[j] as Value
    order[j] = value
  }
  return order
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
