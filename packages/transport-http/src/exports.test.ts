import { createHash } from 'node:crypto'
import type { ProjectId } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from './api-world.test.support.ts'

let world: ApiWorld
let manager: Caller
let admin: Caller
let projectId: ProjectId
let definitionId: string
let scheduler: { close(): Promise<void> }

const SCENARIOS = 400

beforeAll(async () => {
  world = await openApi()
  const { muster } = world
  projectId = (await muster.projects.add({ name: 'Told' })).projectId
  manager = await world.as('manager', { member: [projectId] })
  admin = await world.as('admin')
  const definition = await muster.definitions.add(projectId, {
    name: 'capitals',
    jobType: 'echo',
    scenarios: Array.from({ length: SCENARIOS }, (_, nth) => ({
      scenarioId: `s-${nth + 1}`,
      payload: { text: `=1+${nth}, "said"` },
    })),
  })
  definitionId = definition.definitionId
  scheduler = await muster.schedule()
})
afterAll(async () => {
  await scheduler.close()
  await world.close()
})

const asked = (body: object, query = '?wait=30', caller = manager) =>
  caller('POST', `/projects/${projectId}/exports${query}`, body)
const scenarios = (format: string, more: object = {}) => ({
  what: 'definition',
  definitionId,
  format,
  ...more,
})

/** A file, or a part of it. */
const file = (exportId: string, name: string, headers: Record<string, string> = {}, caller = manager) =>
  caller('GET', `/exports/${exportId}/files/${name}`, undefined, headers)

describe('POST /projects/:projectId/exports', () => {
  it('waits for a small one, whose file and manifest are read then', async () => {
    const { status, body } = await asked(scenarios('csv', { csvSafe: true, fields: ['/payload/text'] }))
    expect([status, body.status, body.rows]).toEqual([201, 'completed', SCENARIOS])
    expect((await manager('GET', `/projects/${projectId}/exports`)).body.items[0]).toEqual(body)
    expect((await manager('GET', `/exports/${body.exportId}`)).body).toEqual(body)
    const [{ name, sha256, bytes }] = body.files
    const read = await file(body.exportId, name)
    expect(read).toMatchObject({
      status: 200,
      headers: {
        'accept-ranges': 'bytes',
        'content-length': String(bytes),
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${name}"`,
        etag: `"${sha256}"`,
      },
    })
    expect(createHash('sha256').update(read.text).digest('hex')).toBe(sha256)
    expect(read.text).toContain(`,"'=1+0, ""said"""\r\n`)
    const manifest = (await manager('GET', `/exports/${body.exportId}/manifest.json`)).body
    expect(manifest).toMatchObject({
      files: body.files,
      definition: { definitionId, version: 1 },
      left: [{ what: 'cells as they are', count: SCENARIOS }],
    })
  })

  it('answers at once without a wait, and the same for the same key', async () => {
    const key = { 'idempotency-key': 'once' }
    const path = `/projects/${projectId}/exports`
    const first = await manager('POST', path, scenarios('ndjson'), key)
    expect(first).toMatchObject({ status: 201, body: { status: 'waiting', files: [], finishedAt: null } })
    expect((await manager('POST', path, scenarios('ndjson'), key)).body.exportId).toBe(first.body.exportId)
    const early = await manager('GET', `/exports/${first.body.exportId}/manifest.json`)
    expect(early).toMatchObject({ status: 409, body: { code: 'conflict', status: expect.anything() } })
  })

  it('refuses what cannot be written, by name', async () => {
    expect(await asked(scenarios('promptfoo'))).toMatchObject({
      status: 400,
      body: {
        errors: [{ path: 'format', message: 'must be one of ndjson, csv, parquet for what is definition' }],
      },
    })
    expect(await asked({ what: 'tasks', format: 'label-studio' })).toMatchObject({
      body: { errors: [{ path: 'formId', message: 'is required' }] },
    })
    expect(await asked({ what: 'tasks', format: 'ndjson', delimiter: ';' })).toMatchObject({
      body: { errors: [{ path: 'delimiter', message: 'must be absent: it is of csv' }] },
    })
    expect(await asked(scenarios('csv'), '?wait=31')).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'wait' }] },
    })
  })

  it('names people by their ids for admins alone', async () => {
    const named = { what: 'tasks', format: 'ndjson', people: 'id' }
    expect(await asked(named)).toMatchObject({ status: 403 })
    const { body } = await asked(named, '?wait=30', admin)
    expect(body).toMatchObject({ status: 'completed', people: 'id' })
    expect(await file(body.exportId, 'tasks.ndjson')).toMatchObject({ status: 403 })
    expect(await file(body.exportId, 'tasks.ndjson', {}, admin)).toMatchObject({ status: 200, text: '' })
  })
})

