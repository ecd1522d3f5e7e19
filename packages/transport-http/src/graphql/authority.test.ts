import { afterAll, beforeAll, expect, it } from 'vitest'
import { GRAPHQL_AUTHORITY } from '../access/authority.ts'
import { type AuthorityWorld, openAuthority, type Person } from '../access/authority-world.test.support.ts'
import { type Answer, DOCUMENTS, graphqlAuthority } from './authority-cases.test.support.ts'

let world: AuthorityWorld
let origin: string
beforeAll(async () => {
  world = await openAuthority()
  origin = await world.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => world.close())

const ACCEPT = { accept: 'application/graphql-response+json' }

/** What a subscription begins with. It is over then. */
async function firstAnswer({ token }: Person, query: string): Promise<Answer> {
  const over = new AbortController()
  const reply = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
    signal: over.signal,
  })
  const { status } = reply
  if (status !== 200) return { status, body: await reply.json() }
  let text = ''
  for await (const bytes of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += bytes
    const [, data] = /^data: ?(.+)\n\n/m.exec(text) ?? []
    if (data === undefined) continue
    over.abort()
    return { status, body: JSON.parse(data) }
  }
  throw new Error(`The subscription ended with ${text}`)
}

it('is asked of every field', () => {
  expect(Object.keys(DOCUMENTS).sort()).toEqual(Object.keys(GRAPHQL_AUTHORITY).sort())
})

graphqlAuthority(
  'HTTP and server-sent events',
  Object.keys(GRAPHQL_AUTHORITY),
  () => world,
  (person, query) =>
    query.startsWith('subscription')
      ? firstAnswer(person, query)
      : person.call('POST', '//graphql', { query }, ACCEPT),
)
