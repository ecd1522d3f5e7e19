import type { Functions } from '../fixtures.test.support.ts'
import { shuffled, stream } from './stream.ts'
import { drawPoisson, drawUniform, unitNumber } from './units.ts'

interface Drawing {
  readonly seed: number
  readonly name: string
  readonly count: number
  readonly n: number
  readonly keys: readonly string[]
  readonly pi: readonly number[]
}

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  stream: ({ seed, name, count }: Drawing) => {
    const from = stream(seed, name)
    return drawn(count, () => from.word())
  },
  uniform: ({ seed, name, count }: Drawing) => {
    const from = stream(seed, name)
    return drawn(count, () => from.next())
  },
  below: ({ seed, name, count, n }: Drawing) => {
    const from = stream(seed, name)
    return drawn(count, () => from.below(n))
  },
  shuffle: ({ seed, name, n }: Drawing) => shuffled(stream(seed, name), Array(n).keys()),
  unitNumber: ({ seed, keys }: Drawing) => keys.map((key) => unitNumber(seed, key)),
  drawUniform: ({ seed, keys, n }: Drawing) => drawUniform(keys, numbersOf(seed, keys), n),
  drawPoisson: ({ seed, keys, pi }: Drawing) => drawPoisson(keys, numbersOf(seed, keys), pi),
}

function drawn(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw)
}

function numbersOf(seed: number, keys: readonly string[]): number[] {
  return keys.map((key) => unitNumber(seed, `calibration\n${key}`))
}
