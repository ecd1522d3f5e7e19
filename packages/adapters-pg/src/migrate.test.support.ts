import { describe, expect, it } from 'vitest'
import type { Backend } from './backend.ts'
import { isCurrent, type Migration, MigrationError, migrate } from './migrate.ts'
import type { Queryable } from './queryable.ts'

const NOON = new Date('2026-01-05T12:00:00Z')

const first: Migration = {
  version: 1,
  name: '0001_first.sql',
  text: 'create table one (n int); insert into one values (1);',
}
const second: Migration = { version: 2, name: '0002_second.sql', text: 'create table two (n int);' }

/** What holds of migrating on either backend. `open` gives an empty database. */
export function migrationCases(
  name: string,
  open: () => Promise<{ readonly backend: Backend; readonly queryable: Queryable }>,
): void {
  describe(`migrating ${name}`, () => {
    it('applies what is missing, in order, once', async () => {
      const { backend, queryable } = await open()
      await migrate(backend, [first], NOON)
      expect(await isCurrent(backend.root, [first, second])).toBe(false)
      await migrate(backend, [first, second], NOON)
      await migrate(backend, [first, second], NOON)
      expect(await isCurrent(backend.root, [first, second])).toBe(true)
      const { rows } = await queryable.query(
        'select version, name, applied_at from muster_migration order by version',
      )
      expect(rows).toEqual([
        { version: 1, name: first.name, applied_at: NOON },
        { version: 2, name: second.name, applied_at: NOON },
      ])
      expect((await queryable.query('select n from one')).rows).toEqual([{ n: 1 }])
    })

    it('can be done by several at once', async () => {
      const { backend, queryable } = await open()
      await Promise.all(Array.from({ length: 4 }, () => migrate(backend, [first, second], NOON)))
      expect((await queryable.query('select n from one')).rows).toEqual([{ n: 1 }])
    })

    it('leaves nothing of a migration that fails, and names it', async () => {
      const { backend, queryable } = await open()
      const broken: Migration = {
        ...second,
        text: 'create table two (n int); insert into nowhere values (1);',
      }
      await expect(migrate(backend, [first, broken], NOON)).rejects.toThrow(
        /0002_second\.sql failed.*nowhere/,
      )
      const { rows } = await queryable.query(
        `select to_regclass('one') is not null as one, to_regclass('two') is not null as two`,
      )
      expect(rows).toEqual([{ one: true, two: false }])
      await migrate(backend, [first, second], NOON)
      expect(await isCurrent(backend.root, [first, second])).toBe(true)
    })

    it('refuses a database that is newer than it knows', async () => {
      const { backend } = await open()
      await migrate(backend, [first, second], NOON)
      await expect(migrate(backend, [first], NOON)).rejects.toThrow(MigrationError)
      await expect(migrate(backend, [first], NOON)).rejects.toThrow(/at schema 2.*knows 1/)
    })
  })
}
