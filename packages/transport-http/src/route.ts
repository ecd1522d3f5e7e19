import type {
  AssignmentId,
  DefinitionId,
  FormId,
  Id,
  JobId,
  OperationId,
  ProjectId,
  RunId,
  TaskId,
  UserId,
  WorkflowId,
} from '@muster/core'
import type { CalibrationId, ComparisonId, GateId } from '@muster/core/evaluation'
import type { ExportId, ImportId } from '@muster/core/exchange'
import type { WorkerId } from '@muster/core/ports'
import type { ScheduleId } from '@muster/core/schedules'
import { externalId, pageCursor, pageLimit, uuid } from '@muster/core/schemas'
import type { BudgetId } from '@muster/core/usage'
import type { WebhookId } from '@muster/core/webhooks'
import type { Muster } from '@muster/host'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import { z } from 'zod'

/** Requests have the types of their Zod schemas. Answers are documented by schemas, and held to them by tests, not by the compiler: instants go out as text. */
interface ZodRequests extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  readonly serializer: unknown
}

/** A Fastify instance whose schemas are Zod's. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodRequests
>

/** Adds the routes of one subject. */
export type Routes = (app: App, muster: Muster) => void

/** Body limit of tasks and JSON definitions. */
export const LARGE_BODY = 16 * 1024 * 1024

/** An id in a path. One that is no UUID is answered with 404 by the authorization, so its shape is not checked here. */
function inPath<Kind extends Id<string>>(): z.ZodType<Kind, string> {
  return z.string() as unknown as z.ZodType<Kind, string>
}

/** An id in a query. */
export function inQuery<Kind extends Id<string>>(): z.ZodType<Kind, string> {
  return uuid as unknown as z.ZodType<Kind, string>
}

export const byAssignment = z.object({ id: inPath<AssignmentId>() })
export const byBudget = z.object({ id: inPath<BudgetId>() })
export const byCalibration = z.object({ id: inPath<CalibrationId>() })
export const byComparison = z.object({ id: inPath<ComparisonId>() })
export const byDefinition = z.object({ id: inPath<DefinitionId>() })
export const byExport = z.object({ id: inPath<ExportId>() })
export const byExportFile = z.object({ id: inPath<ExportId>(), name: z.string() })
export const byForm = z.object({ id: inPath<FormId>() })
export const byGate = z.object({ id: inPath<GateId>() })
export const byImport = z.object({ id: inPath<ImportId>() })
export const byItem = z.object({ projectId: inPath<ProjectId>(), itemId: inPath<JobId>() })
/** A key, which any text may be. Core says which are keys. */
export const byKey = z.object({ key: z.string() })
export const byMember = z.object({ projectId: inPath<ProjectId>(), userId: inPath<UserId>() })
export const byJob = z.object({ id: inPath<JobId>() })
export const byOperation = z.object({ id: inPath<OperationId>() })
export const byProject = z.object({ projectId: inPath<ProjectId>() })
export const byRun = z.object({ id: inPath<RunId>() })
export const bySchedule = z.object({ id: inPath<ScheduleId>() })
export const byTask = z.object({ id: inPath<TaskId>() })
export const byUser = z.object({ id: inPath<UserId>() })
export const byWebhook = z.object({ id: inPath<WebhookId>() })
export const byWorker = z.object({ id: inPath<WorkerId>() })
export const byWorkflow = z.object({ id: inPath<WorkflowId>() })

/** A query or body in which nothing may be. */
export const nothing = z.strictObject({})

/** What would happen, if it is asked for. */
export const dryRunQuery: z.ZodType<{ dryRun?: 'true' | 'false' | undefined }> = z.strictObject({
  dryRun: z.enum(['true', 'false']).optional(),
})

/** `?limit` and `?cursor` of every list. */
export const paging = {
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
}

export const pagingQuery = z.strictObject(paging)

/** The query of a list in which the host may look for an id of its own. */
export const byExternalId = z.strictObject({ ...paging, externalId: externalId.optional() })
