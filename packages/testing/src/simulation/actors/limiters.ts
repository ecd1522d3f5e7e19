import type { NewLimit } from '@muster/core/limits'
import type { World } from '../world.ts'

/** Keys that jobs of a simulation may need. */
export const KEYS = ['model:a', 'model:b', 'provider:x'] as const

/** Whoever sets limits, and then changes their mind. */
export class Limiters {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  act(): void {
    const { chance } = this.#world
    const key = chance.oneOf(KEYS) ?? KEYS[0]
    const { process, muster } = this.#world.api()
    const { limits } = muster
    chance.weighted<() => void>([
      [4, () => this.#world.ask('put limit', process, () => limits.put(key, this.#draw()))],
      [0.5, () => this.#world.ask('remove limit', process, () => limits.remove(key))],
      [1, () => this.#world.ask('cool', process, () => limits.cool(key, chance.between(1, 20)))],
      [0.5, () => this.#world.ask('warm', process, () => limits.warm(key))],
    ])()
  }

  #draw(): NewLimit {
    const { chance } = this.#world
    return {
      ...(chance.of(0.8) && { concurrency: chance.between(1, 2) }),
      ...(chance.of(0.3) && { perMinute: chance.between(10, 60) }),
      ...(chance.of(0.1) && { paused: true }),
    }
  }
}
