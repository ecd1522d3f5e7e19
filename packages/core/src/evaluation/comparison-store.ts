import type { ComparisonId, GateId, ProjectId } from '../ids.ts'
import type { SettledState } from '../jobs/job.ts'
import type { Json } from '../json/json.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { KeptComparison } from './comparison.ts'
import type { Gate } from './gate.ts'
import type { RunModel } from './metric.ts'

/** A side of a pair: how its job ended. */
export interface PairSide {
  readonly state: SettledState
  readonly result: Json | null
}

/** The two settled jobs of one scenario and repeat. */
export interface Pair {
  readonly scenarioId: string
  /** From 1. */
  readonly repeat: number
  /** Of the baseline's scenario. */
  readonly payload: Json
  /** Whether the candidate's scenario has another payload. */
  readonly changed: boolean
  readonly baseline: PairSide
  readonly candidate: PairSide
}

/** A part of the pairs of two models, and where the next part begins. */
export interface PairSlice {
  readonly pairs: readonly Pair[]
  /** undefined: it was the last. */
  readonly next: number | undefined
}

/** Reads pairs of two runs' models, and keeps what was found of them. */
export interface ComparisonStore {
  /**
   * Pairs by the place of the baseline's scenario, then the repeat: those among its next `limit` jobs of that model from the `from`-th on, from 1. Fewer if they are large.
   * Scenarios are the same by their id, also of two definitions; a pair has two settled jobs.
   */
  listPairs(
    sides: { readonly baseline: RunModel; readonly candidate: RunModel },
    slice: { readonly from: number; readonly limit: number },
  ): Promise<PairSlice>
  add(comparison: KeptComparison): Promise<void>
  find(comparisonId: ComparisonId): Promise<KeptComparison | undefined>
  /** Newest first. */
  list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptComparison[]>
  addGate(gate: Gate): Promise<void>
  findGate(gateId: GateId): Promise<Gate | undefined>
  /** Newest first. */
  listGates(projectId: ProjectId, slice: Slice<NewestKey>): Promise<Gate[]>
}
