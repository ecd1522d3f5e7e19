import {
  type AssignmentId,
  type DefinitionId,
  Forbidden,
  isUuid,
  type Muster,
  NotFound,
  type Principal,
  type ProjectId,
  type RunId,
  type TaskId,
} from '@muster/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { principalOf } from './authentication.ts'
import { AUTHORITY, atLeast, type Rule } from './authority.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's row of the authority table. */
    rule?: Rule
  }
}

/** Checks every route of `app` against {@link AUTHORITY}; a route that has no row there is refused when it is added. */
export function authorizeRequests(
  app: FastifyInstance,
  { muster, prefix }: { muster: Muster; prefix: string },
): void {
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      if (method === 'OPTIONS') continue
      // What HEAD tells is what GET tells.
      const key = `${method === 'HEAD' ? 'GET' : method} ${route.url.slice(prefix.length)}`
      const rule = AUTHORITY[key]
      if (rule === undefined) throw new Error(`${key} has no row in the authority table`)
      route.config = { ...route.config, rule }
    }
  })
  app.addHook('preHandler', async (request) => {
    const { rule } = request.routeOptions.config
    if (rule !== undefined) await authorize(muster, rule, request)
  })
}

async function authorize(muster: Muster, rule: Rule, request: FastifyRequest): Promise<void> {
  const params = request.params as Record<string, string>
  for (const [name, value] of Object.entries(params)) {
    if (!isUuid(value)) throw new NotFound(WHAT[name] ?? rule.scope, value)
    params[name] = value.toLowerCase()
  }
  const principal = principalOf(request)
  const found = await projectOf(muster, rule, params)
  if (found !== undefined && !seesProject(principal, found.projectId))
    throw new NotFound(found.what, found.id)
  if (!atLeast(principal.role, rule.role))
    throw new Forbidden(`This needs the role ${rule.role}; yours is ${principal.role}`)
}

const WHAT: Readonly<Record<string, string>> = { projectId: 'project', itemId: 'queue item', userId: 'user' }

/** Whether the project exists for this caller. */
function seesProject(principal: Principal, projectId: ProjectId): boolean {
  return principal.role === 'admin' || principal.memberships.has(projectId)
}

/** @throws NotFound for a project that does not exist for this caller */
export async function requireProject(
  muster: Muster,
  principal: Principal,
  projectId: ProjectId,
): Promise<void> {
  if (!seesProject(principal, projectId)) throw new NotFound('project', projectId)
  await muster.projects.get(projectId)
}

async function projectOf(
  muster: Muster,
  { scope }: Rule,
  params: Readonly<Record<string, string>>,
): Promise<{ what: string; id: string; projectId: ProjectId } | undefined> {
  const id = params['id'] ?? params['projectId'] ?? ''
  switch (scope) {
    case 'project':
      return { what: 'project', id, projectId: (await muster.projects.get(id as ProjectId)).projectId }
    case 'run':
      return { what: 'run', id, projectId: (await muster.runs.get(id as RunId)).projectId }
    case 'definition':
      return {
        what: 'definition',
        id,
        projectId: (await muster.definitions.get(id as DefinitionId)).projectId,
      }
    case 'task':
      return { what: 'task', id, projectId: (await muster.tasks.get(id as TaskId)).projectId }
    case 'assignment':
      return {
        what: 'assignment',
        id,
        projectId: (await muster.assignments.get(id as AssignmentId)).projectId,
      }
    case 'self':
    case 'directory':
    case 'system':
      return undefined
  }
}
