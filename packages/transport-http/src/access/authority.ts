import type { Role } from '@muster/core'

/**
 * Whose thing a call is about, and so which project the caller must belong to:
 * - `self` the caller alone; `directory` users, workflows and the like, which belong to no project
 * - `project`, `run`, `definition`, `task`, `assignment`, `item`, `operation`, `comparison`, `gate`,
 *   `calibration`, `schedule`, `webhook`, `import`, `export`, `budget` by its id; one that is unknown or of a foreign project is 404
 * - `limit` a key; those that begin with `project:<id>:` belong to that project, others to nobody. Annotators get 403 for any
 * - `system` everything
 * - `worker` a worker over HTTP, which core knows. Tokens of workers open these calls, and no others; no token of a person does
 */
export type Scope =
  | 'self'
  | 'directory'
  | 'project'
  | 'run'
  | 'definition'
  | 'task'
  | 'assignment'
  | 'item'
  | 'operation'
  | 'comparison'
  | 'gate'
  | 'schedule'
  | 'webhook'
  | 'import'
  | 'export'
  | 'calibration'
  | 'budget'
  | 'limit'
  | 'system'
  | 'worker'

/** Who may make a call. */
export interface Rule {
  readonly scope: Scope
  /** The least role that may. Who is less gets 403, once they are known to belong to the project. */
  readonly role: Role
  /** The least role that may change a key which belongs to no project. Without it the call reads a key: managers may if jobs of their projects have it. */
  readonly ofNone?: Role
  /** Only the holder of the assignment, whom core knows: nobody acts in their place. */
  readonly holdersOwn?: true
}

const self: Rule = { scope: 'self', role: 'annotator' }
const holders: Rule = { scope: 'assignment', role: 'annotator', holdersOwn: true }
const members = (scope: Scope): Rule => ({ scope, role: 'annotator' })
const managers = (scope: Scope): Rule => ({ scope, role: 'manager' })
const admins = (scope: Scope): Rule => ({ scope, role: 'admin' })
const workers: Rule = { scope: 'worker', role: 'annotator' }
const limitChange: Rule = { scope: 'limit', role: 'manager', ofNone: 'admin' }

/**
 * Who may call what: one row a route, under the prefix. A route without a row does not start. What a role may see *inside* an
 * answer (results of others, payloads of items) and who holds an assignment is decided by core.
 */
