import type {
  Assignment,
  Id,
  Project,
  ProjectId,
  Step,
  Task,
  TaskId,
  User,
  UserId,
  Workflow,
} from '@muster/core'
import type { Slot, TaskWork } from '@muster/core/ports'
import { slotsAtFirst } from '@muster/core/quality'
import { DEFAULT_ASSIGNMENT_CONFIG, isLive } from '@muster/core/rules'
import { SequentialIds } from '../system/sequential-ids.ts'

const fresh = new SequentialIds(2 ** 41)

/** When everything built here came to be, unless told otherwise. */
export const NINE = new Date('2026-01-05T09:00:00.000Z')

/** `minutes` after {@link NINE}. */
export function after(minutes: number): Date {
  return new Date(NINE.getTime() + minutes * 60_000)
}

/** An id that was never given before in this process; later ones are greater. */
export function newId<Name extends string>(): Id<Name> {
  return fresh.next() as Id<Name>
}

/** An active annotator without skills. */
export function aUser(wish: Partial<User> = {}): User {
  return {
    userId: newId<'UserId'>(),
    externalId: null,
    displayName: 'Ann',
    avatarUrl: null,
    status: 'active',
    role: 'annotator',
    skills: {},
    maxConcurrentAssignments: null,
    scripted: false,
    imported: false,
    version: 1,
    createdAt: NINE,
    ...wish,
  }
}

/** An open project with the defaults of every field. */
export function aProject(wish: Partial<Project> = {}): Project {
  return {
    projectId: newId<'ProjectId'>(),
    externalId: null,
    name: 'Languages',
    workflowId: null,
    assignment: DEFAULT_ASSIGNMENT_CONFIG,
    quality: null,
    paused: false,
    version: 1,
    createdAt: NINE,
    ...wish,
  }
}

/** An annotation step for one person, without requirements. */
export function aStep(stepId: string, wish: Partial<Step> = {}): Step {
  return {
    stepId,
    stepType: 'annotation',
    requiredSkills: [],
    assignmentsRequired: 1,
    excludes: [],
    strategy: null,
    leaseMinutes: null,
    cooldownMinutes: null,
    estimatedDurationMinutes: null,
    when: 'always',
    agreeOn: null,
    formId: null,
    jobType: null,
    ...wish,
  }
}

/** Annotation, then a review by somebody else, unless other steps are given. */
export function aWorkflow(
  steps: readonly Step[] = [
    aStep('annotate'),
    aStep('review', { stepType: 'review', excludes: ['annotate'] }),
  ],
  wish: Partial<Workflow> = {},
): Workflow {
  return { workflowId: newId<'WorkflowId'>(), name: 'Two steps', steps, version: 1, createdAt: NINE, ...wish }
}

/** A free slot of the step `annotate`. */
export function aSlot(taskId: TaskId, slotNo: number, wish: Partial<Slot> = {}): Slot {
  return {
    taskId,
    stepId: 'annotate',
    slotNo,
    state: 'free',
    assignmentId: null,
    reservedFor: null,
    wakeAt: null,
    giveUpAt: null,
    reopened: false,
    presentation: null,
    ...wish,
  }
}

/** A step whose slots are all free. */
export function freeSlots(taskId: TaskId, step: Step): Slot[] {
  const { stepId } = step
  return Array.from({ length: slotsAtFirst(step) }, (_, index) => aSlot(taskId, index + 1, { stepId }))
}

/** An open task at the workflow's first step, or at `currentStepId`, whose slots are free. */
export function aTaskWork(
  at: { readonly projectId: ProjectId; readonly workflow: Workflow },
  wish: Partial<Task> = {},
): TaskWork {
  const { workflowId, steps } = at.workflow
  const step = steps.find(({ stepId }) => wish.currentStepId === undefined || stepId === wish.currentStepId)
  const task: Task = {
    taskId: newId<'TaskId'>(),
    projectId: at.projectId,
    workflowId,
    status: 'open',
    currentStepId: step?.stepId ?? null,
    priority: 0,
    payload: { text: 'Alle mennesker er født frie' },
    requiredSkills: [],
    gold: null,
    formId: null,
    externalId: null,
    version: 1,
    cooldownUntil: null,
    stepOpenedAt: NINE,
    returns: 0,
    jobId: null,
    createdAt: NINE,
    completedAt: null,
    overlapEnds: null,
    ...wish,
  }
  return {
    task,
    slots: step && step.stepType !== 'automatic' ? freeSlots(task.taskId, step) : [],
    assignments: [],
  }
}

/** A person's row on the step a task stands at, in slot 1. */
export function anAssignment(
  { task }: TaskWork,
  workflow: Workflow,
  userId: UserId,
  wish: Partial<Assignment> = {},
): Assignment {
  const stepId = wish.stepId ?? task.currentStepId ?? ''
  const assignment: Assignment = {
    assignmentId: newId<'AssignmentId'>(),
    taskId: task.taskId,
    projectId: task.projectId,
    stepId,
    stepType: workflow.steps.find((step) => step.stepId === stepId)?.stepType ?? 'annotation',
    userId,
    slotNo: 1,
    status: 'assigned',
    attempt: 1,
    version: 1,
    assignedAt: NINE,
    acceptedAt: null,
    startedAt: null,
    submittedAt: null,
    rejectedAt: null,
    rejectReason: null,
    releaseReason: null,
    endReason: null,
    ahead: false,
    endedAt: null,
    returnComment: null,
    expiresAt: null,
    result: null,
    comment: null,
    draft: null,
    draftComment: null,
    draftVersion: 0,
    draftSavedAt: null,
    presentation: null,
    submitsAt: null,
    handedIn: null,
    handedInAt: null,
    flag: null,
    flaggedAt: null,
    previousAssignmentId: null,
    overrideReason: null,
    ...wish,
  }
  return isLive(assignment) && wish.expiresAt === undefined
    ? { ...assignment, expiresAt: after(60) }
    : assignment
}

/** `work` with one more row; its slot is held by a live one and done by a submitted one. */
export function withAssignment(work: TaskWork, assignment: Assignment): TaskWork {
  const state = isLive(assignment) ? 'held' : assignment.status === 'submitted' ? 'done' : undefined
  return {
    ...work,
    slots: work.slots.map((slot) =>
      state !== undefined && slot.stepId === assignment.stepId && slot.slotNo === assignment.slotNo
        ? { ...slot, state, assignmentId: assignment.assignmentId }
        : slot,
    ),
    assignments: [...work.assignments, assignment],
  }
}
