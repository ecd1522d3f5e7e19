import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  type jsonSchemaTransform,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LONGEST_KEY } from './requests/idempotency.ts'
import { IF_MATCH } from './requests/versions.ts'
import * as answers from './schemas.ts'

const TAGS: Readonly<Record<string, string>> = {
  Assignments: 'One person’s hold on one step of one task',
  Budgets: 'Caps on what a run, a project or its day may cost',
  Definitions: 'Versioned evaluations: scenarios, and the type of job that probes one',
  Evaluation: 'Whether one model is better than another, by what is kept of runs, and whether to ship it',
  Exports: 'Results, answers and scenarios as files of other tools',
  Forms: 'What people are shown of a task and what they are asked, as data',
  Imports: 'Files that become tasks, definitions and forms',
  Jobs: 'Jobs of one project or all, why they fail, and moves on many',
  Limits: 'How much may begin under a key, for all processes together',
  Live: 'What a socket needs before it opens',
  Operations: 'Moves on all that matches a filter, and how far they have come',
  People: 'Users, their skills and their quality',
  'Personal queue': 'What the caller has to do',
  Presence: 'Who has a project open',
  'Project queue': 'The jobs of a project, in their order',
  Projects: 'The boundary of ownership: members, queue, tasks, runs',
  Quality: 'How far people agree, how well they answer, and who is given nothing',
  Runs: 'Executions of a definition: sampled scenarios × models, as jobs',
  Schedules: 'Work that starts by the clock',
  System: 'All queues together',
  Usage: 'What calls of providers used, and what they cost',
  Tasks: 'Work for people, going through the steps of a workflow',
  Webhooks: 'Receivers outside that are told what happens',
  Workers: 'Programs that do jobs over HTTP, each with a token of the role `worker`',
  Workflows: 'The ordered steps that a task goes through',
}

/** The head of the OpenAPI document of the routes below `prefix`; its paths, which leave the prefix out, come from them. */
export function apiDocument(prefix: string): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  const servers = [{ url: prefix === '' ? '/' : prefix, description: 'Where this document was read' }]
  return { ...HEAD, servers }
}

const HEAD: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Muster',
    version: '1',
    summary: 'People and machines on one work queue',
    description:
      'Lists take `limit` and `cursor`. Creating calls accept an `Idempotency-Key`. Versioned resources send an `ETag` and honour `If-Match`. Errors are RFC 9457 problems whose `code` is stable. What is not documented is refused: fields, parameters, values. Lengths count characters as Unicode does (code points). No text, also inside of JSON, has U+0000 or a lone surrogate.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  security: [{ bearer: [] }],
}

