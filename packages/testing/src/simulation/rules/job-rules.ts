import type { JobId, JobState, ProjectId, Run, RunId } from '@muster/core'
import type { JobCounts } from '@muster/core/calls'
import { PARENT_FAILED_CODE } from '@muster/core/making'
import type { ActiveJob, JobWithResult, Outcome, SettleReceipt, Stores, WorkerId } from '@muster/core/ports'
import { JOB_MOVES } from '@muster/core/rules'
import type { FeedRules } from './feed-rules.ts'
import { must, ViolationError } from './violation.ts'

/** Jobs of one run in a simulation are fewer. */
const MOST_JOBS = 200

interface Holder {
  readonly workerId: WorkerId
  readonly start: number
}

/** The gates as they are at a commit. */
export interface Gates {
  readonly systemPaused: boolean
  readonly pausedProjects: ReadonlySet<ProjectId>
}

/** The rules about jobs, their leases, their runs and their counters. */
export class JobRules {
  readonly #jobs = new Map<JobId, JobWithResult>()
  readonly #ofRun = new Map<RunId, readonly JobId[]>()
  readonly #runs = new Map<RunId, Run>()
  /** Who has begun each job last. */
  readonly #holders = new Map<JobId, Holder>()
  /** Attempts that were truly settled by their holder, as `<jobId> <workerId> <start>`. */
  readonly #settled = new Set<string>()

  /** Jobs whose attempt has just ended with an answer that asks to wait. */
  readonly #asked = new Set<JobId>()

  /** Outcomes that came too late and were rightly refused. */
  late = 0

  /** How often jobs have begun. */
  begun = 0

  /** Jobs as of the last commit. */
  get jobs(): ReadonlyMap<JobId, JobWithResult> {
    return this.#jobs
  }

  get runs(): ReadonlyMap<RunId, Run> {
    return this.#runs
  }

  /** What this worker has just begun. Called before {@link look}. @throws ViolationError */
  began(begun: readonly ActiveJob[], workerId: WorkerId): void {
    for (const { jobId, start } of begun) {
      const before = this.#jobs.get(jobId)?.state
      must('Only a pending job begins', before === 'pending', () => `${jobId} was ${before}`)
      must(
        'Each start has a number of its own',
        this.#holders.get(jobId)?.start !== start,
        () => `${jobId} #${start}`,
      )
      this.#holders.set(jobId, { workerId, start })
      this.begun++
    }
  }

  /** What was just settled. Called before {@link look}. @throws ViolationError */
  settled(outcomes: readonly Outcome[], { recorded }: SettleReceipt, workerId: WorkerId): void {
    this.late += outcomes.length - recorded.length
    for (const jobId of recorded) {
      const outcome = outcomes.find((one) => one.jobId === jobId)
      const holder = this.#holders.get(jobId)
      must(
        'Only the holder settles',
        holder?.workerId === workerId && holder.start === outcome?.start,
        () => `${jobId} #${outcome?.start} by ${workerId}; held #${holder?.start} by ${holder?.workerId}`,
      )
      must(
        'A job is settled once',
        this.#jobs.get(jobId)?.state === 'active',
        () => `${jobId} was ${this.#jobs.get(jobId)?.state}`,
      )
      if (outcome?.kind === 'notNow') this.#asked.add(jobId)
      this.#settled.add(`${jobId} ${workerId} ${outcome?.start}`)
    }
  }

