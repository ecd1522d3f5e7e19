import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Backend, pgliteBackend } from './backend.ts'
import { migrationCases } from './migrate.test.support.ts'
import { type Migration, MigrationError, migrate, shippedMigrations } from './migrate.ts'
import { emptyPGlite } from './pglite-template.test.support.ts'

const pglite = await emptyPGlite()

beforeEach(async () => {
  await pglite.exec('drop schema public cascade; create schema public')
})
afterAll(() => pglite.close())

migrationCases('PGlite', async () => ({
  backend: await pgliteBackend(pglite, { owned: false }),
  queryable: pglite,
}))

describe('the shipped migrations', () => {
  it('are numbered without a gap', async () => {
    const migrations = await shippedMigrations()
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
  })

  it('can be applied', async () => {
    const backend: Backend = await pgliteBackend(pglite, { owned: false })
    const migrations: Migration[] = await shippedMigrations()
    await migrate(backend, migrations, new Date(0))
    const { rows } = await pglite.query<{ count: number }>(
      'select count(*)::int as count from muster_migration',
    )
    expect(rows).toEqual([{ count: migrations.length }])
  })

  it('must not leave a number out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-migrations-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, '0002_second.sql'), '')
    await expect(shippedMigrations(pathToFileURL(`${folder}/`))).rejects.toThrow(MigrationError)
  })
})
