declare const brand: unique symbol

/** A UUID string that the compiler keeps apart from every other kind of id. */
export type Id<Name extends string> = string & { readonly [brand]: Name }

export type UserId = Id<'UserId'>
export type ProjectId = Id<'ProjectId'>
export type WorkflowId = Id<'WorkflowId'>
export type TaskId = Id<'TaskId'>
export type AssignmentId = Id<'AssignmentId'>
export type DefinitionId = Id<'DefinitionId'>
export type RunId = Id<'RunId'>
/** Also the `itemId` of the queue: an item *is* its job. */
export type JobId = Id<'JobId'>
export type EventId = Id<'EventId'>
/** One worker process between its registration and its end or its lost lease. Never used twice. */
export type WorkerId = Id<'WorkerId'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether `text` is a UUID of any version, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
