import { type AnswerOf, call } from '../api/call.ts'
import { duration, figure } from '../design/time.ts'
import type { Rows } from '../feed/list-window.ts'
import { SKIPPED } from './words.ts'

/** A job, as a search gives it. */
export type Job = AnswerOf<'GET /jobs'>['items'][number]
/** A job with its attempts, and what it waits for. */
export type JobWhole = AnswerOf<'GET /jobs/{id}'>
/** Failures that are alike. */
export type Cause = AnswerOf<'GET /jobs/causes'>['items'][number]
/** A bulk move under way. */
export type Operation = AnswerOf<'GET /operations/{id}'>
/** The moves on many jobs. */
export type Action = 'retry' | 'cancel' | 'priority'

/** The filters of the page, as they stand in its address. */
export interface JobFilters {
  readonly state?: string | undefined
  readonly type?: string | undefined
  readonly model?: string | undefined
  readonly run?: string | undefined
  readonly scenario?: string | undefined
  readonly cause?: string | undefined
  readonly attempts?: string | undefined
  readonly error?: string | undefined
}

/** Their names, in the order in which they are offered. */
export const FILTER_NAMES = [
  'state',
  'type',
  'model',
  'run',
  'scenario',
  'cause',
  'attempts',
  'error',
] as const

/** The states of jobs, in the order of the tabs. */
export const STATES = ['pending', 'active', 'completed', 'failed', 'cancelled'] as const

/** How many jobs are in each state. */
export type Counts = Readonly<Record<(typeof STATES)[number], number>>

