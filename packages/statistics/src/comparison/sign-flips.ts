import { assertOptions, assertWhole } from '../arithmetic/input.ts'
import { assertNumbers, sum } from '../arithmetic/sum.ts'
import { stream } from '../random/stream.ts'
import { pairedT } from './paired-means.ts'
import { finished, Pace, type Steps } from './steps.ts'

/**
 * How a test by sign flips was made: of all patterns, of drawn ones, by t since there are so many
 * values, or not at all.
 */
export type FlipMethod = 'none' | 'exact' | 'drawn' | 't'

/** The stream that patterns are drawn from. */
export interface SignFlipOptions {
  /** 0 if not given. */
  readonly seed?: number
  /** The name of the stream; `permutation` if not given. */
  readonly name?: string
  /** 9 999 if not given. */
  readonly draws?: number
}

const MOST_EXACT = 16
const MOST_DRAWN = 2_000
const SIGNS_OF_A_WORD = 32
const ROUNDING = 1e-12

/** A test by sign flips. */
export interface SignFlips {
  readonly p: number
  readonly method: FlipMethod
}

/**
 * The p-value of "the values are as likely to have the other sign", two-sided, by their sum. Values
 * of 0 say nothing. Up to 16 values are turned in all ways, up to 2 000 in drawn ones; more take
 * the t of the same values.
 *
 * Source: Phipson & Smyth 2010, SAGMB 9: of drawn patterns p = (1 + hits) ÷ (1 + draws).
 *
 * @throws RangeError if a value is no finite number, or an option is not as it must be
 */
export function signFlips(values: ArrayLike<number>, options: SignFlipOptions = {}): SignFlips {
  return finished(signFlipSteps(values, options))
}

/** {@link signFlips} in steps. */
export function* signFlipSteps(values: ArrayLike<number>, options: SignFlipOptions = {}): Steps<SignFlips> {
  assertOptions(options, ['seed', 'name', 'draws'])
  const { seed = 0, name = 'permutation', draws = 9_999 } = options
  assertWhole('seed', seed)
  assertWhole('draws', draws, 1)
  assertNumbers('values', values)
  const turned = Float64Array.from(values).filter((value) => value !== 0)
  const m = turned.length
  if (m === 0) return { p: 1, method: 'none' }
  if (m > MOST_DRAWN) return { p: pairedT(values).p, method: 't' }
  const threshold = Math.abs(sum(turned)) - ROUNDING * sum(turned.map(Math.abs))
  if (m <= MOST_EXACT) {
    // A pattern and its opposite have the same sum but for the sign: the last value keeps its own.
    const patterns = 1 << (m - 1)
    let hits = 0
    for (let pattern = 0; pattern < patterns; pattern++) {
      if (Math.abs(signedSum(turned, (k) => (k === m - 1 ? 1 : (pattern >>> k) & 1))) >= threshold) hits++
    }
    return { p: hits / patterns, method: 'exact' }
  }
  const from = stream(seed, name)
  const words = new Uint32Array(Math.ceil(m / SIGNS_OF_A_WORD))
  const pace = new Pace()
  let hits = 0
  for (let draw = 0; draw < draws; draw++) {
    for (let word = 0; word < words.length; word++) words[word] = from.word()
    const drawn = signedSum(turned, (k) => ((words[k >>> 5] as number) >>> (k & 31)) & 1)
    if (Math.abs(drawn) >= threshold) hits++
    if (pace.isDue(m)) yield
  }
  return { p: (1 + hits) / (1 + draws), method: 'drawn' }
}

/**
 * Σ± of values, plus where the bit of the place is 1. Compensated in place, since millions of terms
 * go through it.
 */
function signedSum(values: Float64Array, bitAt: (k: number) => number): number {
  let [total, lost] = [0, 0]
  for (let k = 0; k < values.length; k++) {
    const term = bitAt(k) === 1 ? (values[k] as number) : -(values[k] as number)
    const next = total + term
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total
    total = next
  }
  return total + lost
}