export const AUTHORITY: Readonly<Record<string, Rule>> = {
  'GET /session': self,
  'GET /me': self,
  'PATCH /me': self,
  'GET /me/settings': self,
  'PUT /me/settings': self,
  'GET /queue': self,
  'GET /queue/stats': self,
  'GET /queue/outlook': self,
  'POST /queue/next': self,
  'POST /ws-ticket': self,
  'GET /queue/presence/:projectId': members('project'),

  'GET /assignments/:id': members('assignment'),
  'GET /assignments/:id/work': members('assignment'),
  'PUT /assignments/:id/draft': members('assignment'),
  'PUT /assignments/:id/flag': holders,
  'DELETE /assignments/:id/flag': members('assignment'),
  'POST /assignments/:id/accept': members('assignment'),
  'POST /assignments/:id/start': members('assignment'),
  'POST /assignments/:id/heartbeat': members('assignment'),
  'POST /assignments/:id/submit': members('assignment'),
  'DELETE /assignments/:id/submission': members('assignment'),
  'POST /assignments/:id/reject': members('assignment'),
  'POST /assignments/:id/release': members('assignment'),
  'POST /assignments/:id/reassign': managers('assignment'),

  'POST /projects/:projectId/tasks': managers('project'),
  'GET /projects/:projectId/tasks': managers('project'),
  'GET /projects/:projectId/tasks/counts': managers('project'),
  'GET /projects/:projectId/steps': members('project'),
  'GET /tasks': managers('directory'),
  'GET /tasks/counts': managers('directory'),
  'POST /tasks/bulk': managers('directory'),
  'GET /tasks/:id': members('task'),
  'PATCH /tasks/:id': managers('task'),
  'POST /tasks/:id/cancel': managers('task'),
  'POST /tasks/:id/end-reservations': managers('task'),
  'POST /tasks/:id/assign': managers('task'),
  'GET /tasks/:id/candidates': managers('task'),
  'GET /tasks/:id/history': members('task'),
  'GET /tasks/:id/decisions': members('task'),
  'POST /projects/:projectId/assignments/batch': managers('project'),
  'GET /projects/:projectId/results.ndjson': managers('project'),
  'GET /projects/:projectId/position': managers('project'),

  'GET /projects/:projectId/agreement': managers('project'),
  'GET /projects/:projectId/agreement/matrix': managers('project'),
  'GET /projects/:projectId/people': managers('project'),
  'GET /projects/:projectId/people/:userId': managers('project'),
  'GET /projects/:projectId/people/:userId/quality': managers('project'),
  'POST /projects/:projectId/people/:userId/pause': managers('project'),
  'POST /projects/:projectId/people/:userId/resume': managers('project'),
  'POST /projects/:projectId/people/:userId/reopen': managers('project'),
  'GET /projects/:projectId/aggregates.ndjson': managers('project'),
  'GET /projects/:projectId/strengths': managers('project'),
  'POST /projects/:projectId/refit': managers('project'),
  'GET /projects/:projectId/fits': managers('project'),

  'GET /projects/:projectId/rates': managers('project'),
  'GET /projects/:projectId/usage': managers('project'),
  'GET /projects/:projectId/events': members('project'),
  'GET /projects/:projectId/queue/status': members('project'),
  'POST /projects/:projectId/queue/add': managers('project'),
  'POST /projects/:projectId/queue/add-many': managers('project'),
  'GET /projects/:projectId/queue/:itemId': members('project'),
  'DELETE /projects/:projectId/queue/:itemId': managers('project'),
  'PUT /projects/:projectId/queue/:itemId/priority': managers('project'),
  'POST /projects/:projectId/queue/:itemId/retry': managers('project'),
  'DELETE /projects/:projectId/queue': managers('project'),
  'POST /projects/:projectId/queue/pause': managers('project'),
  'POST /projects/:projectId/queue/resume': managers('project'),

  'POST /projects/:projectId/definitions': managers('project'),
  'GET /projects/:projectId/definitions': managers('project'),
  'GET /definitions/:id': managers('definition'),
  'GET /definitions/:id/scenarios': managers('definition'),
  'POST /projects/:projectId/runs': managers('project'),
  'GET /projects/:projectId/runs': members('project'),
  'GET /runs': self,
  'GET /runs/:id': members('run'),
  'PATCH /runs/:id': managers('run'),
  'GET /runs/:id/progress': members('run'),
  'GET /runs/:id/rates': members('run'),
  'GET /runs/:id/flow': members('run'),
  'POST /runs/:id/refresh': managers('run'),
  'GET /runs/:id/jobs': managers('run'),
  'GET /runs/:id/matrix': managers('run'),
  'GET /runs/:id/matrix/places': managers('run'),
  'GET /runs/:id/results.ndjson': managers('run'),
  'POST /runs/:id/pause': managers('run'),
  'POST /runs/:id/resume': managers('run'),
  'POST /runs/:id/cancel': managers('run'),
  'POST /runs/:id/retry-failed': managers('run'),
  'GET /runs/:id/escalation': managers('run'),
  'PUT /runs/:id/escalation': managers('run'),
  'POST /runs/:id/escalate': managers('run'),
  'GET /runs/:id/escalations': managers('run'),
  'POST /runs/:id/escalations': managers('run'),
  'GET /runs/:id/people': managers('run'),

  'POST /projects/:projectId/comparisons': managers('project'),
  'GET /projects/:projectId/comparisons': managers('project'),
  'GET /comparisons/:id': managers('comparison'),
  'GET /comparisons/:id/pairs.ndjson': managers('comparison'),
  'GET /comparisons/:id/report.html': managers('comparison'),
  'POST /comparisons/:id/tasks': managers('comparison'),
  'POST /runs/:id/metrics': managers('run'),
  'POST /projects/:projectId/gates': managers('project'),
  'GET /projects/:projectId/gates': managers('project'),
  'GET /gates/:id': managers('gate'),
  'POST /projects/:projectId/calibrations': managers('project'),
  'GET /projects/:projectId/calibrations': managers('project'),
  'GET /calibrations/:id': managers('calibration'),
  'GET /calibrations/:id/report.html': managers('calibration'),
  'POST /calibrations/:id/extend': managers('calibration'),
  'POST /calibrations/:id/cancel': managers('calibration'),
  'GET /calibrations/:id/units.ndjson': managers('calibration'),

  'POST /projects': admins('directory'),
  'GET /projects': self,
  'GET /projects/:projectId': members('project'),
  'PATCH /projects/:projectId': managers('project'),
  'POST /workflows': managers('directory'),
  'GET /workflows': managers('directory'),
  'GET /workflows/:id': managers('directory'),
  'POST /forms': managers('directory'),
  'GET /forms': managers('directory'),
  'GET /forms/:id': self,
  'GET /forms/:id/schema': self,
  'GET /form-templates': self,
  'POST /forms/check': managers('directory'),
  'POST /users': admins('directory'),
  'GET /users': managers('directory'),
  'GET /users/:id': managers('directory'),
  'PATCH /users/:id': admins('directory'),
  'GET /users/:id/quality': admins('directory'),
  'PUT /users/:id/quality': admins('directory'),
  'GET /projects/:projectId/members': managers('project'),
  'PUT /projects/:projectId/members/:userId': managers('project'),
  'DELETE /projects/:projectId/members/:userId': managers('project'),

  'GET /jobs': managers('directory'),
  'GET /jobs/causes': managers('directory'),
  'GET /jobs/:id': managers('item'),
  'GET /jobs/:id/flow': managers('item'),
  'POST /jobs/bulk': managers('directory'),
  'POST /jobs/export': managers('directory'),
  'GET /projects/:projectId/jobs': managers('project'),
  'GET /projects/:projectId/jobs/causes': managers('project'),
  'GET /operations/:id': managers('operation'),
  'DELETE /operations/:id': managers('operation'),

  'POST /projects/:projectId/schedules': managers('project'),
  'GET /projects/:projectId/schedules': members('project'),
  'POST /projects/:projectId/schedules/preview': managers('project'),
  'GET /schedules/:id': members('schedule'),
  'PATCH /schedules/:id': managers('schedule'),
  'DELETE /schedules/:id': managers('schedule'),
  'POST /schedules/:id/pause': managers('schedule'),
  'POST /schedules/:id/resume': managers('schedule'),
  'POST /schedules/:id/fire': managers('schedule'),
  'GET /schedules/:id/next': members('schedule'),
  'GET /schedules/:id/ticks': managers('schedule'),

  'POST /projects/:projectId/webhooks': managers('project'),
  'GET /projects/:projectId/webhooks': managers('project'),
  'POST /webhooks': admins('system'),
  'GET /webhooks': admins('system'),
  'GET /webhooks/:id': managers('webhook'),
  'PATCH /webhooks/:id': managers('webhook'),
  'DELETE /webhooks/:id': managers('webhook'),
  'POST /webhooks/:id/rotate': managers('webhook'),
  'POST /webhooks/:id/enable': managers('webhook'),
  'POST /webhooks/:id/disable': managers('webhook'),
  'POST /webhooks/:id/test': managers('webhook'),
  'POST /webhooks/:id/replay': managers('webhook'),
  'GET /webhooks/:id/deliveries': managers('webhook'),
  'POST /projects/:projectId/imports': managers('project'),
  'GET /projects/:projectId/imports': managers('project'),
  'POST /projects/:projectId/imports/preview': managers('project'),
  'POST /projects/:projectId/exports': managers('project'),
  'GET /projects/:projectId/exports': managers('project'),
  'GET /exports/:id': managers('export'),
  'GET /exports/:id/manifest.json': managers('export'),
  'GET /exports/:id/files/:name': managers('export'),
  'GET /imports/:id': managers('import'),
  'GET /imports/:id/report.ndjson': managers('import'),
  'POST /imports/:id/cancel': managers('import'),
  'GET /limits': managers('directory'),
  'GET /limits/:key': managers('limit'),
  'PUT /limits/:key': limitChange,
  'DELETE /limits/:key': limitChange,
  'POST /limits/:key/cool': limitChange,
  'POST /limits/:key/warm': limitChange,
  'POST /projects/:projectId/budgets': managers('project'),
  'GET /projects/:projectId/budgets': managers('project'),
  'GET /budgets': admins('system'),
  'GET /budgets/:id': managers('budget'),
  'PUT /budgets/:id': managers('budget'),
  'DELETE /budgets/:id': managers('budget'),

  'POST /workers': workers,
  'DELETE /workers/:id': workers,
  'POST /workers/:id/claim': workers,
  'POST /workers/:id/heartbeat': workers,
  'POST /workers/:id/settle': workers,
  'POST /workers/:id/return': workers,

  'GET /usage': admins('system'),
  'GET /prices': managers('directory'),
  'PUT /prices': admins('system'),

  'GET /system/rates': admins('system'),
  'GET /system': admins('system'),
  'GET /system/processes': managers('directory'),
  'GET /system/queue': admins('system'),
  'POST /system/queue/pause': admins('system'),
  'POST /system/queue/resume': admins('system'),
}

