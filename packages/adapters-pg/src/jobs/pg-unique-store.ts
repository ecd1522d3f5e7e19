import type { JobId } from '@muster/core'
import type { HeldKey, KeyedJob, TakenKey, UniqueBy, UniqueStore } from '@muster/core/making'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'
import { stateNumbers } from './job-rows.ts'

const TAKE = statement(
  'uniques_take',
  `select t.nth, t.holder, t.differs
   from uniques_take($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
     $8::timestamptz, $9::int) as t`,
)
const RETAKE = statement(
  'uniques_retake',
  `select t.job_id as "jobId", t.project_id as "projectId", t.holder from uniques_retake($1::uuid[], $2::timestamptz) as t`,
)
const REPLACE = statement(
  'job_replace',
  'select job_replace($1::uuid, $2::smallint, $3::json, $4::timestamptz, $5::text, $6::timestamptz)',
)

/** Keys in `unique_key`. */
export class PgUniqueStore implements UniqueStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async take(jobs: readonly KeyedJob[], now: Date, waitMs: number): Promise<readonly TakenKey[]> {
    const rows = await this.#connection.rows<TakenKey & { readonly nth: number }>(TAKE, [
      jobs.map(({ jobId }) => jobId),
      jobs.map(({ projectId }) => projectId),
      jobs.map(({ type }) => type),
      jobs.map(({ unique }) => unique.key),
      jobs.map(({ unique }) => unique.until),
      jobs.map(({ unique }) => `{${stateNumbers(unique.states).join()}}`),
      jobs.map(({ unique }) => unique.digest),
      now,
      waitMs,
    ])
    const answers = new Map(rows.map(({ nth, holder, differs }) => [nth, { holder, differs }]))
    // Nothing is taken of a project that is not there: adding to it says so.
    return jobs.map((_, index) => answers.get(index + 1) ?? { holder: null, differs: false })
  }

  retake(jobIds: readonly JobId[], now: Date): Promise<HeldKey[]> {
    return this.#connection.rows<HeldKey>(RETAKE, [jobIds, now])
  }

  async replace(
    jobId: JobId,
    { priority, payload, availableAt, unique }: KeyedJob,
    now: Date,
  ): Promise<void> {
    await this.#connection.rows(REPLACE, [
      jobId,
      priority,
      jsonText(payload),
      availableAt,
      unique.digest,
      now,
    ])
  }
}

/** How a job's row notes its key. */
export function uniqueBy({ key, states, until, digest }: UniqueBy): object {
  return { key, states: `{${stateNumbers(states).join()}}`, until, digest }
}
