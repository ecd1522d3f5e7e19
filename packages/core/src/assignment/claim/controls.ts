import { fact, type NewFact } from '../../events/event.ts'
import type { AssignmentId, ProjectId, TaskId, UserId } from '../../ids.ts'
import type { ControlPolicy, QualityPolicy } from '../../people/person.ts'
import { unmetRequirements } from '../../workflow/requirements.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { Person, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { absence, overload } from '../eligibility.ts'
import type { Claimed } from '../stores/claim-store.ts'
import type { BatchChoice } from '../stores/decision-store.ts'
import type { WorkChange } from '../stores/task-store.ts'
import { giveControl } from '../task/controls.ts'
import { rulesFor } from '../task/locked-task.ts'
import { claimedRow } from './claimed-row.ts'

/** Most controls that one is chosen of. */
const MOST_CHOSEN_OF = 2_000

/** How long managers are not told again that a person has run out of controls. */
const EXHAUSTED_AGAIN_MS = 86_400_000

/** Somebody who is to be given a control now, and may be given one more thing. They are locked. */
export interface ControlTurn {
  readonly userId: UserId
  readonly projectId: ProjectId
  readonly assignmentId: AssignmentId
  readonly policy: ControlPolicy
  readonly skills: Person['skills']
  /** First controls that are still to be judged; 0: none. */
  readonly wanting: number
}

/** Controls that were given, and the facts of it. */
export interface GivenControls {
  readonly claimed: ReadonlyMap<ControlTurn, Claimed>
  readonly facts: readonly NewFact[]
}

interface Chosen {
  readonly turn: ControlTurn
  readonly taskId: TaskId
}

/** Gives each of these people a control that they never had, evenly among those that they have the skills for. Managers are told of people for whom there is none. */
export async function giveControls(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  turns: readonly ControlTurn[],
  now: Date,
): Promise<GivenControls> {
  const facts: NewFact[] = []
  const chosen: Chosen[] = []
  for (const turn of turns) {
    const left = await controlsFor(stores, turn, now)
    const taskId = left[Math.floor(deps.random.next() * left.length)]
    if (taskId !== undefined) chosen.push({ turn, taskId })
    if (left.length < Math.max(1, turn.wanting)) facts.push(...(await exhausted(stores, turn, now)))
  }
  const claimed = new Map<ControlTurn, Claimed>()
  const changes: WorkChange[] = []
  const taskIds = [...new Set(chosen.map(({ taskId }) => taskId))].sort()
  for (const before of taskIds.length === 0 ? [] : await stores.tasks.lockWorks(taskIds)) {
    if (before.task.status !== 'open') continue
    const rules = await rulesFor(stores, deps, before.task, now)
    let work: TaskWork = before
    for (const { turn } of chosen.filter(({ taskId }) => taskId === before.task.taskId)) {
      const { userId, assignmentId } = turn
      const step = stepOf(rules.workflow.steps, turn)
      if (step === undefined || work.assignments.some((row) => row.userId === userId)) continue
      const given = giveControl(work, rules, { step, userId, assignmentId })
      work = given.work
      facts.push(...given.facts)
      const row = work.assignments.find((one) => one.assignmentId === assignmentId)
      if (row?.expiresAt == null) continue
      // As a claim gives it, to the order of its fields.
      const claim = { userId, assignmentId, assignedAt: now, expiresAt: row.expiresAt }
      claimed.set(turn, { assignment: claimedRow(claim, row), task: work.task, from: null })
    }
    changes.push({ before, after: work })
  }
  if (changes.length > 0) await stores.tasks.saveWorks(changes)
  return { claimed, facts }
}

/** Draws for assignments that a batch has given, and where the draw says so gives a control besides. */
export async function giveBesides(
  deps: AssignmentDeps,
  projectId: ProjectId,
  policy: QualityPolicy | null,
  given: readonly Pick<BatchChoice, 'chosen' | 'stepId'>[],
): Promise<void> {
  const controls = policy?.controls
  if (controls === undefined) return
  for (const { chosen: userId, stepId } of given) {
    if (userId === null || stepId !== controls.stepId || deps.random.next() >= controls.rate) continue
    await deps.transactions.transaction(async (stores) => {
      await stores.people.lock([userId])
      const [person] = await stores.decisions.listPeople(projectId, 'annotation', [userId])
      const project = await stores.projects.find(projectId)
      if (person === undefined || project === undefined) return
      if (absence(person).length + overload(person, project.assignment).length > 0) return
      const assignmentId = deps.ids.next() as AssignmentId
      const turn = { userId, projectId, assignmentId, policy: controls, skills: person.skills, wanting: 0 }
      const { facts } = await giveControls(stores, deps, [turn], deps.clock.now())
      await stores.events.append(facts)
    })
  }
}

/** The controls that the person has no row on and has the skills for. */
async function controlsFor(
  { quality, workflows }: AssignmentStores,
  turn: ControlTurn,
  now: Date,
): Promise<TaskId[]> {
  const all = await quality.listControls(turn.projectId, turn.userId, MOST_CHOSEN_OF)
  const steps = new Map<string, Step | undefined>()
  for (const workflowId of new Set(all.map((control) => control.workflowId)))
    steps.set(workflowId, stepOf((await workflows.find(workflowId))?.steps ?? [], turn))
  return all.flatMap(({ taskId, workflowId, requiredSkills, createdAt }) => {
    const step = steps.get(workflowId)
    if (step === undefined) return []
    const requirements = [...step.requiredSkills, ...requiredSkills]
    const openForMs = now.getTime() - createdAt.getTime()
    return unmetRequirements(turn.skills, requirements, openForMs).length === 0 ? [taskId] : []
  })
}

function stepOf(steps: readonly Step[], { policy }: ControlTurn): Step | undefined {
  return steps.find(({ stepId, stepType }) => stepId === policy.stepId && stepType === 'annotation')
}

/** Tells managers that a person has run out of controls, once a day. */
async function exhausted(
  { quality }: AssignmentStores,
  { projectId, userId, policy }: ControlTurn,
  now: Date,
): Promise<NewFact[]> {
  const since = new Date(now.getTime() - EXHAUSTED_AGAIN_MS)
  const isNews = await quality.noteExhausted(projectId, userId, now, since)
  return isNews ? [fact(projectId, 'controls_exhausted', { userId, stepId: policy.stepId })] : []
}
