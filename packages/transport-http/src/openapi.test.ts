import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openApi } from './api-world.ts'

it('serves the OpenAPI 3.1 document that is checked in (npm run openapi writes it anew)', async () => {
  const world = await openApi()
  try {
    const anyone = world.withToken(undefined)
    const served = await anyone('GET', '//openapi.json')
    expect(served.body.openapi).toBe('3.1.0')
    const checkedIn = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'))
    expect(served.body).toEqual(checkedIn)
    expect((await anyone('GET', '//docs/')).status).toBe(200)
  } finally {
    await world.close()
  }
})
