import { describe, expect, it } from 'vitest'
import { type Functions, outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { betaQuantile } from './beta.ts'
import { binomialHalfLower } from './binomial.ts'
import { exp, ln } from './ln-exp.ts'
import { lnGamma } from './ln-gamma.ts'
import { normalQuantile, normalUpper } from './normal.ts'
import { tQuantile, tUpper } from './student.ts'

type Points = { readonly points: readonly (readonly [number, number, number])[] }

const FUNCTIONS: Functions = {
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

describe('special functions', () => {
  it.each(outcomesOf('special', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('special', FUNCTIONS)).toEqual([])
  })
})
