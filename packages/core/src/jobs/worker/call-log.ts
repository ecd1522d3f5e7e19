import type { JobId, ProjectId, RunId } from '../../ids.ts'
import type { CountedCall } from '../../usage/usage.ts'
import type { ActiveJob } from '../worker-store.ts'

/** The calls of one model by a run's jobs, or by loose ones of a project. */
export interface CallKind {
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly model: string
}

/** The places of a call's numbers, in the order of {@link CountedCall}. */
const KIND = 0
const INPUT = 1
const OUTPUT = 2
const CACHED = 3
const CACHE_WRITE = 4
const REASONING = 5
/** The cost that the handler told; {@link NONE}: by the price. */
const TOLD = 6
/** The cost that the outcome of the attempt brings to the job's own sum, with all units; {@link NONE}: it brings nothing of this call. */
const TAKEN = 7
/** The call before it of the same attempt. */
const BEFORE = 8
const WIDTH = 9

const NONE = -1

/**
 * Calls that are gathered until they are sent, as one row of numbers each: objects that live so long would have to be moved by the collector of young ones,
 * which costs more than all else of a call.
 */
export class CallLog {
  readonly kinds: CallKind[] = []
  readonly #kindsOf = new Map<string, number[]>()
  readonly #jobIds: JobId[] = []
  #numbers = new Float64Array(WIDTH * 64)
  #lastKind = NONE
  /** No more calls come in, and outcomes bring none of these. */
  sent = false

  get size(): number {
    return this.#jobIds.length
  }

  /** Adds a call and gives its row. `before`: the row of the attempt's call before it. */
  add(job: ActiveJob, call: CountedCall, before: number | undefined): number {
    const row = this.#jobIds.push(job.jobId) - 1
    const at = row * WIDTH
    if (at === this.#numbers.length) {
      const wider = new Float64Array(2 * at)
      wider.set(this.#numbers)
      this.#numbers = wider
    }
    const numbers = this.#numbers
    numbers[at + KIND] = this.#kindOf(job, call.model)
    numbers[at + INPUT] = call.input
    numbers[at + OUTPUT] = call.output
    numbers[at + CACHED] = call.cached
    numbers[at + CACHE_WRITE] = call.cacheWrite
    numbers[at + REASONING] = call.reasoning
    numbers[at + TOLD] = call.costMicros ?? NONE
    numbers[at + TAKEN] = NONE
    numbers[at + BEFORE] = before ?? NONE
    return row
  }

  /** Most calls are of a kind like the one before, or of one of a few models. */
  #kindOf({ projectId, runId }: ActiveJob, model: string): number {
    if (this.#isKind(this.#lastKind, model, projectId, runId)) return this.#lastKind
    const owner = runId ?? projectId
    const ofOwner = this.#kindsOf.get(owner)
    let kind = ofOwner?.find((one) => this.#isKind(one, model, projectId, runId))
    if (kind === undefined) {
      kind = this.kinds.push({ projectId, runId, model }) - 1
      if (ofOwner) ofOwner.push(kind)
      else this.#kindsOf.set(owner, [kind])
    }
    this.#lastKind = kind
    return kind
  }

  #isKind(kind: number, model: string, projectId: ProjectId, runId: RunId | null): boolean {
    const known = this.kinds[kind]
    return known?.model === model && known.runId === runId && known.projectId === projectId
  }

  jobId(row: number): JobId {
    return this.#jobIds[row] as JobId
  }

  kind(row: number): number {
    return this.#number(row, KIND)
  }

  /** The call again. */
  call(row: number): CountedCall {
    const told = this.#number(row, TOLD)
    return {
      model: (this.kinds[this.kind(row)] as CallKind).model,
      input: this.#number(row, INPUT),
      output: this.#number(row, OUTPUT),
      cached: this.#number(row, CACHED),
      cacheWrite: this.#number(row, CACHE_WRITE),
      reasoning: this.#number(row, REASONING),
      costMicros: told === NONE ? null : told,
    }
  }

  /** The row of the attempt's call before it. */
  before(row: number): number | undefined {
    const before = this.#number(row, BEFORE)
    return before === NONE ? undefined : before
  }

  /** The cost that an outcome brings of the call, with all of its units. */
  taken(row: number): number | undefined {
    const taken = this.#number(row, TAKEN)
    return taken === NONE ? undefined : taken
  }

  take(row: number, costMicros: number | undefined): void {
    this.#numbers[row * WIDTH + TAKEN] = costMicros ?? NONE
  }

  /** Nobody asks for the calls again, but attempts that still run know this. */
  forget(): void {
    this.#jobIds.length = 0
    this.#numbers = new Float64Array()
  }

  #number(row: number, place: number): number {
    return this.#numbers[row * WIDTH + place] as number
  }
}
