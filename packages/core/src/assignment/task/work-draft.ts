import type { Random } from '../../environment.ts'
import { fact, type NewFact } from '../../events/event.ts'
import type { AssignmentId, UserId } from '../../ids.ts'
import type { AssignmentConfig, QualityPolicy } from '../../people/person.ts'
import type { Belief } from '../../quality/believed.ts'
import type { Counters } from '../../quality/counters.ts'
import type { KnownCounter } from '../../quality/known.ts'
import type { DecidedOverlap } from '../../quality/overlap.ts'
import type { StepForms } from '../../workflow/step-forms.ts'
import type { Slot, Task } from '../../workflow/task.ts'
import type { Step, Workflow } from '../../workflow/workflow.ts'
import { type Assignment, type TaskWork, UNSEEN } from '../assignment.ts'
import { isLive } from '../assignment-lifecycle.ts'
import { type MoveNote, skillsText, type TaskMove } from '../task-move.ts'
import { countedBetween } from './counted-steps.ts'

/** All that decides a change of a task, beside the task itself. */
export interface Rules {
  readonly workflow: Workflow
  readonly config: AssignmentConfig
  /** null: the project watches nobody. */
  readonly quality: QualityPolicy | null
  readonly forms: StepForms
  readonly random: Random
  readonly now: Date
  /** The person whose call this is; absent: nobody's, or the host's own. */
  readonly by?: UserId | null
  /** Beliefs about the answers to the current step, if its overlap may be decided. */
  readonly beliefs?: readonly Belief[]
}

/** Somebody's work was judged. */
export interface Observation {
  readonly userId: UserId
  readonly stepType: string
  readonly outcome: 0 | 1
}

/** A submission of annotation that was held against a known answer. */
export interface Judgement {
  readonly userId: UserId
  readonly stepId: string
  readonly right: boolean
  readonly isControl: boolean
  readonly known: readonly KnownCounter[]
  readonly policy: QualityPolicy
  readonly now: Date
}

/** A task after a change, and what became true with it. */
export interface Changed {
  readonly work: TaskWork
  /** In the order in which they became true. */
  readonly facts: readonly NewFact[]
  readonly observations: readonly Observation[]
  readonly judgements: readonly Judgement[]
  /** Added to the counters of agreement. */
  readonly counters: Counters
  /** The automatic step that has opened and now needs a job; its id belongs into `task.jobId`. */
  readonly automatic: Step | null
  /** Decisions whether one more person is asked, to be kept. */
  readonly decided: readonly DecidedOverlap[]
  /** In the order in which they were made, to be kept. */
  readonly moves: readonly TaskMove[]
}

/** A row of which nothing waits to go through. */
export const NOTHING_WAITS = { submitsAt: null, handedIn: null, handedInAt: null } as const

/** A task being changed. It starts as a copy, and {@link changed} gives the result: the functions that use it are pure. */
export class WorkDraft {
  readonly rules: Rules
  task: Task
  automatic: Step | null = null
  readonly observations: Observation[] = []
  readonly decided: DecidedOverlap[] = []
  readonly judgements: Judgement[] = []
  readonly #before: TaskWork
  readonly #slots: Slot[]
  readonly #assignments: Assignment[]
  readonly #facts: NewFact[] = []
  readonly #moves: TaskMove[] = []

  constructor(work: TaskWork, rules: Rules) {
    this.#before = work
    this.rules = rules
    this.task = work.task
    this.#slots = [...work.slots]
    this.#assignments = [...work.assignments]
  }

  get assignments(): readonly Assignment[] {
    return this.#assignments
  }

  /** The step the task stands at; `undefined` once it is over. */
  get step(): Step | undefined {
    return this.rules.workflow.steps.find(({ stepId }) => stepId === this.task.currentStepId)
  }

  slotsOf(stepId: string): Slot[] {
    return this.#slots.filter((slot) => slot.stepId === stepId)
  }

  /** The slots of the current step; none once the task is over. */
  get openSlots(): Slot[] {
    return this.task.currentStepId === null ? [] : this.slotsOf(this.task.currentStepId)
  }

  get allSlots(): readonly Slot[] {
    return this.#slots
  }

  addSlot(slot: Slot): void {
    this.#slots.push(slot)
  }

  /** Takes away a slot that is no longer waited for. */
  dropSlot({ stepId, slotNo }: Slot): void {
    const place = this.#slots.findIndex((slot) => slot.stepId === stepId && slot.slotNo === slotNo)
    this.#slots.splice(place, 1)
  }

