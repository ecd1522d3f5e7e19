import { createServer } from 'node:http'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import express from 'express'
import Fastify from 'fastify'
import { listening, type Running } from './running.ts'

/** A row of somebody's table of staff, which was there before Muster. */
export interface Clerk {
  readonly id: string
  readonly name: string
  readonly department: string
  readonly languages: Readonly<Record<string, number>>
}

/** Makes Muster know the staff by their own ids, and each department as a project. Repeating it changes nothing. */
export async function bringStaff(muster: Muster, staff: readonly Clerk[]): Promise<void> {
  for (const { id, name, department, languages } of staff) {
    const { projectId } = await muster.projects.upsert({ externalId: department, name: department })
    const { userId } = await muster.people.upsert({ externalId: id, displayName: name, skills: languages })
    await muster.projects.addMember(projectId, userId)
  }
}

export async function serveStaff(secret: string, staff: readonly Clerk[]): Promise<Running> {
  const muster = await createMuster({ modules: [coreModule()] })
  await bringStaff(muster, staff)

  // The tokens of the host name its staff by their own ids, and so does Muster.
  const authenticator = jwtAuthenticator({ secret })
  const work = Fastify()
  await work.register(musterHttp, { muster, authenticator, base: '/work' })
  await work.ready()
  const app = express()
  app.use((request, response, next) => {
    if (request.url.startsWith('/work/')) work.routing(request, response)
    else next()
  })
  const server = createServer(app)
  const live = attachMusterWs(server, { muster, authenticator, base: '/work' })
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
