import { createHash } from 'node:crypto'
import {
  type Assignment,
  type AssignmentId,
  type Json,
  LeaseLost,
  type Muster,
  type ProjectId,
  type StepType,
  type Task,
} from '@muster/core'
import type { StepWork, WorkResult } from '@muster-examples/language-id'
import type { Actor } from './project.ts'

/** How often, of a hundred, somebody declines an annotation for good, or hands it back. */
const REJECTS = 3
const RELEASES = 3

/** What one turn came to. */
export type Turn = 'submitted' | 'rejected' | 'released' | 'nothing'

/** Somebody's turn: goes on with what they hold, else claims the best open step of the given types, and does it. */
export async function takeTurn(
  muster: Muster,
  projectId: ProjectId,
  actor: Actor,
  pulls: readonly StepType[],
): Promise<Turn> {
  const assignment =
    (await heldBy(muster, projectId, actor)) ?? (await claimedBy(muster, projectId, actor, pulls))
  if (assignment === undefined) return 'nothing'
  try {
    return await work(muster, actor, assignment)
  } catch (error) {
    // The lease ran out while the server was down, say; the sweeper gives the slot to whoever is next.
    if (error instanceof LeaseLost) return 'released'
    throw error
  }
}

async function heldBy(
  muster: Muster,
  projectId: ProjectId,
  { user }: Actor,
): Promise<Assignment | undefined> {
  const { items } = await muster.personalQueue.list({ userId: user.userId, projectId, limit: 1 })
  const [entry] = items
  return entry && muster.assignments.get(entry.assignmentId)
}

async function claimedBy(
  muster: Muster,
  projectId: ProjectId,
  { user }: Actor,
  pulls: readonly StepType[],
): Promise<Assignment | undefined> {
  for (const stepType of pulls) {
    const claim = await muster.assignments.claimNext({ userId: user.userId, projectId, stepType })
    if (claim.kind === 'claimed') return claim.assignment
  }
  return undefined
}

async function work(muster: Muster, actor: Actor, assignment: Assignment): Promise<Turn> {
  const { assignmentId, taskId, attempt } = assignment
  const by = await muster.people.principalOf(actor.user.userId, actor.user.role)
  const move = { assignmentId, by, attempt }
  if (assignment.status === 'assigned') await muster.assignments.accept(move)
  if (assignment.status !== 'in_progress') await muster.assignments.start(move)
  const { task, assignments } = await muster.tasks.view(taskId, by)
  const mood = moodOf(actor, task, assignment)
  if (mood === 'rejected') {
    await muster.assignments.reject({ ...move, code: 'unclear', comment: 'Too little text to tell' })
  } else if (mood === 'released') {
    await muster.assignments.release({ ...move, reason: 'No time for it now' })
  } else {
    const { text, candidates } = task.payload as unknown as {
      readonly text: string
      readonly candidates: readonly string[]
    }
    const result = actor.answer(text, candidates, workOf(assignment, assignments))
    await muster.assignments.submit({ ...move, result: { ...result } satisfies WorkResult as Json })
  }
  return mood
}

/** Now and then somebody declines. By who and what alone, so that the story goes the same way each time; never twice on one task. */
function moodOf(
  { key }: Actor,
  { externalId }: Task,
  { stepType, attempt }: Assignment,
): Exclude<Turn, 'nothing'> {
  if (stepType !== 'annotation' || attempt > 1) return 'submitted'
  const drawn = createHash('sha256').update(`${key}\n${externalId}`).digest().readUInt32BE() % 100
  if (drawn < REJECTS) return 'rejected'
  return drawn < REJECTS + RELEASES ? 'released' : 'submitted'
}

/** What the step asks, with what its holder may see: a reviewer the label, an annotator the reviewer's comment. */
function workOf(assignment: Assignment, visible: readonly Assignment[]): StepWork {
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
