import type { JobId, ProjectId } from '@muster/core'
import type {
  ComparisonId,
  ComparisonStore,
  Gate,
  GateId,
  KeptComparison,
  Pair,
  PairSlice,
  RunModel,
} from '@muster/core/evaluation'
import type { NewestKey, Slice } from '@muster/core/ports'
import { sameJson } from '@muster/core/support'
import { type JobRow, resultOf } from './jobs/job-row.ts'
import type { JobTables } from './jobs/job-tables.ts'
import { sliceNewest } from './jobs/order.ts'
import type { EvaluationTables } from './tables/evaluation-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Comparisons and gates in memory. */
export class MemoryComparisonStore implements ComparisonStore {
  readonly #tables: EvaluationTables
  readonly #jobs: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.evaluation
    this.#jobs = tables.jobs
  }

  async listPairs(
    { baseline, candidate }: Parameters<ComparisonStore['listPairs']>[0],
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<PairSlice> {
    const jobs = this.#jobsOf(baseline)
    const others = new Map(this.#jobsOf(candidate).map((jobId) => [keyOf(this.#jobs.demand(jobId)), jobId]))
    const pairs = jobs.slice(from - 1, from - 1 + limit).flatMap((jobId): Pair[] => {
      const row = this.#jobs.demand(jobId)
      const otherId = others.get(keyOf(row))
      const one = resultOf(row)
      const other = otherId && resultOf(this.#jobs.demand(otherId))
      if (one === undefined || other === undefined) return []
      return [
        {
          scenarioId: one.scenarioId,
          repeat: one.repeat,
          payload: one.payload,
          changed: !sameJson(one.payload, other.payload),
          baseline: { state: one.state, result: one.result },
          candidate: { state: other.state, result: other.result },
        },
      ]
    })
    const next = from + limit
    return { pairs, next: next <= jobs.length ? next : undefined }
  }

  /** The jobs of one model of a run, in the order in which they were made. */
  #jobsOf({ runId, model }: RunModel): JobId[] {
    return this.#jobs.jobsOf(runId).filter((jobId) => this.#jobs.demand(jobId).model === model)
  }

  async add(comparison: KeptComparison): Promise<void> {
    this.#tables.comparisons.set(comparison.comparisonId, comparison)
  }

  async find(comparisonId: ComparisonId): Promise<KeptComparison | undefined> {
    return this.#tables.comparisons.get(comparisonId)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptComparison[]> {
    return sliceNewest(this.#tables.comparisonsByAge, projectId, ({ comparisonId }) => comparisonId, slice)
  }

  async addGate(gate: Gate): Promise<void> {
    this.#tables.gates.set(gate.gateId, gate)
  }

  async findGate(gateId: GateId): Promise<Gate | undefined> {
    return this.#tables.gates.get(gateId)
  }

  async listGates(projectId: ProjectId, slice: Slice<NewestKey>): Promise<Gate[]> {
    return sliceNewest(this.#tables.gatesByAge, projectId, ({ gateId }) => gateId, slice)
  }
}

function keyOf({ scenarioId, repeat }: Pick<JobRow, 'scenarioId' | 'repeat'>): string {
  return `${repeat}\n${scenarioId}`
}