/** What generated clients call the operations. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'GET /session': 'getSession',
  'GET /me': 'getMe',
  'PATCH /me': 'changeMe',
  'GET /me/settings': 'getMySettings',
  'PUT /me/settings': 'keepMySettings',
  'GET /queue': 'listMyQueue',
  'GET /queue/stats': 'getMyQueueStats',
  'GET /queue/outlook': 'getMyOutlook',
  'POST /queue/next': 'claimNext',
  'GET /queue/presence/:projectId': 'listPresence',
  'POST /ws-ticket': 'takeWsTicket',

  'GET /assignments/:id': 'getAssignment',
  'GET /assignments/:id/work': 'getAssignmentWork',
  'PUT /assignments/:id/draft': 'saveDraft',
  'PUT /assignments/:id/flag': 'flagAssignment',
  'DELETE /assignments/:id/flag': 'unflagAssignment',
  'POST /assignments/:id/accept': 'acceptAssignment',
  'POST /assignments/:id/start': 'startAssignment',
  'POST /assignments/:id/heartbeat': 'heartbeatAssignment',
  'POST /assignments/:id/submit': 'submitAssignment',
  'DELETE /assignments/:id/submission': 'takeBackSubmission',
  'POST /assignments/:id/reject': 'rejectAssignment',
  'POST /assignments/:id/release': 'releaseAssignment',
  'POST /assignments/:id/reassign': 'reassignAssignment',

  'POST /projects/:projectId/comparisons': 'addComparison',
  'GET /projects/:projectId/comparisons': 'listComparisons',
  'GET /comparisons/:id': 'getComparison',
  'GET /comparisons/:id/pairs.ndjson': 'listComparedPairs',
  'GET /comparisons/:id/report.html': 'getComparisonReport',
  'POST /comparisons/:id/tasks': 'askPeople',
  'POST /runs/:id/metrics': 'getRunMetrics',
  'POST /projects/:projectId/gates': 'runGate',
  'GET /projects/:projectId/gates': 'listGates',
  'GET /gates/:id': 'getGate',
  'POST /projects/:projectId/calibrations': 'startCalibration',
  'GET /projects/:projectId/calibrations': 'listCalibrations',
  'GET /calibrations/:id': 'getCalibration',
  'GET /calibrations/:id/report.html': 'getCalibrationReport',
  'POST /calibrations/:id/extend': 'extendCalibration',
  'POST /calibrations/:id/cancel': 'cancelCalibration',
  'GET /calibrations/:id/units.ndjson': 'listCalibrationUnits',

  'POST /projects/:projectId/tasks': 'addTasks',
  'GET /projects/:projectId/tasks': 'listTasks',
  'GET /projects/:projectId/tasks/counts': 'getTaskCounts',
  'GET /tasks': 'listAllTasks',
  'GET /tasks/counts': 'getAllTaskCounts',
  'POST /tasks/bulk': 'bulkTasks',
  'GET /tasks/:id': 'getTask',
  'PATCH /tasks/:id': 'changeTask',
  'POST /tasks/:id/cancel': 'cancelTask',
  'POST /tasks/:id/end-reservations': 'endReservations',
  'POST /tasks/:id/assign': 'assignTask',
  'GET /tasks/:id/candidates': 'listCandidates',
  'GET /tasks/:id/history': 'getTaskHistory',
  'GET /tasks/:id/decisions': 'getTaskDecisions',
  'POST /projects/:projectId/assignments/batch': 'assignBatch',
  'GET /projects/:projectId/position': 'getPositionEffects',
  'GET /projects/:projectId/results.ndjson': 'readProjectResults',

  'GET /projects/:projectId/agreement': 'readAgreement',
  'GET /projects/:projectId/agreement/matrix': 'readAgreementMatrix',
  'GET /projects/:projectId/people': 'listPeopleOfProject',
  'GET /projects/:projectId/people/:userId': 'getPersonOfProject',
  'GET /projects/:projectId/people/:userId/quality': 'getPersonQuality',
  'POST /projects/:projectId/people/:userId/pause': 'pausePerson',
  'POST /projects/:projectId/people/:userId/resume': 'resumePerson',
  'POST /projects/:projectId/people/:userId/reopen': 'reopenWork',
  'GET /projects/:projectId/aggregates.ndjson': 'readAggregates',
  'GET /projects/:projectId/strengths': 'readStrengths',
  'POST /projects/:projectId/refit': 'refit',
  'GET /projects/:projectId/fits': 'listFits',

  'GET /projects/:projectId/events': 'listEvents',
  'GET /projects/:projectId/queue/status': 'getQueueStatus',
  'POST /projects/:projectId/queue/add': 'addToQueue',
  'POST /projects/:projectId/queue/add-many': 'addManyToQueue',
  'GET /projects/:projectId/queue/:itemId': 'getQueueItem',
  'DELETE /projects/:projectId/queue/:itemId': 'cancelQueueItem',
  'PUT /projects/:projectId/queue/:itemId/priority': 'setQueueItemPriority',
  'POST /projects/:projectId/queue/:itemId/retry': 'retryQueueItem',
  'DELETE /projects/:projectId/queue': 'clearQueue',
  'POST /projects/:projectId/queue/pause': 'pauseQueue',
  'POST /projects/:projectId/queue/resume': 'resumeQueue',
  'GET /jobs': 'findJobs',
  'GET /jobs/causes': 'listJobCauses',
  'GET /jobs/:id': 'getJob',
  'GET /jobs/:id/flow': 'getJobFlow',
  'POST /jobs/bulk': 'moveJobs',
  'POST /jobs/export': 'exportJobs',
  'GET /projects/:projectId/jobs': 'findProjectJobs',
  'GET /projects/:projectId/jobs/causes': 'listProjectJobCauses',
  'GET /operations/:id': 'getOperation',
  'DELETE /operations/:id': 'stopOperation',
  'POST /projects/:projectId/schedules': 'addSchedule',
  'GET /projects/:projectId/schedules': 'listSchedules',
  'POST /projects/:projectId/schedules/preview': 'previewSchedule',
  'GET /schedules/:id': 'getSchedule',
  'PATCH /schedules/:id': 'changeSchedule',
  'DELETE /schedules/:id': 'removeSchedule',
  'POST /schedules/:id/pause': 'pauseSchedule',
  'POST /schedules/:id/resume': 'resumeSchedule',
  'POST /schedules/:id/fire': 'fireSchedule',
  'GET /schedules/:id/next': 'listNextTicks',
  'GET /schedules/:id/ticks': 'listTicks',
  'POST /workers': 'openWorker',
  'DELETE /workers/:id': 'closeWorker',
  'POST /workers/:id/claim': 'claimJobs',
  'POST /workers/:id/heartbeat': 'heartbeatWorker',
  'POST /workers/:id/settle': 'settleJobs',
  'POST /workers/:id/return': 'returnJobs',

  'POST /projects/:projectId/webhooks': 'addWebhook',
  'GET /projects/:projectId/webhooks': 'listWebhooks',
  'POST /webhooks': 'addWebhookOfAll',
  'GET /webhooks': 'listWebhooksOfAll',
  'GET /webhooks/:id': 'getWebhook',
  'PATCH /webhooks/:id': 'changeWebhook',
  'DELETE /webhooks/:id': 'removeWebhook',
  'POST /webhooks/:id/rotate': 'rotateWebhookSecret',
  'POST /webhooks/:id/enable': 'enableWebhook',
  'POST /webhooks/:id/disable': 'disableWebhook',
  'POST /webhooks/:id/test': 'testWebhook',
  'POST /webhooks/:id/replay': 'replayWebhook',
  'GET /webhooks/:id/deliveries': 'listDeliveries',
  'POST /projects/:projectId/imports': 'bringFile',
  'GET /projects/:projectId/imports': 'listImports',
  'POST /projects/:projectId/imports/preview': 'previewFile',
  'POST /projects/:projectId/exports': 'startExport',
  'GET /projects/:projectId/exports': 'listExports',
  'GET /exports/:id': 'getExport',
  'GET /exports/:id/manifest.json': 'getExportManifest',
  'GET /exports/:id/files/:name': 'readExportFile',
  'GET /imports/:id': 'getImport',
  'GET /imports/:id/report.ndjson': 'readImportReport',
  'POST /imports/:id/cancel': 'cancelImport',
  'GET /system': 'getSystem',
  'GET /system/processes': 'listProcesses',
  'GET /system/queue': 'getSystemQueue',
  'POST /system/queue/pause': 'pauseSystem',
  'POST /system/queue/resume': 'resumeSystem',

  'POST /projects/:projectId/definitions': 'addDefinition',
  'GET /projects/:projectId/definitions': 'listDefinitions',
  'GET /definitions/:id': 'getDefinition',
  'GET /definitions/:id/scenarios': 'listScenarios',
  'POST /projects/:projectId/runs': 'startRun',
  'GET /projects/:projectId/runs': 'listRuns',
  'GET /projects/:projectId/steps': 'getStepTotals',
  'GET /projects/:projectId/rates': 'getRates',
  'GET /system/rates': 'getSystemRates',
  'GET /projects/:projectId/usage': 'getUsage',
  'GET /limits': 'listLimits',
  'GET /limits/:key': 'getLimit',
  'PUT /limits/:key': 'putLimit',
  'DELETE /limits/:key': 'deleteLimit',
  'POST /limits/:key/cool': 'coolLimit',
  'POST /limits/:key/warm': 'warmLimit',
  'POST /projects/:projectId/budgets': 'addBudget',
  'GET /projects/:projectId/budgets': 'listBudgets',
  'GET /budgets': 'listAllBudgets',
  'GET /budgets/:id': 'getBudget',
  'PUT /budgets/:id': 'putBudget',
  'DELETE /budgets/:id': 'deleteBudget',
  'GET /usage': 'getAllUsage',
  'GET /prices': 'listPrices',
  'PUT /prices': 'putPrices',
  'GET /runs': 'listAllRuns',
  'GET /runs/:id': 'getRun',
  'PATCH /runs/:id': 'changeRun',
  'GET /runs/:id/progress': 'getRunProgress',
  'GET /runs/:id/rates': 'getRunRates',
  'GET /runs/:id/flow': 'getRunFlow',
  'POST /runs/:id/refresh': 'refreshRun',
  'GET /runs/:id/matrix': 'getRunMatrix',
  'GET /runs/:id/matrix/places': 'findRunPlaces',
  'GET /runs/:id/jobs': 'listRunJobs',
  'GET /runs/:id/results.ndjson': 'readRunResults',
  'POST /runs/:id/pause': 'pauseRun',
  'POST /runs/:id/resume': 'resumeRun',
  'POST /runs/:id/cancel': 'cancelRun',
  'POST /runs/:id/retry-failed': 'retryFailedJobs',
  'GET /runs/:id/escalation': 'getEscalation',
  'PUT /runs/:id/escalation': 'changeEscalation',
  'POST /runs/:id/escalate': 'escalateRun',
  'GET /runs/:id/escalations': 'listEscalations',
  'POST /runs/:id/escalations': 'escalateByHand',
  'GET /runs/:id/people': 'comparePeople',

  'POST /projects': 'addProject',
  'GET /projects': 'listProjects',
  'GET /projects/:projectId': 'getProject',
  'PATCH /projects/:projectId': 'changeProject',
  'GET /projects/:projectId/members': 'listMembers',
  'PUT /projects/:projectId/members/:userId': 'addMember',
  'DELETE /projects/:projectId/members/:userId': 'removeMember',
  'POST /workflows': 'addWorkflow',
  'GET /workflows': 'listWorkflows',
  'GET /workflows/:id': 'getWorkflow',
  'POST /forms': 'addForm',
  'GET /forms': 'listForms',
  'GET /forms/:id': 'getForm',
  'GET /forms/:id/schema': 'getFormSchema',
  'GET /form-templates': 'listFormTemplates',
  'POST /forms/check': 'checkForm',
  'POST /users': 'addUser',
  'GET /users': 'listUsers',
  'GET /users/:id': 'getUser',
  'PATCH /users/:id': 'changeUser',
  'GET /users/:id/quality': 'listQuality',
  'PUT /users/:id/quality': 'setQuality',
}

const IDEMPOTENCY_KEY = {
  type: 'string',
  minLength: 1,
  maxLength: LONGEST_KEY,
  description:
    'A call repeated with the same key and body is answered as the first was, and does nothing more',
}
const IF_MATCH_HEADER = {
  type: 'string',
  pattern: IF_MATCH.source,
  description:
    'The ETag that the change was decided by: where it is no longer the latest, 412 and nothing changes',
}
const ETAG = { etag: { type: 'string', description: 'The version, to be sent back as If-Match' } }

/** Answers by the names that generated clients give their types: those that they are exported by. */
const named = z.registry<{ id: string }>()
for (const [name, schema] of Object.entries(answers)) {
  if (schema instanceof z.ZodType) named.add(schema, { id: name[0]?.toUpperCase() + name.slice(1) })
}