/** The filters as the API has them. */
export function asked({ run, scenario, ...rest }: JobFilters): Readonly<Record<string, string>> {
  const all = { ...rest, runId: run, scenarioId: scenario }
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** A part of a list of jobs, and whether the search looked at all that it had to. */
export interface JobRows extends Rows<Job> {
  readonly complete: boolean
}

/** Finds jobs of a project, or of all. */
export async function jobsOf(
  projectId: string | undefined,
  filters: JobFilters,
  cursor: string | undefined,
  limit: number,
): Promise<JobRows> {
  const query = { ...asked(filters), limit, ...(cursor !== undefined && { cursor }) } as object
  return projectId === undefined
    ? call('GET /jobs', { query })
    : call('GET /projects/{projectId}/jobs', { params: { projectId }, query })
}

/** Why jobs fail, most failed first. */
export async function causesOf(projectId: string | undefined): Promise<readonly Cause[]> {
  const { items } =
    projectId === undefined
      ? await call('GET /jobs/causes', { query: {} })
      : await call('GET /projects/{projectId}/jobs/causes', { params: { projectId }, query: {} })
  return items
}

/** How a queue stands: a project's, or for admins all; undefined for who may see neither. */
export async function queueOf(
  projectId: string | undefined,
  isAdmin: boolean,
): Promise<{ readonly paused: boolean; readonly counts: Counts } | undefined> {
  if (projectId !== undefined)
    return call('GET /projects/{projectId}/queue/status', { params: { projectId }, query: { limit: 1 } })
  return isAdmin ? call('GET /system/queue', {}) : undefined
}

/** What a deed is about: all that match, or of these the jobs that are named. */
export interface Chosen {
  readonly projectId: string | undefined
  readonly filters: JobFilters
  readonly ids?: readonly string[] | undefined
}

/** The states from which each action moves. */
export const MOVABLE: Readonly<Record<Action, readonly string[]>> = {
  retry: ['failed'],
  cancel: ['pending', 'active'],
  priority: ['pending'],
}

/** What is chosen, as the API has it. Jobs that are named are meant whatever the filters of the page are. */
function chosenOf({ projectId, filters, ids }: Chosen): object {
  const where = projectId === undefined ? {} : { projectId }
  if (ids !== undefined) return { ...where, jobIds: ids }
  const { cause, state, ...filter } = asked(filters)
  return {
    ...filter,
    ...(state !== undefined && { state: state.split(',') }),
    ...(cause !== undefined && { cause: Number(cause) }),
    ...where,
  }
}

/** A bulk move's body. Of jobs that are named those alone that it can move. */
export function bulkOf(action: Action, chosen: Chosen, priority: number | undefined): object {
  const filter = chosenOf(chosen)
  return {
    action,
    filter: chosen.ids === undefined ? filter : { ...filter, state: MOVABLE[action] },
    ...(priority !== undefined && { priority }),
  }
}

/** A filter that names all there is, if the page has none. */
export function exported(chosen: Chosen): object {
  const filter = chosenOf(chosen)
  return Object.keys(filter).length > 0 ? filter : { state: [...STATES] }
}

/** What a bulk move would be about. */
export async function previewOf(body: object): Promise<{ readonly count: number }> {
  return (await call('POST /jobs/bulk', { query: { dryRun: 'true' }, body: body as never })) as unknown as {
    readonly count: number
  }
}

/** Begins a bulk move on as many as its body expects; the same key begins it once. */
export async function begin(body: object, key: string): Promise<Operation> {
  return (await call('POST /jobs/bulk', { query: {}, body: body as never }, { key })) as unknown as Operation
}

/** A move that is further on by what was told of it; what is told late takes nothing back. */
export function further(now: Operation, told: Pick<Operation, 'done' | 'skipped'>): Operation {
  const past = (of: Pick<Operation, 'done' | 'skipped'>): number =>
    Object.values(of.skipped).reduce((sum, n) => sum + n, of.done)
  if (now.state !== 'running' || past(told) <= past(now)) return now
  return { ...now, done: told.done, skipped: told.skipped }
}

/** Whether a job as it is now matches the filters that a page can tell by itself. */
export function stillMatches(job: Pick<Job, 'state'>, { state }: JobFilters): boolean {
  return state === undefined || state.split(',').includes(job.state)
}

type Moved = Pick<Job, 'state' | 'error' | 'step' | 'startedAt' | 'finishedAt'>

/** A job after it came to another state; nothing stays of the one before that no longer holds. */
export function movedTo<Row extends Moved>(
  job: Row,
  state: Job['state'],
  at: string,
  error: Job['error'] | undefined,
): Row {
  const isOver = state === 'completed' || state === 'failed' || state === 'cancelled'
  return {
    ...job,
    state,
    error: state === 'failed' ? (error ?? job.error) : null,
    step: null,
    startedAt: state === 'active' ? at : state === 'pending' ? null : job.startedAt,
    finishedAt: isOver ? at : null,
  }
}

/** What a job was given or came to, in one line: of a failed one its error. */
export function lineOf({ error, step, scenarioId, runId }: Job): string {
  if (error !== null) return error.message.split('\n')[0] ?? ''
  if (step !== null) return `${step.name} ${step.index} / ${step.total}`
  return scenarioId ?? (runId === null ? '' : 'of a run')
}

/** How long a job has taken, or took. */
export function tookOf({ startedAt, finishedAt }: Job, now: number): string {
  if (startedAt === null) return ''
  return duration((finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt))
}

/** Why a job waits, each reason as a sentence. */
export function waitingWords({ waitsFor }: Pick<JobWhole, 'waitsFor'>, now: number): string[] {
  return waitsFor.map(({ kind, by, key = '', used, of, opensAt, before = 0, beforeInAll = 0, asks = [] }) => {
    const soon = opensAt == null ? '' : duration(Math.max(0, Date.parse(opensAt) - now))
    switch (kind) {
      case 'concurrency':
        return `The limit ${key} is full.`
      case 'coolDown':
        return `The limit ${key} cools for ${soon}.`
      case 'perMinute':
      case 'unitsPerMinute':
        return `The limit ${key} allows ${figure(of ?? 0)} a minute: it opens in ${soon}.`
      case 'paused':
        if (by === 'limit') return `The limit ${key} is paused.`
        return by === 'run'
          ? 'Its run is paused.'
          : by === 'project'
            ? 'Its project’s queue is paused.'
            : 'All queues are paused.'
      case 'budget':
        return `A budget has ${figure(((of ?? 0) - (used ?? 0)) / 1_000_000)} left, which is too little for it${opensAt == null ? '' : `: it begins anew in ${soon}`}.`
      case 'notDue':
        return `It is not due yet: in ${soon}.`
      case 'pace':
        return `The pace of its run lets the next one begin in ${soon}.`
      case 'parents':
        return `It waits for other jobs: ${figure(used ?? 0)} of ${figure(of ?? 0)} have not ended.`
      case 'run':
        return 'It waits for a run.'
      case 'person':
        return asks.length === 0
          ? 'People have answered: it is put in line in a moment.'
          : `It waits for people to answer ${asks.join(', ')}.`
      case 'worker':
        return 'No worker that is alive does jobs of this type.'
      case 'turn':
        if (beforeInAll === 0) return 'It is the next one.'
        return `It is number ${figure(before + 1)} of its project: ${figure(before)} there before it, ${figure(beforeInAll)} in all.`
      default:
        return kind
    }
  })
}

/** Why some were passed over, as words. */
export function skippedWords(skipped: Readonly<Record<string, number>>): string {
  return Object.entries(skipped)
    .map(([reason, count]) => `${figure(count)} ${SKIPPED[reason] ?? reason}`)
    .join(', ')
}
