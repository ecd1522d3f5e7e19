import {
  type AssignmentId,
  type DefinitionId,
  ForbiddenError,
  isUuid,
  type JobId,
  NotFoundError,
  type OperationId,
  type Principal,
  type ProjectId,
  type Role,
  type RunId,
  type TaskId,
  type UserId,
} from '@muster/core'
import type { CalibrationId, ComparisonId, GateId, Metric } from '@muster/core/evaluation'
import type { ExportId, ImportId } from '@muster/core/exchange'
import { projectOfKey } from '@muster/core/limits'
import type { Operated } from '@muster/core/operating'
import type { ScheduleId } from '@muster/core/schedules'
import type { BudgetId } from '@muster/core/usage'
import type { WebhookId } from '@muster/core/webhooks'
import type { Muster } from '@muster/host'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { principalOf } from './authentication.ts'
import { AUTHORITY, atLeast, type Rule, type Scope } from './authority.ts'

/** What names the things of a scope. */
export interface IdOf {
  readonly project: ProjectId
  readonly run: RunId
  readonly definition: DefinitionId
  readonly task: TaskId
  readonly assignment: AssignmentId
  readonly item: JobId
  readonly operation: OperationId
  readonly comparison: ComparisonId
  readonly gate: GateId
  readonly schedule: ScheduleId
  readonly webhook: WebhookId
  readonly import: ImportId
  readonly export: ExportId
  readonly calibration: CalibrationId
  readonly budget: BudgetId
}

/** What belongs to a project. */
interface Thing {
  /** null: of several projects, so it is there for admins and for those who made it. */
  readonly projectId: ProjectId | null
  readonly createdBy?: UserId | null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the path names, as it was read to see whose it is: a route that shows it need not read it again. */
    thing: Thing | undefined
  }
  interface FastifyContextConfig {
    /** The route's row of the authority table. */
    rule?: Rule
    /** The parameters of the route's own path; the prefix of a host may have others. */
    named?: readonly string[]
  }
}

/** Checks every route of `app` against {@link AUTHORITY}; a route that has no row there is refused when it is added. */
export function authorizeRequests(app: FastifyInstance, muster: Muster): void {
  app.decorateRequest('thing', undefined)
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      if (method === 'OPTIONS') continue
      // What HEAD tells is what GET tells.
      const path = route.url.slice(app.prefix.length)
      const key = `${method === 'HEAD' ? 'GET' : method} ${path}`
      const rule = AUTHORITY[key]
      if (rule === undefined) throw new Error(`${key} has no row in the authority table`)
      route.config = {
        ...route.config,
        rule,
        named: [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name),
      }
    }
  })
  app.addHook('preHandler', async (request) => {
    const { rule, named = [] } = request.routeOptions.config
    if (rule !== undefined) await authorize(muster, rule, named, request)
  })
}

async function authorize(
  muster: Muster,
  rule: Rule,
  named: readonly string[],
  request: FastifyRequest,
): Promise<void> {
  const params = request.params as Record<string, string>
  for (const name of named) {
    const value = params[name] ?? ''
    // A key, or the name of a file, is any text; core says which.
    if (name === 'key' || name === 'name') continue
    if (!isUuid(value)) throw new NotFoundError(WHAT[name] ?? rule.scope, value)
    params[name] = value.toLowerCase()
  }
  // Whose worker it is core knows.
  if (rule.scope === 'worker') return
  // Routes name the thing that they are about first.
  const id = params[named[0] ?? ''] ?? ''
  const principal = principalOf(request)
  request.thing = await demand(principal, rule, id, () =>
    rule.scope === 'limit' ? limitThing(muster, principal, rule, id) : thingOf(muster, rule.scope, id),
  )
}

/** The project of a key that is to be changed; nothing where it has none, and of one that the caller may read. @throws NotFoundError */
export async function limitThing(
  { limits }: Muster,
  principal: Principal,
  { ofNone }: Rule,
  key: string,
): Promise<Thing | undefined> {
  if (ofNone !== undefined) {
    const projectId = projectOfKey(key)
    return projectId && { projectId }
  }
  await limits.get(key, { projects: operatedBy(principal) })
  return undefined
}

const WHAT: Readonly<Record<string, string>> = { projectId: 'project', itemId: 'queue item', userId: 'user' }

