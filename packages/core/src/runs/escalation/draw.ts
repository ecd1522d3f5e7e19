import { digestOf } from '../../digest.ts'
import { compareTexts } from '../../text-order.ts'
import { inDrawnOrder } from '../digests.ts'
import type { EscalationPolicy } from './policy.ts'

/** The last scenario that a sample of an exact count takes, in the order of its digests. */
export interface SampleEnd {
  readonly digest: string
  readonly scenarioId: string
  /** The share of the run's scenarios that this is, in (0, 1]. */
  readonly share: number
}

/** Hex digits that hold 52 bits. */
const DIGITS_OF_52_BITS = 13

/** Where exact samples end, by the place of their condition in `when`; null at the others. Decided once, from all scenarios of the run. */
export function sampleEnds(
  { when }: Pick<EscalationPolicy, 'when'>,
  scenarioIds: readonly string[],
): (SampleEnd | null)[] {
  return when.map((condition) => {
    if (condition.type !== 'sample' || condition.count === undefined) return null
    const { seed, count } = condition
    const last = scenarioIds
      .map((scenarioId) => ({ scenarioId, digest: sampleDigest(seed, scenarioId) }))
      .sort(inDrawnOrder)
      .at(Math.min(count, scenarioIds.length) - 1)
    return last ? { ...last, share: Math.min(1, count / scenarioIds.length) } : null
  })
}

/** The numbers that a sample is drawn by: the same on every machine. */
export function sampleDigest(seed: number, scenarioId: string): string {
  return digestOf(`${seed}\nescalate\n${scenarioId}`)
}

/** The first 52 bits of a digest as a number in [0, 1). */
export function fractionOf(digest: string): number {
  return Number.parseInt(digest.slice(0, DIGITS_OF_52_BITS), 16) / 2 ** 52
}

/** Whether an exact sample that ends there has the scenario. */
export function isWithin(end: SampleEnd, scenarioId: string, digest: string): boolean {
  return inDrawnOrder({ digest, scenarioId }, end) <= 0
}

/** The numbers 0 to `count` − 1 in an order that says nothing of the models. */
export function drawnOrder(sampleSeed: number, scenarioId: string, count: number): number[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    digest: digestOf(`${sampleSeed}\nescalate order\n${scenarioId}\n${index}`),
  }))
    .sort((one, other) => compareTexts(one.digest, other.digest) || one.index - other.index)
    .map(({ index }) => index)
}
