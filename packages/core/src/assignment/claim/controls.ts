import { fact, type NewFact } from '../../events/event.ts'
import type { AssignmentId, ProjectId, TaskId, UserId } from '../../ids.ts'
import type { ControlPolicy } from '../../people/person.ts'
import { unmetRequirements } from '../../workflow/requirements.ts'
import type { Step } from '../../workflow/workflow.ts'
import { type Person, type TaskWork, UNSEEN } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { rowIn } from '../moves.ts'
import type { Claimed } from '../stores/claim-store.ts'
import type { WorkChange } from '../stores/task-store.ts'
import { giveControl } from '../task/controls.ts'
import { rulesFor } from '../task/locked-task.ts'
import type { Changed } from '../task/work-draft.ts'
import type { TaskMove } from '../task-move.ts'

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
  /** Whether it is to be held ahead. */
  readonly ahead?: boolean
}

/** Controls that were given, and the facts of it. */
export interface GivenControls {
  readonly claimed: ReadonlyMap<ControlTurn, Claimed>
  readonly facts: readonly NewFact[]
}

/** The control that somebody is to be given. */
export interface ChosenControl {
  readonly turn: ControlTurn
  readonly taskId: TaskId
}

/** Chooses a control for each of these people, one that they never saw, evenly among those that they have the skills for. Managers are told of people for whom there is none. */
export async function chooseControls(
  stores: AssignmentStores,
  { random }: Pick<AssignmentDeps, 'random'>,
  turns: readonly ControlTurn[],
  now: Date,
): Promise<{ readonly chosen: readonly ChosenControl[]; readonly facts: readonly NewFact[] }> {
  const facts: NewFact[] = []
  const chosen: ChosenControl[] = []
  for (const turn of turns) {
    const taken = chosen.filter((one) => one.turn.userId === turn.userId).map(({ taskId }) => taskId)
    const left = (await controlsFor(stores, turn, now)).filter((taskId) => !taken.includes(taskId))
    const taskId = left[Math.floor(random.next() * left.length)]
    if (taskId !== undefined) chosen.push({ turn, taskId })
    if (left.length < Math.max(1, turn.wanting)) facts.push(...(await exhausted(stores, turn, now)))
  }
  return { chosen, facts }
}

/** A control, locked, given to all for whom it was chosen and who still may have it. */
export async function givenControl(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  before: TaskWork,
  chosen: readonly ChosenControl[],
  how: 'pull' | 'batch',
  now: Date,
): Promise<GivenControls & Pick<Changed, 'work' | 'moves'>> {
  const facts: NewFact[] = []
  const moves: TaskMove[] = []
  const claimed = new Map<ControlTurn, Claimed>()
  let work: TaskWork = before
  if (before.task.status !== 'open') return { work, facts, moves, claimed }
  const rules = await rulesFor(stores, deps, before.task, now)
  for (const { turn } of chosen) {
    const { userId, ahead = false } = turn
    const step = stepOf(rules.workflow.steps, turn)
    const had = work.assignments.find((row) => row.userId === userId)
    if (step === undefined || (had !== undefined && had.endReason !== UNSEEN)) continue
    const assignmentId = had?.assignmentId ?? turn.assignmentId
    const given = giveControl(
      work,
      { ...rules, by: how === 'pull' ? userId : null },
      { step, userId, assignmentId, how, ahead },
    )
    work = given.work
    facts.push(...given.facts)
    moves.push(...given.moves)
    claimed.set(turn, { assignment: rowIn(work, assignmentId), task: work.task, from: had?.status ?? null })
  }
  return { work, facts, moves, claimed }
}

/** Gives each of these people a control, as {@link chooseControls} chooses it. */
export async function giveControls(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  turns: readonly ControlTurn[],
  now: Date,
): Promise<GivenControls> {
  const { chosen, facts } = await chooseControls(stores, deps, turns, now)
  const claimed = new Map<ControlTurn, Claimed>()
  const told: NewFact[] = [...facts]
  const changes: WorkChange[] = []
  const byTask = Map.groupBy(chosen, ({ taskId }) => taskId)
  for (const before of byTask.size === 0 ? [] : await stores.tasks.lockWorks([...byTask.keys()].sort())) {
    const given = await givenControl(stores, deps, before, byTask.get(before.task.taskId) ?? [], 'pull', now)
    for (const [turn, one] of given.claimed) claimed.set(turn, one)
    told.push(...given.facts)
    changes.push({ before, after: given.work, moves: given.moves })
  }
  if (changes.length > 0) await stores.tasks.saveWorks(changes)
  return { claimed, facts: told }
}

/** The controls that the person has not seen and has the skills for. */
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