/**
 * The same for every field of GraphQL's Query, Mutation and Subscription, which without a row are not built, and for fields that not everybody
 * may see who sees the thing. Without its project a field of scope `project` is about all of the caller's projects; those of queues and rates
 * are about the whole system then, which is an admin's.
 */
export const GRAPHQL_AUTHORITY: Readonly<Record<string, Rule>> = {
  'Query.node': self,
  'Query.rates': managers('project'),
  'Query.usage': managers('project'),
  'Query.prices': managers('directory'),
  'Query.limits': managers('directory'),
  'Query.limit': managers('limit'),
  'Query.budget': managers('budget'),
  'Query.budgets': managers('project'),
  'Query.processes': managers('directory'),
  'Query.system': admins('system'),
  'Query.events': members('project'),
  'Query.run': members('run'),
  'Query.runs': members('project'),
  'Query.runFlow': members('run'),
  'Query.definition': managers('definition'),
  'Query.queueStatus': members('project'),
  'Query.queueItem': members('item'),
  'Query.operation': managers('operation'),
  'Query.schedule': members('schedule'),
  'Query.schedules': members('project'),
  'Query.schedulePreview': managers('project'),
  'Query.jobs': managers('directory'),
  'Query.jobCauses': managers('directory'),
  'Query.job': managers('item'),
  'Query.jobFlow': managers('item'),
  'Query.myQueue': self,
  'Query.mySettings': self,
  'Query.myOutlook': self,
  'Query.task': members('task'),
  'Query.candidates': managers('task'),
  'Query.tasks': managers('project'),
  'Query.taskCounts': managers('project'),
  'Query.stepTotals': members('project'),
  'Query.taskHistory': members('task'),
  'Query.taskDecisions': members('task'),
  'Query.assignmentWork': members('assignment'),
  'Query.agreement': managers('project'),
  'Query.positionEffects': managers('project'),
  'Query.agreementMatrix': managers('project'),
  'Query.personQuality': managers('project'),
  'Query.projectPeople': managers('project'),
  'Query.projectPerson': managers('project'),
  'Query.aggregates': managers('project'),
  'Query.strengths': managers('project'),
  'Query.fits': managers('project'),
  'Query.comparison': managers('comparison'),
  'Query.comparisons': managers('project'),
  'Query.runMetrics': managers('run'),
  'Query.gate': managers('gate'),
  'Query.gates': managers('project'),
  'Query.calibration': managers('calibration'),
  'Query.calibrations': managers('project'),
  'Query.form': self,
  'Query.forms': managers('directory'),

  'Schedule.ticks': managers('schedule'),

  'Run.recentJobs': managers('run'),
  'Run.refusals': managers('run'),
  'Run.usage': managers('run'),
  'Run.matrix': managers('run'),
  'Run.matrixPlaces': managers('run'),

  'Mutation.putPrices': admins('system'),
  'Mutation.putLimit': limitChange,
  'Mutation.deleteLimit': limitChange,
  'Mutation.coolLimit': limitChange,
  'Mutation.warmLimit': limitChange,
  'Mutation.addBudget': managers('project'),
  'Mutation.putBudget': managers('budget'),
  'Mutation.deleteBudget': managers('budget'),
  'Mutation.startRun': managers('definition'),
  'Mutation.startRunAfter': managers('run'),
  'Mutation.refreshRun': managers('run'),
  'Mutation.changeRun': managers('run'),
  'Mutation.pauseRun': managers('run'),
  'Mutation.resumeRun': managers('run'),
  'Mutation.cancelRun': managers('run'),
  'Mutation.pausePerson': managers('project'),
  'Mutation.resumePerson': managers('project'),
  'Mutation.pauseQueue': managers('project'),
  'Mutation.resumeQueue': managers('project'),
  'Mutation.addToQueue': managers('project'),
  'Mutation.addManyToQueue': managers('project'),
  'Mutation.cancelQueueItem': managers('item'),
  'Mutation.setQueueItemPriority': managers('item'),
  'Mutation.moveJobs': managers('directory'),
  'Mutation.stopOperation': managers('operation'),
  'Mutation.addSchedule': managers('project'),
  'Mutation.changeSchedule': managers('schedule'),
  'Mutation.removeSchedule': managers('schedule'),
  'Mutation.pauseSchedule': managers('schedule'),
  'Mutation.resumeSchedule': managers('schedule'),
  'Mutation.fireSchedule': managers('schedule'),
  'Mutation.claimNext': self,
  'Mutation.acceptAssignment': members('assignment'),
  'Mutation.startAssignment': members('assignment'),
  'Mutation.submitAssignment': members('assignment'),
  'Mutation.submitWithNext': holders,
  'Mutation.takeBackSubmission': members('assignment'),
  'Mutation.rejectAssignment': members('assignment'),
  'Mutation.releaseAssignment': members('assignment'),
  'Mutation.assignTask': managers('task'),
  'Mutation.bulkTasks': managers('project'),
  'Mutation.changeTask': managers('task'),
  'Mutation.cancelTask': managers('task'),
  'Mutation.refit': managers('project'),
  'Mutation.createComparison': managers('project'),
  'Mutation.comparePeople': managers('comparison'),
  'Mutation.runGate': managers('project'),
  'Mutation.startCalibration': managers('project'),
  'Mutation.extendCalibration': managers('calibration'),
  'Mutation.cancelCalibration': managers('calibration'),
  'Mutation.keepMySettings': self,
  'Mutation.saveDraft': members('assignment'),
  'Mutation.flagAssignment': holders,
  'Mutation.unflagAssignment': members('assignment'),
  'Mutation.addForm': managers('directory'),
  'Mutation.checkForm': managers('directory'),

  'Subscription.runProgress': members('run'),
  'Subscription.projectEvents': members('project'),
  'Subscription.myEvents': self,
}

const RANK: Readonly<Record<Role, number>> = { annotator: 0, manager: 1, admin: 2 }

/** Whether `role` is at least `least`. */
export function atLeast(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least]
}
