import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiWorld, openApi, token } from '../api-world.test.support.ts'

let world: ApiWorld
let url: string
let bearer: string

beforeAll(async () => {
  world = await openApi()
  const { userId } = await world.as('annotator')
  bearer = await token({ sub: userId })
  url = `${await world.app.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterAll(() => world.close())

const audits = serverAudits({
  url: () => url,
  fetchFn: (address: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${bearer}`)
    return fetch(address, { ...init, headers })
  },
})

it.for(audits)('passes the audit of GraphQL over HTTP: $id $name', async (audit) => {
  expect(await audit.fn()).toMatchObject({ status: 'ok' })
})
