import { pgModule } from '@muster/adapters-pg'
import { consoleCode, musterConsole } from '@muster/console'
import { type Json, jobType, type ProjectId, type Role, type RunId, type UserId } from '@muster/core'
import type { Authenticator } from '@muster/core/ports'
import { json } from '@muster/core/schemas'
import { coreModule, createMuster, silentLogger, type Worker } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { fastify } from 'fastify'
import { TYPE } from '../fixtures.ts'

/** The calls of the benchmark's driver to this process. */
export interface Served {
  person(name: string, role: Role): Promise<UserId>
  /** A link that signs somebody in once. */
  link(userId: UserId, role: Role): Promise<string>
  /** A project of tasks with one question, whose people may hold so many. */
  tasks(count: number, limit: number, members: readonly UserId[]): Promise<ProjectId>
  /** Adds people to a project that is there. */
  join(projectId: ProjectId, members: readonly UserId[]): Promise<void>
  /** A run of so many jobs, at a pace; a worker does them until `stop`. */
  run(jobs: number, pace: number, members: readonly UserId[]): Promise<Running>
  stop(): Promise<void>
  /** When the settled jobs of the last run came to each count, as far as a look each 5 ms tells. */
  settled(): Promise<readonly (readonly [at: number, count: number])[]>
  /** Cuts every socket. */
  cut(): Promise<void>
  /** Compares two models of a run, of which the second says otherwise than `da` now and then. */
  comparison(projectId: ProjectId, runId: RunId): Promise<string>
  /** Whether this person holds something that they have not seen. */
  holdsAhead(userId: UserId): Promise<boolean>
}

/** A run that goes on. */
export interface Running {
  readonly projectId: ProjectId
  readonly runId: RunId
}

const HOUR_MS = 3_600_000
const LOOK_MS = 5
const MOST_BYTES = 50_000
const WORDS = 'all human beings are born free and equal in dignity and rights '

const authenticator: Authenticator = {
  authenticate: async (token) => {
    const [role, userId] = token.split('.') as [Role, UserId]
    return { userId, role, expiresAt: new Date(Date.now() + HOUR_MS) }
  },
}
const bench = jobType({ name: TYPE, payload: json, handler: () => ({ label: 'da' }) })
const muster = await createMuster({
  modules: [
    coreModule({ jobTypes: [bench], logger: silentLogger }),
    pgModule({ connectionString: process.argv[2] ?? '' }),
  ],
})
const app = fastify({ forceCloseConnections: true })
await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0, operations: false })
await app.register(musterConsole, { muster, authenticator, prefix: '/console' })
attachMusterWs(app.server, { muster, authenticator })
const sockets = new Set<{ readonly destroy: () => void }>()
app.server.on('upgrade', (_request, socket) => {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})
// Leases that are over are ended by whoever looks for them.
await muster.schedule()
const origin = await app.listen({ host: '127.0.0.1', port: 0 })

let worker: Worker | undefined
let looking: NodeJS.Timeout | undefined
let seen: [number, number][] = []

const served: Served = {
  async person(displayName, role) {
    return (await muster.people.add({ displayName, role })).userId
  },
  async link(userId, role) {
    return `${origin}/console/#code=${await consoleCode({ muster }, `${role}.${userId}`)}`
  },
  async tasks(count, limit, members) {
    const form = {
      name: `rate-${count}-${limit}`,
      title: 'Answer quality',
      show: [{ name: 'text', as: 'text', at: '/text' }],
      questions: [{ id: 'helpful', type: 'scale', title: 'How helpful is it?', min: 1, max: 5 }],
    } as const
    const { workflowId } = await muster.workflows.add({
      name: form.name,
      steps: [{ stepId: 'annotate', stepType: 'annotation', form }],
    })
    const { projectId } = await muster.projects.add({
      name: form.name,
      workflowId,
      assignment: { maxConcurrentPerUser: limit },
    })
    await served.join(projectId, members)
    for (let from = 0; from < count; from += 100) {
      const payloads = Array.from({ length: Math.min(100, count - from) }, (_, n) => textOf(from + n))
      await muster.tasks.add(
        projectId,
        payloads.map((payload) => ({ payload })),
      )
    }
    return projectId
  },
  async join(projectId, members) {
    for (const userId of members) await muster.projects.addMember(projectId, userId)
  },
  async run(jobs, pace, members) {
    const { projectId } = await muster.projects.add({ name: `Run at ${pace}/s` })
    await served.join(projectId, members)
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'paced',
      jobType: TYPE,
      scenarios: Array.from({ length: jobs }, (_, n) => ({ payload: { n } })),
    })
    const { runId } = await muster.runs.start(projectId, {
      definitionId,
      models: ['one'],
      maxJobsPerSecond: pace,
    })
    worker = await muster.work()
    seen = []
    let isLooking = false
    looking = setInterval(() => {
      if (isLooking) return
      isLooking = true
      void muster.runs.get(runId).then(({ tallies: { completed, failed } }) => {
        if (completed + failed !== seen.at(-1)?.[1]) seen.push([Date.now(), completed + failed])
        isLooking = false
      })
    }, LOOK_MS)
    return { projectId, runId }
  },
  async stop() {
    clearInterval(looking)
    await worker?.close()
    worker = undefined
  },
  settled: async () => seen,
  async comparison(projectId, runId) {
    const { comparisonId } = await muster.comparisons.add(projectId, {
      baseline: { runId, model: 'model-1' },
      candidate: { runId, model: 'model-2' },
      metrics: [{ name: 'right', score: { type: 'equals', at: '/label', to: { value: 'da' } } }],
    })
    return comparisonId
  },
  holdsAhead: async (userId) =>
    (await muster.personalQueue.list({ userId })).items.some(({ ahead }) => ahead),
  async cut() {
    for (const socket of sockets) socket.destroy()
  },
}

/** Texts of 0.5 to 50 kB, most of them short, each with its number in front. */
function textOf(n: number): Json {
  const bytes = n % 20 === 19 ? MOST_BYTES - 1_000 : 500 * (1 + (n % 9))
  return { text: `${n} ${WORDS.repeat(Math.ceil(bytes / WORDS.length))}`.slice(0, bytes) }
}

process.on(
  'message',
  ({ turn, name, args }: { turn: number; name: keyof Served; args: readonly never[] }) => {
    const call = served[name] as (...args: readonly never[]) => Promise<unknown>
    call(...args).then(
      (answer) => process.send?.({ turn, answer }),
      (error: unknown) => process.send?.({ turn, error: String(error) }),
    )
  },
)
process.once('disconnect', () => process.exit())
process.send?.({ turn: 0, answer: origin })
