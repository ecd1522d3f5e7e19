import { digestOf } from '../digest.ts'
import { inDrawnOrder } from './digests.ts'

/** How many of `total` scenarios a percentage takes: max(1, floor(N·p/100 + 0.5)) in IEEE doubles. */
export function sampleSize(total: number, percentage: number): number {
  return Math.max(1, Math.floor((total * percentage) / 100 + 0.5))
}

/**
 * The places (from 1, ascending) of the sampled scenarios. Scenarios are ordered by the SHA-256 (hex) of `<seed>\n<scenarioId>`, ties by scenarioId,
 * and the first n of that order are taken. The same ids, seed and percentage give the same sample everywhere, and a larger percentage contains the smaller sample.
 */
export function samplePlaces(scenarioIds: readonly string[], percentage: number, seed: number): number[] {
  const size = sampleSize(scenarioIds.length, percentage)
  if (size >= scenarioIds.length) return scenarioIds.map((_, index) => index + 1)
  return scenarioIds
    .map((scenarioId, index) => ({
      scenarioId,
      place: index + 1,
      digest: digestOf(`${seed}\n${scenarioId}`),
    }))
    .sort(inDrawnOrder)
    .slice(0, size)
    .map(({ place }) => place)
    .sort((a, b) => a - b)
}
