import { hash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { freshDatabase } from '@muster/test-services/vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'
import { OldDatabase } from './old-database.test.support.ts'
import { Client, type ServerChild, startChild, until } from './server-child.test.support.ts'

const SECRET = 'a secret of more than thirty-two characters'
const TIMEOUT_MS = 60_000
const SPANS = fileURLToPath(new URL('./spans.test.support.ts', import.meta.url))
/** Longer than any test: whoever works on it is told to stop, or killed. */
const ENDLESS = { simulate: { delayMs: 600_000 } }

/** Bounds of a process that is told to stop: its end, and the next begin of what it had not finished. */
const SHUTDOWN_SECONDS = 1
const EXIT_MS = (SHUTDOWN_SECONDS + 5) * 1_000
const ELSEWHERE_MS = 2_000

interface Item {
  readonly itemId: string
  readonly state: string
  readonly attempt: number
  readonly startedAt: string | null
  readonly result: unknown
}

interface ListedJob {
  readonly state: string
  readonly startedAt: string | null
}

/** Starting a process costs more than all that is asked of it: so the tests share them, and the later ones kill them. */
describe('processes with roles on one Postgres', { timeout: TIMEOUT_MS }, () => {
  let env: Readonly<Record<string, string>>
  let server: ServerChild
  let worker: ServerChild
  let api: Api
  let held: Item
  let old: OldDatabase
  const ends: (() => Promise<void>)[] = []

  const start = (roles: string, more: Readonly<Record<string, string>> = {}): ServerChild =>
    startChild({ ...env, ...more, MUSTER_ROLES: roles }, (end) => void ends.push(end))

  afterAll(async () => {
    await Promise.all(ends.map((end) => end()))
    await old.close()
  })

  beforeAll(async () => {
    const database = await freshDatabase()
    old = await OldDatabase.at(database)
    env = {
      DATABASE_URL: database,
      MUSTER_JWT_SECRET: SECRET,
      MUSTER_DEMO: '0',
      OTEL_TRACES_EXPORTER: 'console',
      NODE_OPTIONS: `--import ${SPANS}`,
    }
  }, TIMEOUT_MS)

  it('do not start where a migration fails: they name it, and leave the database as it was', async () => {
    const before = await old.migrations()
    await old.sql('create table bookmark (in_the_way int)')
    const { code, stderr } = await start('api').exit
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Migration 0003_claims\.sql failed, and nothing of it remains: .*"bookmark"/m)
    expect(await old.migrations()).toEqual(before)
    const half = `select column_name from information_schema.columns where table_name = 'slot' and column_name = 'late'`
    expect(await old.sql(half)).toEqual([])
    await old.sql('drop table bookmark')
  })

  it('bring an old database up to date once, starting at once, and lose nothing of it', async () => {
    const before = await old.migrations()
    server = start('api')
    worker = start('worker,scheduler')
    const origin = await originOf(server)
    await originOf(worker)
    const after = await old.migrations()
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.map(({ version }) => version)).toEqual(await old.versions())

    const kept = await Api.of(origin, old.projectId)
    expect(await kept.members()).toMatchObject([{ userId: old.userId, displayName: 'Ann' }])
    for (const itemId of old.jobIds) {
      expect(await kept.reaches({ itemId }, 'completed')).toMatchObject({ attempt: 1 })
    }
    expect(await kept.counts()).toMatchObject({ pending: 0, active: 0, completed: old.jobIds.length })
    await kept.add({})
    expect(await old.facts()).toEqual([{ numbers: [1, 2, 3, 4], head: 4 }])
    api = await Api.of(origin)
  })

  it('share the work: one is asked, the other does it', async () => {
    const done = await api.reaches(await api.add({ text: 'hello' }), 'completed')
    expect(done.result).toMatchObject({ transcript: [{ role: 'user' }, { role: 'assistant' }] })
  })

  it('tell of one trace, from the process that was asked to the one that did it', async () => {
    const item = await api.add({})
    const span = `span ${hash('sha256', item.itemId).slice(0, 32)}`
    expect(await server.logged(new RegExp(`${span} (.*)\n`))).toBe('send stub:probe')
    expect(await worker.logged(new RegExp(`${span} (.*)\n`))).toBe('process stub:probe completed')
  })

  it('say how they are, though they serve nothing else', async () => {
    const origin = await originOf(worker)
    const asked = async (path: string): Promise<{ status: number; body: string }> => {
      const response = await fetch(origin + path)
      return { status: response.status, body: await response.text() }
    }
    expect(await asked('/healthz')).toEqual({ status: 200, body: '{"status":"ok"}' })
    expect((await asked('/readyz')).status).toBe(200)
    expect((await asked('/metrics')).body).toContain('process_cpu_seconds_total')
    expect((await asked('/api/v1/projects')).status).toBe(404)
  })

  it('tell a handler in another process that its job was cancelled', async () => {
    const item = await api.add(ENDLESS)
    await api.reaches(item, 'active')
    expect(await api.client.delete(api.pathOf(item))).toMatchObject({ state: 'active', cancelling: true })
    expect((await api.reaches(item, 'cancelled')).result).toBeNull()
  })

  it('start nothing of a run once its pause was answered', async () => {
    const scenarios = Array.from({ length: 400 }, () => ({ payload: { simulate: { delayMs: 100 } } }))
    const runId = await api.startRun(scenarios)
    const completed = async (): Promise<number> => (await api.progressOf(runId)).completed
    await until(async () => (await completed()) > 0 || undefined)

    await api.client.post(`/runs/${runId}/pause`)
    const pausedAt = Date.now()
    await until(async () => (await api.jobsOf(runId, 'active')).length === 0 || undefined)
    expect((await api.jobsOf(runId, 'pending')).length).toBeGreaterThan(0)
    for (const { startedAt } of await api.jobsOf(runId, 'completed')) {
      expect(startOf({ startedAt })).toBeLessThan(pausedAt)
    }
    await api.client.post(`/runs/${runId}/resume`)
    await until(async () => (await completed()) === scenarios.length || undefined)
  })

  it('take over from one that is killed, and the attempt that died with it does not count', async () => {
    held = await api.add(ENDLESS)
    await api.reaches(held, 'active')
    const other = start('worker,scheduler', { MUSTER_SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS) })
    await originOf(other)
    worker.kill('SIGKILL')
    await api.reaches(await api.add({ text: 'later' }, { delaySeconds: 0.5 }), 'completed')
    const before = (await api.see(held)).startedAt
    const taken = await until(async () => {
      const seen = await api.see(held)
      return seen.state === 'active' && seen.startedAt !== before ? seen : undefined
    })
    expect(taken.attempt).toBe(1)
    worker = other
  })

  it('end in time when told to stop under load, and hand back what is unfinished, which others do soon', async () => {
    const unfinished = [held, ...(await Promise.all(Array.from({ length: 20 }, () => api.add(ENDLESS))))]
    for (const item of unfinished) await api.reaches(item, 'active')
    await originOf(start('worker'))
    const scenarios = Array.from({ length: 1_000 }, () => ({ payload: { simulate: { delayMs: 50 } } }))
    const runId = await api.startRun(scenarios)
    await until(async () => (await api.progressOf(runId)).completed > 0 || undefined)

    const toldAt = Date.now()
    worker.kill('SIGTERM')
    expect(await worker.exit).toMatchObject({ code: 0, signal: null })
    const endedAt = Date.now()
    expect(endedAt - toldAt).toBeLessThan(EXIT_MS)
    // Nobody is a scheduler any more: it was said, not found out.
    for (const item of unfinished) {
      const taken = await until(async () => {
        const seen = await api.see(item)
        return seen.state === 'active' && startOf(seen) > toldAt ? seen : undefined
      })
      expect(taken.attempt).toBe(1)
      expect(startOf(taken) - endedAt).toBeLessThan(ELSEWHERE_MS)
    }
    const progress = await until(async () => {
      const seen = await api.progressOf(runId)
      return seen.status === 'completed' ? seen : undefined
    })
    expect(progress).toMatchObject({ total: scenarios.length, completed: scenarios.length })
  })

  it('print no token where a secret was given and no demo was asked for', async () => {
    await server.said(/(up at)/)
    server.kill('SIGTERM')
    const { code, stdout } = await server.exit
    expect(code).toBe(0)
    expect(stdout).not.toContain('token')
  })
})

