import { ValidationError } from './errors.ts'

declare const brand: unique symbol

/** A UUID string that the compiler keeps apart from every other kind of id. */
export type Id<Name extends string> = string & { readonly [brand]: Name }

/** One person; may be given by the host. */
export type UserId = Id<'UserId'>
/** The boundary of ownership: members, queue, tasks, runs. */
export type ProjectId = Id<'ProjectId'>
/** The ordered steps that tasks go through. */
export type WorkflowId = Id<'WorkflowId'>
/** One version of a form. */
export type FormId = Id<'FormId'>
/** One unit of work for people. */
export type TaskId = Id<'TaskId'>
/** One person’s hold on one step of one task; the same when it is revived. */
export type AssignmentId = Id<'AssignmentId'>
/** One version of an evaluation. */
export type DefinitionId = Id<'DefinitionId'>
/** One execution of a definition. */
export type RunId = Id<'RunId'>
/** Also the `itemId` of the queue: an item *is* its job. */
export type JobId = Id<'JobId'>
/** One move on all that matches a filter. */
export type OperationId = Id<'OperationId'>
/** One comparison of two runs' models. */
export type ComparisonId = Id<'ComparisonId'>
/** One sample of a run that people label, to check a judge. */
export type CalibrationId = Id<'CalibrationId'>
/** One decision by a policy. */
export type GateId = Id<'GateId'>
/** Something that starts by the clock. */
export type ScheduleId = Id<'ScheduleId'>
/** A cap on money. */
export type BudgetId = Id<'BudgetId'>
/** A receiver outside that is told what happens. */
export type WebhookId = Id<'WebhookId'>
/** One file that is brought. */
export type ImportId = Id<'ImportId'>
/** Files that are written of what was made. */
export type ExportId = Id<'ExportId'>
/** One event, on whatever wire it comes. */
export type EventId = Id<'EventId'>
/** One worker process between its registration and its end or its lost lease. Never used twice. */
export type WorkerId = Id<'WorkerId'>
/** A process from the first part that it plays to its end. Never used twice. */
export type ProcessId = Id<'ProcessId'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether `value` is a UUID of any version, in either case, and so may be an id of whatever kind. */
// biome-ignore lint/suspicious/noExplicitAny: an id of every kind, for nobody can see which
export function isUuid(value: unknown): value is Id<any> {
  return typeof value === 'string' && UUID.test(value)
}

/** The id of a person, in lower case, as all ids are kept. @throws ValidationError unless it is a UUID */
export function userId(text: string): UserId {
  if (isUuid(text)) return text.toLowerCase() as UserId
  throw new ValidationError([{ path: 'userId', message: 'must be a UUID' }])
}
