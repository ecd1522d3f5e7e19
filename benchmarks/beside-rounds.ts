/** Stands where `rounds.ts` does for a benchmark of `beside`: one round, of our side alone, told to the process that asked. */
import { median, type Series, type Side, seriesOf } from './rounds.ts'

export type { Series, Side }
export { median, seriesOf }

/** A figure of one round. */
export interface Measured {
  readonly title: string
  readonly unit: string
  readonly value: number
}

/** Benchmarks that have no peer: all of their sides are ours. */
const ALL_OURS = ['progress', 'claim-scale', 'fairness']
const PEERS = /socket\.io|BullMQ|bare/

const MEBIBYTE = 2 ** 20
const name = process.argv[2] ?? ''

export async function alternate(sides: readonly Side[], _rounds: number): Promise<Series[]> {
  const all: Series[] = []
  for (const [nth, side] of sides.entries()) {
    const isOurs = nth === 0 || ALL_OURS.includes(name)
    all.push(seriesOf(side.name, [isOurs ? await side.once() : Number.NaN]))
  }
  return all
}

export function roundsWished(): number {
  return 1
}

export function printSeries(title: string, unit: string, series: readonly Series[]): void {
  tell(
    series
      .filter((one) => !PEERS.test(one.name) && !Number.isNaN(one.median))
      .map((one) => ({ title: `${title}, ${one.name}`, unit, value: one.median })),
  )
}

export function machine(): object {
  return {}
}

/** What is printed otherwise: how soon jobs begin, and what memory is in use. */
export function keep(_name: string, kept: object): void {
  const { figures = [], inUseBytes } = kept as {
    readonly figures?: readonly { readonly name?: string; readonly p50?: number; readonly p99?: number }[]
    readonly inUseBytes?: readonly number[]
  }
  if (name === 'idle') {
    for (const { name: of = '', p50 = Number.NaN, p99 = Number.NaN } of figures) {
      tell([
        { title: `from an add to its start, ${of}, p50`, unit: 'ms', value: p50 },
        { title: `from an add to its start, ${of}, p99`, unit: 'ms', value: p99 },
      ])
    }
  }
  const last = inUseBytes?.at(-1)
  if (last !== undefined) tell([{ title: 'memory in use', unit: 'MiB', value: last / MEBIBYTE }])
}

function tell(measured: readonly Measured[]): void {
  process.send?.(measured)
}
