import { type PGlite, types } from '@electric-sql/pglite'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HostPGlite } from '../pglite/embedded.ts'
import { emptyPGlite } from '../pglite/pglite-template.test.support.ts'
import { type Backend, embeddedBackend } from './backend.ts'
import { openPg } from './open-pg.ts'
import { sessionCases, UNLIKELY } from './session-cases.test.support.ts'

const { TIMESTAMPTZ, FLOAT8, INT4, INT8, BOOL, JSON: JSON_OID, JSONB, TEXT, UUID } = types
const OIDS = [TIMESTAMPTZ, FLOAT8, INT4, INT8, BOOL, JSON_OID, JSONB, TEXT, UUID, 1009, 1185, 2951]

/** Reads nothing as others do, and writes nothing as they do. */
const ODD = {
  parsers: Object.fromEntries(OIDS.map((oid) => [oid, () => 'odd'])),
  serializers: Object.fromEntries(OIDS.map((oid) => [oid, () => 'odd'])),
}

describe('a session on an open PGlite that a host uses too', () => {
  let pglite: PGlite
  let backend: Backend
  beforeAll(async () => {
    pglite = await emptyPGlite(ODD)
    for (const [name, value] of Object.entries(UNLIKELY)) await pglite.exec(`set ${name} = '${value}'`)
    backend = await embeddedBackend(new HostPGlite(pglite))
  })
  afterAll(async () => {
    await backend.close()
    await pglite.close()
  })

  sessionCases('PGlite', async () => backend)

  it('leaves the host its own settings and parsers', async () => {
    await backend.root.rows({ name: 'test_one', text: 'select 1 as one' })
    await backend.transaction((connection) => connection.rows({ name: 'test_one', text: 'select 1 as one' }))
    const { rows } = await pglite.query('select 1 as one')
    expect(rows).toEqual([{ one: 'odd' }])
    const [shown] = await pglite.exec('show datestyle; show search_path', { parsers: { 25: String } })
    expect(shown?.rows).toEqual([{ DateStyle: 'SQL, DMY' }])
  })

  it('keeps to the schema that it found, wherever the host goes meanwhile', async () => {
    const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
    const persistence = await openPg({ pglite }, ports)
    await pglite.exec(
      'create schema elsewhere; set search_path to elsewhere; create temp table person (odd int)',
    )
    await persistence.check()
    expect(await persistence.stores.people.list({ limit: 5 })).toEqual([])
    await persistence.close()
  })
})
