import type { Functions } from '../fixtures.test.support.ts'
import { alpha } from './alpha.ts'
import { cohen, type KappaWeights } from './cohen.ts'
import { fleiss } from './fleiss.ts'
import { percent } from './percent.ts'
import { kendallDistance, type Ranking } from './rankings.ts'
import { masi } from './sets.ts'
import { type Span, spanAgreement, spanOverlap } from './spans.ts'

interface Alpha {
  readonly items: number[][]
  readonly metric: 'ordinal'
  readonly level?: number
}

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  alpha: ({ items, metric, ...options }: Alpha) => alpha(items, { difference: metric, ...options }),
  alphaSets: ({ items }: { items: string[][][] }) => alpha(items, { difference: 'set' }),
  masi: ({ a, b }: { a: string[]; b: string[] }) => masi(a, b),
  percent: ({ items }: { items: number[][] }) => percent(items),
  cohen: ({ table, weights }: { table: number[][]; weights: KappaWeights }) => cohen(table, { weights }),
  fleiss: ({ counts }: { counts: number[][] }) => fleiss(counts),
  spans: ({ a, b }: { a: Span[]; b: Span[] }) => spanOverlap(a, b),
  spanAgreement: ({ items }: { items: Span[][][] }) => spanAgreement(items),
  kendall: ({ a, b }: { a: Ranking; b: Ranking }) => kendallDistance(a, b),
}
