import { attachMusterWs } from '@muster/transport-ws'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll } from 'vitest'
import { type AuthorityWorld, openAuthority, type Person } from '../access/authority-world.test.support.ts'
import { jwtAuthenticator } from '../access/jwt-authenticator.ts'
import { SECRET } from '../api-world.test.support.ts'
import { type Answer, DOCUMENTS, graphqlAuthority } from './authority-cases.test.support.ts'
import { graphqlOverWs } from './over-ws.ts'

let world: AuthorityWorld
let ws: ReturnType<typeof attachMusterWs>
let url: string
beforeAll(async () => {
  world = await openAuthority()
  const { muster, app } = world
  const authenticator = jwtAuthenticator({ secret: SECRET })
  ws = attachMusterWs(app.server, { muster, authenticator, endpoints: [graphqlOverWs({ muster })] })
  url = `${(await app.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws')}/graphql`
})
afterAll(async () => {
  await ws.close()
  await world.close()
})

const UNAUTHORIZED = 4401

async function firstAnswer({ token }: Person, query: string): Promise<Answer> {
  const client = createClient({
    url,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    retryAttempts: 0,
  })
  try {
    const { value } = await client.iterate({ query }).next()
    return { status: 200, body: value }
  } catch (error) {
    // What the subscription was refused with, or else how the connection was closed.
    if (Array.isArray(error)) return { status: 200, body: { errors: error } }
    if ((error as CloseEvent).code === UNAUTHORIZED) return { status: 401 }
    throw error
  } finally {
    await client.dispose()
  }
}

const SUBSCRIPTIONS = Object.keys(DOCUMENTS).filter((field) => field.startsWith('Subscription.'))

graphqlAuthority('graphql-ws', SUBSCRIPTIONS, () => world, firstAnswer)
