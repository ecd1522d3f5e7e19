import { createConfig, lintFromString } from '@redocly/openapi-core'
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import { fastify } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, openApi } from './api-world.test.support.ts'
import { musterHttp } from './plugin.ts'

let world: ApiWorld
let text: string

beforeAll(async () => {
  world = await openApi()
  const { body } = await world.withToken(undefined)('GET', '//openapi.json')
  text = `${JSON.stringify(body, null, 2)}\n`
})
afterAll(() => world.close())

it('serves the OpenAPI 3.1 document that is checked in, and a page that shows it', async () => {
  expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0' })
  // A deliberate change of the interface is written down with `npx vitest run packages/transport-http -u`.
  await expect(text).toMatchFileSnapshot('../openapi.json')
  expect((await world.withToken(undefined)('GET', '//docs/')).status).toBe(200)
})

it('serves a document that Redocly has nothing against', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: text, config })
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
})

it('serves a document that Spectral has nothing against', async () => {
  const linter = new spectral.Spectral()
  // Nobody in particular is to be written to, and most operations are told whole by their summary.
  const extending = [oas as unknown as RulesetDefinition]
  linter.setRuleset({ extends: extending, rules: { 'info-contact': 'off', 'operation-description': 'off' } })
  const problems = await linter.run(JSON.parse(text) as Record<string, unknown>)
  expect(problems.map(({ code, message, path }) => [code, message, path.join('/')])).toEqual([])
})

it('is made from no pattern with flags, which a document would leave out', async () => {
  const patterns: RegExp[] = []
  const app = fastify()
  app.addHook('onRoute', ({ schema }) => {
    const { body, querystring, params, response = {} } = (schema ?? {}) as Readonly<Record<string, unknown>>
    for (const part of [body, querystring, params, ...Object.values(response as object)]) {
      if (part instanceof z.ZodType) patterns.push(...patternsOf(part))
    }
  })
  const authenticator = { authenticate: () => Promise.reject(new Error('nobody')) }
  await app.register(musterHttp, { muster: world.muster, authenticator })
  await app.ready()
  await app.close()
  expect(patterns.length).toBeGreaterThan(20)
  expect(patterns.filter(({ flags }) => flags !== '')).toEqual([])
})

it.each([
  '0190cbb0-0000-7000-8000-00000000abcd',
  '0190CBB0-0000-7000-8000-00000000ABCD',
  '0190cbB0-0000-7000-8000-00000000aBcd',
  '0190cbb0-0000-7000-8000-00000000abcg',
  '0190cbb000007000800000000000abcd',
  ' 0190cbb0-0000-7000-8000-00000000abcd',
  '0190cbb0-0000-7000-8000-00000000abcd\n',
  '',
])('says of the id %j what the server does', async (id) => {
  const document = JSON.parse(text)
  const { parameters } = document.paths['/tasks/{id}'].get
  const { schema } = parameters.find((parameter: { readonly name: string }) => parameter.name === 'id')
  const reply = await (await world.as('admin'))('GET', `/tasks/${encodeURIComponent(id)}`)
  const isTaken = reply.body.code === 'not_found' && String(reply.body.detail).includes('task')
  expect(new RegExp(schema.pattern ?? '', 'u').test(id)).toBe(isTaken)
})

function patternsOf(schema: z.ZodType): RegExp[] {
  const found: RegExp[] = []
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema }) => {
      const { checks = [] } = zodSchema._zod.def as { readonly checks?: readonly z.core.$ZodCheck[] }
      for (const check of checks) {
        const { pattern } = check._zod.def as { readonly pattern?: RegExp }
        if (pattern !== undefined) found.push(pattern)
      }
    },
  })
  return found
}
