import { once } from 'node:events'
import { createServer } from 'node:net'
import { uiScenarios } from '@muster-examples/language-id'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Client, dataDirectory, oneLine, startChild, until } from './server-child.test.support.ts'

const MODELS = ['franc', 'eld', 'cld3', 'fasttext']
const TIMEOUT_MS = 120_000

const directory = await dataDirectory()

interface RunAnswer {
  readonly runId: string
  readonly status: string
  readonly progress: { readonly total: number; readonly completed: number }
}

describe('a server that cannot have what it needs', { timeout: TIMEOUT_MS }, () => {
  it('names the folder and who holds it, or the port that is taken', async () => {
    const holder = startChild({ MUSTER_DATA_DIR: directory })
    await holder.said(/token \(admin\): (\S+)\n/)
    const { code, stderr, stdout } = await startChild({ MUSTER_DATA_DIR: directory }).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain(`${directory} is in use by process ${holder.pid}`)
    expect(stdout).toBe('')

    holder.kill('SIGKILL')
    await holder.exit
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' && address?.port)
    const onPort = await startChild({ MUSTER_DATA_DIR: directory, PORT: port }).exit
    expect(onPort.code).toBe(1)
    expect(oneLine(onPort.stderr)).toContain(`PORT ${port} on 127.0.0.1 is taken`)
  })
})

describe('a server that is killed in the middle of a run', { timeout: TIMEOUT_MS }, () => {
  it('goes on where it was, to the same bytes as an undisturbed run', async () => {
    const killed = startChild({ MUSTER_DATA_DIR: directory })
    const before = await Client.of(killed)
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
      maxJobsPerSecond: 200,
    })
    const atKill = await until(async () => {
      const { progress } = await before.get<RunAnswer>(`/runs/${runId}`)
      return progress.completed > 50 ? progress : undefined
    })
    killed.kill('SIGKILL')
    expect((await killed.exit).signal).toBe('SIGKILL')
    expect(atKill.completed).toBeLessThan(atKill.total)

    const after = await Client.of(startChild({ MUSTER_DATA_DIR: directory }))
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
})

describe('a server that is told to stop', { timeout: TIMEOUT_MS }, () => {
  it('hands back what it works on, exits with 0, and the next one does it', async () => {
    const first = startChild({ MUSTER_DATA_DIR: directory, MUSTER_SHUTDOWN_SECONDS: '1' })
    const client = await Client.of(first)
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
    first.kill('SIGTERM')
    expect(await first.exit).toMatchObject({ code: 0, signal: null })

    const second = await Client.of(startChild({ MUSTER_DATA_DIR: directory }))
    const item = await until(async () => {
      const seen = await second.get<{ state: string; attempt: number }>(
        `/projects/${projectId}/queue/${itemId}`,
      )
      return seen.state === 'active' ? seen : undefined
    })
    expect(item.attempt).toBe(1)
  })
})
