import type {
  JobError,
  JobId,
  JobState,
  Json,
  ProjectId,
  QueueItem,
  RunId,
  RunResult,
  TaskId,
  UserId,
} from '@muster/core'
import type { After, ParentCounts, UniqueBy } from '@muster/core/making'
import type { ActiveJob, Delivery, JobWithResult, StepProgress, WorkerId } from '@muster/core/ports'
import type { JobUsage } from '@muster/core/usage'
import type { Lane } from './lane.ts'

/** A job as memory keeps it. Moments are in ms. */
export interface JobRow {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly taskId: TaskId | null
  readonly type: string
  readonly lane: Lane
  /** Its number in the lane. */
  readonly seq: number
  readonly payload: Json
  readonly model: string | null
  readonly scenarioId: string | null
  /** The scenario's place and the model's, from 1; 0 for a loose job. */
  readonly place: number
  readonly modelPlace: number
  readonly repeat: number | null
  /**
   * `waiting` is a pending job whose time has not come, `blocked` one that waits for others, in no lane; `asleep` is an active one that waits for people,
   * `answered` one that is to be put in line again.
   */
  readonly state: JobState | 'waiting' | 'blocked' | 'asleep' | 'answered'
  readonly attempt: number
  readonly maxAttempts: number
  /** How often it began: the fence. */
  readonly starts: number
  /** Answers in a row that asked to wait. */
  readonly notNows: number
  /** Workers that died of it in a row. */
  readonly deaths: number
  /** Attempts that ended asleep, since the job was made or tried again by hand. */
  readonly sleeps: number
  /** When it was handed over to a broker, where it is. */
  readonly handedAt: number | null
  readonly workerId: WorkerId | null
  /** The worker that reported its latest outcome, until it begins again. */
  readonly outcomeOf: WorkerId | null
  readonly cancelling: boolean
  readonly usage: JobUsage | null
  readonly step: StepProgress | null
  readonly progress: number
  readonly error: JobError | null
  readonly result: Json | null
  readonly availableAt: number
  /** The number of its set of keys, if it has any. */
  readonly limitSet: number | null
  readonly createdBy: UserId | null
  readonly unique: UniqueBy | null
  /** How it waits for others, or waited. */
  readonly after: Pick<After, 'need' | 'onFailure'> | null
  /** How far those are, while that matters to it. */
  readonly parents: ParentCounts | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export const NEW_JOB = {
  attempt: 0,
  starts: 0,
  notNows: 0,
  deaths: 0,
  sleeps: 0,
  handedAt: null,
  workerId: null,
  outcomeOf: null,
  cancelling: false,
  usage: null,
  step: null,
  progress: 0,
  error: null,
  result: null,
  startedAt: null,
  finishedAt: null,
  unique: null,
  after: null,
  parents: null,
} as const

/** The state in the word that is told of it. */
export function toldState({ state }: Pick<JobRow, 'state'>): JobState {
  if (state === 'waiting' || state === 'blocked') return 'pending'
  return state === 'asleep' || state === 'answered' ? 'active' : state
}

/** Whether it waits for people, or to be put in line again. */
export function isAsleep({ state }: Pick<JobRow, 'state'>): boolean {
  return state === 'asleep' || state === 'answered'
}

/** Whether an active job is to be tried no more. */
export function isStopped({ cancelling, seq, lane }: JobRow): boolean {
  return cancelling || seq <= lane.cut
}

/** Whether a cut has decided on the row without having written it. */
export function isUnderCut({ state, seq, lane }: JobRow): boolean {
  return seq <= lane.cut && (state === 'pending' || state === 'waiting')
}

/** The row as it counts: one under a cut is cancelled. */
export function decided(row: JobRow): JobRow {
  if (!isUnderCut(row)) return row
  const cut = row.lane.cuts.find(({ upTo }) => row.seq <= upTo)
  return { ...row, state: 'cancelled', handedAt: null, finishedAt: cut?.at ?? null }
}

/** The job as readers see it; give it a row as it counts. */
export function jobOf(row: JobRow): JobWithResult {
  const { payload, result } = row
  return { ...headOf(row), payload, result }
}

/** As {@link jobOf}, in line. */
export function itemOf(row: JobRow, position: number | null, globalPosition: number | null): QueueItem {
  return { ...headOf(row), position, globalPosition }
}

function headOf(row: JobRow): Omit<JobWithResult, 'payload' | 'result'> {
  const { jobId, projectId, runId, taskId, type, attempt, maxAttempts, step, progress, error } = row
  const { model, scenarioId, repeat, createdBy, cancelling, usage } = row
  return {
    jobId,
    projectId,
    runId,
    taskId,
    type,
    priority: row.lane.priority,
    state: toldState(row),
    attempt,
    maxAttempts,
    availableAt: new Date(row.availableAt),
    step,
    progress,
    error,
    model,
    scenarioId,
    repeat,
    createdBy,
    cancelling,
    asleep: isAsleep(row),
    usage,
    createdAt: new Date(row.createdAt),
    startedAt: dateOf(row.startedAt),
    finishedAt: dateOf(row.finishedAt),
  }
}

export function activeOf(row: JobRow, reserves: boolean): ActiveJob {
  const { jobId, projectId, runId, taskId, type, payload, model, scenarioId, repeat } = row
  const { attempt, maxAttempts, starts: start, notNows, limitSet } = row
  return {
    jobId,
    projectId,
    runId,
    taskId,
    type,
    payload,
    model,
    scenarioId,
    repeat,
    attempt,
    maxAttempts,
    start,
    notNows,
    limitSet,
    reserves,
  }
}

export function deliveryOf({ jobId, type, lane }: JobRow): Delivery {
  return { jobId, type, lane: lane.number }
}

/** The row as a result, or nothing where it is not settled or no run's. */
export function resultOf({
  state,
  scenarioId,
  model,
  repeat,
  payload,
  result,
  error,
}: JobRow): RunResult | undefined {
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return undefined
  if (scenarioId === null || model === null || repeat === null) return undefined
  return { scenarioId, model, repeat, state, payload, result, error }
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
