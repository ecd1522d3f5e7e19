import type { To } from '../route/route.ts'

/** A fact, as the API keeps it and as it comes over the wire. */
export interface ToldFact {
  readonly type: string
  readonly projectId: string
  readonly seq: number
  readonly occurredAt: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A fact in words, and where its subject is. */
export interface Told {
  readonly words: string
  readonly to: To | undefined
}

/** The name of a person; undefined if it is not known here. */
export type NameOf = (userId: string) => string | undefined

/** The end of an id, for what has no name. */
export function shortId(id: unknown): string {
  return wordOf(id).slice(-8)
}

const MOVES: Readonly<Record<string, string>> = {
  assigned: 'was given',
  accepted: 'accepted',
  in_progress: 'began',
  submitted: 'submitted',
  rejected: 'skipped',
  expired: 'lost by its lease',
  reassigned: 'gave back',
}

const RUN_WORDS: Readonly<Record<string, string>> = {
  pending: 'was added',
  running: 'runs',
  paused: 'was paused',
  completed: 'is complete',
  cancelled: 'was cancelled',
}

/** What a fact says, in words. */
export function told({ type, projectId, data }: ToldFact, nameOf: NameOf): Told {
  const text = (name: string): string => wordOf(data[name])
  const who = (name = 'userId'): string =>
    data[name] === undefined || data[name] === null ? 'Somebody' : (nameOf(text(name)) ?? 'Somebody')
  const task: To = { page: 'task', project: projectId, item: text('taskId') }
  const run: To = { page: 'run', project: projectId, item: text('runId') }
  const job: To = { page: 'jobs', project: projectId, item: text('itemId') }
  const jobOrRun = data['runId'] !== undefined && data['itemId'] === undefined ? run : job
  const named = (): string => `task ${shortId(data['taskId'])}`
  const say = (words: string, to?: To): Told => ({ words, to })
  switch (type) {
    case 'task_assigned':
      return say(
        data['reason'] === 'task_returned'
          ? `${named()} came back to ${who()} at ${text('stepId')}`
          : `${who()} was given ${named()} at ${text('stepId')}`,
        task,
      )
    case 'task_reassigned':
      return say(`${named()} went from ${who('previousUserId')} to ${who()} at ${text('stepId')}`, task)
    case 'task_status_changed':
      return say(`${who()} ${MOVES[text('status')] ?? text('status')} ${named()} at ${text('stepId')}`, task)
    case 'task_unavailable':
      return say(`${who()} no longer has ${named()} at ${text('stepId')}`, task)
    case 'task_added':
      return say(`${text('count')} ${data['count'] === 1 ? 'task was' : 'tasks were'} added`, {
        page: 'tasks',
        project: projectId,
      })
    case 'task_updated':
      return say(`${named()} has priority ${text('priority')} and is ${text('status')}`, task)
    case 'task_flagged':
      return say(`${who()} flagged ${named()}`, task)
    case 'task_overlap_added':
      return say(`One more person is asked about ${named()} at ${text('stepId')}`, task)
    case 'task_completed':
      return say(`${named()} is complete`, task)
    case 'run_status_changed':
      return say(`Run ${shortId(data['runId'])} ${runWords(data)}`, run)
    case 'run_changed':
      return say(
        `Run ${shortId(data['runId'])} has priority ${text('priority')} and ${paceWords(data['maxJobsPerSecond'])}`,
        run,
      )
    case 'queue_item_added':
      return say(`${jobs(data)} added`, jobOrRun)
    case 'queue_item_removed':
      return say(`${jobs(data)} taken out`, jobOrRun)
    case 'job_failed':
      return say(`A job of ${text('type')} failed: ${errorOf(data)}`, job)
    case 'queue_paused':
      return say('The queue was paused')
    case 'queue_resumed':
      return say('The queue goes on')
    case 'queue_cleared':
      return say(`The queue was cleared of ${text('cancelled')} jobs`)
    case 'person_paused':
      return say(`${who()} is given nothing for now`, people(projectId, text('userId')))
    case 'person_resumed':
      return say(`${who()} is given work again`, people(projectId, text('userId')))
    case 'control_judged':
      return say(`An answer to a control was ${data['right'] === true ? 'right' : 'wrong'}`, task)
    case 'controls_exhausted':
      return say(`No control is left for ${who()} at ${text('stepId')}`, people(projectId, text('userId')))
    default:
      return say(type.replaceAll('_', ' '))
  }
}

/** A value as a word; what is neither text nor a number says nothing. */
function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function people(projectId: string, userId: string): To {
  return { page: 'people', project: projectId, item: userId }
}

function runWords(data: Readonly<Record<string, unknown>>): string {
  const [status, from] = [wordOf(data['status']), data['from']]
  return from === 'paused' && status !== 'cancelled' ? 'goes on' : (RUN_WORDS[status] ?? status)
}

/** How fast a run may go. */
export function paceWords(pace: unknown): string {
  return typeof pace === 'number' ? `at most ${pace} jobs a second` : 'no pace'
}

function jobs(data: Readonly<Record<string, unknown>>): string {
  const count = typeof data['count'] === 'number' ? data['count'] : 1
  return count === 1 ? '1 job was' : `${count} jobs were`
}

function errorOf(data: Readonly<Record<string, unknown>>): string {
  const error = data['error']
  if (typeof error !== 'object' || error === null) return 'no reason is known'
  return 'message' in error ? wordOf(error.message) : 'no reason is known'
}
