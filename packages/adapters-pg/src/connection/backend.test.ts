import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tellingFailures } from '../errors/secret-values.test.support.ts'
import { type Embedded, HostPGlite } from '../pglite/embedded.ts'
import { openPGliteDirectory } from '../pglite/pglite-directory.ts'
import { emptyPGlite, putEmptyDatabase } from '../pglite/pglite-template.test.support.ts'
import { type Backend, embeddedBackend } from './backend.ts'
import type { Connection } from './queryable.ts'

/** More queries than fit into a millisecond. */
const MANY = 1_000
/** A statement that would hold up a process for seconds. */
const LONG = { name: 'long', text: 'select count(*)::int as many from generate_series(1, 3000000)' }

const ask = (connection: Connection) => connection.rows({ name: 'one', text: 'select 1 as one' })

describe('an embedded database that a host has opened', () => {
  let pglite: PGlite
  let backend: Backend
  beforeAll(async () => {
    pglite = await emptyPGlite()
    backend = await embeddedBackend(new HostPGlite(pglite))
  })
  afterAll(() => pglite.close())

  it.each([
    ['queries', () => ask(backend.root)],
    ['transactions', () => backend.transaction(ask)],
    ['queries that fail', () => backend.root.rows({ name: 'wrong', text: 'select nothing' }).catch(() => {})],
  ])('lets timers have their turn between %s', async (_kind, once) => {
    let rang = false
    setTimeout(() => {
      rang = true
    }, 0)
    for (let asked = 0; asked < MANY && !rang; asked++) await once()
    expect(rang).toBe(true)
  })

  it('tells no value of a statement that fails', async () => {
    expect(await tellingFailures(backend)).toEqual([])
  })
})

describe('an embedded database in a folder', () => {
  let folder: string
  let embedded: Embedded
  let backend: Backend
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-backend-'))
    await putEmptyDatabase(folder)
    const { close: release, ...opened } = await openPGliteDirectory(folder)
    embedded = opened.embedded
    backend = await embeddedBackend(embedded, { release })
  })
  afterAll(async () => {
    await backend.close()
    await rm(folder, { recursive: true })
  })

  it('keeps nothing of the process waiting, whatever it is at', async () => {
    let ended = false
    const long = backend.root.rows(LONG).finally(() => {
      ended = true
    })
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setTimeout(resolve))
    expect(ended).toBe(false)
    expect(await long).toEqual([{ many: 3_000_000 }])
  })

  it('gives its workers the next turn, before all who wait already', async () => {
    const order: string[] = []
    const told = async (who: string, first = false) => {
      await backend.root.rows({ name: `told_${first}`, text: 'select 1 as one', first })
      order.push(who)
    }
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const holding = embedded.alone(() => released)
    const waiting = [told('one'), told('two'), told('three'), told('worker', true)]
    await new Promise(setImmediate)
    release()
    await Promise.all([holding, ...waiting])
    expect(order).toEqual(['worker', 'one', 'two', 'three'])
  })

  it('rolls back what fails, and goes on', async () => {
    const write = (text: string) => backend.transaction((on) => on.rows({ name: `w ${text}`, text }))
    await write('create table written (n int primary key)')
    await expect(
      backend.transaction(async (on) => {
        await on.rows({ name: 'w 1', text: 'insert into written values (1)' })
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await expect(write('insert into written values (2), (2)')).rejects.toThrow('There is one like it already')
    await write('insert into written values (3)')
    expect(await backend.root.rows({ name: 'read', text: 'select n from written' })).toEqual([{ n: 3 }])
  })

  it('plans a statement once for all who ask at the same time', async () => {
    const add = (connection: Connection, text: string | null) =>
      connection.rows({ name: 'sum', text: 'select $1::text as said, 1 + 1 as two' }, [text])
    const texts = ['plain', 'it\'s \\ "odd"', '', null, '$1', 'x'.repeat(300_000)]
    const answers = await Promise.all(
      texts.flatMap((text) => [
        add(backend.root, text),
        backend.transaction((connection) => add(connection, text)),
      ]),
    )
    expect(answers.flat()).toEqual(texts.flatMap((said) => Array(2).fill({ said, two: 2 })))
    const { rows } = await embedded.alone((on) =>
      on.query(
        `select (generic_plans + custom_plans)::int as used from pg_prepared_statements where name = 'muster_sum'`,
      ),
    )
    expect(rows).toEqual([{ used: 2 * texts.length }])
  })

  it('tells no value of a statement that fails', async () => {
    expect(await tellingFailures(backend)).toEqual([])
  })
})
