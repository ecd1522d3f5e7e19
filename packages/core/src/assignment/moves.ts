import { ForbiddenError, MusterError, NotFoundError } from '../errors.ts'
import type { AssignmentId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { checkVersion, principalOf } from '../people/people-use-cases.ts'
import type { Principal } from '../people/person.ts'
import { elapsedMs } from '../time.ts'
import { verdictOf } from '../workflow/next-step.ts'
import type { Assignment, TaskWork } from './assignment.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { moveRequest, rejection, releaseRequest, submission, submissionWithNext } from './assignment-input.ts'
import { checkFence } from './assignment-lifecycle.ts'
import type { AssignmentUseCases, Move, Moved } from './assignments.ts'
import { noteOf, requireHolder } from './authority.ts'
import type { ClaimBeside, Claiming } from './claim/beside.ts'
import { later } from './claim/terms.ts'
import { checkHanded, checkSkip, handed } from './handing-in.ts'
import { receivers } from './task/flow.ts'
import { availabilityOf, followedBy, rulesFor, write } from './task/locked-task.ts'
import { believing } from './task/overlaps.ts'
import { endPausedHolds, onLockedTask } from './task/settled-task.ts'
import type { Available } from './task/slots.ts'
import {
  dueReservations,
  type Handed,
  handIn,
  heartbeat,
  holdOn,
  keepDraft,
  progress,
  reject,
  release,
  settleDue,
  submit,
  takeBack,
} from './task/task-work.ts'
import type { Changed, Rules } from './task/work-draft.ts'
import { untilTick } from './tick.ts'

/** How one kind of move is made, once it is known that its maker may make it. */
interface Kind {
  readonly act: (work: TaskWork, rules: Rules, row: Assignment, available: Available) => Changed
  /** The people who may be given something by it, beside those who wait for a reserved slot. */
  readonly receivers?: (work: TaskWork) => readonly UserId[]
  /** Whether it fills a slot for good. */
  readonly fills?: boolean
  /** The people who may be paused by it. To give them something is to wait for their lock. */
  readonly judges?: (work: TaskWork) => readonly UserId[]
  /** The draft that is kept if the lease was lost. */
  readonly late?: Handed
  /** The claim that its maker makes with it, if it is not refused. */
  readonly beside?: ClaimBeside | undefined
}

type Moves = Pick<
  AssignmentUseCases,
  'accept' | 'start' | 'heartbeat' | 'submit' | 'submitWithNext' | 'takeBack' | 'reject' | 'release'
>

/** A move that its maker may make, on the assignment of which task and step. */
type Known = Moved & { readonly by: Principal } & Pick<Assignment, 'taskId' | 'stepType'>

/** The moves of a holder on their own assignment. */
export function holderMoves(deps: AssignmentDeps, claimBeside: Claiming['beside']): Moves {
  const { stores } = deps.transactions
  const knowing = async ({ userId, by: named, assignmentId, attempt, ifVersion }: Move): Promise<Known> => {
    const by = named ?? (await principalOf(stores.people, userId, 'annotator'))
    const row = await findAssignment(stores, assignmentId)
    requireHolder(by, row)
    return { assignmentId, attempt, ifVersion, by, taskId: row.taskId, stepType: row.stepType }
  }

  const step = (to: 'accepted' | 'in_progress') => async (request: Move) => {
    parse(moveRequest, { attempt: request.attempt })
    const known = await knowing(request)
    const { assignmentId } = known
    return move(deps, known, {
      act: (work, rules, row) => progress(work, rules, assignmentId, to, noteOf(known.by, row)),
    })
  }

  const submitting = (
    known: Known,
    said: ReturnType<typeof submission.parse>,
    beside?: ClaimBeside,
  ): Promise<Assignment> => {
    const { result, comment, undoSeconds = 0 } = said
    const { assignmentId, stepType } = known
    const given = handed(result, comment)
    if (undoSeconds > 0)
      return move(deps, known, {
        act: (work, rules, row) => {
          checkHanded(rules.forms.get(row.stepId), row, work.task.payload, { result, comment })
          return handIn(work, rules, assignmentId, given, later(rules.now, undoSeconds * 1_000))
        },
        late: given,
        beside,
      })
    const returning = stepType === 'review' && verdictOf(result) === 'return'
    return move(deps, known, {
      act: (work, rules, row, available) => {
        checkHanded(rules.forms.get(row.stepId), row, work.task.payload, { result, comment })
        return submit(work, rules, assignmentId, given, available, noteOf(known.by, row))
      },
      receivers: (work) => receivers(work, returning),
      fills: true,
      judges: (work) => (work.task.gold === null ? [] : [rowIn(work, assignmentId).userId]),
      late: given,
      beside,
    })
  }

  return {
    accept: step('accepted'),
    start: step('in_progress'),

    async heartbeat(request) {
      parse(moveRequest, { attempt: request.attempt })
      const known = await knowing(request)
      const { assignmentId } = known
      const row = await move(deps, known, { act: (work, rules) => heartbeat(work, rules, assignmentId) })
      await holdOnAhead(deps, row.userId)
      return row
    },

    async submit({ result, comment, undoSeconds, ...request }) {
      const said = parse(submission, { attempt: request.attempt, result, comment, undoSeconds })
      return submitting(await knowing(request), said)
    },

    async submitWithNext({ result, comment, undoSeconds, next, ...request }) {
      const said = { attempt: request.attempt, result, comment, undoSeconds, next }
      const { next: wish = {}, ...handedIn } = parse(submissionWithNext, said)
      const known = await knowing(request)
      const { userId } = known.by
      if (userId !== (await findAssignment(stores, known.assignmentId)).userId)
        throw new ForbiddenError('next: only the holder of an assignment is given the next one with it')
      const beside = claimBeside({ ...wish, userId })
      const assignment = await submitting(known, handedIn, beside)
      return { assignment, next: await beside.answer() }
    },

    async takeBack(request) {
      parse(moveRequest, { attempt: request.attempt })
      const known = await knowing(request)
      const { assignmentId } = known
      return move(deps, known, { act: (work, rules) => takeBack(work, rules, assignmentId) })
    },

    async reject(request) {
      const { code, comment } = parse(rejection, {
        attempt: request.attempt,
        code: request.code,
        comment: request.comment,
      })
      const known = await knowing(request)
      const { assignmentId } = known
      const reason = comment === undefined ? { code } : { code, comment }
      return move(deps, known, {
        act: (work, rules, row) => {
          checkSkip(rules.forms.get(row.stepId), reason)
          return reject(work, rules, assignmentId, reason, noteOf(known.by, row, code))
        },
      })
    },

    async release(request) {
      const { reason } = parse(releaseRequest, { attempt: request.attempt, reason: request.reason })
      const known = await knowing(request)
      const { assignmentId } = known
      return move(deps, known, {
        act: (work, rules, row) =>
          release(work, rules, assignmentId, reason ?? null, noteOf(known.by, row, reason)),
      })
    },
  }
}

/** Holds on, while its person is at work on something else, to the one that they hold ahead. */
async function holdOnAhead(deps: AssignmentDeps, userId: UserId): Promise<void> {
  const [held] = await deps.transactions.stores.claims.listAhead([userId])
  if (held === undefined) return
  const { assignmentId, taskId } = held
  await onLockedTask(
    deps,
    taskId,
    () => [],
    async (stores, work) => {
      const now = deps.clock.now()
      const rules = await rulesFor(stores, deps, work.task, now)
      await write(stores, deps, work, holdOn(work, rules, assignmentId), now)
    },
  )
}

/** @throws NotFoundError */
export async function findAssignment(
  { inboxes }: Pick<AssignmentStores, 'inboxes'>,
  assignmentId: AssignmentId,
): Promise<Assignment> {
  const row = await inboxes.findAssignment(assignmentId)
  if (row === undefined) throw new NotFoundError('assignment', assignmentId)
  return row
}

/**
 * Makes a move under the task's lock. Everything due on the task is done first; so a lease that has ended is lost even if nobody had
 * noticed. That, and a draft, are kept although the move itself is refused.
 */
async function move(deps: AssignmentDeps, request: Known, kind: Kind): Promise<Assignment> {
  const { assignmentId, ifVersion, taskId } = request
  const since = elapsedMs(deps.clock)
  const waiting = (work: TaskWork): UserId[] => [
    ...dueReservations(work, deps.clock.now()),
    ...(kind.receivers?.(work) ?? []),
  ]
  const { beside } = kind
  const locking = (work: TaskWork): UserId[] => [
    ...waiting(work),
    ...(kind.judges?.(work) ?? []),
    ...(beside ? [request.by.userId] : []),
  ]
  const act = async (stores: AssignmentStores, work: TaskWork) => {
    const now = deps.clock.now()
    const rules = await rulesFor(stores, deps, work.task, now, request.by.userId)
    checkVersion('Assignment', rowIn(work, assignmentId).version, ifVersion)
    const available = await availabilityOf(stores, work.task, rules.config, waiting(work))
    const settled = settleDue(work, rules, available)
    const knowing = kind.fills ? await believing(stores, rules, settled.work, assignmentId) : rules
    const outcome = attemptMove(settled, knowing, request, kind, available)
    const written = await write(stores, deps, work, outcome.changed, now)
    const claimed = outcome.refusal === undefined ? ((await beside?.make(stores)) ?? []) : []
    await stores.events.append([...written.facts, ...claimed])
    return {
      row: rowIn(written.work, assignmentId),
      refusal: outcome.refusal,
      jobs: outcome.changed.automatic !== null,
      paused: written.paused,
      hasControls: rules.quality?.controls?.stepId === rowIn(work, assignmentId).stepId,
    }
  }
  const done = await onLockedTask(deps, taskId, locking, act, beside?.lock)
  const { row, refusal, jobs, paused, hasControls } = done
  // The submission stands. Nothing more is given to them since the commit; a hold whose end fails here ends with the next sweep.
  for (const userId of paused) await endPausedHolds(deps, row.projectId, userId).catch(() => undefined)
  if (refusal) throw refusal
  if (jobs) deps.nudge()
  // A claim beside it has an answer of its own, which comes at a tick.
  if (kind.fills && hasControls && beside === undefined) await untilTick(deps.clock, since)
  return row
}

/** The move on a task on which nothing is due, or why it is refused and what is kept all the same. */
function attemptMove(
  settled: Changed,
  rules: Rules,
  { assignmentId, by, attempt }: Known,
  { act, late }: Kind,
  available: Available,
): { readonly changed: Changed; readonly refusal?: MusterError } {
  const row = rowIn(settled.work, assignmentId)
  try {
    checkFence(row, by.userId, attempt)
    return { changed: followedBy(settled, act(settled.work, rules, row, available)) }
  } catch (refusal) {
    if (!(refusal instanceof MusterError)) throw refusal
    const keep = refusal.code === 'lease_lost' && late !== undefined && by.userId === row.userId
    const kept = keep ? followedBy(settled, keepDraft(settled.work, rules, assignmentId, late)) : settled
    return { changed: kept, refusal }
  }
}

/** The row of a task's work. @throws RangeError if it is not there, which cannot be: rows are never deleted */
export function rowIn({ task, assignments }: TaskWork, assignmentId: AssignmentId): Assignment {
  const row = assignments.find((other) => other.assignmentId === assignmentId)
  if (row === undefined) throw new RangeError(`Task ${task.taskId} has no assignment ${assignmentId}`)
  return row
}