const FROM_ZOD = {
  schemaRegistry: named,
  zodToJsonConfig: {
    // What is said of a schema where it is made stands in the registry that all share, and names there are of other documents.
    override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void => {
      const { id: _id, ...said } = z.globalRegistry.get(zodSchema) ?? {}
      Object.assign(jsonSchema, said)
    },
  },
}
const transformed = createJsonSchemaTransform(FROM_ZOD)

interface Described {
  readonly response?: Readonly<Record<string, object>>
  readonly body?: object
}

/** Adds the answers that have names to the document; {@link completed} takes those out that no route gives. */
export const withSchemas = createJsonSchemaTransformObject(FROM_ZOD)

/** Says of a route what its schemas do not: its name, the headers that it takes and gives, and the lines of JSON that it also reads. */
export function describeRoutes(prefix: string): typeof jsonSchemaTransform {
  return (document) => {
    const route = transformed(document)
    const { url, schema } = route
    const { method, config = {} } = document.route as RouteOptions
    const operationId = OPERATIONS[`${[method].flat()[0]} ${url.slice(prefix.length)}`]
    if (operationId === undefined) return route
    const { response = {}, body } = schema as Described
    const changes = config.etag === true && method !== 'GET' && !('201' in response)
    const headers = {
      ...(config.idempotent === true && { 'Idempotency-Key': IDEMPOTENCY_KEY }),
      ...(changes && { 'If-Match': IF_MATCH_HEADER }),
    }
    return {
      url,
      schema: {
        ...schema,
        operationId,
        ...(Object.keys(headers).length > 0 && { headers: { type: 'object', properties: headers } }),
        ...(config.file === true && {
          body: { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
        }),
        ...(config.streams === true && {
          body: {
            content: {
              'application/json': { schema: body },
              'application/x-ndjson': { schema: { type: 'string', description: 'A scenario a line' } },
            },
          },
        }),
        response: config.etag === true ? withEtag(response) : response,
      },
    }
  }
}

function withEtag(response: Readonly<Record<string, object>>): Record<string, object> {
  // Where a thing is made or nothing is there to be made, only what was made has a version.
  const told = '201' in response ? '201' : '200'
  return Object.fromEntries(
    Object.entries(response).map(([status, schema]) => [
      status,
      status === told ? { ...schema, headers: ETAG } : schema,
    ]),
  )
}

interface Documented {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { schemas?: Readonly<Record<string, object>> }
}
interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly schema: { readonly type?: string } }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
}

