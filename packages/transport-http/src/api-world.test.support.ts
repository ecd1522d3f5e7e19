import { randomUUID } from 'node:crypto'
import { MemoryBlobs } from '@muster/adapters-memory'
import { type JobType, jobType, NonRetryableError, type Role } from '@muster/core'
import { fileReader, fileWriter } from '@muster/formats'
import { type CoreOptions, coreModule, createMuster, type Muster } from '@muster/host'
import { answerChecks, type DescribedAnswers } from '@muster/test-services/documents'
import { ScriptedSender } from '@muster/testing'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { z } from 'zod'
import { jwtAuthenticator } from './access/jwt-authenticator.ts'
import { type MusterHttpOptions, musterHttp } from './plugin.ts'

export const SECRET = 'a secret that is only ever used in tests'

/** An echo that a test can make fail: `{ fail: true }`. */
const echo: JobType = jobType({
  name: 'echo',
  payload: z.strictObject({ text: z.string(), fail: z.boolean().optional() }),
  handler: ({ payload, model }) => {
    if (payload.fail) throw new NonRetryableError('told to fail')
    return { said: payload.text, model }
  },
})

export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A caller with a token. */
export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>

export interface ApiWorld {
  readonly app: FastifyInstance
  readonly muster: Muster
  /** A fresh user's calls; `userId` is theirs. */
  as(
    role: Role,
    options?: {
      readonly member?: readonly string[]
      readonly skills?: Record<string, number>
      readonly name?: string
    },
  ): Promise<Caller & { readonly userId: string }>
  /** Calls with this token, or with none. */
  readonly withToken: (token: string | undefined) => Caller
  close(): Promise<void>
}

export async function token(
  claims: { sub: string; role?: string; types?: readonly string[]; projects?: readonly string[] },
  { secret = SECRET, expiresIn = '1h', algorithm = 'HS256' } = {},
): Promise<string> {
  const { sub, ...rest } = claims
  return new SignJWT(rest)
    .setProtectedHeader({ alg: algorithm })
    .setSubject(sub)
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(secret))
}

/** The first answer to GET of `path` that is as wished, asked for until it is. */
export function until(caller: Caller, path: string, isReached: (reply: Reply) => boolean): Promise<Reply> {
  return expect
    .poll(() => caller('GET', path), { interval: 20 })
    .toSatisfy(isReached)
    .then(() => caller('GET', path))
}

/** Adds a definition of echoes, `text 0` and so on, in the scenarios `s0` and so on. */
export function addEchoes(manager: Caller, projectId: string, count: number): Promise<Reply> {
  const scenarios = Array.from({ length: count }, (_, i) => ({
    scenarioId: `s${i}`,
    payload: { text: `text ${i}` },
  }))
  const definition = { name: 'echo', jobType: 'echo', scenarios }
  return manager('POST', `/projects/${projectId}/definitions`, definition)
}

/** Muster in memory behind its HTTP transport. */
export async function openApi(
  options: Partial<MusterHttpOptions> = {},
  { jobTypes = [], ...core }: Pick<CoreOptions, 'clock' | 'jobTypes' | 'webhooks'> = {},
): Promise<ApiWorld> {
  const muster = await createMuster({
    modules: [
      coreModule({
        jobTypes: [echo, ...jobTypes],
        webhooks: new ScriptedSender(),
        files: fileReader,
        exports: { writer: fileWriter, blobs: new MemoryBlobs() },
        ...core,
      }),
    ],
  })
  const app = Fastify()
  await app.register(musterHttp, {
    muster,
    authenticator: jwtAuthenticator({ secret: SECRET }),
    requestsPerMinute: 0,
    ...options,
  })
  await app.ready()

  // All that is answered is held to the document, where there is one below `/api/v1`.
  const document = await app.inject({ url: '/openapi.json' })
  const faultOf = document.statusCode === 200 ? answerChecks(document.json<DescribedAnswers>()) : undefined

  const withToken = (bearer: string | undefined): Caller => {
    return async (method, path, body, headers = {}) => {
      const url = path.startsWith('//') ? path.slice(1) : `/api/v1${path}`
      const request: InjectOptions = {
        method: method as 'GET',
        url,
        headers: { ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      }
      const reply = await app.inject(request)
      const [asked = ''] = url.split('?')
      const fault = asked.startsWith('/api/v1/')
        ? faultOf?.({
            method,
            path: asked,
            status: reply.statusCode,
            contentType: reply.headers['content-type']?.toString(),
            body: reply.body,
          })
        : undefined
      if (fault !== undefined)
        throw new Error(`${method} ${path} is answered otherwise than documented: ${fault}`)
      const isJson =
        reply.body !== '' &&
        String(reply.headers['content-type'] ?? '').includes('json') &&
        !String(reply.headers['content-type']).includes('ndjson')
      return {
        status: reply.statusCode,
        body: isJson ? reply.json() : undefined,
        headers: reply.headers,
        text: reply.body,
      }
    }
  }

  return {
    app,
    muster,
    withToken,
    async as(role, { member = [], skills = {}, name = role } = {}) {
      const userId = randomUUID()
      await muster.people.add({ userId, displayName: name, role, skills })
      for (const projectId of member) await muster.projects.addMember(projectId as never, userId as never)
      return Object.assign(withToken(await token({ sub: userId, role })), { userId })
    },
    async close() {
      await app.close()
      await muster.close()
    },
  }
}
