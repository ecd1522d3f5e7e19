import { hash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { freshDatabase } from '@muster/test-services/vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Api,
  ENDLESS,
  faultsOfHandOver,
  type Item,
  originOf,
  SECRET,
  SHUTDOWN_SECONDS,
  startOf,
} from '../any-input/queue-api.test.support.ts'
import { OldDatabase } from './old-database.test.support.ts'
import { type ServerChild, startChild, until } from './server-child.test.support.ts'

const SPANS = fileURLToPath(new URL('./spans.test.support.ts', import.meta.url))

/** Starting a process costs more than all that is asked of it: so the tests share them, and the later ones kill them. */
describe('processes with roles on one Postgres', () => {
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
  })

  it('do not start if a migration fails: they name it, and leave the database as it was', async () => {
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

  it('end when told to stop under load, and hand back what is unfinished, which others do', async () => {
    const unfinished = [held, ...(await Promise.all(Array.from({ length: 20 }, () => api.add(ENDLESS))))]
    for (const item of unfinished) await api.reaches(item, 'active')
    await originOf(start('worker'))
    // Nobody is a scheduler any more: it is said, not found out.
    expect(await faultsOfHandOver(api, { leaving: worker, unfinished })).toEqual([])
  })

  it('print no token if a secret was given and no demo was asked for', async () => {
    await server.said(/(up at)/)
    server.kill('SIGTERM')
    const { code, stdout } = await server.exit
    expect(code).toBe(0)
    expect(stdout).not.toContain('token')
  })
})
