import { cohen } from '../agreement/cohen.ts'
import { assertInside, assertNumber, assertOptions, assertPositive } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, type Interval, shareInterval } from '../arithmetic/interval.ts'
import { sum } from '../arithmetic/sum.ts'
import { effective } from './active.ts'

/** A labelled unit, with the judge's score in 0…1. */
export interface JudgedUnit {
  readonly f: number
  /** 1 if people said yes, else 0. */
  readonly y: 0 | 1
  /** The probability with which it was drawn; 1 if not given. */
  readonly pi?: number
}

/** A share, or κ, with its interval; `null` if no unit, or too few, say anything of it. */
export interface JudgeRate {
  readonly value: number | null
  readonly interval: Interval | null
}

/** The judge beside people. It says yes if its score is at least ½. */
export interface JudgeQuality {
  /** Of those to which people said yes: the share to which the judge does. */
  readonly sensitivity: JudgeRate
  /** Of those to which people said no: the share to which the judge does. */
  readonly specificity: JudgeRate
  /** Of those to which the judge said yes: the share to which people do. */
  readonly precision: JudgeRate
  /** Cohen's κ of the two. */
  readonly kappa: JudgeRate
  /** How many labels drawn evenly would say as much. */
  readonly effective: number
}

const YES = 0.5

/**
 * How a judge does beside people, each unit weighted by 1/π.
 *
 * @throws RangeError if a unit is not as it must be
 */
export function judgeQuality(
  units: Iterable<JudgedUnit>,
  options: { readonly level?: number } = {},
): JudgeQuality {
  assertOptions(options, ['level'])
  const { level = DEFAULT_LEVEL } = options
  assertInside('level', level)
  const judged = [...units].map(({ f, y, pi = 1 }, i) => {
    assertNumber(`f of units[${i}]`, f)
    if (y !== 0 && y !== 1) throw new RangeError(`y of units[${i}] must be 0 or 1, and is ${String(y)}`)
    assertPositive(`pi of units[${i}]`, pi)
    return { says: f >= YES ? 1 : 0, y, weight: 1 / pi }
  })
  const rate = (
    among: (unit: (typeof judged)[number]) => boolean,
    is: (unit: (typeof judged)[number]) => boolean,
  ): JudgeRate => {
    const counted = judged.filter(among)
    const whole = sum(counted.map(({ weight }) => weight))
    if (whole === 0) return { value: null, interval: null }
    const value = sum(counted.filter(is).map(({ weight }) => weight)) / whole
    const n = effective(counted.map(({ weight }) => weight))
    return { value, interval: n > 1 ? shareInterval(value, 0, n, { level }) : null }
  }
  const all = effective(judged.map(({ weight }) => weight))
  const whole = sum(judged.map(({ weight }) => weight))
  const cell = (says: number, y: number): number =>
    whole > 0
      ? (all * sum(judged.filter((unit) => unit.says === says && unit.y === y).map(({ weight }) => weight))) /
        whole
      : 0
  const { value, interval } = cohen(
    [
      [cell(0, 0), cell(0, 1)],
      [cell(1, 0), cell(1, 1)],
    ],
    { level },
  )
  return {
    sensitivity: rate(
      ({ y }) => y === 1,
      ({ says }) => says === 1,
    ),
    specificity: rate(
      ({ y }) => y === 0,
      ({ says }) => says === 0,
    ),
    precision: rate(
      ({ says }) => says === 1,
      ({ y }) => y === 1,
    ),
    kappa: { value, interval },
    effective: all,
  }
}
