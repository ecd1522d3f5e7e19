import type { Clock, Ids } from '../environment.ts'
import { ValidationError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { JobId, ProjectId, ScheduleId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobType, NewJob } from '../jobs/job.ts'
import { limitsOf } from '../jobs/limited.ts'
import { readPayload } from '../jobs/payload.ts'
import { retryPolicy } from '../jobs/retry/retry.ts'
import type { Json } from '../json/json.ts'
import { answersAsked } from '../quality/fit-input.ts'
import { fill } from '../runs/escalation/template.ts'
import { cancelWithin } from '../runs/run-controls.ts'
import type { RunStores } from '../runs/run-deps.ts'
import { planRun, startWithin } from '../runs/run-starts.ts'
import type { NewRunRequest } from '../runs/runs.ts'
import type { KeptSchedule, ScheduledRun, ScheduleStart, StartedWork } from './schedule.ts'
import { tickKey } from './schedule.ts'
import type { ScheduleStore, TickName } from './schedule-store.ts'

/** Priority of a job that names none; a run of normal priority has the same. */
const DEFAULT_PRIORITY = 5

/** The stores that firing reads and writes. */
export interface FiringStores extends RunStores {
  readonly schedules: ScheduleStore
}

/** The needs of starting work beside stores. */
export interface StartingDeps {
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly clock: Clock
  readonly ids: Ids
}

/** The source that templates are filled from. */
interface Occasion {
  readonly tick: Date
  readonly scheduleId: ScheduleId
  readonly previous: Date | null
}

/** The work of a tick as it was started; a job is still to be added. */
export type Started = { readonly work: StartedWork; readonly job?: NewJob }

/** @throws ValidationError, JobValidationError with paths behind `start` for work that would be refused now */
export async function checkStart(
  deps: Pick<StartingDeps, 'jobTypes'>,
  stores: RunStores,
  projectId: ProjectId,
  start: ScheduleStart,
  occasion: Occasion,
): Promise<void> {
  if ('job' in start) await payloadOf(deps, start.job, occasion)
  else if ('run' in start) {
    await behind(['start', 'run'], async () =>
      planRun(
        { jobTypes: deps.jobTypes },
        stores,
        projectId,
        await requestOf(stores, projectId, start.run, occasion),
      ),
    )
  } else parse(answersAsked, start.refit, ['start', 'refit'])
}

/** Starts the work of a tick in the transaction of these stores. @throws as {@link checkStart} */
export async function startWork(
  deps: StartingDeps,
  stores: FiringStores,
  schedule: KeptSchedule,
  { plannedAt, again }: Pick<TickName, 'plannedAt' | 'again'>,
  createdBy: UserId | null = null,
): Promise<Started> {
  const { scheduleId, projectId, start, startedAt } = schedule
  const occasion = { tick: plannedAt, scheduleId, previous: startedAt }
  if ('refit' in start) return { work: { refit: { plannedAt, again } } }
  if ('run' in start) {
    const { runId } = await behind(['start', 'run'], async () =>
      startWithin(deps, stores, projectId, await requestOf(stores, projectId, start.run, occasion), {
        idempotencyKey: tickKey(scheduleId, plannedAt, again),
        createdBy,
      }),
    )
    return { work: { runId } }
  }
  const { type, payload } = await payloadOf(deps, start.job, occasion)
  const now = deps.clock.now()
  const jobId = deps.ids.next() as JobId
  const job: NewJob = {
    jobId,
    projectId,
    taskId: null,
    type: type.name,
    payload,
    priority: start.job.priority ?? DEFAULT_PRIORITY,
    maxAttempts: retryPolicy(type.retry).maxAttempts,
    availableAt: now,
    createdBy,
    createdAt: now,
    limits: limitsOf(type, { projectId, model: null, payload }),
  }
  return { work: { jobId }, job }
}

/** Whether what was started last still goes on. */
export async function isRunning(stores: FiringStores, work: StartedWork | null): Promise<boolean> {
  if (work === null) return false
  if ('jobId' in work) {
    const state = (await stores.jobs.find(work.jobId))?.state
    return state === 'pending' || state === 'active'
  }
  if ('runId' in work) {
    const status = (await stores.runs.find(work.runId))?.status
    return status !== undefined && status !== 'completed' && status !== 'cancelled'
  }
  // Fits are made one after the other, each of the answers that there are then.
  return false
}

/** Cancels what was started last, should it still go on. */
export async function cancelWork(stores: FiringStores, work: StartedWork, now: Date): Promise<void> {
  if ('runId' in work) await cancelWithin(stores, work.runId, now)
  if (!('jobId' in work)) return
  const job = await stores.jobs.lock(work.jobId)
  if (job?.state === 'active') await stores.jobs.requestCancel(job.jobId)
  if (job?.state !== 'pending') return
  await stores.jobs.cancelPending(job.jobId, now)
  const { projectId, jobId: itemId, type, priority, createdBy } = job
  await stores.events.append([fact(projectId, 'queue_item_removed', { itemId, type, priority, createdBy })])
}

async function payloadOf(
  { jobTypes }: Pick<StartingDeps, 'jobTypes'>,
  job: Extract<ScheduleStart, { job: unknown }>['job'],
  occasion: Occasion,
): Promise<{ readonly type: JobType; readonly payload: Json }> {
  const type = jobTypes.get(job.type)
  if (type === undefined) {
    const message = `names no registered job type: ${job.type}`
    throw new ValidationError([{ path: 'start.job.type', message }])
  }
  const payload = filled(job.payload, occasion, ['start', 'job', 'payload'])
  await readPayload(type, payload, ['start', 'job', 'payload'])
  return { type, payload }
}

async function requestOf(
  { definitions }: Pick<RunStores, 'definitions'>,
  projectId: ProjectId,
  wanted: ScheduledRun,
  occasion: Occasion,
): Promise<NewRunRequest> {
  const { experimentId, ...run } = wanted
  const settings = {
    ...run,
    ...(experimentId === undefined
      ? {}
      : { experimentId: filled(experimentId, occasion, ['experimentId']) as string | null }),
  }
  if ('definitionId' in settings) return settings
  const { definition: name, ...others } = settings
  const definition = await definitions.findNewest(projectId, name)
  if (definition === undefined) {
    throw new ValidationError([
      { path: 'definition', message: `names no definition of this project: ${name}` },
    ])
  }
  return { ...others, definitionId: definition.definitionId }
}

/** A template as it is at this tick. @throws ValidationError for a pointer that leads nowhere though it is required */
function filled(template: Json, { tick, scheduleId, previous }: Occasion, at: readonly PropertyKey[]): Json {
  const data = { tick: tick.toISOString(), scheduleId, previous: previous?.toISOString() ?? null }
  const { value, missing } = fill(template, data, at)
  if (missing.length > 0) throw new ValidationError(missing)
  return value ?? null
}

/** Puts the path of its part before every path that `work` names. */
async function behind<Result>(at: readonly string[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    const issues = error.issues.map((issue) => ({ ...issue, path: [...at, issue.path].join('.') }))
    throw new ValidationError(issues)
  }
}
