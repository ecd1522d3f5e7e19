import { createHash } from 'node:crypto'

/**
 * A number in [0, 1) that depends on the seed and the key alone: not on what was drawn before, so that adding a language or an article
 * changes no other scenario.
 */
export function draw(seed: number, key: string): number {
  const digest = createHash('sha256').update(`${seed}\n${key}`).digest()
  return digest.readUIntBE(0, 6) / 2 ** 48
}

/** An integer in `min`..`max`, both included. */
export function drawInteger(seed: number, key: string, min: number, max: number): number {
  return min + Math.floor(draw(seed, key) * (max - min + 1))
}

/** The items in an order that the seed and the key alone decide, whatever order they came in. */
export function shuffle(items: readonly string[], seed: number, key: string): string[] {
  const places = items.map((item) => ({ item, at: draw(seed, `${key}\n${item}`) }))
  return places.sort((a, b) => a.at - b.at).map(({ item }) => item)
}
