import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { ProjectId } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi, token, until } from './api-world.test.support.ts'

const CSV = 'externalId,text\nq-1,hello\nq-2,world\n'
const ENDED = /completed|refused|failed|cancelled/

let world: ApiWorld
let manager: Caller
let projectId: ProjectId
let scheduler: { close(): Promise<void> }

beforeAll(async () => {
  world = await openApi()
  const { muster } = world
  const { workflowId } = await muster.workflows.add({
    name: 'one step',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  projectId = (await muster.projects.add({ name: 'Brought', workflowId })).projectId
  manager = await world.as('manager', { member: [projectId] })
  scheduler = await muster.schedule()
})
afterAll(async () => {
  await scheduler.close()
  await world.close()
})

const bring = (query: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  manager('POST', `/projects/${projectId}/imports${query}`, body, { 'content-type': 'text/csv', ...headers })

/** The import once it has ended. */
const ended = async (importId: string) =>
  (await until(manager, `/imports/${importId}`, ({ body }) => ENDED.test(body.status))).body

describe('POST /projects/:projectId/imports', () => {
  it('reads a file, which becomes tasks, and answers its repeat with the same import', async () => {
    const brought = await bring('', CSV)
    expect(brought).toMatchObject({
      status: 201,
      body: { projectId, format: 'csv', target: 'tasks', status: 'checking', bytes: 36, counts: { read: 2 } },
    })
    const { importId } = brought.body
    const done = await ended(importId)
    expect(done).toMatchObject({ status: 'completed', counts: { read: 2, made: 2 } })
    expect(await bring('', CSV)).toMatchObject({ status: 200, body: done })
    const { items } = await world.muster.tasks.list(projectId, { order: 'asc' }, {})
    expect(items.map(({ externalId, payload }) => [externalId, payload])).toEqual([
      ['q-1', { text: 'hello' }],
      ['q-2', { text: 'world' }],
    ])
    expect((await manager('GET', `/projects/${projectId}/imports`)).body.items[0]).toEqual(done)
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('unpacks %s, whether it is said or not, and a dry run makes nothing', async (encoding, pack) => {
    const packed = pack(Buffer.from(`externalId,text\nz-1,${encoding}\n`))
    const said = await bring('?dryRun=true', packed, { 'content-encoding': encoding })
    const plain = await bring('?dryRun=true', packed, { 'content-type': 'application/octet-stream' })
    expect([said.status, plain.status]).toEqual([201, 201])
    expect(said.body.sha256).not.toBe(plain.body.sha256)
    for (const { body } of [said, plain])
      expect(await ended(body.importId)).toMatchObject({
        status: 'completed',
        dryRun: true,
        counts: { made: 1 },
      })
    expect((await world.muster.tasks.list(projectId, { externalId: 'z-1' }, {})).items).toEqual([])
  })

  it('reports each fault by its line, and makes nothing of the file', async () => {
    const { body } = await bring('', 'externalId,text\nf-1,a\nf-2\nf-1,again\n')
    expect(await ended(body.importId)).toMatchObject({ status: 'refused', counts: { made: 0, refused: 2 } })
    const { status, text, headers } = await manager('GET', `/imports/${body.importId}/report.ndjson`)
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('ndjson')])
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { level: 'error', code: 'bad_csv', line: 3 },
      { level: 'error', code: 'id_repeated', line: 4, externalId: 'f-1' },
    ])
  })

  it('reads JSON that is said to be JSON as the file that it is', async () => {
    const file = JSON.stringify([{ externalId: 'j-1', payload: { text: 'a' } }])
    const query = `?mode=chunks&mapping=${encodeURIComponent('{"numbers":"string"}')}`
    const { body } = await bring(query, file, { 'content-type': 'application/json' })
    expect(body).toMatchObject({ format: 'json', mapping: { numbers: 'string' } })
    expect(await ended(body.importId)).toMatchObject({ status: 'completed', counts: { made: 1 } })
  })

  it('answers by its key what was brought with it', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const file = 'externalId,text\nk-1,keyed\n'
    const first = await bring('', file, key)
    const again = await bring('', file, key)
    expect([again.status, again.body.importId]).toEqual([201, first.body.importId])
    expect((await bring('', CSV, key)).status).toBe(409)
  })

  it('says that a file is empty', async () => {
    const { body } = await bring('', '')
    expect(await ended(body.importId)).toMatchObject({ status: 'refused' })
    expect((await manager('GET', `/imports/${body.importId}/report.ndjson`)).text).toContain('"empty"')
  })

  it.each([
    ['?format=xls', 'format'],
    ['?mode=some', 'mode'],
    ['?target=nothing', 'target'],
    ['?target=run&mode=chunks', 'mode'],
    ['?target=run&submissions=true', 'submissions'],
    ['?submissions=1', 'submissions'],
    ['?mapping=%7B', 'mapping'],
    ['?mapping=%7B%22colour%22%3A1%7D', 'mapping.colour'],
    ['?colour=red', 'colour'],
  ])('refuses %s by its path', async (query, path) => {
    expect(await bring(query, CSV)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
  })
})

it('shows what the beginning of a file becomes', async () => {
  const path = `/projects/${projectId}/imports/preview?format=csv`
  const { status, body } = await manager('POST', path, CSV, { 'content-type': 'text/csv' })
  expect([status, body.format, body.sample.length]).toEqual([200, 'csv', 2])
  expect(body.fields).toContainEqual({
    place: '/payload/text',
    type: 'string',
    share: 1,
    mappedTo: 'payload',
  })
})

it('ends an import, and leaves one as it is that has ended', async () => {
  await scheduler.close()
  const { body } = await bring('?mode=chunks', 'text\nnever\n')
  const cancelled = await manager('POST', `/imports/${body.importId}/cancel`, {})
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', counts: { made: 0 } } })
  scheduler = await world.muster.schedule()
  expect((await manager('POST', `/imports/${body.importId}/cancel`, {})).body).toEqual(cancelled.body)
})

it('fails an import whose upload was cut', async () => {
  const address = await world.app.listen({ host: '127.0.0.1', port: 0 })
  const cut = new AbortController()
  const { userId } = manager as Caller & { userId: string }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('externalId,text\n')
    await until(manager, `/projects/${projectId}/imports`, ({ body }) => body.items[0].status === 'receiving')
    cut.abort()
    await new Promise(() => {})
  }
  const upload = fetch(`${address}/api/v1/projects/${projectId}/imports`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token({ sub: userId, role: 'manager' })}`,
      'content-type': 'text/csv',
    },
    body: Readable.toWeb(Readable.from(pieces())),
    duplex: 'half',
    signal: cut.signal,
  } as RequestInit)
  await expect(upload).rejects.toMatchObject({ name: 'AbortError' })
  const seen = await until(
    manager,
    `/projects/${projectId}/imports`,
    ({ body }) => body.items[0].status === 'failed',
  )
  expect(seen.body.items[0]).toMatchObject({ error: { code: 'truncated' } })
})
