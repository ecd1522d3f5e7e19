import { type Json, readerAt } from '../json/json.ts'
import type { Pair } from './comparison-store.ts'
import type { Metric } from './metric.ts'
import { type BySide, scoredJob, standIn } from './pairs.ts'
import type { Score } from './scorers.ts'
import { checkedValue } from './values.ts'

const SIDES = ['baseline', 'candidate'] as const

/** The values of one metric, pair by pair; NaN where a side has none. */
export interface Column {
  readonly baseline: Float64Array
  readonly candidate: Float64Array
}

/** A number for each pair, of the text that it stands for: the same text the same number. */
export interface Codes {
  readonly of: Int32Array
  readonly texts: readonly string[]
}

/** The values of one pointer into the scenario's payload. */
export interface SliceCodes extends Codes {
  readonly at: string
  readonly values: readonly Json[]
}

/** All that a comparison is made of, in numbers outside of the heap. */
export interface Columns {
  readonly n: number
  readonly changed: number
  readonly columns: readonly Column[]
  readonly clusters: Codes | undefined
  readonly slices: readonly SliceCodes[]
}

/** Metrics with their scores. */
export interface ScoredMetric {
  readonly metric: Metric
  readonly scores: BySide<Score>
}

/** Clusters and slices, which are read beside values. */
export interface ReadBeside {
  readonly clusterBy: string | undefined
  /** Whether pairs of one scenario depend on each other. */
  readonly byScenario: boolean
  readonly slices: readonly string[]
}

/**
 * Reads pairs into columns.
 * @param most how many pairs there can be
 * @throws ValidationError for a value that its metric cannot have, naming the scenario
 */
export async function columnsOf(
  batches: AsyncIterable<readonly Pair[]>,
  metrics: readonly ScoredMetric[],
  { clusterBy, byScenario, slices }: ReadBeside,
  most: number,
): Promise<Columns> {
  const columns = metrics.map(() => ({
    baseline: new Float64Array(most),
    candidate: new Float64Array(most),
  }))
  const clusterOf = clusterOfPairs(clusterBy, byScenario)
  const clusters = clusterOf && new Coder(most, clusterOf)
  const coders = slices.map((at) => {
    const read = readerAt(at)
    return { at, coder: new Coder(most, ({ payload }) => JSON.stringify(read(payload) ?? null)) }
  })
  let [n, changed] = [0, 0]
  for await (const pairs of batches) {
    for (const pair of pairs) {
      if (pair.changed) {
        changed += 1
        continue
      }
      for (const side of SIDES) {
        const job = scoredJob(pair, side)
        for (let index = 0; index < metrics.length; index++) {
          const { metric, scores } = metrics[index] as ScoredMetric
          const value = job && scores[side](job)
          const column = columns[index] as Column
          column[side][n] =
            value === null
              ? (standIn(metric) ?? Number.NaN)
              : checkedValue(value, metric, index, pair.scenarioId)
        }
      }
      clusters?.add(n, pair)
      for (const { coder } of coders) coder.add(n, pair)
      n += 1
    }
  }
  return {
    n,
    changed,
    columns: columns.map(({ baseline, candidate }) => ({
      baseline: baseline.subarray(0, n),
      candidate: candidate.subarray(0, n),
    })),
    clusters: clusters?.codes(n),
    slices: coders.map(({ at, coder }) => {
      const codes = coder.codes(n)
      return { at, ...codes, values: codes.texts.map((text) => JSON.parse(text) as Json) }
    }),
  }
}

/** Gives each text a number as it comes. */
class Coder {
  readonly #of: Int32Array
  readonly #textOf: (pair: Pair) => string
  readonly #numbers = new Map<string, number>()

  constructor(most: number, textOf: (pair: Pair) => string) {
    this.#of = new Int32Array(most)
    this.#textOf = textOf
  }

  add(place: number, pair: Pair): void {
    const text = this.#textOf(pair)
    const number = this.#numbers.get(text) ?? this.#numbers.size
    if (number === this.#numbers.size) this.#numbers.set(text, number)
    this.#of[place] = number
  }

  codes(n: number): Codes {
    return { of: this.#of.subarray(0, n), texts: [...this.#numbers.keys()] }
  }
}

/** How pairs are clustered: by what they share, else those of one scenario if there are several; undefined if they do not depend on each other. */
export function clusterOfPairs(
  clusterBy: string | undefined,
  byScenario: boolean,
): ((of: Pick<Pair, 'payload' | 'scenarioId'>) => string) | undefined {
  if (clusterBy !== undefined) return clusterAt(clusterBy)
  return byScenario ? ({ scenarioId }) => scenarioId : undefined
}

/** The key of a cluster: a text as it is, else as JSON. A scenario without one stands alone. */
export function clusterAt(pointer: string): (of: Pick<Pair, 'payload' | 'scenarioId'>) => string {
  const read = readerAt(pointer)
  return ({ payload, scenarioId }) => {
    const value = read(payload)
    if (value === undefined) return `\n${scenarioId}`
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
