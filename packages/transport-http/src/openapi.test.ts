import { expect, it } from 'vitest'
import { openApi } from './api-world.test.support.ts'

it('serves the OpenAPI 3.1 document that is checked in, and a page that shows it', async () => {
  const world = await openApi()
  try {
    const anyone = world.withToken(undefined)
    const served = await anyone('GET', '//openapi.json')
    expect(served.body.openapi).toBe('3.1.0')
    // A deliberate change of the interface is written down with `npx vitest run --project transport-http -u`.
    await expect(`${JSON.stringify(served.body, null, 2)}\n`).toMatchFileSnapshot('../openapi.json')
    expect((await anyone('GET', '//docs/')).status).toBe(200)
  } finally {
    await world.close()
  }
})
