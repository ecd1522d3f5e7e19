import type { JobId, JobState, ProjectId, RunId, RunStatus } from '@muster/core'
import type { ActiveJob, Delivery, WorkerId } from '@muster/core/ports'

interface ModelLane {
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly priority: number
  /** Ties between lanes never served. */
  readonly born: number
  turn: number
}

interface ModelRun {
  readonly runId: RunId
  readonly projectId: ProjectId
  status: RunStatus
  started: boolean
}

export interface ModelJob {
  readonly jobId: JobId
  readonly type: string
  readonly runId: RunId | null
  readonly model: string | null
  lane: ModelLane
  /** Its number in its lane: smaller is older. */
  seq: number
  /** Was handed over once since it came to its lane: it stands before those that never were. */
  fed: boolean
  /** Is handed over now, and may begin. */
  handed: Delivery | undefined
  /** The latest delivery, however old. */
  delivery: Delivery | undefined
  state: JobState
  attempt: number
  /** The number of its latest start, 0 before the first. */
  start: number
  /** Answers in a row that asked to wait. */
  notNows: number
  workerId: WorkerId | undefined
  /** When it waits for its time. */
  dueAt: number | undefined
  /** Decided on while it was active: it is not tried again. */
  cut: boolean
  cancelling: boolean
  /** Workers that died of it in a row. */
  deaths: number
}

/** A job that began, and the number of that start. */
type Begun = Pick<ActiveJob, 'jobId' | 'start'>

/** The rules of the line, told as simply as can be: no index, no arithmetic, everything sorted anew. */
export class LineModel {
  readonly jobs = new Map<JobId, ModelJob>()
  readonly runs = new Map<RunId, ModelRun>()
  readonly shut = new Set<ProjectId | null>()
  readonly #lanes: ModelLane[] = []
  #seq = 0
  #turn = 0

  addRun(runId: RunId, projectId: ProjectId): void {
    this.runs.set(runId, { runId, projectId, status: 'pending', started: false })
  }

  add(job: {
    readonly jobId: JobId
    readonly projectId: ProjectId
    readonly runId: RunId | null
    readonly model: string | null
    readonly type: string
    readonly priority: number
    readonly dueAt: number | undefined
  }): void {
    const { jobId, runId, model, type, dueAt } = job
    this.jobs.set(jobId, {
      jobId,
      runId,
      model,
      type,
      dueAt,
      lane: this.#lane(job.projectId, runId, job.priority),
      seq: ++this.#seq,
      fed: false,
      handed: undefined,
      delivery: undefined,
      state: 'pending',
      attempt: 0,
      start: 0,
      notNows: 0,
      workerId: undefined,
      cut: false,
      cancelling: false,
      deaths: 0,
    })
  }

