import {
  assertAtLeast,
  assertInside,
  assertOptions,
  assertPositive,
  assertWhole,
} from '../arithmetic/input.ts'
import { ln } from '../arithmetic/ln-exp.ts'

/** When to raise the alarm. */
export interface CusumPolicy {
  /** The accuracy that is as it should be; 0.92 if not given. */
  readonly good?: number
  /** The accuracy that is to be found out, below `good`; 0.65 if not given. */
  readonly bad?: number
  /** The sum at which there is an alarm; 4.6 if not given. */
  readonly alarm?: number
  /** Answers that must be judged before there can be one; 5 if not given. */
  readonly minimum?: number
}

/** The parts that answers add to the sum, in millionths. */
export interface CusumSteps {
  /** ln((1 − bad) ÷ (1 − good)): above 0. */
  readonly wrong: number
  /** ln(bad ÷ good): below 0. */
  readonly right: number
}

/** One person's sum, after so many answers. */
export interface CusumState {
  /** In millionths. */
  readonly sum: number
  readonly judged: number
  /** The number of the answer, from 1, after the last time the sum was 0; `null` while it is. */
  readonly suspectSince: number | null
}

/** The sum after each answer, as far as the alarm. */
export interface Cusum {
  /** In millionths. */
  readonly path: readonly number[]
  /** The number of the answer, from 1, that raised the alarm. */
  readonly alarmAt: number | null
  /** The number of the first answer of the run of bad ones; `null` without an alarm. */
  readonly suspectSince: number | null
}

const MILLION = 1_000_000

/** Before any answer. */
export const CUSUM_START: CusumState = { sum: 0, judged: 0, suspectSince: null }

/**
 * The parts that right and wrong answers add: the logarithm of how much likelier each is of
 * somebody bad than of somebody good, to the nearest millionth.
 *
 * @throws RangeError if they are not 0 < bad < good < 1
 */
export function cusumSteps({ good, bad }: { readonly good: number; readonly bad: number }): CusumSteps {
  assertInside('good', good)
  assertInside('bad', bad)
  if (!(bad < good)) throw new RangeError(`bad must be below good, and is ${bad} beside ${good}`)
  return {
    wrong: Math.round(ln((1 - bad) / (1 - good)) * MILLION),
    right: Math.round(ln(bad / good) * MILLION),
  }
}

/** The sum after one more answer. It never falls below 0. */
export function cusumAfter(before: CusumState, right: boolean, steps: CusumSteps): CusumState {
  const sum = Math.max(0, before.sum + (right ? steps.right : steps.wrong))
  const judged = before.judged + 1
  return { sum, judged, suspectSince: sum === 0 ? null : (before.suspectSince ?? judged) }
}

/** Whether a sum is an alarm. */
export function isAlarm({ sum, judged }: CusumState, policy: CusumPolicy = {}): boolean {
  const { alarm, minimum } = complete(policy)
  return judged >= minimum && sum >= alarm
}

/**
 * Watches answers to known questions, in their order, for a fall from a good accuracy to a bad one.
 *
 * Source: Page 1954, Biometrika 41.
 *
 * @param answers whether each was right
 * @throws RangeError if the policy is not as it must be
 */
export function cusum(answers: Iterable<boolean>, policy: CusumPolicy = {}): Cusum {
  const { steps } = complete(policy)
  const path: number[] = []
  let state = CUSUM_START
  for (const right of answers) {
    if (typeof right !== 'boolean')
      throw new TypeError(`answers[${path.length}] must be true or false, and is ${String(right)}`)
    state = cusumAfter(state, right, steps)
    path.push(state.sum)
    if (isAlarm(state, policy)) return { path, alarmAt: path.length, suspectSince: state.suspectSince }
  }
  return { path, alarmAt: null, suspectSince: null }
}

/**
 * The exact chance of an alarm within n answers of somebody whose accuracy is p: a walk over the
 * values that the sum can have. Time grows with about the square of n.
 *
 * @throws RangeError if p is not in 0…1, n is no whole number up to 10 000, or the policy is not as
 *   it must be
 */
export function wrongPause(p: number, n: number, policy: CusumPolicy = {}): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must be between 0 and 1, and is ${String(p)}`)
  assertWhole('n', n, 0, 10_000)
  const { alarm, minimum, steps } = complete(policy)
  let chances = new Map<number, number>([[0, 1]])
  let alarmed = 0
  for (let judged = 1; judged <= n; judged++) {
    const next = new Map<number, number>()
    const add = (sum: number, chance: number): void => {
      if (judged >= minimum && sum >= alarm) alarmed += chance
      else next.set(sum, (next.get(sum) ?? 0) + chance)
    }
    // In the order of the sums, so that they are added up in one order everywhere.
    for (const [sum, chance] of [...chances].sort(([a], [b]) => a - b)) {
      add(Math.max(0, sum + steps.right), chance * p)
      add(sum + steps.wrong, chance * (1 - p))
    }
    chances = next
  }
  return Math.min(1, alarmed)
}

interface CompletePolicy {
  /** In millionths. */
  readonly alarm: number
  readonly minimum: number
  readonly steps: CusumSteps
}

function complete(policy: CusumPolicy): CompletePolicy {
  assertOptions(policy, ['good', 'bad', 'alarm', 'minimum'])
  const { good = 0.92, bad = 0.65, alarm = 4.6, minimum = 5 } = policy
  assertPositive('alarm', alarm)
  assertWhole('minimum', minimum)
  assertAtLeast('minimum', minimum, 0)
  return { alarm: Math.round(alarm * MILLION), minimum, steps: cusumSteps({ good, bad }) }
}
