import type { PGlite } from '@electric-sql/pglite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { autovacuum } from './autovacuum.ts'
import { type Embedded, HostPGlite } from './embedded.ts'
import { emptyPGlite } from './pglite-template.test.support.ts'

/** A table is looked after past this many dead rows, however small it is. */
const MANY = 20_000
const FEW = 5_000

describe('an embedded database', () => {
  let pglite: PGlite
  beforeAll(async () => {
    pglite = await emptyPGlite()
  })
  afterAll(() => pglite.close())
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  const churn = async (table: string, rows: number): Promise<void> => {
    await pglite.exec(`create table ${table} as select n from generate_series(1, ${rows}) as n`)
    await pglite.exec(`update ${table} set n = n + 1`)
    // What was changed is otherwise counted within a second.
    await pglite.exec('select pg_stat_force_next_flush()')
  }
  const look = (): void => void vi.advanceTimersByTime(10_000)
  const lookedAfter = async (...tables: readonly string[]): Promise<object[]> =>
    (
      await pglite.query<object>(
        `select relname as name, n_dead_tup::int as dead, last_analyze is not null as analyzed
         from pg_stat_user_tables where last_vacuum is not null and relname = any($1) order by 1`,
        [tables],
      )
    ).rows

  it('is vacuumed and analyzed if much has changed, and let be if little has', async () => {
    const stop = autovacuum(new HostPGlite(pglite))
    await churn('busy', MANY)
    await churn('"quiet one"', FEW)
    look()
    await stop()
    expect(await lookedAfter('busy', 'quiet one')).toEqual([{ name: 'busy', dead: 0, analyzed: true }])
  })

  it('is vacuumed and analyzed once after a start, if tables are of some size, since it forgets what has changed', async () => {
    await churn('big', 40_000)
    await churn('small', FEW)
    await pglite.exec('select pg_stat_reset()')
    const stop = autovacuum(new HostPGlite(pglite))
    look()
    await stop()
    expect(await lookedAfter('big', 'small')).toMatchObject([{ name: 'big', analyzed: true }])
  })

  it('is checkpointed as its log grows, so that little is on disk and little is read again after a crash', async () => {
    const stop = autovacuum(new HostPGlite(pglite))
    const second = () => vi.advanceTimersByTimeAsync(1_000)
    const since = async () => {
      const { rows } = await pglite.query<{ bytes: number }>(
        'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()',
      )
      return rows[0]?.bytes ?? 0
    }
    await second()
    await pglite.exec('create table written (n int, filler text)')
    for (let part = 0; part < 5; part++) {
      await pglite.exec(`insert into written select n, repeat('x', 500) from generate_series(1, 30000) as n`)
      await second()
      // In turn behind what the look does.
      await pglite.query('select 1')
      const { rows } = await pglite.query<{ bytes: number }>(
        'select sum(size)::float8 as bytes from pg_ls_waldir()',
      )
      expect(rows[0]?.bytes).toBeLessThanOrEqual(128 * 1024 * 1024)
    }
    await stop()
    expect(await since()).toBeLessThan(32 * 1024 * 1024)
  })

  it('is asked each second for its log while it works, and each fifth while it does not', async () => {
    const host = new HostPGlite(pglite)
    let [workedMs, looks] = [0, 0]
    const embedded: Embedded = {
      shared: false,
      closed: false,
      get workedMs() {
        return workedMs
      },
      alone: (work) =>
        host.alone((on) =>
          work({
            exec: (text) => on.exec(text),
            query: (text, values) => {
              if (text.includes('pg_current_wal_insert_lsn')) looks++
              return on.query(text, values)
            },
          }),
        ),
      transaction: (work, begin) => host.transaction(work, begin),
    }
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    const stop = autovacuum(embedded)
    const looksOf = async (seconds: number, work: number): Promise<number> => {
      const before = looks
      for (let second = 0; second < seconds; second++) {
        workedMs += work
        await vi.advanceTimersByTimeAsync(1_000)
        // Behind what the look does.
        await pglite.query('select 1')
      }
      return looks - before
    }
    // Tables are looked at after ten seconds, and then this waits its turn.
    expect(await looksOf(7, 10)).toBe(2)
    expect(await looksOf(2, 500)).toBe(2)
    await stop()
  })

  it('is let be once it was stopped', async () => {
    const stop = autovacuum(new HostPGlite(pglite))
    await churn('late', MANY)
    await stop()
    look()
    expect(await lookedAfter('late')).toEqual([])
  })

  it('says so if it cannot be vacuumed, and is tried again', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const query = vi.spyOn(pglite, 'query').mockRejectedValueOnce(new Error('No space left'))
    const stop = autovacuum(new HostPGlite(pglite))
    await churn('"Busy"', MANY)
    look()
    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.stringContaining('No space left')))
    query.mockRestore()
    look()
    await stop()
    expect(await lookedAfter('Busy')).toEqual([{ name: 'Busy', dead: 0, analyzed: true }])
  })
})
