import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { pgModule } from '@muster/adapters-pg'
import { jobType } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { openServer, query } from './databases.ts'
import { answeredPerSecond } from './http-load.ts'
import type { HttpTask } from './http-server.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const MS = Number(process.env['MS'] ?? 4_000)
const CONNECTIONS = 20
const HELD = 20

/**
 * S10: requests per second of one process, ours ÷ a bare Fastify that runs the very statements that ours runs for the same request, who is
 * calling included, and sends the rows of the last one.
 */
export async function http(): Promise<void> {
  const server = await openServer()
  try {
    const connectionString = await server.database()
    const secret = randomBytes(32).toString('base64url')
    const { userId, runId } = await world(connectionString)
    await query(connectionString, 'vacuum analyze')
    const token = await new SignJWT({ role: 'annotator' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))
    const authorization = `Bearer ${token}`
    const paths = ['/api/v1/queue', `/api/v1/runs/${runId}`]
    const task = { connectionString, secret, authorization, paths }
    const servers = await Promise.all(
      (['muster', 'same statements', 'last statement alone'] as const).map(async (kind) => ({
        name: kind,
        ...(await start({ ...task, kind })),
      })),
    )
    const figures = []
    for (const path of paths) {
      const sides = servers.map(({ name, origin }) => ({
        name,
        once: () =>
          answeredPerSecond(`${origin}${path}`, { authorization }, { connections: CONNECTIONS, ms: MS }),
      }))
      for (const side of sides) await side.once()
      const series = await alternate(sides, roundsWished())
      const title = path.replace(runId, ':id')
      printSeries(`GET ${title}, ${CONNECTIONS} connections`, 'requests/s', series)
      figures.push({ path: title, series })
    }
    for (const { stop } of servers) await stop()
    keep('http', { machine: machine(server.version), connections: CONNECTIONS, figures })
  } finally {
    await server.stop()
  }
}

/** Somebody with a queue, and a run of which some is done. */
async function world(connectionString: string): Promise<{ userId: string; runId: string }> {
  const echo = jobType({ name: 'echo', payload: z.unknown(), handler: () => 'done' })
  const muster = await createMuster({
    modules: [coreModule({ jobTypes: [echo] }), pgModule({ connectionString })],
  })
  const { workflowId } = await muster.workflows.add({
    name: 'label',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  const { projectId } = await muster.projects.add({
    name: 'words',
    workflowId,
    assignment: { maxConcurrentPerUser: HELD },
  })
  const { userId } = await muster.people.add({ displayName: 'Ann', role: 'annotator' })
  await muster.projects.addMember(projectId, userId)
  await muster.tasks.add(
    projectId,
    Array.from({ length: 1_000 }, (_, n) => ({ payload: n })),
  )
  for (let held = 0; held < HELD; held++) await muster.assignments.claimNext({ userId })
  const { definitionId } = await muster.definitions.add(projectId, {
    name: 'numbers',
    jobType: 'echo',
    scenarios: Array.from({ length: 500 }, (_, n) => ({ payload: n })),
  })
  const { runId } = await muster.runs.start(projectId, { definitionId, models: ['small', 'medium', 'large'] })
  await muster.work({ schedule: false })
  while ((await muster.runs.get(runId)).status !== 'completed') await muster.clock.wait(20)
  await muster.close()
  return { userId, runId }
}

async function start(task: HttpTask): Promise<{ origin: string; stop: () => Promise<void> }> {
  const child = fork(new URL('./http-server.ts', import.meta.url), [JSON.stringify(task)])
  const [origin] = (await once(child, 'message')) as [string]
  return {
    origin,
    async stop() {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}
