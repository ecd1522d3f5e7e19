import { Batcher } from '../../batcher.ts'
import type { Clock, Logger, Metrics, Random } from '../../environment.ts'
import { UnavailableError, UnstorableError } from '../../errors.ts'
import type { JobId } from '../../ids.ts'
import type { Outages } from '../../logging/outages.ts'
import type { JobError } from '../job.ts'
import { Outage } from '../supply/outage.ts'
import type { ActiveJob, Outcome, WorkerStore } from '../worker-store.ts'
import type { Lease } from './lease.ts'

/** Most outcomes recorded by one statement. */
export const SETTLE_BATCH = 200

/** The error of a job whose result the store refuses. */
export const NOT_RECORDABLE: JobError = {
  code: 'not_recordable',
  message: 'The store refuses the result of this job',
  retryable: false,
}

/** An outcome whose recording failed so often for no known reason, while the store answered so many beats, no longer holds up the others. */
const SET_ASIDE_AFTER = { failures: 5, beats: 3 }

/** How an attempt ended, and under which lease. */
export interface Ended {
  readonly job: ActiveJob
  readonly lease: Lease
  readonly outcome: Outcome
}

interface Deps {
  readonly workers: Pick<WorkerStore, 'settle'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly outages?: Outages | undefined
}

interface Listener {
  settled(ended: readonly Ended[]): void
  /** No call recorded it, for sure: one that is repeated, since its answer was lost, says nothing of those before. */
  unrecorded(ended: Ended): void
}

/**
 * Records outcomes, in batches. While the store is away it waits and tries again; repeating is safe, because a settled attempt is
 * not settled twice. An outcome whose lease was lost is dropped: the job is done elsewhere.
 */
export class Recorder {
  readonly #deps: Deps
  readonly #batches: Batcher<Ended, boolean>
  readonly #stop = new AbortController()
  readonly #outage: Outage
  readonly #listener: Listener

  constructor(deps: Deps, listener: Listener) {
    this.#deps = deps
    this.#listener = listener
    this.#outage = new Outage('Recording how jobs ended', deps)
    const record = async (batch: readonly Ended[]): Promise<boolean[]> => {
      const recorded = await this.#recordAll(batch)
      listener.settled(
        recorded.size === batch.length ? batch : batch.filter(({ job }) => recorded.has(job.jobId)),
      )
      return batch.map(({ job }) => recorded.has(job.jobId))
    }
    this.#batches = new Batcher(SETTLE_BATCH, record, deps.clock)
  }

  /** Whether this call recorded the outcome; if not, the attempt had lost its lease, or the recorder gave up. Never rejects. */
  record(ended: Ended): Promise<boolean> {
    return this.#batches.add(ended)
  }

  /** Tries no more; what is not recorded is done again when the lease lapses. */
  giveUp(): void {
    this.#stop.abort()
  }

  async #recordAll(batch: readonly Ended[]): Promise<ReadonlySet<JobId>> {
    const first = batch[0]?.lease
    if (first === undefined || batch.every(({ lease }) => lease === first)) return this.#record(batch)
    const recorded = new Set<JobId>()
    for (const [, group] of Map.groupBy(batch, ({ lease }) => lease)) {
      for (const jobId of await this.#record(group)) recorded.add(jobId)
    }
    return recorded
  }

  /** All of one lease. */
  async #record(batch: readonly Ended[]): Promise<ReadonlySet<JobId>> {
    const lease = batch[0]?.lease
    if (!lease) return new Set()
    const beatsBefore = lease.beats
    let tried = false
    for (let failures = 1; !this.#stop.signal.aborted && lease.state !== 'lost'; failures++) {
      try {
        const outcomes = batch.map(({ outcome }) => outcome)
        const receipt = await this.#deps.workers.settle({
          outcomes,
          workerId: lease.workerId,
          now: this.#deps.clock.now(),
        })
        this.#outage.over()
        countOutcomes(this.#deps, batch, receipt.recorded.length)
        const recorded = new Set(receipt.recorded)
        if (!tried) this.#tellUnrecorded(batch, recorded)
        return recorded
      } catch (error) {
        tried = true
        if (!(error instanceof UnavailableError)) {
          // One outcome may be what the store refuses: the others must not wait for it.
          if (batch.length > 1) return this.#recordHalves(batch)
          if (error instanceof UnstorableError) return this.#recordFaulty(batch, lease, error)
          if (failures >= SET_ASIDE_AFTER.failures && lease.beats - beatsBefore >= SET_ASIDE_AFTER.beats) {
            return this.#setAside(batch, lease, error)
          }
        }
        await this.#outage.pause(error, this.#stop.signal)
      }
    }
    if (!tried) this.#tellUnrecorded(batch)
    return new Set()
  }

  #tellUnrecorded(batch: readonly Ended[], recorded: ReadonlySet<JobId> = new Set()): void {
    if (recorded.size === batch.length) return
    for (const ended of batch) if (!recorded.has(ended.job.jobId)) this.#listener.unrecorded(ended)
  }

  async #recordHalves(batch: readonly Ended[]): Promise<ReadonlySet<JobId>> {
    const half = Math.ceil(batch.length / 2)
    const recorded = new Set(await this.#record(batch.slice(0, half)))
    for (const jobId of await this.#record(batch.slice(half))) recorded.add(jobId)
    return recorded
  }

  /** The store refuses this very value: its job fails and says so. If even that is refused, the job is done again later. */
  async #recordFaulty(batch: readonly Ended[], lease: Lease, error: unknown): Promise<ReadonlySet<JobId>> {
    const [ended] = batch
    if (!ended) return new Set()
    if (ended.outcome.kind === 'failed' && ended.outcome.error.code === NOT_RECORDABLE.code) {
      return this.#setAside(batch, lease, error)
    }
    const { jobId, attempt, start } = ended.job
    this.#deps.logger.error({ err: error, jobId, attempt }, 'The store refuses the result of this job')
    const { usage } = ended.outcome
    return this.#record([
      { ...ended, outcome: { kind: 'failed', jobId, start, error: NOT_RECORDABLE, usage } },
    ])
  }

  /** Nothing says that the value is at fault, so nothing is recorded of it: its job is done again once the lease lapses. */
  #setAside([ended]: readonly Ended[], lease: Lease, error: unknown): ReadonlySet<JobId> {
    const { jobId, attempt } = ended?.job ?? {}
    this.#deps.logger.error({ err: error, jobId, attempt }, 'How this job ended cannot be recorded')
    if (lease.state === 'open') lease.state = 'suspect'
    return new Set()
  }
}

/** Counts outcomes, of which so many were recorded. */
export function countOutcomes(
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
  batch: readonly { readonly job: Pick<ActiveJob, 'type'>; readonly outcome: Outcome }[],
  recorded: number,
): void {
  metrics.observe('muster_settle_batch_jobs', batch.length)
  const lost = batch.length - recorded
  if (lost > 0) {
    metrics.count('muster_jobs_lease_lost_total', lost)
    logger.debug({ lost }, 'Outcomes came too late: their attempts had lost the lease')
  }
  for (const [type, ofType] of Map.groupBy(batch, ({ job }) => job.type)) {
    for (const [kind, { length }] of Map.groupBy(ofType, ({ outcome }) => outcome.kind)) {
      metrics.count('muster_jobs_settled_total', length, { type, kind })
    }
    for (const { outcome } of ofType) {
      if (outcome.kind === 'retry' || outcome.kind === 'notNow') {
        metrics.count('muster_jobs_retried_total', 1, { type, code: outcome.error.code })
      }
    }
  }
}