/**
 * What the document of the routes leaves out: lists in a query have commas between, and a body in which nothing has to be may be missing. Only
 * answers that some route gives are described.
 */
export function completed(document: Documented): object {
  for (const operation of Object.values(document.paths ?? {}).flatMap((path) => Object.values(path))) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in === 'query' && parameter.schema.type === 'array')
        Object.assign(parameter, { style: 'form', explode: false })
    }
    const body = operation.requestBody
    if (body)
      Object.assign(body, { required: Object.values(body.content).some(({ schema }) => needsSome(schema)) })
  }
  const { components } = document
  if (components) components.schemas = referredTo(document.paths, components.schemas)
  return document
}

const REFERENCE = /"#\/components\/schemas\/(\w+)"/g

/** Those of the schemas that are named below `part`, and those that these name. */
function referredTo(part: unknown, schemas: Readonly<Record<string, object>> = {}): Record<string, object> {
  const found = new Set<string>()
  const look = (within: unknown): void => {
    for (const [, name = ''] of JSON.stringify(within).matchAll(REFERENCE)) {
      if (found.has(name)) continue
      found.add(name)
      look(schemas[name])
    }
  }
  look(part)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => found.has(name)))
}

interface BodySchema {
  readonly required?: readonly string[]
  readonly oneOf?: readonly BodySchema[]
  readonly anyOf?: readonly BodySchema[]
}

function needsSome({ required = [], anyOf = [], oneOf = [] }: BodySchema): boolean {
  const kinds = [...anyOf, ...oneOf]
  return required.length > 0 || (kinds.length > 0 && kinds.every(needsSome))
}