describe('GET /exports/:id/files/:name', () => {
  let exportId: string
  let whole: string
  let etag: string
  beforeAll(async () => {
    exportId = (await asked(scenarios('ndjson'))).body.exportId
    const read = await file(exportId, 'scenarios.ndjson')
    whole = read.text
    etag = String(read.headers['etag'])
  })

  it.each([
    ['bytes=0-9', (text: string) => text.slice(0, 10)],
    ['bytes=100-', (text: string) => text.slice(100)],
    ['bytes=-5', (text: string) => text.slice(-5)],
    ['bytes=0-999999', (text: string) => text],
    ['bytes=-999999', (text: string) => text],
  ])('gives the part that is asked for: %s', async (range, partOf) => {
    const part = await file(exportId, 'scenarios.ndjson', { range })
    expect(part.status).toBe(206)
    expect(part.text).toBe(partOf(whole))
    expect(part.headers['content-range']).toMatch(new RegExp(`^bytes \\d+-\\d+/${Buffer.byteLength(whole)}$`))
  })

  it.each(['bytes=0-1,5-6', 'lines=0-1', 'bytes=x', 'bytes=-', 'bytes=5-4', 'nothing'])(
    'gives all for a range that it does not serve: %s',
    async (range) => {
      expect(await file(exportId, 'scenarios.ndjson', { range })).toMatchObject({ status: 200, text: whole })
    },
  )

  it('says how long the file is where nothing of it is asked for', async () => {
    const range = `bytes=${Buffer.byteLength(whole)}-`
    expect(await file(exportId, 'scenarios.ndjson', { range })).toMatchObject({
      status: 416,
      headers: { 'content-range': `bytes */${Buffer.byteLength(whole)}` },
    })
  })

  it('goes on with the same file alone, and says when nothing is new', async () => {
    const range = 'bytes=3-'
    expect(await file(exportId, 'scenarios.ndjson', { range, 'if-range': etag })).toMatchObject({
      status: 206,
    })
    expect(await file(exportId, 'scenarios.ndjson', { range, 'if-range': '"other"' })).toMatchObject({
      status: 200,
    })
    expect(await file(exportId, 'scenarios.ndjson', { 'if-none-match': `"other", ${etag}` })).toMatchObject({
      status: 304,
      text: '',
    })
  })

  it('gives a reader that is cut off fifty times the whole file', async () => {
    const { length } = Buffer.from(whole)
    const step = Math.ceil(length / 50)
    const parts: string[] = []
    let came = 0
    while (came < length) {
      const { text, status } = await file(exportId, 'scenarios.ndjson', {
        range: `bytes=${came}-${came + step - 1}`,
        'if-range': etag,
      })
      expect(status).toBe(206)
      parts.push(text)
      came += step
    }
    expect(parts).toHaveLength(50)
    expect(`"${createHash('sha256').update(parts.join('')).digest('hex')}"`).toBe(etag)
  })

  it('knows no other file, and no other export', async () => {
    expect(await file(exportId, '..%2F..%2Fetc')).toMatchObject({ status: 404 })
    expect(await file('00000000-0000-7000-8000-000000000000', 'scenarios.ndjson')).toMatchObject({
      status: 404,
    })
  })
})
