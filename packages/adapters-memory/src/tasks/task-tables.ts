import type {
  Assignment,
  AssignmentId,
  FormId,
  Json,
  ProjectId,
  Task,
  TaskId,
  UserId,
  Workflow,
  WorkflowId,
} from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { KeptMove, RecordedBatch, RecordedDecision, Shelf, Slot } from '@muster/core/ports'
import type { Fit, FitWithSkills, GoldCounts, RecordedOverlap } from '@muster/core/quality'
import { isLive } from '@muster/core/rules'
import { byAge, byText, keyOf } from '../jobs/order.ts'
import { ALL } from '../tables/people-tables.ts'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'

/** An open task at a people step: what a claim looks at, kept beside the task so that nothing is counted twice. */
export interface Standing {
  readonly taskId: TaskId
  readonly projectId: ProjectId
  readonly stepId: string
  readonly shelfId: number
  readonly priority: number
  readonly openedAt: Date
  /** Free slots of the step. */
  readonly free: number
  /** Cooling slots of the step. */
  readonly cooling: number
  /** Slots of the step that wait for their person. */
  readonly reserved: number
}

/** The next moment at which something of a task ends by itself. */
interface Alarm {
  readonly taskId: TaskId
  readonly at: Date
}

/** A fit with the accuracies of its people, and how many tasks were counted then. */
export interface KeptFit extends FitWithSkills {
  readonly counted: number
  /** Answers to gold that people had given by then. */
  readonly gold: Readonly<Record<UserId, GoldCounts>>
}

/** The answers that a fit is of, as one key. */
export function fitKey({
  projectId,
  stepId,
  formId,
  question,
}: Pick<Fit, 'projectId' | 'stepId' | 'formId' | 'question'>): string {
  return keyOf(projectId, stepId, formId, question)
}

/** The order inside of a shelf. */
export function longestOpenFirst(a: Standing, b: Standing): number {
  return a.openedAt.getTime() - b.openedAt.getTime() || byText(a.taskId, b.taskId)
}

function oldestFirst(a: Assignment, b: Assignment): number {
  return a.assignedAt.getTime() - b.assignedAt.getTime() || byText(a.assignmentId, b.assignmentId)
}

function inTask(a: Slot, b: Slot): number {
  return byText(a.stepId, b.stepId) || a.slotNo - b.slotNo
}

/** Rows of workflows, tasks, slots, assignments and of what is derived from them. */
export class TaskTables {
  readonly forms
  readonly formsByAge
  /** By name, the newest version last. */
  readonly formsByName
  readonly workflows
  readonly workflowsByAge
  readonly tasks
  readonly tasksByAge
  readonly completedTasks
  readonly tasksByExternalId
  /** Open tasks whose step a job does. */
  readonly automaticTasks
  /** Key: {@link keyOf}(taskId, stepId, slotNo). */
  readonly slots
  readonly slotsByReserved
  readonly slotsByTask
  readonly assignments
  readonly assignmentsByTask
  readonly assignmentsByUser
  readonly liveByUser
  /** At most one row a group: {@link keyOf}(userId, taskId, stepId). */
  readonly assignmentsByHold
  readonly shelves
  /** At most one row a group: the shelf's description as text. */
  readonly shelvesByText
  readonly shelvesByProject
  readonly standing
  readonly standingByShelf
  readonly freeByShelf
  readonly coolingByShelf
  readonly reservedByShelf
  readonly freeByProject
  readonly alarms
  readonly alarmsInOrder
  /** Key: {@link keyOf}(projectId, stepId, strategy). */
  readonly strategyStates
  readonly decisions
  readonly decisionsByTask
  readonly batches
  /** Key: `no`. */
  readonly moves
  readonly movesByTask
  readonly overlaps
  readonly overlapsByTask
  /** Key: {@link keyOf}(projectId, stepId, question, number). */
  readonly fits
  /** By project, step, form and question, the newest last. */
  readonly fitsByKey
  /** Until when a question is fitted by one alone. Key: {@link fitKey}. */
  readonly fitLeases

