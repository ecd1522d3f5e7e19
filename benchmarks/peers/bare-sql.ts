import { Pool } from 'pg'
import type { OpenPeer } from './peer.ts'

const LOOPS = 10
const BATCH = 50

const TABLE = `
  create table bare_job (
    id bigint generated always as identity primary key,
    state smallint not null default 0,
    payload jsonb not null,
    claimed_at timestamptz);
  create index bare_job_ready on bare_job (id) where state = 0`

const CLAIM = {
  name: 'claim',
  text: `update bare_job set state = 1, claimed_at = now()
         where id = any(array(select id from bare_job where state = 0 order by id for update skip locked limit ${BATCH})) returning id`,
}
const COMPLETE = { name: 'complete', text: 'update bare_job set state = 2 where id = any($1::bigint[])' }

/** The floor, not a rival: it marks jobs as done and does nothing else, no results, retries, leases or events. */
export const bareSql: OpenPeer = async (connectionString) => {
  const pool = new Pool({ connectionString, max: LOOPS + 1 })
  await pool.query(TABLE)
  const loops: Promise<void>[] = []
  return {
    async fill(jobs) {
      await pool.query(
        `insert into bare_job (payload) select jsonb_build_object('taskId', i, 'projectId', 'p1') from generate_series(1, $1::int) as i`,
        [jobs],
      )
      await pool.query('checkpoint')
    },
    async consume(_concurrency, done) {
      const loop = async (): Promise<void> => {
        for (;;) {
          const { rows } = await pool.query<{ id: string }>(CLAIM)
          if (rows.length === 0) return
          await pool.query({ ...COMPLETE, values: [rows.map(({ id }) => id)] })
          done(rows.length)
        }
      }
      for (let index = 0; index < LOOPS; index++) loops.push(loop())
    },
    async left() {
      const { rows } = await pool.query<{ count: number }>(
        'select count(*)::int as count from bare_job where state < 2',
      )
      return rows[0]?.count ?? 0
    },
    async close() {
      await Promise.all(loops)
      await pool.end()
    },
  }
}
