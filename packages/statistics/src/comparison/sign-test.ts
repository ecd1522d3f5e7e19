import { betaPower } from '../arithmetic/beta.ts'
import { binomialHalfLower } from '../arithmetic/binomial.ts'
import { assertInside, assertOptions, assertWhole } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, twoSided } from '../arithmetic/interval.ts'

/** How many pairs are better and how many worse. */
export interface Discordant {
  readonly wins: number
  readonly losses: number
}

/** Two p-values of "no difference". */
export interface SignTest {
  /** Exact, two-sided. */
  readonly p: number
  /** The same with half of the chance of what was seen: less cautious, and not exact. */
  readonly midP: number
}

/**
 * The exact sign test; of paired shares it is McNemar's exact test. Pairs that are equal do not
 * count.
 *
 * Source: Fagerland, Lydersen & Laake 2013, BMC Med Res Methodol 13:91.
 *
 * @throws RangeError if wins or losses are no whole number
 */
export function signTest({ wins, losses }: Discordant): SignTest {
  assertWhole('wins', wins)
  assertWhole('losses', losses)
  const n = wins + losses
  const fewer = Math.min(wins, losses)
  if (n === 0) return { p: 1, midP: 1 }
  const p = Math.min(1, 2 * binomialHalfLower(fewer, n))
  const seen = (4 * betaPower(fewer + 1, n - fewer + 1, 0.5, 0.5)) / (n + 1)
  return { p, midP: p - seen }
}

/** The difference of two paired shares. */
export interface PairedShares {
  /** (wins − losses) ÷ n. */
  readonly difference: number
  /** The difference with one more win and loss: the middle of the interval. */
  readonly shifted: number
  /** The standard error about it. */
  readonly se: number
  readonly low: number
  readonly high: number
}

/**
 * The difference of paired shares with the interval of Bonett & Price, which is closed and holds
 * its level where changes are rare.
 *
 * Source: Bonett & Price 2012, J Educ Behav Stat 37.
 *
 * @throws RangeError if n is not at least wins + losses and 1, or a number is not as it must be
 */
export function bonettPrice(
  { wins, losses, n }: Discordant & { readonly n: number },
  options: { readonly level?: number } = {},
): PairedShares {
  assertOptions(options, ['level'])
  const { level = DEFAULT_LEVEL } = options
  assertInside('level', level)
  assertWhole('wins', wins)
  assertWhole('losses', losses)
  assertWhole('n', n, Math.max(1, wins + losses))
  const better = (wins + 1) / (n + 2)
  const worse = (losses + 1) / (n + 2)
  const shifted = better - worse
  const se = Math.sqrt((better + worse - shifted * shifted) / (n + 2))
  const half = twoSided(level, Number.POSITIVE_INFINITY) * se
  return {
    difference: (wins - losses) / n,
    shifted,
    se,
    low: Math.max(-1, shifted - half),
    high: Math.min(1, shifted + half),
  }
}
