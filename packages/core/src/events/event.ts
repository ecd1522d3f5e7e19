import type {
  AssignmentId,
  BudgetId,
  CalibrationId,
  ComparisonId,
  EventId,
  ExportId,
  GateId,
  ImportId,
  JobId,
  OperationId,
  ProjectId,
  RunId,
  ScheduleId,
  TaskId,
  UserId,
  WebhookId,
} from '../ids.ts'

interface TaskMove {
  readonly taskId: TaskId
  readonly assignmentId: AssignmentId
  readonly stepId: string
  readonly stepType: string
  readonly userId: UserId
  readonly status: string
  /** The state before; null for a row that is new. */
  readonly from: string | null
  readonly attempt: number
  readonly reason?: string
  /** It is held ahead of what its person works on, or was until this move: they have not seen it. */
  readonly ahead?: true
}

interface JobMove {
  readonly itemId: JobId
  readonly runId: RunId | null
  readonly type: string
  readonly attempt: number
  readonly error?: { readonly code: string; readonly message: string }
}

type ItemOrRun =
  | {
      readonly itemId: JobId
      readonly type: string
      readonly priority: number
      readonly createdBy: UserId | null
    }
  | { readonly runId: RunId; readonly count: number; readonly createdBy: UserId | null }

/** Loose items that came in one call, too many to be named: how many, and of which types. */
interface ManyItems {
  readonly count: number
  readonly types: Readonly<Record<string, number>>
  readonly createdBy: UserId | null
}

/** A budget as facts tell of it, in millionths of the currency unit. */
export interface BudgetFact {
  readonly budgetId: BudgetId
  /** null: it is of the project. */
  readonly runId: string | null
  /** The zone of a budget by day. */
  readonly day: string | null
  readonly capMicros: number
  readonly spentMicros: number
}

/** The data of each fact. No payload, result, model or scenarioId in any: annotators see project events. */
export interface FactData {
  /** Into `assigned`: pull, push, batch, revival, return. */
  task_assigned: TaskMove
  /** A slot handed from one person to another; both are affected. */
  task_reassigned: TaskMove & { readonly previousUserId: UserId; readonly previousAssignmentId: AssignmentId }
  /** Every other change of an assignment by its holder or a manager. */
  task_status_changed: TaskMove
  /** An assignment that its holder lost through no move of theirs: expired, task cancelled, removed, suspended. */
  task_unavailable: TaskMove
  task_added: { readonly taskIds: readonly TaskId[]; readonly count: number }
  task_updated: { readonly taskId: TaskId; readonly status: string; readonly priority: number }
  /** A person has marked their work on a task for the managers. */
  task_flagged: {
    readonly taskId: TaskId
    readonly assignmentId: AssignmentId
    readonly stepId: string
    readonly userId: UserId
  }
  /** One more person is asked about a step than before: of `max` at most `slots` so far. */
  task_overlap_added: {
    readonly taskId: TaskId
    readonly stepId: string
    readonly slots: number
    readonly max: number
  }
  /** Without its externalId if a step of it has a form: those who work by it are not told. */
  task_completed: { readonly taskId: TaskId; readonly externalId: string | null }
  run_status_changed: {
    readonly runId: RunId
    readonly status: string
    readonly from: string | null
    readonly version: number
  }
  /** Its pace or its priority is another. */
  run_changed: {
    readonly runId: RunId
    readonly priority: string
    readonly maxJobsPerSecond: number | null
    readonly version: number
  }
  queue_item_added: ItemOrRun | ManyItems
  queue_item_removed: ItemOrRun
  job_failed: JobMove
  queue_paused: { readonly global: boolean }
  queue_resumed: { readonly global: boolean }
  queue_cleared: { readonly cancelled: number }
  /** The person is given nothing in the project. `by` is the manager who says so; null: nobody, or the host. */
  person_paused: {
    readonly userId: UserId
    readonly projectId: ProjectId
    readonly reason: string
    readonly by: UserId | null
  }
  /** The person is given work again; `by` as in a pause. */
  person_resumed: { readonly userId: UserId; readonly projectId: ProjectId; readonly by: UserId | null }
  /** An answer to a control was held against the known one. */
  control_judged: { readonly taskId: TaskId; readonly assignmentId: AssignmentId; readonly right: boolean }
  /** No control is left for the person, or too few for their first ones; once a day. */
  controls_exhausted: { readonly userId: UserId; readonly stepId: string }
  /** An operation has ended: how many of the project's it moved, and why it passed over others. */
  operation_done: {
    readonly operationId: OperationId
    readonly subject: string
    readonly action: string
    readonly state: string
    readonly done: number
    readonly skipped: Readonly<Record<string, number>>
    readonly createdBy: UserId | null
  }
  /** A model's calls have no price, so they count as free; once a day and project. */
  price_missing: { readonly model: string }
  /** A budget of the project or of one of its runs has come to its soft share; once in a period, and after each change. */
  budget_warned: BudgetFact
  /** A budget has refused a start for the first time; once in a period, and after each change. */
  budget_reached: BudgetFact
  /** A budget was made, changed or removed. */
  budget_changed: BudgetFact & { readonly change: 'added' | 'changed' | 'removed' }
  /** Two models were compared. */
  comparison_created: { readonly comparisonId: ComparisonId }
  /** Units of a run were drawn for people to label. */
  calibration_drawn: { readonly calibrationId: CalibrationId; readonly units: number }
  /** Every task of a calibration has ended. */
  calibration_completed: { readonly calibrationId: CalibrationId }
  /** A policy was applied to two models. */
  gate_decided: { readonly gateId: GateId; readonly decision: string }
  /** Somebody made, changed, paused, resumed or removed a schedule. `by` null: nobody, or the host. */
  schedule_changed: {
    readonly scheduleId: ScheduleId
    readonly name: string
    readonly change: 'added' | 'changed' | 'paused' | 'resumed' | 'removed'
    readonly version: number
    readonly by: UserId | null
  }
  /** A tick could not start its work; `paused`: it was one too many, and none comes after it. */
  schedule_refused: {
    readonly scheduleId: ScheduleId
    readonly name: string
    readonly plannedAt: string
    readonly error: { readonly code: string; readonly message: string }
    readonly paused: boolean
  }
  /** A webhook is told nothing until somebody enables it. */
  webhook_disabled: { readonly webhookId: WebhookId; readonly reason: string }
  /** A file was brought, or refused: how many of its records met which end. */
  import_ended: {
    readonly importId: ImportId
    readonly status: string
    readonly target: string | null
    readonly dryRun: boolean
    readonly counts: Readonly<Record<string, number>>
  }
  /** Files were written, or could not be. */
  export_ended: {
    readonly exportId: ExportId
    readonly status: string
    readonly what: string
    readonly format: string
    readonly rows: number
  }
}