/** Where a process listens, whatever it is. */
function originOf(child: ServerChild): Promise<string> {
  return child.logged(/listening on (http:\/\/[^"\s]+)/)
}

/** When it was begun last, in ms since the epoch. */
function startOf({ startedAt }: Pick<Item, 'startedAt'>): number {
  return Date.parse(startedAt ?? '')
}

/** The queue of a project, over HTTP. */
class Api {
  readonly client: Client
  readonly #projectId: string

  private constructor(client: Client, projectId: string) {
    this.client = client
    this.#projectId = projectId
  }

  /** On that project, or a new one. */
  static async of(origin: string, known?: string): Promise<Api> {
    const holder = { label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' } as const
    const [token] = await developmentTokens(SECRET, [holder], new Date())
    const client = new Client(origin, token?.jwt ?? '')
    const made = async (): Promise<string> =>
      (await client.post<{ projectId: string }>('/projects', { name: 'Shared' })).projectId
    return new Api(client, known ?? (await made()))
  }

  add(payload: object, more: { readonly delaySeconds?: number } = {}): Promise<Item> {
    const item = { type: 'stub:probe', payload, ...more }
    return this.client.post(`/projects/${this.#projectId}/queue/add`, item)
  }

  pathOf({ itemId }: Pick<Item, 'itemId'>): string {
    return `/projects/${this.#projectId}/queue/${itemId}`
  }

  see(item: Pick<Item, 'itemId'>): Promise<Item> {
    return this.client.get(this.pathOf(item))
  }

  /** The item, once it is in that state. */
  reaches(item: Pick<Item, 'itemId'>, state: string): Promise<Item> {
    return until(async () => {
      const seen = await this.see(item)
      return seen.state === state ? seen : undefined
    })
  }

  /** Starts a run of one model, and gives its id. */
  async startRun(scenarios: readonly { readonly payload: object }[]): Promise<string> {
    const definition = { name: 'Probes', jobType: 'stub:probe', scenarios }
    const path = `/projects/${this.#projectId}`
    const { definitionId } = await this.client.post<{ definitionId: string }>(
      `${path}/definitions`,
      definition,
    )
    const wanted = { definitionId, models: ['one'] }
    return (await this.client.post<{ runId: string }>(`${path}/runs`, wanted)).runId
  }

  progressOf(
    runId: string,
  ): Promise<{ readonly status: string; readonly total: number; readonly completed: number }> {
    return this.client.get(`/runs/${runId}/progress`)
  }

  async counts(): Promise<unknown> {
    return (await this.client.get<{ counts: unknown }>(`/projects/${this.#projectId}/queue/status`)).counts
  }

  async members(): Promise<unknown> {
    return (await this.client.get<{ items: unknown }>(`/projects/${this.#projectId}/members`)).items
  }

  async jobsOf(runId: string, state: string): Promise<readonly ListedJob[]> {
    const path = `/runs/${runId}/jobs?state=${state}&limit=100`
    return (await this.client.get<{ items: readonly ListedJob[] }>(path)).items
  }
}
