import { figure } from '../design/time.ts'
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
  expired: 'lost',
  reassigned: 'gave back',
}

const RUN_WORDS: Readonly<Record<string, string>> = {
  pending: 'was added',
  running: 'runs',
  paused: 'was paused',
  completed: 'is complete',
  cancelled: 'was cancelled',
}

/** The same of several runs. */
const RUNS_WORDS: Readonly<Record<string, string>> = {
  pending: 'were added',
  running: 'run',
  paused: 'were paused',
  completed: 'are complete',
  cancelled: 'were cancelled',
}

/** What an operation did to each, behind their number. */
const DONE: Readonly<Record<string, string>> = {
  priority: 'given another priority',
  cancel: 'cancelled',
  retry: 'tried again',
}

/** What a fact says, in words; `many` says it of so many tasks or runs of which alike facts tell. */
export function told({ type, projectId, data }: ToldFact, nameOf: NameOf, many = 1): Told {
  const text = (name: string): string => wordOf(data[name])
  const who = (name = 'userId'): string =>
    data[name] === undefined || data[name] === null ? 'Somebody' : (nameOf(text(name)) ?? 'Somebody')
  const isOne = many === 1
  const tasks: To = { page: 'tasks', project: projectId }
  const task: To = isOne ? { page: 'task', project: projectId, item: text('taskId') } : tasks
  const budgets: To = { page: 'usage', project: projectId, show: 'budgets' }
  const schedule: To = { page: 'schedules', project: projectId, item: text('scheduleId') }
  const run: To = isOne
    ? { page: 'run', project: projectId, item: text('runId') }
    : { page: 'runs', project: projectId }
  const job: To = { page: 'jobs', project: projectId, item: text('itemId') }
  const calibration: To = { page: 'calibrate', project: projectId, item: text('calibrationId') }
  const jobOrRun = data['runId'] !== undefined && data['itemId'] === undefined ? run : job
  const named = (): string => (isOne ? `task ${shortId(data['taskId'])}` : `${figure(many)} tasks`)
  const runNamed = (): string => (isOne ? `Run ${shortId(data['runId'])}` : `${figure(many)} runs`)
  const [is, has, its] = isOne ? ['is', 'has', 'its lease'] : ['are', 'have', 'their leases']
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
      if (text('status') === 'expired')
        return say(`${who()} lost ${named()} at ${text('stepId')}: ${its} ended`, task)
      return say(`${who()} ${MOVES[text('status')] ?? text('status')} ${named()} at ${text('stepId')}`, task)
    case 'task_unavailable':
      return say(`${who()} no longer has ${named()} at ${text('stepId')}`, task)
    case 'task_added':
      return say(`${text('count')} ${data['count'] === 1 ? 'task was' : 'tasks were'} added`, tasks)
    case 'task_updated':
      return say(`${named()} ${has} priority ${text('priority')} and ${is} ${text('status')}`, task)
    case 'task_flagged':
      return say(`${who()} flagged ${named()}`, task)
    case 'task_overlap_added':
      return say(`One more person is asked about ${named()} at ${text('stepId')}`, task)
    case 'task_completed':
      return say(`${named()} ${is} complete`, task)
    case 'run_status_changed':
      return say(`${runNamed()} ${runWords(data, isOne)}`, run)
    case 'run_changed':
      return say(
        `${runNamed()} ${has} priority ${text('priority')} and ${paceWords(data['maxJobsPerSecond'])}`,
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
    case 'schedule_changed':
      return say(`The schedule ${text('name')} was ${text('change')}`, schedule)
    case 'schedule_refused':
      return say(
        `The schedule ${text('name')} could not start: ${errorOf(data)}${data['paused'] === true ? '. It is paused' : ''}`,
        schedule,
      )
    case 'operation_done':
      return say(
        operationWords(data),
        data['subject'] === 'jobs' ? { page: 'jobs', project: projectId } : tasks,
      )
    case 'price_missing':
      return say(`${text('model')} has no price: its calls count as free`, {
        page: 'usage',
        project: projectId,
        show: 'prices',
      })
    case 'budget_warned':
      return say(`${budgetOf(data)} is nearly used up`, budgets)
    case 'budget_reached':
      return say(`${budgetOf(data)} is used up: jobs wait`, budgets)
    case 'budget_changed':
      return say(`${budgetOf(data)} was ${text('change')}`, budgets)
    case 'comparison_created':
      return say('Two models were compared', {
        page: 'compare',
        project: projectId,
        item: text('comparisonId'),
      })
    case 'calibration_drawn':
      return say(`${text('units')} units were drawn to check a judge`, calibration)
    case 'calibration_completed':
      return say('A calibration is complete', calibration)
    case 'import_ended':
      return say(`An import${data['dryRun'] === true ? ', a dry run,' : ''} ended: ${text('status')}`, {
        page: 'imports',
        project: projectId,
        item: text('importId'),
      })
    case 'export_ended':
      return say(`An export of ${text('what')} as ${text('format')} ended: ${text('status')}`)
    case 'gate_decided':
      return say(`A gate said ${text('decision')}`)
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

function runWords(data: Readonly<Record<string, unknown>>, isOne: boolean): string {
  const [status, from] = [wordOf(data['status']), data['from']]
  if (from === 'paused' && status !== 'cancelled') return isOne ? 'goes on' : 'go on'
  return (isOne ? RUN_WORDS : RUNS_WORDS)[status] ?? status
}

function operationWords(data: Readonly<Record<string, unknown>>): string {
  const [done, action, state] = [Number(data['done']), wordOf(data['action']), wordOf(data['state'])]
  const one = data['subject'] === 'jobs' ? 'job' : 'task'
  const skipped = Object.values((data['skipped'] ?? {}) as object).reduce(
    (sum: number, each) => sum + Number(each),
    0,
  )
  const rest = skipped === 0 ? '' : `, ${figure(skipped)} passed over`
  const stopped = state === 'stopped' ? '; it was stopped' : ''
  return `${figure(done)} ${done === 1 ? `${one} was` : `${one}s were`} ${DONE[action] ?? action} at once${rest}${stopped}`
}

/** How fast a run may go. */
export function paceWords(pace: unknown): string {
  return typeof pace === 'number' ? `at most ${pace} jobs a second` : 'no pace'
}

function jobs(data: Readonly<Record<string, unknown>>): string {
  const count = typeof data['count'] === 'number' ? data['count'] : 1
  return count === 1 ? '1 job was' : `${count} jobs were`
}

function budgetOf(data: Readonly<Record<string, unknown>>): string {
  const of = data['runId'] ? 'a run' : data['day'] ? 'the project’s day' : 'the project'
  return `The budget of ${of}`
}

function errorOf(data: Readonly<Record<string, unknown>>): string {
  const error = data['error']
  if (typeof error !== 'object' || error === null) return 'no reason is known'
  return 'message' in error ? wordOf(error.message) : 'no reason is known'
}