/**
 * Lets the caller through where `rule` does: first to the project that the thing belongs to, then by role.
 * @param find finds the thing; gives nothing where it belongs to no project
 * @returns what was found
 * @throws NotFoundError for what is unknown, and for what is of a project that is not there for the caller; ForbiddenError
 */
export async function demand(
  principal: Principal,
  { scope, role, ofNone }: Rule,
  id: string,
  find: () => Promise<Thing | undefined>,
): Promise<Thing | undefined> {
  // Anybody may think of a key, so it is no secret that it is not theirs.
  if (scope === 'limit') demandRole(principal, role)
  const thing = await find()
  const isOwn = thing?.projectId === null && thing.createdBy === principal.userId
  if (thing !== undefined && !isOwn && !seesProject(principal, thing.projectId))
    throw new NotFoundError(scope, id)
  demandRole(principal, thing === undefined ? (ofNone ?? role) : role)
  return thing
}

function demandRole(principal: Principal, least: Role): void {
  if (!atLeast(principal.role, least))
    throw new ForbiddenError(`This needs the role ${least}; yours is ${principal.role}`)
}

/** Whether the project exists for this caller. */
function seesProject(principal: Principal, projectId: ProjectId | null): boolean {
  return principal.role === 'admin' || (projectId !== null && principal.memberships.has(projectId))
}

/** The projects whose runs and jobs the caller looks through: an admin’s are all. */
export function operatedBy({ role, memberships }: Principal): Operated {
  return role === 'admin' ? null : [...memberships]
}

/** For a project named in a query or a body. @throws NotFoundError where it does not exist for this caller */
export async function requireProject(
  muster: Muster,
  principal: Principal,
  projectId: ProjectId,
): Promise<void> {
  if (!seesProject(principal, projectId)) throw new NotFoundError('project', projectId)
  await muster.projects.get(projectId)
}

/** Outcomes of people are read for those alone who see their project. @throws NotFoundError for another */
export async function requirePeople(
  muster: Muster,
  principal: Principal,
  metrics: readonly Pick<Metric, 'score'>[],
): Promise<void> {
  for (const { score } of metrics)
    if (score.type === 'people') await requireProject(muster, principal, score.projectId as ProjectId)
}

/** Whether an exclusion may be overridden. @throws ForbiddenError for all but admins */
export function requireOverride(principal: Principal, override: object | undefined): void {
  if (override !== undefined && principal.role !== 'admin')
    throw new ForbiddenError('Overriding an exclusion needs the role admin')
}

/** The thing with this id; nothing where things of this scope belong to no project. @throws NotFoundError */
export async function thingOf(muster: Muster, scope: Scope, id: string): Promise<Thing | undefined> {
  switch (scope) {
    case 'project':
      return muster.projects.get(id as ProjectId)
    case 'run':
      return muster.runs.get(id as RunId)
    case 'definition':
      return muster.definitions.get(id as DefinitionId)
    case 'task':
      return muster.tasks.get(id as TaskId)
    case 'assignment':
      return muster.assignments.get(id as AssignmentId)
    case 'item': {
      const item = await muster.queue.find(id as JobId)
      if (item === undefined) throw new NotFoundError('item', id)
      return item
    }
    case 'operation':
      return muster.operations.get(id as OperationId)
    case 'comparison':
      return muster.comparisons.get(id as ComparisonId)
    case 'gate':
      return muster.gates.get(id as GateId)
    case 'schedule':
      return muster.schedules.get(id as ScheduleId)
    case 'webhook': {
      // One of all projects is there for admins alone, whoever made it.
      const { createdBy: _createdBy, ...webhook } = await muster.webhooks.get(id as WebhookId)
      return webhook
    }
    case 'import': {
      // Who brought it may have left the project.
      const { projectId } = await muster.imports.get(id as ImportId)
      return { projectId }
    }
    case 'export': {
      // As with imports.
      const { projectId } = await muster.exports.get(id as ExportId)
      return { projectId }
    }
    case 'calibration':
      return muster.calibrations.get(id as CalibrationId)
    case 'budget':
      return muster.budgets.get(id as BudgetId)
    case 'limit':
    case 'self':
    case 'directory':
    case 'system':
    case 'worker':
      return undefined
  }
}
