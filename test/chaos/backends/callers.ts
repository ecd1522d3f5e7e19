import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import type { Violation } from '../findings.ts'

/** A key that servers and callers of a round share. */
export const SECRET = 'a key that the servers of a round share with those who call'

/** Longer than the 5 s within which a request is answered: the machine does more than this. */
const PATIENCE_MS = 10_000

/** Between two calls of one caller, at most. */
const PAUSE_MS = 60

/** Where a server is. */
export interface Address {
  readonly origin: string
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route
  readonly body: any
}

/** What was answered as done: it must be so for ever after. */
export interface Acknowledged {
  readonly items: Set<string>
  /** By assignment, what was handed in. */
  readonly submissions: Map<string, unknown>
}

/** Calls servers over HTTP as people and programs do, and notes each answer that must not be. */
export class Callers {
  readonly acknowledged: Acknowledged = { items: new Set(), submissions: new Map() }
  /** Answers by status. */
  readonly answers = new Map<number, number>()
  readonly #servers: readonly Address[]
  readonly #note: (violation: Violation) => void
  readonly #random: SeededRandom
  readonly #stop = new AbortController()
  readonly #under = new Set<Promise<unknown>>()
  #gate: Promise<void> = Promise.resolve()
  #open = (): void => {}

  constructor(servers: readonly Address[], seed: number, note: (violation: Violation) => void) {
    this.#servers = servers
    this.#random = new SeededRandom(seed)
    this.#note = note
  }

  /** Adds a job now and then, each with a number of its own. */
  async add(projectId: string, token: string): Promise<void> {
    await this.#while(async () => {
      const payload = { simulate: { delayMs: Math.floor(this.#random.next() * 150) } }
      const added = await this.call(token, 'POST', `/projects/${projectId}/queue/add`, {
        type: 'stub:probe',
        payload,
      })
      if (added.status === 201) this.acknowledged.items.add(added.body.itemId)
    })
  }

  /** Takes the next task and hands it in, again and again. */
  async work(projectId: string, token: string): Promise<void> {
    await this.#while(async () => {
      const claimed = await this.call(token, 'POST', '/queue/next', { projectId })
      if (claimed.status !== 201) return
      const { assignmentId, stepType } = claimed.body.assignment
      const result = stepType === 'review' ? { verdict: 'accept' } : { label: assignmentId }
      await this.#until(token, `/assignments/${assignmentId}/start`, {})
      const submitted = await this.#until(token, `/assignments/${assignmentId}/submit`, { result })
      if (submitted?.status === 200) this.acknowledged.submissions.set(assignmentId, result)
    })
  }

  /** Looks at what everybody looks at. */
  async look(projectId: string, token: string): Promise<void> {
    const paths = [`/projects/${projectId}/queue/status`, `/projects/${projectId}/tasks`, '/queue', '/me']
    await this.#while(async () => {
      await this.call(token, 'GET', paths[Math.floor(this.#random.next() * paths.length)] ?? '/me')
    })
  }

  /** One call to one server, any unless it is said which. */
  async call(token: string, method: string, path: string, body?: object, at?: Address): Promise<Answer> {
    const server = at ?? this.#servers[Math.floor(this.#random.next() * this.#servers.length)]
    if (server === undefined) throw new RangeError('There is no server')
    const asked = `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}`
    let response: Response
    try {
      response = await fetch(`${server.origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
    } catch (error) {
      const hangs = error instanceof Error && error.name === 'TimeoutError'
      const rule = hangs ? 'no request hangs' : 'a server that lives can be reached'
      this.#note({ rule, what: `${asked}: ${String(error)}` })
      return { status: 0, body: undefined }
    }
    const answer = { status: response.status, body: await response.json().catch(() => undefined) }
    this.answers.set(answer.status, (this.answers.get(answer.status) ?? 0) + 1)
    this.#judge(asked, answer, response.headers.get('retry-after'))
    return answer
  }

  /** Lets nobody begin a call, and waits for those under way. */
  async hold(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    this.#open = resolve
    await Promise.allSettled(this.#under)
  }

  goOn(): void {
    this.#open()
  }

  /** Ends everybody’s loop. */
  stop(): void {
    this.#stop.abort()
    this.#open()
  }

  #judge(asked: string, { status, body }: Answer, retryAfter: string | null): void {
    if (status === 503) {
      const told = (body?.code === 'unavailable' || body?.code === 'busy') && retryAfter !== null
      if (!told)
        this.#note({ rule: 'what cannot be now is told so', what: `${asked}: ${JSON.stringify(body)}` })
    } else if (status >= 500)
      this.#note({ rule: 'nothing is answered 500', what: `${asked}: ${status} ${JSON.stringify(body)}` })
  }

  /** Repeats a move that is refused for now: it may have been done all the same, and the repetition is then refused for good. */
  async #until(token: string, path: string, body: object): Promise<Answer | undefined> {
    while (!this.#stop.signal.aborted) {
      const answer = await this.call(token, 'POST', path, body)
      if (answer.status !== 503 && answer.status !== 0) return answer
      await delay(PAUSE_MS)
    }
    return undefined
  }

  async #while(act: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#gate
      if (this.#stop.signal.aborted) return
      const acting = act()
      this.#under.add(acting)
      await acting.finally(() => this.#under.delete(acting))
      await delay(this.#random.next() * PAUSE_MS)
    }
  }
}

/** A token of {@link SECRET} (RFC 7519, HS256). */
export function tokenFor(userId: string, role: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: userId, role, exp: Math.floor(Date.now() / 1_000) + 86_400 })}`
  return `${said}.${createHmac('sha256', SECRET).update(said).digest('base64url')}`
}
