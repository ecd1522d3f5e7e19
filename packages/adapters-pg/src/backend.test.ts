import type { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Backend, pgliteBackend } from './backend.ts'
import { emptyPGlite } from './pglite-template.test.support.ts'
import type { Connection } from './queryable.ts'
import { tellingFailures } from './secret-values.test.support.ts'

/** More queries than fit into a millisecond. */
const MANY = 1_000

describe('pgliteBackend', () => {
  let pglite: PGlite
  let backend: Backend
  beforeAll(async () => {
    pglite = await emptyPGlite()
    backend = await pgliteBackend(pglite, { owned: true })
  })
  afterAll(() => pglite.close())

  const ask = (connection: Connection) => connection.rows({ name: 'one', text: 'select 1 as one' })

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

  it('prepares a statement once, whoever asks first and at the same time', async () => {
    const add = (connection: Connection, text: string | null) =>
      connection.rows({ name: 'sum', text: 'select $1::text as said, 1 + 1 as two' }, [text])
    const texts = ['plain', 'it\'s \\ "odd"', '', null, '$1']
    const answers = await Promise.all(
      texts.flatMap((text) => [
        add(backend.root, text),
        backend.transaction((connection) => add(connection, text)),
      ]),
    )
    expect(answers.flat()).toEqual(texts.flatMap((said) => Array(2).fill({ said, two: 2 })))
    const { rows } = await pglite.query(
      `select name, (generic_plans + custom_plans)::int as used from pg_prepared_statements where name = 'muster_sum'`,
    )
    expect(rows).toEqual([{ name: 'muster_sum', used: 2 * texts.length }])
  })

  it('tells no value of a statement that fails', async () => {
    expect(await tellingFailures(backend)).toEqual([])
  })
})