  constructor(journal: UndoJournal) {
    this.forms = new MemoryTable<FormId, Form>(journal)
    this.formsByAge = this.forms.index(
      () => ALL,
      byAge(({ formId }) => formId),
    )
    this.formsByName = this.forms.index(
      ({ name }) => name,
      (a, b) => a.version - b.version,
    )

    this.workflows = new MemoryTable<WorkflowId, Workflow>(journal)
    this.workflowsByAge = this.workflows.index(
      () => ALL,
      byAge(({ workflowId }) => workflowId),
    )

    this.tasks = new MemoryTable<TaskId, Task>(journal)
    this.tasksByAge = this.tasks.index(
      ({ projectId }) => projectId,
      byAge(({ taskId }) => taskId),
    )
    this.completedTasks = this.tasks.index(
      ({ projectId, status }) => (status === 'completed' ? projectId : undefined),
      (a, b) => byText(a.taskId, b.taskId),
    )
    this.tasksByExternalId = this.tasks.index(
      ({ projectId, externalId }) => (externalId === null ? undefined : keyOf(projectId, externalId)),
      (a, b) => byText(a.taskId, b.taskId),
    )
    this.automaticTasks = this.tasks.index(
      ({ status, jobId }) => (status === 'open' && jobId !== null ? ALL : undefined),
      (a, b) => byText(a.taskId, b.taskId),
    )

    this.slots = new MemoryTable<string, Slot>(journal)
    this.slotsByReserved = this.slots.index(
      ({ reservedFor }) => reservedFor ?? undefined,
      (a, b) => byText(a.taskId, b.taskId) || inTask(a, b),
    )
    this.slotsByTask = this.slots.index(({ taskId }) => taskId, inTask)

    this.assignments = new MemoryTable<AssignmentId, Assignment>(journal)
    this.assignmentsByTask = this.assignments.index(({ taskId }) => taskId, oldestFirst)
    this.assignmentsByUser = this.assignments.index(({ userId }) => userId, oldestFirst)
    this.liveByUser = this.assignments.index(
      (assignment) => (isLive(assignment) ? assignment.userId : undefined),
      oldestFirst,
    )
    this.assignmentsByHold = this.assignments.index(
      ({ userId, taskId, stepId }) => keyOf(userId, taskId, stepId),
      oldestFirst,
    )

    this.shelves = new MemoryTable<number, Shelf>(journal)
    this.shelvesByText = this.shelves.index(shelfText, (a, b) => a.shelfId - b.shelfId)
    this.shelvesByProject = this.shelves.index(
      ({ projectId }) => projectId,
      (a, b) => a.shelfId - b.shelfId,
    )

    this.standing = new MemoryTable<TaskId, Standing>(journal)
    this.standingByShelf = this.standing.index(({ shelfId }) => shelfId, longestOpenFirst)
    this.freeByShelf = this.standing.index(
      ({ shelfId, free }) => (free > 0 ? shelfId : undefined),
      longestOpenFirst,
    )
    this.coolingByShelf = this.standing.index(
      ({ shelfId, free, cooling }) => (free === 0 && cooling > 0 ? shelfId : undefined),
      longestOpenFirst,
    )
    this.reservedByShelf = this.standing.index(
      ({ shelfId, free, cooling, reserved }) =>
        free === 0 && cooling === 0 && reserved > 0 ? shelfId : undefined,
      longestOpenFirst,
    )
    this.freeByProject = this.standing.index(
      ({ projectId, free }) => (free > 0 ? projectId : undefined),
      (a, b) => b.priority - a.priority || longestOpenFirst(a, b),
    )

    this.alarms = new MemoryTable<TaskId, Alarm>(journal)
    this.alarmsInOrder = this.alarms.index(
      () => ALL,
      (a, b) => a.at.getTime() - b.at.getTime() || byText(a.taskId, b.taskId),
    )

    this.strategyStates = new MemoryTable<string, { readonly state: Json }>(journal)
    this.decisions = new MemoryTable<string, RecordedDecision>(journal)
    this.batches = new MemoryTable<string, RecordedBatch>(journal)
    this.decisionsByTask = this.decisions.index(
      ({ decision }) => decision.taskId,
      (a, b) => b.decidedAt.getTime() - a.decidedAt.getTime() || byText(b.decisionId, a.decisionId),
    )

    this.moves = new MemoryTable<number, KeptMove>(journal)
    this.movesByTask = this.moves.index(
      ({ taskId }) => taskId,
      (a, b) => a.no - b.no,
    )
    this.overlaps = new MemoryTable<string, RecordedOverlap>(journal)
    this.overlapsByTask = this.overlaps.index(
      ({ decision }) => decision.taskId,
      (a, b) =>
        b.decision.decidedAt.getTime() - a.decision.decidedAt.getTime() || byText(b.decisionId, a.decisionId),
    )
    this.fits = new MemoryTable<string, KeptFit>(journal)
    this.fitsByKey = this.fits.index(fitKey, (a, b) => a.number - b.number)
    this.fitLeases = new MemoryTable<string, { readonly until: Date }>(journal)
  }
}

/** Everything that makes two open steps share a shelf. */
export function shelfText(shelf: Omit<Shelf, 'shelfId'>): string {
  const { projectId, workflowId, stepId, requirements, priority } = shelf
  const asked = requirements.map(({ anyOf, minLevel, dropAfterMinutes }) => [
    anyOf,
    minLevel,
    dropAfterMinutes,
  ])
  return JSON.stringify([projectId, workflowId, stepId, asked, priority])
}
