import { compareTexts } from '../text-order.ts'

/** A scenario with the number that it is drawn by. */
interface Drawn {
  readonly digest: string
  readonly scenarioId: string
}

/** The order in which scenarios are drawn: by digest, ties by scenarioId. */
export function inDrawnOrder(one: Drawn, other: Drawn): number {
  return compareTexts(one.digest, other.digest) || compareTexts(one.scenarioId, other.scenarioId)
}
