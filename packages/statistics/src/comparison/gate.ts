import { assertInside, assertOneOf, assertOptions, assertShare } from '../arithmetic/input.ts'
import { holm } from './correction.ts'
import type { MarginTests } from './margins.ts'

/**
 * How much a rule weighs: it must be shown to hold, must not be shown to be broken, or only
 * informs.
 */
export type Tier = 'critical' | 'supporting' | 'advisory'

/** A rule with what its tests gave, or with the reason why there is nothing to test. */
export type GateRule =
  | ({ readonly tier: Tier; readonly missing?: never } & MarginTests)
  | { readonly tier: Tier; readonly missing: string; readonly pass?: never; readonly block?: never }

/** The verdict on a rule. */
export interface GateVerdict {
  readonly verdict: 'PASS' | 'BLOCK' | 'INCONCLUSIVE'
  /**
   * `block` by Holm over the critical and supporting rules; of an advisory one as it is. `null` if
   * nothing was tested.
   */
  readonly blockAdjusted: number | null
  /** Why nothing was tested. */
  readonly reason: string | null
}

/** Whether to ship. */
export interface GateDecision {
  readonly decision: 'GO' | 'NO-GO' | 'INCONCLUSIVE'
  /** 0, 1 and 2, for a command. */
  readonly exitCode: 0 | 1 | 2
  /** In the order of the rules. */
  readonly rules: readonly GateVerdict[]
}

const EXIT_CODES = { GO: 0, 'NO-GO': 1, INCONCLUSIVE: 2 } as const

/**
 * Whether to ship: NO-GO if a critical or supporting rule is shown to be broken; else INCONCLUSIVE
 * if a critical one is not shown to hold; else GO. Passing needs no correction, since all must pass
 * (Berger 1982, Technometrics 24).
 *
 * @throws RangeError if a p-value or alpha is not as it must be
 */
export function gate(rules: readonly GateRule[], options: { readonly alpha?: number } = {}): GateDecision {
  assertOptions(options, ['alpha'])
  const { alpha = 0.05 } = options
  assertInside('alpha', alpha)
  for (const [i, rule] of rules.entries()) assertRule(`rules[${i}]`, rule)
  const counted = [...rules.keys()].filter(
    (i) => rules[i]?.tier !== 'advisory' && rules[i]?.missing === undefined,
  )
  const adjusted = holm(counted.map((i) => rules[i]?.block ?? 1))
  const verdicts = rules.map((rule, i): GateVerdict => {
    if (rule.missing !== undefined)
      return { verdict: 'INCONCLUSIVE', blockAdjusted: null, reason: rule.missing }
    const blockAdjusted = adjusted[counted.indexOf(i)] ?? rule.block
    const verdict = blockAdjusted <= alpha ? 'BLOCK' : rule.pass <= alpha ? 'PASS' : 'INCONCLUSIVE'
    return { verdict, blockAdjusted, reason: null }
  })
  const is = (verdict: GateVerdict['verdict'], ...tiers: readonly Tier[]): boolean =>
    rules.some(({ tier }, i) => tiers.includes(tier) && verdicts[i]?.verdict === verdict)
  const decision = is('BLOCK', 'critical', 'supporting')
    ? 'NO-GO'
    : is('INCONCLUSIVE', 'critical')
      ? 'INCONCLUSIVE'
      : 'GO'
  return { decision, exitCode: EXIT_CODES[decision], rules: verdicts }
}

function assertRule(name: string, rule: GateRule): void {
  assertOneOf(`${name}.tier`, rule.tier, ['critical', 'supporting', 'advisory'])
  if (rule.missing !== undefined) return
  assertShare(`${name}.pass`, rule.pass)
  assertShare(`${name}.block`, rule.block)
}
