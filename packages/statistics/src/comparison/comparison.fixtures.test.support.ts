import type { Functions } from '../fixtures.test.support.ts'
import { stream } from '../random/stream.ts'
import { clusterBootstrap, type Pair } from './bootstrap.ts'
import { type CompareOptions, compareMetric } from './compare.ts'
import { benjaminiHochberg, holm } from './correction.ts'
import { type GateRule, gate } from './gate.ts'
import { floorTests, marginTests, minimumDetectable } from './margins.ts'
import { clusterT, pairedT } from './paired-means.ts'
import { positionEffect, type ShownTask } from './position.ts'
import { type SignFlipOptions, signFlips } from './sign-flips.ts'
import { bonettPrice, signTest } from './sign-test.ts'

type Flips = SignFlipOptions & {
  readonly differences?: readonly number[]
  readonly generated?: { repeat: number; seed: number; name: string }
}
interface Groups {
  readonly groups: readonly (readonly (Pair | number)[])[]
  readonly statistic: 'mean' | 'medianDifference' | 'p95Difference'
  readonly seed: number
  readonly name: string
  readonly draws: number
}
type Turned = Omit<CompareOptions, 'better'> & { readonly better?: 1 | -1 }
type Rule = { tier: GateRule['tier']; pass: number; block: number; missing?: boolean }
/** `null` is an infinite degree of freedom. */
type Degrees = { readonly se: number; readonly df: number | null }

const AGGREGATES = { mean: 'mean', medianDifference: 'median', p95Difference: 'p95' } as const

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  sign: (discordant: { wins: number; losses: number }) => signTest(discordant),
  bonettPrice: ({ level = 0.95, ...counts }: { wins: number; losses: number; n: number; level?: number }) =>
    bonettPrice(counts, { level }),
  permutation: ({ differences, generated, ...options }: Flips) => {
    if (!generated) return signFlips(differences ?? [], options)
    const from = stream(generated.seed, generated.name)
    return signFlips(
      Array.from({ length: generated.repeat }, () => (from.below(9) - 3.9) / 4),
      options,
    )
  },
  pairedT: ({ differences }: { differences: number[] }) => pairedT(differences),
  clusterT: ({ differences, clusters }: { differences: number[]; clusters: string[] }) =>
    clusterT(differences, clusters),
  clusterBootstrap: ({ groups, statistic, ...options }: Groups) =>
    clusterBootstrap(
      groups.map((group) => group.map((each): Pair => (typeof each === 'number' ? [0, each] : each))),
      { aggregate: AGGREGATES[statistic], ...options },
    ),
  holm: ({ p }: { p: number[] }) => holm(p),
  benjaminiHochberg: ({ p }: { p: number[] }) => benjaminiHochberg(p),
  minimumDetectable: ({ se, df }: Degrees) => minimumDetectable(se, df ?? Number.POSITIVE_INFINITY),
  margin: ({ centre, se, df, maxDrop }: Degrees & { centre: number; maxDrop: number }) =>
    marginTests({ centre, se, df: df ?? Number.POSITIVE_INFINITY }, maxDrop),
  floor: ({ values, minValue, options }: { values: number[]; minValue: number; options: Turned }) =>
    floorTests(values, minValue, { better: betterOf(options) }),
  gate: ({ rules, alpha }: { rules: Rule[]; alpha: number }) => {
    const decided = gate(
      rules.map(({ missing, ...rule }) => (missing ? { tier: rule.tier, missing: 'gone' } : rule)),
      { alpha },
    )
    return { ...decided, verdicts: decided.rules.map(({ verdict }) => verdict) }
  },
  compareMetric: ({ pairs, options }: { pairs: Pair[]; options: Turned }) =>
    compareMetric(pairs, { ...options, better: betterOf(options) }),
  positionEffect: ({ tasks }: { tasks: ShownTask[] }) => positionEffect(tasks),
}

function betterOf({ better }: Turned): 'higher' | 'lower' {
  return better === -1 ? 'lower' : 'higher'
}
