import { randomUUID } from 'node:crypto'
import type { Role } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from './api-world.test.support.ts'
import { AUTHORITY, atLeast } from './authority.ts'

const ROLES: readonly Role[] = ['annotator', 'manager', 'admin']

let world: ApiWorld
const own: Record<string, string> = {}
const members = {} as Record<Role, Caller>
const strangers = {} as Record<Role, Caller>

beforeAll(async () => {
  world = await openApi()
  const { muster } = world
  const { workflowId } = await muster.workflows.add({
    name: 'label',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  const project = await muster.projects.add({ name: 'own', workflowId })
  for (const role of ROLES) {
    members[role] = await world.as(role, { member: [project.projectId] })
    strangers[role] = await world.as(role)
  }
  const holder = await world.as('annotator', { member: [project.projectId] })
  const [task] = await muster.tasks.add(project.projectId, [{ payload: 1 }])
  const claim = await muster.assignments.claimNext({ userId: holder.userId as never })
  const definition = await muster.definitions.add(project.projectId, {
    name: 'd',
    jobType: 'echo',
    scenarios: [{ payload: { text: 'hi' } }],
  })
  const run = await muster.runs.start(project.projectId, {
    definitionId: definition.definitionId,
    models: ['m'],
  })
  const item = await muster.queue.add(project.projectId, { type: 'echo', payload: { text: 'hi' } }, null)
  Object.assign(own, {
    project: project.projectId,
    task: task?.taskId,
    assignment: claim.kind === 'claimed' ? claim.assignment.assignmentId : '',
    definition: definition.definitionId,
    run: run.runId,
    item: item.jobId,
    user: holder.userId,
    workflow: workflowId,
  })
})
afterAll(() => world.close())

/** The path of a route with the ids of our world. */
function pathOf(route: string): string {
  const [, path = ''] = route.split(' ')
  const things: Record<string, string> = {
    '/tasks/': 'task',
    '/assignments/': 'assignment',
    '/definitions/': 'definition',
    '/runs/': 'run',
    '/users/': 'user',
    '/workflows/': 'workflow',
  }
  const kind = Object.entries(things).find(([start]) => path.startsWith(start))?.[1]
  return path
    .replace(':projectId', own['project'] ?? '')
    .replace(':itemId', own['item'] ?? '')
    .replace(':userId', own['user'] ?? '')
    .replace(':id', own[kind ?? ''] ?? '')
}

// A body that no schema takes shows that authority comes after shape; an empty one gets as far as authority does.
const READS = Object.entries(AUTHORITY).filter(([route]) => route.startsWith('GET '))
const NEEDS_BODY =
  /POST \/(users|projects|workflows)$|tasks$|PATCH \/tasks|submit|reject$|reassign|queue\/add|priority|definitions$|runs$|quality|PATCH \/me/
const WRITES = Object.entries(AUTHORITY).filter(
  ([route]) => !route.startsWith('GET ') && !NEEDS_BODY.test(route),
)

describe('every route, for every role', () => {
  it('knows a row for each route that is served, and serves each row', async () => {
    const { body } = await world.withToken(undefined)('GET', '//openapi.json')
    const served = new Set<string>()
    for (const [path, methods] of Object.entries<object>(body.paths)) {
      const route = path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')
      for (const method of Object.keys(methods)) served.add(`${method.toUpperCase()} ${route}`)
    }
    expect([...served].sort()).toEqual(Object.keys(AUTHORITY).sort())
  })

  for (const role of ROLES) {
    const refused = [...READS, ...WRITES].filter(([, rule]) => !atLeast(role, rule.role))
    it.for(refused)(`answers 403 to a member with role ${role} on %s`, async ([route]) => {
      const [method = ''] = route.split(' ')
      expect((await members[role](method, pathOf(route))).status).toBe(403)
    })

    // Whose task or assignment it is, core decides.
    const reads = READS.filter(
      ([route, rule]) => atLeast(role, rule.role) && !/\/(tasks|assignments)\/:id$/.test(route),
    )
    it.for(reads)(`lets a member with role ${role} call %s`, async ([route]) => {
      expect((await members[role]('GET', pathOf(route))).status).toBe(200)
    })
  }

  it.each(
    Object.entries(AUTHORITY).filter(
      ([route, { scope }]) => !['self', 'directory', 'system'].includes(scope) && !NEEDS_BODY.test(route),
    ),
  )('answers 404 to a manager of another project on %s, as if it did not exist', async (route) => {
    const [method = ''] = route.split(' ')
    const foreign = await strangers.manager(method, pathOf(route))
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const unknown = await strangers.manager(method, pathOf(route).replaceAll(/[0-9a-f-]{36}/g, randomUUID()))
    expect(unknown.status).toBe(404)
  })

  it.each(READS.filter(([route]) => route.includes(':')))(
    'answers 404 where an id of %s is no UUID',
    async (route) => {
      const path = pathOf(route).replaceAll(/[0-9a-f-]{36}/g, 'nonsense')
      expect(await members.admin('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    },
  )

  it('lets an admin into every project', async () => {
    expect((await strangers.admin('GET', `/projects/${own['project']}/queue/status`)).status).toBe(200)
  })

  it('keeps the override of an exclusion to admins', async () => {
    const reply = await members.manager('POST', `/tasks/${own['task']}/assign`, {
      userId: own['user'],
      override: { reason: 'because' },
    })
    expect(reply).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
