import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { guideRoutes } from './guide.ts'

describe('guideRoutes', () => {
  it('serves what was built, to be loaded from its own server alone', async () => {
    const app = await serving({ 'index.html': '<h1>Muster</h1>', 'tutorial.html': '<h1>Tutorial</h1>' })
    expect((await app.inject('/muster/guide')).headers['location']).toBe('/muster/guide/')
    expect((await app.inject('/muster/guide/')).body).toBe('<h1>Muster</h1>')
    const page = await app.inject('/muster/guide/tutorial.html')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    expect((await app.inject('/muster/guide/none.html')).statusCode).toBe(404)
    expect((await app.inject('/muster/guide/..%2f..%2fetc/passwd')).statusCode).not.toBe(200)
  })

  it('says how to build it while it is not built', async () => {
    const app = await serving({})
    const answer = await app.inject('/muster/guide/')
    expect(answer.statusCode).toBe(404)
    expect(answer.body).toContain('npm run docs:build')
  })
})

async function serving(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'muster-guide-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const app = fastify()
  await app.register(async (scope) => guideRoutes(scope, folder), { prefix: '/muster' })
  onTestFinished(async () => {
    await app.close()
    await rm(folder, { recursive: true })
  })
  return app
}
