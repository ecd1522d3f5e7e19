import { describe, expect, it } from 'vitest'
import type { Backend } from '../connection/backend.ts'
import type { Queryable } from '../connection/queryable.ts'
import { assertCurrent, migrate } from './migrate.ts'
import { MigrationError } from './migration-error.ts'
import { functionsOf, type Migration, type Schema } from './schema.ts'

const NOON = new Date('2026-01-05T12:00:00Z')

const first: Migration = {
  version: 1,
  name: '0001_first.sql',
  text: 'create table one (n int); insert into one values (1);',
}
const second: Migration = { version: 2, name: '0002_second.sql', text: 'create table two (n int);' }

/** `outer` calls `inner`, which stands behind it. */
const FUNCTIONS = `
  create function outer_one() returns int language sql as $$ select inner_one() $$;
  create function inner_one() returns int language sql as $$ select n from one $$;
  create view ones as select n from one;
  create function nothing() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger nothing after insert on one for each row execute function nothing();`

/** As above, but for what they give. */
const CHANGED = FUNCTIONS.replaceAll('returns int', 'returns text').replaceAll(
  'n from one',
  'n::text from one',
)

/** As the first, with the same signatures. */
const TENFOLD = FUNCTIONS.replace('select inner_one()', 'select inner_one() * 10')

export function schemaOf(migrations: readonly Migration[], functions = ''): Schema {
  return { migrations, functions: functionsOf(functions) }
}

/** What holds of migrating on either backend. `open` gives an empty database. */
export function migrationCases(
  name: string,
  open: () => Promise<{ readonly backend: Backend; readonly queryable: Queryable }>,
): void {
  describe(`migrating ${name}`, () => {
    it('applies what is missing, in order, once', async () => {
      const { backend, queryable } = await open()
      await migrate(backend, schemaOf([first]), NOON)
      await expect(assertCurrent(backend.root, schemaOf([first, second]))).rejects.toThrow(
        /at schema 1.*needs 2: run `npx muster-pg migrate`/,
      )
      await migrate(backend, schemaOf([first, second]), NOON)
      await migrate(backend, schemaOf([first, second]), NOON)
      await assertCurrent(backend.root, schemaOf([first, second]))
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
      const schema = schemaOf([first, second], FUNCTIONS)
      await Promise.all(Array.from({ length: 4 }, () => migrate(backend, schema, NOON)))
      expect((await queryable.query('select n from one')).rows).toEqual([{ n: 1 }])
      expect((await queryable.query('select hash, turn from muster_functions')).rows).toEqual([
        { hash: schema.functions.hash, turn: 1 },
      ])
    })

    it('leaves nothing of a migration that fails, and names it', async () => {
      const { backend, queryable } = await open()
      await migrate(backend, schemaOf([first], FUNCTIONS), NOON)
      const broken: Migration = {
        ...second,
        text: 'create table two (n int); insert into nowhere values (1);',
      }
      await expect(migrate(backend, schemaOf([first, broken], CHANGED), NOON)).rejects.toThrow(
        /0002_second\.sql failed.*nowhere/,
      )
      const { rows } = await queryable.query(
        `select to_regclass('one') is not null as one, to_regclass('two') is not null as two, outer_one() as kept`,
      )
      expect(rows).toEqual([{ one: true, two: false, kept: 1 }])
      await migrate(backend, schemaOf([first, second], FUNCTIONS), NOON)
      await assertCurrent(backend.root, schemaOf([first, second], FUNCTIONS))
    })

    it('refuses a database that is newer than it knows', async () => {
      const { backend } = await open()
      await migrate(backend, schemaOf([first, second]), NOON)
      await expect(migrate(backend, schemaOf([first]), NOON)).rejects.toThrow(MigrationError)
      await expect(migrate(backend, schemaOf([first]), NOON)).rejects.toThrow(/at schema 2.*knows 1/)
    })

    it('refuses a migration that was edited after it was applied, by name', async () => {
      const { backend, queryable } = await open()
      await migrate(backend, schemaOf([first]), NOON)
      const edited = { ...first, text: `${first.text} ` }
      const refusal = /0001_first\.sql was edited after it was applied.*new migration/
      await expect(migrate(backend, schemaOf([edited, second]), NOON)).rejects.toThrow(refusal)
      await expect(assertCurrent(backend.root, schemaOf([edited]))).rejects.toThrow(refusal)
      const { rows } = await queryable.query(`select to_regclass('two') as two`)
      expect(rows).toEqual([{ two: null }])
    })

    it('creates functions that call each other, and anew only if one has changed', async () => {
      const { backend, queryable } = await open()
      const asked = async () => (await queryable.query('select outer_one() as gives, n from ones')).rows
      const oid = async () => (await queryable.query(`select 'outer_one()'::regprocedure::oid as oid`)).rows
      await migrate(backend, schemaOf([first], FUNCTIONS), NOON)
      expect(await asked()).toEqual([{ gives: 1, n: 1 }])
      const before = await oid()
      await migrate(backend, schemaOf([first], FUNCTIONS), NOON)
      expect(await oid()).toEqual(before)
      // A view that is in the way of a table's change, and functions whose results have another type.
      const wider: Migration = { ...second, text: 'alter table one alter column n type bigint;' }
      await migrate(backend, schemaOf([first, wider], CHANGED), NOON)
      expect(await asked()).toEqual([{ gives: '1', n: '1' }])
    })

    it('leaves functions alone that are not its own', async () => {
      const { backend, queryable } = await open()
      await queryable.query(`create function standing() returns int language sql as 'select 7'`)
      await migrate(backend, schemaOf([first], FUNCTIONS), NOON)
      await migrate(backend, schemaOf([first], CHANGED), NOON)
      expect((await queryable.query('select standing() as seven')).rows).toEqual([{ seven: 7 }])
    })

    it('puts earlier functions back if that leaves later processes all that they call', async () => {
      const { backend, queryable } = await open()
      const asked = async () => (await queryable.query('select outer_one() as gives')).rows
      for (const functions of [FUNCTIONS, TENFOLD, FUNCTIONS]) {
        await migrate(backend, schemaOf([first], functions), NOON)
      }
      expect(await asked()).toEqual([{ gives: 1 }])
      await migrate(backend, schemaOf([first], CHANGED), NOON)
      const back = schemaOf([first], TENFOLD)
      await expect(migrate(backend, back, NOON)).rejects.toThrow(/newer version.*run `npx muster-pg migrate`/)
      await expect(assertCurrent(backend.root, back)).rejects.toThrow(/lacks this version's functions/)
      await migrate(backend, back, NOON, { takeBack: true })
      expect(await asked()).toEqual([{ gives: 10 }])
    })

    it('lets an earlier process start beside later functions that hold all of its own', async () => {
      const { backend, queryable } = await open()
      const early = schemaOf([first], FUNCTIONS)
      await migrate(backend, early, NOON)
      const more = `${TENFOLD} create function more() returns int language sql as 'select 2';`
      await migrate(backend, schemaOf([first], more), NOON)
      await migrate(backend, early, NOON)
      await assertCurrent(backend.root, early)
      expect((await queryable.query('select outer_one() as gives, more()')).rows).toEqual([
        { gives: 10, more: 2 },
      ])
    })
  })
}