/** Facts by name. */
export type FactType = keyof FactData

/** All of them. */
export const FACT_TYPES = [
  'task_assigned',
  'task_reassigned',
  'task_status_changed',
  'task_unavailable',
  'task_added',
  'task_updated',
  'task_flagged',
  'task_overlap_added',
  'task_completed',
  'run_status_changed',
  'run_changed',
  'queue_item_added',
  'queue_item_removed',
  'job_failed',
  'queue_paused',
  'queue_resumed',
  'queue_cleared',
  'person_paused',
  'person_resumed',
  'control_judged',
  'controls_exhausted',
  'operation_done',
  'price_missing',
  'budget_warned',
  'budget_reached',
  'budget_changed',
  'comparison_created',
  'calibration_drawn',
  'calibration_completed',
  'gate_decided',
  'schedule_changed',
  'schedule_refused',
  'webhook_disabled',
  'import_ended',
  'export_ended',
] as const satisfies readonly FactType[]

/** `members`: everybody in the project. `affected`: those named, and the project's managers. `managers`: these alone. Admins always. */
export type Audience = 'members' | 'affected' | 'managers'

/** A fact about to be written; {@link fact} makes one. */
export type NewFact = {
  [Type in FactType]: {
    readonly projectId: ProjectId
    readonly type: Type
    readonly audience: Audience
    readonly affectedUserIds: readonly UserId[] | null
    readonly data: FactData[Type]
  }
}[FactType]

/** A fact that has been committed, with its place in its project's feed. */
export type Fact = NewFact & {
  readonly eventId: EventId
  /** 1, 2, 3 … per project without a gap, in commit order. */
  readonly seq: number
  readonly occurredAt: Date
}

/** Facts that managers alone are told. */
const MANAGERS_OWN: ReadonlySet<FactType> = new Set([
  'task_added',
  'task_updated',
  'task_flagged',
  'task_overlap_added',
  'control_judged',
  'controls_exhausted',
  'operation_done',
  'price_missing',
  'budget_warned',
  'budget_reached',
  'budget_changed',
  'comparison_created',
  'calibration_drawn',
  'calibration_completed',
  'gate_decided',
  'schedule_changed',
  'schedule_refused',
  'webhook_disabled',
  'import_ended',
  'export_ended',
])

/** Makes a fact. Its audience follows from its type and from whether people are named, and is frozen here. */
export function fact<Type extends FactType>(
  projectId: ProjectId,
  type: Type,
  data: FactData[Type],
  affectedUserIds: readonly UserId[] | null = null,
): NewFact {
  const audience: Audience = MANAGERS_OWN.has(type)
    ? 'managers'
    : affectedUserIds === null
      ? 'members'
      : 'affected'
  return { projectId, type, audience, affectedUserIds, data } as NewFact
}