  /** A worker was told that these are recorded; so they must be, by it. @throws ViolationError */
  acknowledged(outcomes: readonly Outcome[], { recorded }: SettleReceipt, workerId: WorkerId): void {
    for (const { jobId, start } of outcomes) {
      if (!recorded.includes(jobId) || this.#settled.has(`${jobId} ${workerId} ${start}`)) continue
      const holder = this.#holders.get(jobId)
      throw holder && holder.workerId !== workerId
        ? new ViolationError(
            'Lease fencing',
            `${jobId} #${start} was recorded for ${workerId}, which had lost it to ${holder.workerId}`,
          )
        : new ViolationError('Acknowledged is recorded', `${jobId} #${start} of ${workerId} is not`)
    }
  }

  /** @throws ViolationError */
  async look(stores: Stores, feed: FeedRules, gates: Gates): Promise<void> {
    await this.#meetRuns(stores, feed)
    const runs = new Map<RunId, Run>()
    for (const run of await stores.runs.findMany([...feed.runs.keys()])) runs.set(run.runId, run)
    const now: JobWithResult[] = []
    for (const jobId of feed.jobs) {
      const job = await stores.jobs.find(jobId)
      must('A job stays', job !== undefined, () => jobId)
      if (job === undefined) continue
      this.#checkMove(job, job.runId === null ? undefined : runs.get(job.runId), gates)
      this.#jobs.set(jobId, job)
      now.push(job)
    }
    for (const run of runs.values()) this.#checkRun(run, feed, now)
    await this.#checkCounts(stores, now)
  }

  /** New runs bring their jobs, of which no fact tells one by one. */
  async #meetRuns({ runs }: Stores, feed: FeedRules): Promise<void> {
    for (const runId of feed.runs.keys()) {
      // One that starts after another has none at first.
      if ((this.#ofRun.get(runId)?.length ?? 0) > 0) continue
      const listed = await runs.listJobs(runId, {}, { limit: MOST_JOBS })
      for (const { job } of listed) feed.jobs.add(job.jobId)
      this.#ofRun.set(
        runId,
        listed.map(({ job }) => job.jobId),
      )
    }
  }

  #checkMove(job: JobWithResult, run: Run | undefined, { systemPaused, pausedProjects }: Gates): void {
    const before = this.#jobs.get(job.jobId)
    const what = (): string =>
      `${job.jobId}: ${before?.state} #${before?.attempt} → ${job.state} #${job.attempt}`
    if (before === undefined) {
      // A schedule that is changed may start work for a tick, and cancel it for the next one.
      const fresh = job.state === 'pending' || job.state === 'cancelled'
      must('A job begins as pending', fresh && job.attempt === 0, what)
      return
    }
    if (before.state === job.state) {
      // An attempt that ends asleep leaves no error, also none of the attempt before it.
      const isSame = before.result === job.result && before.error === job.error
      must('One result', isSame || before.asleep !== job.asleep, what)
      return
    }
    const byParent = before.state === 'pending' && job.error?.code === PARENT_FAILED_CODE
    must('Only moves of a job', byParent || JOB_MOVES[before.state].includes(job.state), what)
    const asked = this.#asked.delete(job.jobId) && job.state === 'pending'
    must('An answer that asks to wait uses no attempt', !asked || job.attempt === before.attempt - 1, what)
    must('Attempts have an end', job.attempt <= job.maxAttempts, what)
    if (job.state !== 'active') return
    must('Nothing begins while paused', !systemPaused && !pausedProjects.has(job.projectId), what)
    must(
      'Nothing of a run begins while it does not run',
      run === undefined || run.status === 'running',
      () => `${what()} of a ${run?.status} run`,
    )
  }

  #checkRun(run: Run, feed: FeedRules, jobs: readonly JobWithResult[]): void {
    const { runId, status, tallies } = run
    this.#runs.set(runId, run)
    must(
      'The feed says what the run says',
      feed.runs.get(runId) === status,
      () => `${status}, told ${feed.runs.get(runId)}`,
    )
    const mine = jobs.filter((job) => job.runId === runId)
    const count = (state: JobState): number => mine.filter((job) => job.state === state).length
    const counted = {
      total: mine.length,
      completed: count('completed'),
      failed: count('failed'),
      cancelled: count('cancelled'),
    }
    const said = [tallies.total, tallies.completed, tallies.failed, tallies.cancelled].join()
    must(
      'Progress is exact',
      said === Object.values(counted).join(),
      () => `${runId} says ${said}, counted ${Object.values(counted).join()}`,
    )
    const open = counted.total - counted.completed - counted.failed - counted.cancelled
    if (status === 'completed') must('A completed run has no open job', open === 0, () => `${runId}: ${open}`)
    const isToCome = run.link?.state === 'waiting' || run.link?.state === 'making'
    if (open === 0 && !isToCome) {
      must(
        'A run ends with its last job',
        status === 'completed' || status === 'cancelled',
        () => `${runId} is ${status}`,
      )
    }
  }

  async #checkCounts({ jobs }: Stores, all: readonly JobWithResult[]): Promise<void> {
    const counted: Record<keyof JobCounts, number> = {
      pending: 0,
      active: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
    }
    for (const { state } of all) counted[state]++
    const said = { ...counted }
    for (const state of Object.keys(said) as (keyof JobCounts)[]) said[state] = 0
    for (const counts of (await jobs.countByType(null)).values()) {
      for (const state of Object.keys(said) as (keyof JobCounts)[]) said[state] += counts[state]
    }
    must(
      'Queue counters are exact',
      JSON.stringify(said) === JSON.stringify(counted),
      () => `say ${JSON.stringify(said)}, counted ${JSON.stringify(counted)}`,
    )
  }
}
