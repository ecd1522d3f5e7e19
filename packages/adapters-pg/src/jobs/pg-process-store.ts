import { type KnownProcess, PROCESS_KEPT_MS, type ProcessId, type ProcessStore } from '@muster/core/operating'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const REPORT = statement(
  'process_report',
  `with silent as (
     select process_id from process_seen where until < $5 and process_id <> $1 for update skip locked),
   gone as (
     delete from process_seen where process_id = any(array(select process_id from silent)))
   insert into process_seen (process_id, seen_at, until, report) values ($1, $2, $3, $4::json)
   on conflict (process_id) do update set seen_at = excluded.seen_at, until = excluded.until, report = excluded.report`,
)
const LEAVE = statement('process_leave', 'delete from process_seen where process_id = $1')
const LIST = statement(
  'process_list',
  `select process_id as "processId", seen_at as "seenAt", case when until < $1 then until end as "silentSince", report
   from process_seen where until >= $2
   order by report ->> 'host' collate "C", (report ->> 'pid')::int, process_id`,
)

/** The parts of a report that have no columns of their own. */
type Kept = Omit<KnownProcess, 'processId' | 'seenAt' | 'silentSince' | 'since'> & { readonly since: string }

/** Reports of processes in `process_seen`. */
export class PgProcessStore implements ProcessStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async report(...[report, { now, until }]: Parameters<ProcessStore['report']>): Promise<void> {
    const { processId, ...kept } = report
    await this.#connection.rows(REPORT, [processId, now, until, jsonText(kept), forgottenBefore(now)])
  }

  async leave(processId: ProcessId): Promise<void> {
    await this.#connection.rows(LEAVE, [processId])
  }

  async list(now: Date): Promise<KnownProcess[]> {
    const rows = await this.#connection.rows<
      Pick<KnownProcess, 'processId' | 'seenAt' | 'silentSince'> & { readonly report: Kept }
    >(LIST, [now, forgottenBefore(now)])
    return rows.map(({ report, ...row }) => ({ ...report, ...row, since: new Date(report.since) }))
  }
}

function forgottenBefore(now: Date): Date {
  return new Date(now.getTime() - PROCESS_KEPT_MS)
}
