import type { Assignment, Step, Task, TaskId } from '@muster/core'
import type { Shelf, Slot, TaskMove, TaskWork } from '@muster/core/ports'
import { isPeopleStep } from '@muster/core/rules'
import { keyOf } from '../jobs/order.ts'
import { shelfText, type TaskTables } from './task-tables.ts'

/** Reads and writes the rows of one task, and keeps what is derived from them in step. */
export class TaskRows {
  readonly #tables: TaskTables

  constructor(tables: TaskTables) {
    this.#tables = tables
  }

  /** The task with everything on it. */
  workOf(task: Task): TaskWork {
    return {
      task,
      slots: this.#tables.slotsByTask.in(task.taskId).slice(),
      assignments: this.#tables.assignmentsByTask.in(task.taskId).slice(),
    }
  }

  /** The step a task stands at; null once it is completed or cancelled. */
  stepOf(task: Task): Step | null {
    if (task.currentStepId === null) return null
    const workflow = this.#tables.workflows.get(task.workflowId)
    const step = workflow?.steps.find(({ stepId }) => stepId === task.currentStepId)
    if (!step) throw new Error(`Task ${task.taskId} stands at a step that its workflow does not have`)
    return step
  }

  writeTask(task: Task): void {
    this.#tables.tasks.set(task.taskId, task)
  }

  writeSlot(slot: Slot): void {
    this.#tables.slots.set(slotKey(slot), slot)
  }

  writeAssignment(assignment: Assignment): void {
    this.#tables.assignments.set(assignment.assignmentId, assignment)
  }

  writeMove(move: TaskMove): void {
    const no = this.#tables.moves.size + 1
    this.#tables.moves.set(no, { no, ...move })
  }

  /** To be called after rows of the task were written: puts it on its shelf and sets its alarm. */
  settle(taskId: TaskId): void {
    this.#stand(taskId)
    this.#setAlarm(taskId)
  }

  #stand(taskId: TaskId): void {
    const task = this.#tables.tasks.get(taskId)
    const step = task?.status === 'open' ? this.stepOf(task) : null
    if (!task || !step || !isPeopleStep(step)) {
      this.#tables.standing.delete(taskId)
      return
    }
    const slots = this.#tables.slotsByTask.in(taskId).filter(({ stepId }) => stepId === step.stepId)
    this.#tables.standing.set(taskId, {
      taskId,
      projectId: task.projectId,
      stepId: step.stepId,
      shelfId: this.#shelfFor(task, step),
      priority: task.priority,
      openedAt: task.stepOpenedAt,
      free: slots.filter(({ state }) => state === 'free').length,
      cooling: slots.filter(({ state }) => state === 'cooling').length,
      reserved: slots.filter(({ state }) => state === 'reserved').length,
    })
  }

  #shelfFor(task: Task, { stepId, stepType, requiredSkills }: Step): number {
    const { projectId, workflowId, priority } = task
    const requirements = [...requiredSkills, ...task.requiredSkills]
    const shelf: Omit<Shelf, 'shelfId'> = { projectId, workflowId, stepId, stepType, requirements, priority }
    const known = this.#tables.shelvesByText.in(shelfText(shelf))[0]
    if (known) return known.shelfId
    const shelfId = this.#tables.shelves.size + 1
    this.#tables.shelves.set(shelfId, { shelfId, ...shelf })
    return shelfId
  }

  #setAlarm(taskId: TaskId): void {
    const leases = this.#tables.assignmentsByTask
      .in(taskId)
      .map(({ expiresAt, submitsAt }) => submitsAt ?? expiresAt)
    const rests = this.#tables.slotsByTask
      .in(taskId)
      .map(({ state, wakeAt }) => (state === 'cooling' || state === 'reserved' ? wakeAt : null))
    const moments = [...leases, ...rests, this.#givenUpAt(taskId)].flatMap(
      (moment) => moment?.getTime() ?? [],
    )
    if (moments.length === 0) this.#tables.alarms.delete(taskId)
    else this.#tables.alarms.set(taskId, { taskId, at: new Date(Math.min(...moments)) })
  }

  /** When the step is completed as it is: once all of its slots that are not done were added and have waited long enough. */
  #givenUpAt(taskId: TaskId): Date | null {
    const step = this.#tables.standing.get(taskId)
    const open = this.#tables.slotsByTask
      .in(taskId)
      .filter(({ stepId, state }) => stepId === step?.stepId && state !== 'done')
    const moments = open.flatMap(({ state, giveUpAt }) => (state === 'free' && giveUpAt ? [giveUpAt] : []))
    if (moments.length === 0 || moments.length < open.length) return null
    return new Date(Math.max(...moments.map((moment) => moment.getTime())))
  }
}

/** The key of a slot in its table. */
export function slotKey({ taskId, stepId, slotNo }: Slot): string {
  return keyOf(taskId, stepId, slotNo)
}
