import { createConfig, lintFromString } from '@redocly/openapi-core'
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiWorld, openApi } from './api-world.test.support.ts'

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
  // A deliberate change of the interface is written down with `npx vitest run --project transport-http -u`.
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