  #lane(projectId: ProjectId, runId: RunId | null, priority: number): ModelLane {
    const known = this.#lanes.find(
      (lane) => lane.projectId === projectId && lane.runId === runId && lane.priority === priority,
    )
    if (known) return known
    const lane = { projectId, runId, priority, born: this.#lanes.length, turn: 0 }
    this.#lanes.push(lane)
    return lane
  }

  list(where: (job: ModelJob) => boolean = () => true): ModelJob[] {
    return [...this.jobs.values()].filter(where)
  }

  isHeld(job: ModelJob): boolean {
    const status = job.runId === null ? undefined : this.runs.get(job.runId)?.status
    return (
      this.shut.has(null) ||
      this.shut.has(job.lane.projectId) ||
      status === 'paused' ||
      status === 'cancelled'
    )
  }

  /** `jobs` by the window: priority desc, round in the lane, the lane's turn. */
  #ranked(jobs: readonly ModelJob[]): ModelJob[] {
    const inLane = (job: ModelJob): ModelJob[] => jobs.filter(({ lane }) => lane === job.lane)
    const rounds = new Map(
      jobs.map((job) => [job, inLane(job).filter((other) => stands(other, job) < 0).length] as const),
    )
    return jobs.toSorted(
      (a, b) =>
        b.lane.priority - a.lane.priority ||
        (rounds.get(a) ?? 0) - (rounds.get(b) ?? 0) ||
        a.lane.turn - b.lane.turn ||
        a.lane.born - b.lane.born,
    )
  }

  /** Everything in line, held or not, first to last; of one project or of all. */
  line(projectId: ProjectId | null): JobId[] {
    const inLine = this.list(
      ({ state, dueAt, lane }) =>
        state === 'pending' && dueAt === undefined && (projectId === null || lane.projectId === projectId),
    )
    return this.#ranked(inLine).map(({ jobId }) => jobId)
  }

  /** What a feed would hand over, first to last. */
  ready(): JobId[] {
    const ready = this.list(
      (job) => job.state === 'pending' && job.dueAt === undefined && !job.handed && !this.isHeld(job),
    )
    return this.#ranked(ready).map(({ jobId }) => jobId)
  }

  handOver(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const job = this.#job(delivery.jobId)
      job.handed = delivery
      job.delivery = delivery
      job.fed = true
      job.lane.turn = ++this.#turn
    }
  }

  /** Served and begun in one. */
  take(begun: Begun, workerId: WorkerId): void {
    const job = this.#job(begun.jobId)
    job.fed = true
    job.lane.turn = ++this.#turn
    this.begin(begun, workerId)
  }

  begin({ jobId, start }: Begun, workerId: WorkerId): void {
    const job = this.#job(jobId)
    Object.assign(job, { state: 'active', attempt: job.attempt + 1, start, workerId, handed: undefined })
    const run = this.#runOf(job)
    if (!run) return
    run.started = true
    if (run.status === 'pending') run.status = 'running'
  }

  /** The attempt is over: for good, or it is due again at `dueAt`, or at once. */
  end(jobId: JobId, state: JobState, change: Partial<ModelJob> = {}): void {
    const job = this.#job(jobId)
    // A move of its own, not a state: what was decided on meanwhile is not tried again.
    const kept = state === 'pending' && (job.cut || job.cancelling) ? 'cancelled' : state
    Object.assign(job, {
      state: kept,
      workerId: undefined,
      handed: undefined,
      cancelling: false,
      dueAt: undefined,
    })
    if (kept === 'pending') Object.assign(job, change)
    else this.#completeRunOf(job)
  }

  /** To the end of a lane, as if new there. */
  move(jobId: JobId, priority: number, change: Partial<ModelJob> = {}): void {
    const job = this.#job(jobId)
    const lane = this.#lane(job.lane.projectId, job.runId, priority)
    Object.assign(job, { lane, seq: ++this.#seq, fed: false, handed: undefined, ...change })
  }

  /** A failed job from the beginning. */
  retry(jobId: JobId): void {
    const job = this.#job(jobId)
    this.move(jobId, job.lane.priority, {
      state: 'pending',
      attempt: 0,
      notNows: 0,
      cut: false,
      cancelling: false,
    })
    const run = this.#runOf(job)
    if (run?.status === 'completed') run.status = 'running'
  }

  /** Cancels all that is pending among those; what is active there is not tried again. Says how many. */
  cut(where: (job: ModelJob) => boolean, tell: boolean): number {
    const jobs = this.list(where)
    const pending = jobs.filter(({ state }) => state === 'pending')
    for (const job of jobs.filter(({ state }) => state === 'active')) {
      job.cut = true
      job.cancelling ||= tell
    }
    for (const { jobId } of pending) this.end(jobId, 'cancelled')
    return pending.length
  }

  wake(now: number): number {
    const due = this.list(({ state, dueAt }) => state === 'pending' && dueAt !== undefined && dueAt <= now)
    for (const job of due) job.dueAt = undefined
    return due.length
  }

  #completeRunOf(job: ModelJob): void {
    const run = this.#runOf(job)
    if (!run || run.status === 'cancelled') return
    const open = this.list(
      ({ runId, state }) => runId === run.runId && (state === 'pending' || state === 'active'),
    )
    if (open.length === 0) run.status = 'completed'
  }

  #runOf({ runId }: ModelJob): ModelRun | undefined {
    return runId === null ? undefined : this.runs.get(runId)
  }

  #job(jobId: JobId): ModelJob {
    const job = this.jobs.get(jobId)
    if (!job) throw new Error(`The model knows no job ${jobId}`)
    return job
  }
}

/** Within a lane: what was handed over once comes before what never was, and of each the oldest first. */
function stands(a: ModelJob, b: ModelJob): number {
  return Number(b.fed) - Number(a.fed) || a.seq - b.seq
}