  /** Puts the slot into a state; who or what it waits for is what `change` says, and nothing of before. */
  setSlot(
    slot: Slot,
    state: Slot['state'],
    change: Partial<Pick<Slot, 'assignmentId' | 'reservedFor' | 'wakeAt'>> = {},
  ): void {
    const place = this.#slots.findIndex(
      ({ stepId, slotNo }) => stepId === slot.stepId && slotNo === slot.slotNo,
    )
    this.#slots[place] = { ...slot, assignmentId: null, reservedFor: null, wakeAt: null, ...change, state }
  }

  /** The row with this id. @throws RangeError if the task has none */
  row(assignmentId: AssignmentId): Assignment {
    const row = this.#assignments.find((other) => other.assignmentId === assignmentId)
    if (row === undefined) throw new RangeError(`Task ${this.task.taskId} has no assignment ${assignmentId}`)
    return row
  }

  rowOf(userId: UserId, stepId: string): Assignment | undefined {
    return this.#assignments.find((row) => row.userId === userId && row.stepId === stepId)
  }

  slotHeldBy(row: Assignment): Slot | undefined {
    return this.#slots.find(
      ({ state, assignmentId }) => state === 'held' && assignmentId === row.assignmentId,
    )
  }

  /** Rows whose submission counts: those that fill a slot for good. By step and slot. */
  counting(stepId?: string): Assignment[] {
    return this.#slots.flatMap((slot) =>
      slot.state === 'done' && slot.assignmentId !== null && (stepId === undefined || slot.stepId === stepId)
        ? [this.row(slot.assignmentId)]
        : [],
    )
  }

  addRow(row: Assignment): Assignment {
    this.#assignments.push(row)
    return row
  }

  /**
   * Changes a row; its version rises once, however often it is changed here. That a hold ends is noted, and that nobody had seen it; what
   * was handed in and has not gone through is a draft then.
   */
  setRow(row: Assignment, change: Partial<Assignment>): Assignment {
    const before = this.#before.assignments.find(({ assignmentId }) => assignmentId === row.assignmentId)
    const changed = { ...row, ...change, version: (before?.version ?? 0) + 1 }
    const after = changed.handedIn !== null && !isLive(changed) ? this.#takenBack(changed) : changed
    const endedAt = isLive(after) ? null : isLive(row) ? this.rules.now : row.endedAt
    if (!after.ahead || isLive(after)) return this.#replace({ ...after, endedAt })
    const endReason = after.status === 'rejected' ? null : (after.endReason ?? UNSEEN)
    return this.#replace({ ...after, endedAt, endReason, ahead: false })
  }

  /** Moves the end of the lease, or keeps a draft, which is no new version. */
  note(
    row: Assignment,
    change: Partial<
      Pick<Assignment, 'expiresAt' | 'ahead' | 'draft' | 'draftComment' | 'draftVersion' | 'draftSavedAt'>
    >,
  ): Assignment {
    return this.#replace({ ...row, ...change })
  }

  /** Says what happened to a row, to its holder and the managers, and notes the move. `told` is the reason as the fact has it, if that is another one. */
  say(
    type: 'task_assigned' | 'task_status_changed' | 'task_unavailable',
    row: Assignment,
    from: Assignment['status'] | null,
    note: MoveNote = {},
    told?: string | null,
  ): void {
    const data = { ...moveOf(row, from, told ?? note.reason), ...(this.#isUnseen(row) && AHEAD) }
    this.#facts.push(fact(row.projectId, type, data, [row.userId]))
    this.#noteMove(row, from, note)
  }

  /** Says that a slot went from `previous` to `row`, to both. */
  sayReassigned(
    row: Assignment,
    from: Assignment['status'] | null,
    previous: Assignment,
    reason: string,
    decisionId: string | null,
  ): void {
    this.#noteMove(this.row(previous.assignmentId), previous.status, { reason })
    this.#noteMove(row, from, { how: 'reassign', reason, decisionId })
    const { userId: previousUserId, assignmentId: previousAssignmentId } = previous
    this.#facts.push(
      fact(
        row.projectId,
        'task_reassigned',
        { ...moveOf(row, from, reason), previousUserId, previousAssignmentId },
        [row.userId, previousUserId],
      ),
    )
  }

  /** Says to the managers that a row was flagged. */
  sayFlagged({ projectId, taskId, assignmentId, stepId, userId }: Assignment): void {
    this.#facts.push(fact(projectId, 'task_flagged', { taskId, assignmentId, stepId, userId }))
  }

  sayUpdated(): void {
    const { projectId, taskId, status, priority } = this.task
    this.#facts.push(fact(projectId, 'task_updated', { taskId, status, priority }))
  }

  /** Says that one more person is asked, to managers. */
  sayOverlapAdded(slots: number, max: number): void {
    const { projectId, taskId, currentStepId: stepId } = this.task
    if (stepId !== null)
      this.#facts.push(fact(projectId, 'task_overlap_added', { taskId, stepId, slots, max }))
  }

  /** That a control was judged, to managers. */
  sayJudged({ projectId, taskId, assignmentId }: Assignment, right: boolean): void {
    this.#facts.push(fact(projectId, 'control_judged', { taskId, assignmentId, right }))
  }

  /**
   * To everyone with a row: so without the name that its author gave it, if a form hides that from some of them. To managers alone where people must not
   * know which tasks complete.
   */
  sayCompleted(): void {
    const { projectId, taskId } = this.task
    if (this.rules.quality?.controls !== undefined) {
      const { externalId } = this.task
      this.#facts.push(fact(projectId, 'task_completed', { taskId, externalId }, []))
      return
    }
    const externalId = this.rules.forms.size > 0 ? null : this.task.externalId
    const affected = [...new Set(this.#assignments.map(({ userId }) => userId))]
    this.#facts.push(fact(projectId, 'task_completed', { taskId, externalId }, affected))
  }

  /** The result. The version of the task rises once if anything of its own row changed. */
  changed(): Changed {
    const resting = this.openSlots.flatMap(({ state, wakeAt }) =>
      state === 'cooling' && wakeAt ? [wakeAt.getTime()] : [],
    )
    const until = resting.length > 0 ? Math.max(...resting) : undefined
    const before = this.#before.task
    if (until !== before.cooldownUntil?.getTime()) {
      this.task = { ...this.task, cooldownUntil: until === undefined ? null : new Date(until) }
    }
    const task = this.task === before ? before : { ...this.task, version: before.version + 1 }
    const work = { task, slots: this.#slots, assignments: this.#assignments }
    return {
      work,
      facts: this.#facts,
      observations: this.observations,
      judgements: this.judgements,
      counters: countedBetween(this.#before, work, this.rules),
      decided: this.decided,
      moves: [...this.#moves, ...this.#movesOfTask()],
      automatic: this.automatic,
    }
  }

  /** Whether it is held ahead, or was until now. */
  #isUnseen(row: Assignment): boolean {
    if (isLive(row)) return row.ahead
    const before = this.#before.assignments.find(({ assignmentId }) => assignmentId === row.assignmentId)
    return before?.ahead === true && row.status !== 'rejected'
  }

  #noteMove(row: Assignment, from: Assignment['status'] | null, note: MoveNote): void {
    const { assignmentId, stepId, userId, attempt, status: to } = row
    this.#moves.push({
      ...this.#move(),
      kind: 'assignment',
      assignmentId,
      stepId,
      userId,
      attempt,
      from,
      to,
      ...note,
    })
  }

  /** The moves of the task itself: they follow those of its assignments, which brought them about. */
  #movesOfTask(): TaskMove[] {
    const [before, after] = [this.#before.task, this.task]
    if (before === after) return []
    const changes = [
      ['skills', skillsText(before.requiredSkills), skillsText(after.requiredSkills)],
      ['priority', String(before.priority), String(after.priority)],
      ['step', before.currentStepId, after.currentStepId],
      ['status', before.status, after.status],
    ] as const
    return changes.flatMap(([kind, from, to]) =>
      from === to ? [] : [{ ...this.#move(), kind, stepId: before.currentStepId, from, to }],
    )
  }

  #move(): Omit<TaskMove, 'kind'> {
    const { by = null, now: at } = this.rules
    return { ...NO_MOVE, taskId: this.task.taskId, at, by }
  }

  /** The draft that was handed in. */
  takeBack(row: Assignment): Assignment {
    return this.setRow(row, this.#takenBack(row))
  }

  #takenBack(row: Assignment): Assignment {
    const { handedIn, draftVersion } = row
    return {
      ...row,
      draft: handedIn?.result ?? null,
      draftComment: handedIn?.comment ?? null,
      draftVersion: draftVersion + 1,
      draftSavedAt: this.rules.now,
      ...NOTHING_WAITS,
    }
  }

  #replace(row: Assignment): Assignment {
    const place = this.#assignments.findIndex(({ assignmentId }) => assignmentId === row.assignmentId)
    this.#assignments[place] = row
    return row
  }
}

const AHEAD = { ahead: true } as const

const NO_MOVE = {
  assignmentId: null,
  stepId: null,
  userId: null,
  attempt: null,
  from: null,
  to: null,
  how: null,
  reason: null,
  decisionId: null,
  before: null,
} as const

function moveOf(row: Assignment, from: Assignment['status'] | null, reason: string | null | undefined) {
  const { taskId, assignmentId, stepId, stepType, userId, status, attempt } = row
  return {
    taskId,
    assignmentId,
    stepId,
    stepType,
    userId,
    status,
    from,
    attempt,
    ...(reason == null || reason === '' ? {} : { reason }),
  }
}
