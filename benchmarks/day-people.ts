import { setTimeout as wait } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { WebSocket } from 'ws'

const PEOPLE = 12
const FOLLOWERS = 10
const STEP = 'label'
/** Between two deeds of somebody. */
const THINKING_MS = 1_500
const LOOKING_MS = 1_000
const TASKS_EACH_MS = 1_000
const TASKS = 6
const RUN_EACH_MS = 12_000
const SCENARIOS = 200
const MODELS = ['small', 'large']

/** What was asked, by kind, in milliseconds. */
export type Latencies = ReadonlyMap<string, number[]>

type Call = <Answer>(kind: string, path: string, body?: object) => Promise<Answer>

interface Held {
  readonly assignmentId: string
  readonly attempt: number
}

/** Everybody of a day: who starts runs and adds tasks, who labels, who looks, who listens. */
export class People {
  readonly #origin: string
  readonly #secret: string
  readonly #stop = new AbortController()
  readonly #sockets: WebSocket[] = []
  #loops: Promise<void>[] = []
  #latencies = new Map<string, number[]>()
  #failures: string[] = []

  constructor(origin: string, secret: string) {
    this.#origin = origin
    this.#secret = secret
  }

  /** Comes to work. */
  async come(): Promise<void> {
    const admin = await this.#caller('00000000-0000-7000-8000-000000000001', 'admin')
    const { workflowId } = await admin<{ workflowId: string }>('prepare', '/workflows', {
      name: STEP,
      steps: [{ stepId: STEP, stepType: 'annotation' }],
    })
    const { projectId } = await admin<{ projectId: string }>('prepare', '/projects', {
      name: 'Day',
      workflowId,
    })
    const { definitionId } = await admin<{ definitionId: string }>(
      'prepare',
      `/projects/${projectId}/definitions`,
      {
        name: 'Day',
        jobType: 'stub:probe',
        scenarios: Array.from({ length: SCENARIOS }, (_, n) => ({
          payload: { text: `what number ${n} says` },
        })),
      },
    )
    const project = `/projects/${projectId}`
    this.#every(RUN_EACH_MS, () => admin('start a run', `${project}/runs`, { definitionId, models: MODELS }))
    this.#every(TASKS_EACH_MS, () =>
      admin('add tasks', `${project}/tasks`, {
        tasks: Array.from({ length: TASKS }, (_, n) => ({ payload: { text: `sentence ${n}` } })),
      }),
    )
    for (const [kind, path] of [
      ['queue status', `${project}/queue/status`],
      ['list runs', `${project}/runs`],
      ['list tasks', `${project}/tasks`],
    ] as const) {
      this.#every(LOOKING_MS, () => admin(kind, path))
    }
    for (let nth = 0; nth < PEOPLE; nth++) await this.#hire(admin, project, nth)
    for (let nth = 0; nth < FOLLOWERS; nth++) await this.#follow(`project:${projectId}`)
  }

  /** Latencies since this was asked last. @throws what a request met, or that somebody was told to go */
  take(): Latencies {
    const [failure] = this.#failures
    if (failure !== undefined) throw new Error(`${this.#failures.length} requests failed: ${failure}`)
    const taken = this.#latencies
    this.#latencies = new Map()
    return taken
  }

  /** Goes home, once what was asked is answered. */
  async go(): Promise<void> {
    this.#stop.abort()
    for (const socket of this.#sockets) socket.terminate()
    await Promise.all(this.#loops)
  }

  async #hire(admin: Call, project: string, nth: number): Promise<void> {
    const { userId } = await admin<{ userId: string }>('prepare', '/users', {
      displayName: `Person ${nth}`,
      role: 'annotator',
    })
    await this.#put(`${project}/members/${userId}`)
    const call = await this.#caller(userId, 'annotator')
    this.#every(THINKING_MS, async () => {
      await call('own queue', '/queue')
      const { assignment } = await call<{ assignment: Held | null }>('claim', '/queue/next', {})
      if (assignment === null) return
      const { assignmentId, attempt } = assignment
      await call('begin', `/assignments/${assignmentId}/start`, { attempt })
      await call('submit', `/assignments/${assignmentId}/submit`, { attempt, result: { label: 'yes' } })
    })
  }

  #every(ms: number, once: () => Promise<unknown>): void {
    const loop = async (): Promise<void> => {
      while (!this.#stop.signal.aborted) {
        try {
          await once()
          // Nobody's clock is exact: otherwise all would ask at once.
          await wait(ms * (0.5 + Math.random()), undefined, { signal: this.#stop.signal })
        } catch (error) {
          if (this.#stop.signal.aborted) return
          this.#failures.push(error instanceof Error ? error.message : String(error))
          await wait(ms)
        }
      }
    }
    this.#loops = [...this.#loops, loop()]
  }

  async #caller(userId: string, role: string): Promise<Call> {
    const headers = {
      authorization: `Bearer ${await this.#token(userId, role)}`,
      'content-type': 'application/json',
    }
    return async <Answer>(kind: string, path: string, body?: object) => {
      const sentAt = performance.now()
      const request =
        body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
      const response = await fetch(`${this.#origin}/api/v1${path}`, request)
      const text = await response.text()
      if (!response.ok) throw new Error(`${kind}: ${response.status} ${text}`)
      const took = performance.now() - sentAt
      if (kind !== 'prepare') this.#latencies.set(kind, [...(this.#latencies.get(kind) ?? []), took])
      return JSON.parse(text) as Answer
    }
  }

  async #put(path: string): Promise<void> {
    const authorization = `Bearer ${await this.#token('00000000-0000-7000-8000-000000000001', 'admin')}`
    const response = await fetch(`${this.#origin}/api/v1${path}`, {
      method: 'PUT',
      headers: { authorization },
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }

  #token(userId: string, role: string): Promise<string> {
    return new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setExpirationTime('6h')
      .sign(new TextEncoder().encode(this.#secret))
  }

  /** Listens by socket.io (engine.io 4, socket.io 5), as a page does that stays open. */
  async #follow(channel: string): Promise<void> {
    const token = await this.#token('00000000-0000-7000-8000-000000000001', 'admin')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = new WebSocket(`${this.#origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    socket.on('error', reject)
    socket.on('message', (bytes: Buffer) => {
      const text = bytes.toString()
      if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
      else if (text.startsWith('2')) socket.send('3')
      else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['subscribe', { channel }])}`)
      else if (text.startsWith('43')) resolve()
      else if (text.includes('"reload"')) this.#failures.push(`a follower was told: ${text.slice(0, 200)}`)
    })
    socket.on('close', () => {
      if (!this.#stop.signal.aborted) this.#failures.push('a follower lost the connection')
    })
    await promise
    this.#sockets.push(socket)
  }
}
