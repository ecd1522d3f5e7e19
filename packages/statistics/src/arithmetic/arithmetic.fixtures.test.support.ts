import type { Functions } from '../fixtures.test.support.ts'
import { betaQuantile } from './beta.ts'
import { binomialHalfLower } from './binomial.ts'
import { exp, ln } from './ln-exp.ts'
import { lnGamma } from './ln-gamma.ts'
import { normalQuantile, normalUpper } from './normal.ts'
import { tQuantile, tUpper } from './student.ts'

type Points = { readonly points: readonly (readonly [number, number, number])[] }

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  ln: ({ x }: { x: number[] }) => x.map(ln),
  exp: ({ x }: { x: number[] }) => x.map(exp),
  lnGamma: ({ x }: { x: number[] }) => x.map(lnGamma),
  normalUpper: ({ z }: { z: number[] }) => z.map(normalUpper),
  normalQuantile: ({ p }: { p: number[] }) => p.map(normalQuantile),
  tUpper: ({ points }: Points) => points.map(([t, df]) => tUpper(t, df)),
  tQuantile: ({ points }: Points) => points.map(([p, df]) => tQuantile(p, df)),
  betaQuantile: ({ points }: Points) => points.map(([p, a, b]) => betaQuantile(p, a, b)),
  binomialHalfLower: ({ points }: Points) => points.map(([k, n]) => binomialHalfLower(k, n)),
}
