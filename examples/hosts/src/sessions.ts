import { createServer, type IncomingMessage } from 'node:http'
import type { UserId } from '@muster/core'
import type { Identity } from '@muster/core/ports'
import { coreModule, createMuster } from '@muster/host'
import { graphqlOverWs, jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import express, { type Request, type Response } from 'express'
import session, { type SessionData } from 'express-session'
import Fastify from 'fastify'
import { listening, type Running } from './running.ts'

declare module 'express-session' {
  interface SessionData {
    userId: UserId
  }
}

const MINUTE_MS = 60_000

export async function serveSessions(secret: string): Promise<Running> {
  const muster = await createMuster({ modules: [coreModule()] })

  // Somebody's app, as it was: it knows its users by the session of a cookie.
  const sessions = session({ secret, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' } })
  const app = express()
  app.use(sessions)
  app.post('/login', express.json(), async (request, response) => {
    const { name } = request.body as { readonly name: string }
    const { userId } = await muster.people.add({ displayName: name, role: 'manager' })
    request.session.userId = userId
    response.status(204).end()
  })
  app.post('/logout', (request, response) => request.session.destroy(() => response.status(204).end()))

  /** The session of a request. Upgrades to sockets pass no middleware of an app, so it is run here; a second time it does nothing. */
  const sessionOf = (request: IncomingMessage): Promise<Partial<SessionData>> =>
    new Promise((resolve, reject) => {
      const asked = request as Request
      sessions(asked, {} as Response, (error: unknown) => (error ? reject(error) : resolve(asked.session)))
    })
  const authenticate = async (request: IncomingMessage): Promise<Identity | undefined> => {
    const { userId } = await sessionOf(request)
    if (userId === undefined) return undefined
    // Whoever logs out keeps open sockets for at most this long.
    return { userId, role: 'annotator', expiresAt: new Date(Date.now() + MINUTE_MS) }
  }

  // Muster for people by their sessions, and for programs by tokens.
  const authenticator = jwtAuthenticator({ secret })
  const work = Fastify()
  await work.register(musterHttp, { muster, authenticator, authenticate, base: '/work' })
  await work.ready()
  app.use((request, response, next) => {
    if (request.url.startsWith('/work/')) work.routing(request, response)
    else next()
  })
  const server = createServer(app)
  const live = attachMusterWs(server, {
    muster,
    authenticator,
    authenticate,
    base: '/work',
    endpoints: [graphqlOverWs({ muster })],
  })
  return {
    origin: await listening(server),
    muster,
    async close() {
      await live.close()
      server.close()
      await work.close()
      await muster.close()
    },
  }
}
