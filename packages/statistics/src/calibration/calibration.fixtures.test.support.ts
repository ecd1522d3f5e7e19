import { shareInterval } from '../arithmetic/interval.ts'
import { normalQuantile } from '../arithmetic/normal.ts'
import type { Functions } from '../fixtures.test.support.ts'
import { type ActiveUnit, active } from './active.ts'
import { allocate, anytimeMultiplier, inclusion } from './design.ts'
import { type JudgedUnit, judgeQuality } from './judge.ts'
import type { CalibrationUnit, EstimateOptions } from './sample.ts'
import { stratified, uniform } from './uniform.ts'

interface Drawn {
  readonly y: readonly number[]
  readonly f: readonly number[]
  readonly rest: readonly number[]
}
interface Counted {
  readonly labelled: readonly (readonly number[])[]
  readonly rest: readonly number[]
}

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  uniform: ({ y, f, rest, ...options }: Drawn & EstimateOptions) => uniform(unitsOf({ y, f, rest }), options),
  uniformCounts: ({ labelled, rest }: Counted) => {
    const units = labelled.flatMap((row, y) => row.flatMap((times, f) => Array(times).fill({ y, f })))
    const others = rest.flatMap((times, f) => Array(times).fill({ y: null, f }))
    const { estimate, se } = uniform([...units, ...others])
    const alone = uniform([...units, ...others], { lambda: 0 })
    const z = normalQuantile(0.975)
    return { estimate, se, half: z * (se ?? 0), labelsOnlyHalf: z * (alone.se ?? 0) }
  },
  stratified: ({ strata, ...options }: { strata: Drawn[] } & EstimateOptions) =>
    stratified(strata.map(unitsOf), options),
  inclusion: ({ uncertainty, ...options }: { uncertainty: number[]; budget: number; floor?: number }) =>
    inclusion(uncertainty, options),
  active: ({ units, ...options }: { units: ActiveUnit[] } & EstimateOptions) => active(units, options),
  clustered: ({ units }: { units: CalibrationUnit[] }) => uniform(units),
  judgeQuality: ({ units }: { units: JudgedUnit[] }) => {
    const { effective, ...rates } = judgeQuality(units)
    const flat = Object.entries(rates).map(([name, { value, interval }]) => [name, { value, ...interval }])
    return { ...Object.fromEntries(flat), effective }
  },
  shareInterval: ({
    estimate,
    se,
    n,
    ...options
  }: {
    estimate: number
    se: number
    n: number
    multiplier?: number
  }) => shareInterval(estimate, se, n, options),
  anytime: ({ k, planned }: { k: number; planned: number }) => anytimeMultiplier(k, { planned }),
  allocate: ({ total, weights, caps }: { total: number; weights: number[]; caps: number[] }) =>
    allocate(total, weights, caps),
}

function unitsOf({ y, f, rest }: Drawn): CalibrationUnit[] {
  return [
    ...y.map((label, i) => ({ y: label, f: f[i] ?? 0 })),
    ...rest.map((score) => ({ y: null, f: score })),
  ]
}
