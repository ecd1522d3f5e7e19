import { describe, expect, it } from 'vitest'
import type { Backend } from '../connection/backend.ts'
import { assertCurrent, migrate } from './migrate.ts'
import { type Schema, shippedSchema } from './schema.ts'
import { fingerprints, tablesAt } from './unnoted-schema.ts'

const NEWEST = 6

interface Opened {
  readonly backend: Backend
  readonly run: (text: string) => Promise<void>
}

/** Makes a database that stands at an early schema, as versions left it that noted no checksums. */
async function unnotedSchema({ run }: Opened, schema: Schema, version: number): Promise<void> {
  await run(
    'create table muster_migration (version int primary key, name text not null, applied_at timestamptz(3) not null)',
  )
  for (const { name, version: nth, text } of schema.migrations.slice(0, version)) {
    await run(text)
    await run(`insert into muster_migration values (${nth}, '${name}', now())`)
  }
  await run(`
    create function counts_plus(p_counts int[], p_models smallint[], p_by int[]) returns int[] language sql immutable as 'select p_counts';
    create function job_add(p_jobs text) returns int language sql as 'select 1';
    create function note_access_change() returns trigger language plpgsql as 'begin return null; end';
    create trigger person_access after insert on person for each row execute function note_access_change();`)
}

/** What holds of databases without checksums on either backend. `open` gives an empty database. */
export function unnotedSchemaCases(name: string, open: () => Promise<Opened>): void {
  describe(`databases without checksums on ${name}`, () => {
    it.for([2, 4, NEWEST])('are taken over at schema %i, with functions of their own', async (version) => {
      const opened = await open()
      const schema = shippedSchema()
      await unnotedSchema(opened, schema, version)
      await migrate(opened.backend, schema, new Date(0))
      await assertCurrent(opened.backend.root, schema)
      const { root } = opened.backend
      const [row] = await root.rows<{ add: unknown[] }>({
        name: 'adds',
        text: `select array_agg(oid::regprocedure::text) as add from pg_proc where proname = 'job_add'`,
      })
      expect(row?.add).toContain('job_add(json)')
      expect(row?.add).not.toContain('job_add(text)')
    })

    it('are known by all their tables', async () => {
      const opened = await open()
      const { migrations } = shippedSchema()
      for (const { version, text } of migrations.slice(0, NEWEST)) {
        await opened.run(text)
        expect(Object.fromEntries(await fingerprints(opened.backend.root))).toEqual(tablesAt(version))
      }
    })

    it.for([
      ['job', 'alter table job add column more int'],
      ['run', 'alter table run alter column total type bigint'],
      ['slot', 'drop index slot_free'],
      ['person', 'alter table person drop constraint person_status_check'],
      ['bookmark', 'drop table bookmark'],
    ] as const)('are refused by name if their table %s is another', async ([table, edit]) => {
      const opened = await open()
      const schema = shippedSchema()
      await unnotedSchema(opened, schema, NEWEST)
      await opened.run(edit)
      await expect(migrate(opened.backend, schema, new Date(0))).rejects.toThrow(
        new RegExp(`says schema ${NEWEST}, but ${table} is not as that schema has it.*empty database`),
      )
      const [row] = await opened.backend.root.rows({
        name: 'left',
        text: `select to_regclass('muster_functions') as left`,
      })
      expect(row).toEqual({ left: null })
    })
  })
}
