import type { Clock, Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { signalTopic } from '../events/signals.ts'
import type { JobId, ProjectId, RunId } from '../ids.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { WorkerWatch } from '../jobs/worker/worker.ts'
import type { BegunJob, Outcome } from '../jobs/worker-store.ts'
import type { Json } from '../json/json.ts'
import { totalOf } from '../queue/counts.ts'
import { escalationNews } from '../runs/escalation/policy.ts'
import { progressOf } from '../runs/run-progress.ts'
import type { RunStore } from '../runs/run-store.ts'

/** How often the latest states of a project are broadcast while jobs move. */
export const SIGNAL_MS = 250

/** Jobs of a project that are named between two broadcasts; the counts tell of the others. */
const MOST_NAMED = 100

/** Runs whose progress is broadcast at once. */
const MOST_RUNS = 50

interface Deps {
  readonly broadcast: Broadcast
  readonly jobs: Pick<JobStore, 'countByType'>
  readonly runs: Pick<RunStore, 'findMany'>
  readonly clock: Clock
  readonly logger: Logger
  /** Called when scenarios of a run are ready to be decided. */
  readonly ready?: () => void
}

/** The jobs of a project that have moved since the last broadcast. */
interface Moved {
  readonly runIds: Set<RunId>
  /** The latest signal of each job. */
  readonly byJob: Map<JobId, Json>
  readonly steps: Map<JobId, Json>
}

/**
 * Broadcasts the signals of a working process: `run_progress`, `run_escalation`, `queue_count_changed`, `step_progress`, `job_started`, `job_completed`, `job_retried`, a few times a
 * second and the latest state only. A message is { signals: [{ type, data }] } on {@link signalTopic}. It never holds up the work: what cannot be said is dropped.
 */
export class JobSignals implements WorkerWatch {
  readonly #deps: Deps
  readonly #stop = new AbortController()
  #moved = new Map<ProjectId, Moved>()
  #loop: Promise<void> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  began(jobs: readonly BegunJob[]): void {
    for (const job of jobs) this.#name(job, 'job_started')
    this.#start()
  }

  settled(ended: readonly { readonly job: BegunJob; readonly outcome: Outcome }[]): void {
    for (const { job, outcome } of ended) {
      if (outcome.kind === 'completed') this.#name(job, 'job_completed')
      else if (outcome.kind === 'retry' || outcome.kind === 'notNow') {
        const { code, message } = outcome.error
        this.#name(job, 'job_retried', { code, message })
      } else this.#of(job)
    }
    this.#start()
  }

  stepped(attempts: Parameters<WorkerWatch['stepped']>[0]): void {
    const updatedAt = this.#deps.clock.now().toISOString()
    for (const { job, step, progress } of attempts) {
      if (!step) continue
      const { jobId: itemId, projectId, runId } = job
      const data = { projectId, itemId, runId, step: { ...step }, progress: progress ?? 0, updatedAt }
      this.#of(job).steps.set(itemId, { type: 'step_progress', data })
    }
    this.#start()
  }

  /** Says what is left to say, and no more. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  #name(job: BegunJob, type: 'job_started' | 'job_completed' | 'job_retried', error?: Json): void {
    const { byJob } = this.#of(job)
    if (byJob.size >= MOST_NAMED && !byJob.has(job.jobId)) return
    const data = { itemId: job.jobId, runId: job.runId, type: job.type, attempt: job.attempt }
    byJob.set(job.jobId, { type, data: error === undefined ? data : { ...data, error } })
  }

  #of({ projectId, runId }: BegunJob): Moved {
    let moved = this.#moved.get(projectId)
    if (!moved) {
      moved = { runIds: new Set(), byJob: new Map(), steps: new Map() }
      this.#moved.set(projectId, moved)
    }
    if (runId !== null && moved.runIds.size < MOST_RUNS) moved.runIds.add(runId)
    return moved
  }

  #start(): void {
    this.#loop ??= this.#run()
  }

  async #run(): Promise<void> {
    while (this.#moved.size > 0) {
      await this.#deps.clock.wait(SIGNAL_MS, this.#stop.signal)
      const moved = this.#moved
      this.#moved = new Map()
      for (const [projectId, what] of moved) {
        try {
          await this.#deps.broadcast.publish(signalTopic(projectId), {
            signals: await this.#signalsOf(projectId, what),
          })
        } catch (error) {
          this.#deps.logger.debug({ err: error, projectId }, 'Signals were dropped')
        }
      }
    }
    this.#loop = undefined
  }

  async #signalsOf(projectId: ProjectId, { runIds, byJob, steps }: Moved): Promise<Json[]> {
    const runs = runIds.size === 0 ? [] : await this.#deps.runs.findMany([...runIds])
    if (runs.some(({ escalation }) => escalation !== null && escalation.ready > 0)) this.#deps.ready?.()
    const counts = totalOf((await this.#deps.jobs.countByType(projectId)).values())
    return [
      ...byJob.values(),
      ...steps.values(),
      ...runs.map((run) => ({ type: 'run_progress', data: progressOf(run) as unknown as Json })),
      ...runs.flatMap(({ runId, escalation }) =>
        escalation
          ? [{ type: 'run_escalation', data: escalationNews(runId, escalation) as unknown as Json }]
          : [],
      ),
      { type: 'queue_count_changed', data: { counts: { ...counts } } },
    ]
  }
}
