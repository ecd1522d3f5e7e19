import { jobType } from '@muster/core'
import { createMuster, silentLogger } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { Pool } from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { pgModule } from '../pg-module.ts'

const anything = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value }) },
} as const

// At its commit each take says how it commits, by the starts of the key that it wrote.
const NOTING = `
  create table seen (starts bigint, ver bigint, commits text);
  create function note() returns trigger language plpgsql as $$
  begin
    insert into seen values (new.starts, new.ver, current_setting('synchronous_commit'));
    return null;
  end $$;
  create constraint trigger noting after insert on limit_state deferrable initially deferred
    for each row execute function note()`

it.each([
  ['as the session says with durableLimits', true, 'on'],
  ['later without it', undefined, 'off'],
])('commits the take of a job with keys %s', async (_, durableLimits, expected) => {
  const connectionString = await freshDatabase()
  const pool = new Pool({ connectionString })
  onTestFinished(() => pool.end())
  const limited = jobType({
    name: 'limited',
    payload: anything,
    limits: () => ['model:y'],
    handler: () => null,
  })
  const muster = await createMuster({
    jobTypes: [limited],
    logger: silentLogger,
    modules: [pgModule({ connectionString })],
    ...(durableLimits !== undefined && { durableLimits }),
  })
  onTestFinished(() => muster.close())
  await pool.query(NOTING)
  const { projectId } = await muster.projects.add({ name: 'p' })
  const { jobId } = await muster.queue.add(projectId, limited, null)
  await muster.work()
  await vi.waitFor(async () => expect((await muster.jobs.get(jobId)).state).toBe('completed'))
  const { rows: seen } = await pool.query('select commits from seen where starts = 1 order by ver limit 1')
  expect(seen).toEqual([{ commits: expected }])
})
