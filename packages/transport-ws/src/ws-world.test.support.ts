import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jobType, type ProjectId, type Role, UnauthorizedError, type UserId } from '@muster/core'
import { fact } from '@muster/core/feed'
import type { Authenticator } from '@muster/core/ports'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { io, type Socket } from 'socket.io-client'
import { onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { checkFrame } from './asyncapi.test.support.ts'
import { attachMusterWs, type MusterWs, type MusterWsOptions } from './attach.ts'

/** Tokens that say in clear whom they name: `<userId> <role> <expires at>`. How tokens are verified is another package's to test. */
export const clearTokens: Authenticator = {
  async authenticate(token) {
    const [userId, role, expiresAt] = Buffer.from(token, 'base64url').toString().split(' ')
    const expires = new Date(Number(expiresAt))
    if (userId === undefined || role === undefined || !(expires.getTime() > Date.now())) {
      throw new UnauthorizedError('The token does not hold')
    }
    return { userId: userId as UserId, role: role as Role, expiresAt: expires }
  },
}

export function tokenOf(userId: string, role: Role, lifetimeMs = 60_000): string {
  return Buffer.from(`${userId} ${role} ${Date.now() + lifetimeMs}`).toString('base64url')
}

/** A clock that stands still until a test lets time pass. */
export class HeldClock {
  #now = Date.UTC(2026, 0, 1)

  now(): Date {
    return new Date(this.#now)
  }

  pass(ms: number): void {
    this.#now += ms
  }
}

const echo = jobType({
  name: 'echo',
  payload: z.strictObject({ text: z.string() }),
  handler: ({ payload }, { step }) => {
    step('say', 1, 1)
    return payload.text
  },
})

export interface Person {
  readonly userId: UserId
  readonly role: Role
  readonly token: string
}

/** Muster in memory behind a bare server, with a project. */
export class WsWorld {
  readonly muster: Muster
  readonly server: Server
  readonly ws: MusterWs
  readonly origin: string
  readonly projectId: ProjectId

  private constructor(muster: Muster, server: Server, ws: MusterWs, projectId: ProjectId) {
    this.muster = muster
    this.server = server
    this.ws = ws
    this.projectId = projectId
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(options: Partial<MusterWsOptions> = {}): Promise<WsWorld> {
    const muster = await createMuster({ modules: [coreModule({ jobTypes: [echo] })] })
    const server = createServer((_, response) => response.writeHead(404).end())
    const ws = attachMusterWs(server, { muster, authenticator: clearTokens, ...options })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(async () => {
      await ws.close()
      server.close()
      await muster.close()
    })
    const { projectId } = await muster.projects.add({ name: 'Languages' })
    return new WsWorld(muster, server, ws, projectId)
  }

  async person(role: Role, ...projectIds: readonly ProjectId[]): Promise<Person> {
    const userId = randomUUID() as UserId
    await this.muster.people.add({ userId, displayName: role, role })
    for (const projectId of projectIds) await this.muster.projects.addMember(projectId, userId)
    return { userId, role, token: tokenOf(userId, role) }
  }

  /** A fact for everybody in the project. */
  async clear(...numbers: readonly number[]): Promise<void> {
    const facts = numbers.map((cancelled) => fact(this.projectId, 'queue_cleared', { cancelled }))
    await this.muster.persistence.transaction(({ events }) => events.append(facts))
  }

  /** A fact about a person. */
  async assigned({ userId }: Person, projectId = this.projectId): Promise<void> {
    const ids = { taskId: randomUUID() as never, assignmentId: randomUUID() as never }
    const move = {
      stepId: 'annotate',
      stepType: 'annotation',
      userId,
      status: 'assigned',
      from: null,
      attempt: 1,
    }
    const one = fact(projectId, 'task_assigned', { ...ids, ...move }, [userId])
    await this.muster.persistence.transaction(({ events }) => events.append([one]))
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape
type Frame = any

/** What a test needs of a client, whatever its wire. */
export interface WireClient {
  /** Every frame, oldest first; those of socket.io with their event's name as `frame`. */
  readonly frames: Frame[]
  readonly cursor: string
  /** The code it was closed with, or the reason. */
  readonly closed: Promise<number | string>
  close(): void
}

/** Waits for a condition on what has come. */
export function until(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { interval: 10 })
}

/** Facts among the frames of a client. */
export function factsOf({ frames }: WireClient): Frame[] {
  return frames.filter(({ seq }) => typeof seq === 'number')
}

/** A plain connection, or why it was refused. */
export async function plain(
  world: WsWorld,
  path: string,
  person: Pick<Person, 'token'> | undefined,
  options: { readonly headers?: Record<string, string>; readonly protocols?: string[] } = {},
): Promise<WireClient & { readonly socket: WebSocket }> {
  const headers = person === undefined ? {} : { authorization: `Bearer ${person.token}` }
  const socket = new WebSocket(`${world.origin.replace('http', 'ws')}${path}`, options.protocols ?? [], {
    headers: { ...headers, ...options.headers },
  })
  onTestFinished(() => socket.terminate())
  const frames: Frame[] = []
  socket.on('message', (bytes: Buffer) => {
    const frame = JSON.parse(String(bytes))
    // The first ones tell what all of them are like.
    if (frames.length < 500)
      checkFrame(path.startsWith('/queue_updates') ? 'queueUpdates' : 'personal', frame)
    frames.push(frame)
  })
  const closed = new Promise<number>((resolve) => void socket.on('close', (code) => resolve(code)))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
    socket.on('unexpected-response', (request, { statusCode: status }) => {
      request.destroy()
      reject(Object.assign(new Error('refused'), { status }))
    })
  })
  await until(() => {
    if (frames.length === 0) throw new Error('not ready yet')
  })
  return {
    socket,
    frames,
    closed,
    get cursor() {
      return frames.findLast(({ cursor }) => typeof cursor === 'string')?.cursor
    },
    close: () => socket.close(),
  }
}

/** A socket.io connection that follows one channel; what its calls are answered. */
export async function socketIo(
  world: WsWorld,
  person: Pick<Person, 'token'>,
  channel?: string,
  after?: string,
): Promise<
  WireClient & {
    readonly socket: Socket
    readonly answer: Frame
    call(name: string, request: object): Promise<Frame>
  }
> {
  const socket = io(world.origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token: person.token },
  })
  onTestFinished(() => void socket.close())
  const frames: Frame[] = []
  const closed = new Promise<string>((resolve) => void socket.on('disconnect', (reason) => resolve(reason)))
  socket.onAny((name: string, frame: object) => {
    checkFrame(name, frame)
    frames.push({ frame: name, ...frame })
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  const call = async (name: string, request: object): Promise<Frame> => {
    const answer = await socket.timeout(5_000).emitWithAck(name, request)
    checkFrame(`${name} answer`, answer)
    return answer
  }
  const answer =
    channel === undefined ? undefined : await call('subscribe', { channel, ...(after ? { after } : {}) })
  return {
    socket,
    frames,
    closed,
    answer,
    call,
    get cursor() {
      return frames.findLast(({ cursor }) => typeof cursor === 'string')?.cursor ?? answer?.cursor
    },
    close: () => socket.close(),
  }
}
