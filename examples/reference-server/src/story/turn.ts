import { createHash } from 'node:crypto'
import {
  type AssignmentId,
  type Json,
  LeaseLostError,
  type ProjectId,
  type StepType,
  type TaskId,
} from '@muster/core'
import type { TaskView } from '@muster/core/calls'
import type { Muster } from '@muster/host'
import type { StepWork, WorkResult } from '@muster-examples/language-id'
import type { Actor } from './project.ts'

/** How often, of a hundred, somebody declines an annotation for good, or hands it back. */
const REJECTS = 3
const RELEASES = 3

/** What one turn came to. */
export type Turn = 'submitted' | 'rejected' | 'released' | 'nothing'

/** What somebody may claim when they hold nothing: steps of these types, in this order, or any. */
export type Pulls = readonly StepType[] | 'any'

/** Somebody's turn: goes on with what they hold, else claims the best open step, and does it. */
export async function takeTurn(
  muster: Muster,
  projectId: ProjectId,
  actor: Actor,
  pulls: Pulls,
): Promise<Turn> {
  const held = (await heldBy(muster, projectId, actor)) ?? (await claimedBy(muster, projectId, actor, pulls))
  if (held === undefined) return 'nothing'
  const view = await muster.tasks.view(held.taskId, actor.principal)
  const assignment = view.assignments.find(({ assignmentId }) => assignmentId === held.assignmentId)
  if (assignment === undefined) throw new TypeError(`${actor.displayName} does not see what they hold`)
  try {
    return await work(muster, actor, assignment, view)
  } catch (error) {
    // The lease ran out while the server was down, say; the sweeper gives the slot to whoever is next.
    if (error instanceof LeaseLostError) return 'released'
    throw error
  }
}

/** An assignment as its holder sees it. */
type Seen = TaskView['assignments'][number]

interface Held {
  readonly taskId: TaskId
  readonly assignmentId: AssignmentId
}

async function heldBy(muster: Muster, projectId: ProjectId, { user }: Actor): Promise<Held | undefined> {
  const { items } = await muster.personalQueue.list({ userId: user.userId, projectId, limit: 1 })
  return items[0]
}

async function claimedBy(
  muster: Muster,
  projectId: ProjectId,
  { user: { userId } }: Actor,
  pulls: Pulls,
): Promise<Held | undefined> {
  for (const stepType of pulls === 'any' ? [undefined] : pulls) {
    const claim = await muster.assignments.claimNext({ userId, projectId, stepType })
    if (claim.kind === 'claimed') return claim.assignment
  }
  return undefined
}

async function work(
  muster: Muster,
  actor: Actor,
  assignment: Seen,
  { task, assignments }: TaskView,
): Promise<Turn> {
  const { assignmentId, attempt, status } = assignment
  const move = { assignmentId, by: actor.principal, attempt }
  if (status === 'assigned') await muster.assignments.accept(move)
  if (status !== 'in_progress') await muster.assignments.start(move)
  const { text, candidates } = task.payload as unknown as {
    readonly text: string
    readonly candidates: readonly string[]
  }
  const mood = moodOf(actor, text, assignment)
  if (mood === 'rejected') {
    await muster.assignments.reject({ ...move, code: 'unclear', comment: 'Too little text to tell' })
  } else if (mood === 'released') {
    await muster.assignments.release({ ...move, reason: 'No time for it now' })
  } else {
    const result: WorkResult = actor.answer(text, candidates, workOf(assignment, assignments))
    await muster.assignments.submit({ ...move, result: { ...result } })
  }
  return mood
}

/** Now and then somebody declines. By who and what alone, so that the story goes the same way each time; never twice on one task. */
function moodOf({ key }: Actor, text: string, { stepType, attempt }: Seen): Exclude<Turn, 'nothing'> {
  if (stepType !== 'annotation' || attempt > 1) return 'submitted'
  const drawn = createHash('sha256').update(`${key}\n${text}`).digest().readUInt32BE() % 100
  if (drawn < REJECTS) return 'rejected'
  return drawn < REJECTS + RELEASES ? 'released' : 'submitted'
}

/** What the step asks, with what its holder may see: a reviewer the label, an annotator the reviewer's comment. */
function workOf(assignment: Seen, visible: readonly Seen[]): StepWork {
  switch (assignment.stepType) {
    case 'annotation':
      return assignment.returnComment === null
        ? { stepType: 'annotation' }
        : { stepType: 'annotation', comment: assignment.returnComment }
    case 'review': {
      const reviewed = visible.find(
        ({ stepType, status }) => stepType === 'annotation' && status === 'submitted',
      )
      return { stepType: 'review', label: labelOf(reviewed?.result ?? null, assignment.assignmentId) }
    }
    case 'adjudication':
      return { stepType: 'adjudication' }
    case 'automatic':
      throw new TypeError('Nobody is assigned an automatic step')
  }
}

function labelOf(result: Json, reviewId: AssignmentId): string {
  if (result !== null && typeof result === 'object' && 'label' in result && typeof result.label === 'string')
    return result.label
  throw new TypeError(`The reviewer of ${reviewId} sees no label to review`)
}
