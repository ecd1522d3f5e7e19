import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { uiScenarios } from '@muster-examples/language-id'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  Client,
  dataDirectory,
  oneLine,
  type ServerChild,
  startChild,
  until,
} from './server-child.test.support.ts'

const MODELS = ['franc', 'eld', 'cld3', 'fasttext']
const directory = await dataDirectory()
const env = { MUSTER_DATA_DIR: directory, MUSTER_SHUTDOWN_SECONDS: '1' }

interface ExportAnswer {
  readonly exportId: string
  readonly status: string
  readonly files: readonly { readonly name: string; readonly sha256: string }[]
}

interface RunAnswer {
  readonly runId: string
  readonly status: string
  readonly progress: { readonly total: number; readonly completed: number }
}

/** One process after another on one folder, each going on where the one before it was ended. */
describe('a server on an embedded database', () => {
  const ends: (() => Promise<void>)[] = []
  const start = (): ServerChild => startChild(env, (end) => ends.push(end))
  afterAll(() => Promise.all(ends.map((end) => end())))
  let server: ServerChild
  beforeAll(() => {
    server = start()
  })

  it('is the only one there: another names the folder and who holds it', async () => {
    await server.said(/token \(admin\): (\S+)\n/)
    const { code, stderr, stdout } = await startChild(env).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain(`${directory} is in use by process ${server.pid}`)
    expect(stdout).toBe('')
  })

  it('goes on where it was killed in the middle of a run, to the same bytes as an undisturbed run', async () => {
    const before = await Client.of(server)
    const { projectId } = await before.post<{ projectId: string }>('/projects', { name: 'Languages' })
    const { definitionId } = await before.post<{ definitionId: string }>(
      `/projects/${projectId}/definitions`,
      {
        name: 'Texts',
        scenarios: uiScenarios().slice(0, 300),
      },
    )
    const request = { definitionId, models: MODELS, samplePercentage: 50, sampleSeed: 42 }
    const { runId } = await before.post<RunAnswer>(`/projects/${projectId}/runs`, {
      ...request,
      // So slow that it is not over at the kill, on a busy machine either.
      maxJobsPerSecond: 10,
    })
    const atKill = await until(async () => {
      const { progress } = await before.get<RunAnswer>(`/runs/${runId}`)
      return progress.completed > 20 ? progress : undefined
    })
    server.kill('SIGKILL')
    expect((await server.exit).signal).toBe('SIGKILL')
    expect(atKill.completed).toBeLessThan(atKill.total)

    server = start()
    const after = await Client.of(server)
    await after.patch(`/runs/${runId}`, { maxJobsPerSecond: null })
    const undisturbed = await after.post<RunAnswer>(`/projects/${projectId}/runs`, request)
    for (const id of [runId, undisturbed.runId]) {
      const run = await until(async () => {
        const seen = await after.get<RunAnswer>(`/runs/${id}`)
        return seen.status === 'completed' ? seen : undefined
      })
      expect(run.progress).toMatchObject({ total: 600, completed: 600 })
    }
    const results = await after.text(`/runs/${runId}/results.ndjson`)
    expect(results.trimEnd().split('\n')).toHaveLength(600)
    expect(results).toBe(await after.text(`/runs/${undisturbed.runId}/results.ndjson`))
  })

  it('writes an export to its end that a kill met, and serves no half file', async () => {
    const before = await Client.of(server)
    const { projectId } = await before.post<{ projectId: string }>('/projects', { name: 'Told' })
    const { definitionId } = await before.post<{ definitionId: string }>(
      `/projects/${projectId}/definitions`,
      {
        name: 'Long',
        jobType: 'stub:probe',
        scenarios: Array.from({ length: 20_000 }, (_, nth) => ({
          payload: { text: `text ${nth} `.repeat(9) },
        })),
      },
    )
    const request = { what: 'definition', definitionId, format: 'ndjson', gzip: true }
    const path = `/projects/${projectId}/exports`
    const { exportId } = await before.post<ExportAnswer>(path, request)
    await until(async () => {
      const { status } = await before.get<ExportAnswer>(`/exports/${exportId}`)
      return status === 'waiting' ? undefined : status
    })
    server.kill('SIGKILL')
    await server.exit

    server = start()
    const after = await Client.of(server)
    const other = await after.post<ExportAnswer>(path, request)
    const [ended, undisturbed] = await Promise.all(
      [exportId, other.exportId].map((id) =>
        until(async () => {
          const seen = await after.get<ExportAnswer>(`/exports/${id}`)
          return seen.status === 'completed' ? seen : undefined
        }),
      ),
    )
    if (ended === undefined || undisturbed === undefined) throw new Error('Both have ended')
    expect(ended.files).toEqual(undisturbed.files)
    const [file] = ended.files
    const served = await after.bytes(`/exports/${exportId}/files/${file?.name}`)
    expect(hash('sha256', served, 'hex')).toBe(file?.sha256)
    expect(gunzipSync(served).toString().trimEnd().split('\n')).toHaveLength(20_000)
  })

  it('hands back what it works on when told to stop, exits with 0, and the next one does it', async () => {
    const client = await Client.of(server)
    const { projectId } = await client.post<{ projectId: string }>('/projects', { name: 'Slow' })
    const payload = { simulate: { delayMs: 600_000 } }
    const { itemId } = await client.post<{ itemId: string }>(`/projects/${projectId}/queue/add`, {
      type: 'stub:probe',
      payload,
    })
    await until(async () => {
      const { state } = await client.get<{ state: string }>(`/projects/${projectId}/queue/${itemId}`)
      return state === 'active' || undefined
    })
    server.kill('SIGTERM')
    expect(await server.exit).toMatchObject({ code: 0, signal: null })

    server = start()
    const next = await Client.of(server)
    const item = await until(async () => {
      const seen = await next.get<{ state: string; attempt: number }>(
        `/projects/${projectId}/queue/${itemId}`,
      )
      return seen.state === 'active' ? seen : undefined
    })
    expect(item.attempt).toBe(1)
  })

  it('names the port that is taken', async () => {
    server.kill('SIGKILL')
    await server.exit
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' && address?.port)
    const { code, stderr } = await startChild({ ...env, PORT: port }).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain(`PORT ${port} on 127.0.0.1 is taken`)
  })
})
