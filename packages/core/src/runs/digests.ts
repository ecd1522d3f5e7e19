import { createHash } from 'node:crypto'
import { compareTexts } from '../text-order.ts'

/** A scenario with the number that it is drawn by. */
interface Drawn {
  readonly digest: string
  readonly scenarioId: string
}

/** The SHA-256 of a text, in hex: a number that everybody draws alike. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** The order in which scenarios are drawn: by digest, ties by scenarioId. */
export function inDrawnOrder(one: Drawn, other: Drawn): number {
  return compareTexts(one.digest, other.digest) || compareTexts(one.scenarioId, other.scenarioId)
}
