import type { ProjectId } from '@muster/core'
import type { ExportId, ExportStore, ExportWishes, KeptExport } from '@muster/core/exchange'
import type { NewestKey, Slice } from '@muster/core/ports'
import { type Connection, engineStatement, jsonText, statement } from '../connection/queryable.ts'

const EXPORT = `e.export_id as "exportId", e.project_id as "projectId", e.status, e.attempt, e.lost, e.rows, e.wishes, e.manifest, e.error,
  e.created_by as "createdBy", e.created_at as "createdAt", e.finished_at as "finishedAt"`

const ADD = statement(
  'export_add',
  `insert into export (export_id, project_id, status, attempt, lost, rows, wishes, manifest, error, created_by, created_at, finished_at)
   values ($1, $2, $3, $4, $5, $6, $7::json, $8::json, $9::json, $10, $11, $12)`,
)
const FIND = statement('export_find', `select ${EXPORT} from export as e where e.export_id = $1`)
const LIST = statement(
  'export_list',
  `select ${EXPORT} from export as e
   where e.project_id = $1 and ($3::timestamptz is null or (e.created_at, e.export_id) < ($3, $4::uuid))
   order by e.created_at desc, e.export_id desc limit $2`,
)
const CLAIM = engineStatement(
  'export_claim',
  `update export as e set status = 'writing', attempt = e.attempt + 1, lost = e.lost + (e.held_until is not null)::int, held_until = $2
   where e.export_no = (
     select o.export_no from export as o
     where o.finished_at is null and (o.held_until is null or o.held_until <= $1)
     order by o.created_at, o.export_no limit 1 for no key update skip locked)
   returning ${EXPORT}`,
)
const HELD = `e.export_id = $1 and e.attempt = $2 and e.held_until is not null and e.finished_at is null`
const HOLD = engineStatement(
  'export_hold',
  `update export as e set held_until = $3, rows = $4 where ${HELD} returning e.export_no`,
)
const RELEASE = engineStatement(
  'export_release',
  `update export as e set status = 'waiting', held_until = null where ${HELD}`,
)
const END = engineStatement(
  'export_end',
  `update export as e set status = $3, rows = $4, manifest = $5::json, error = $6::json, finished_at = $7, held_until = null
   where ${HELD} returning e.export_no`,
)
// A key that somebody else keeps at this moment is waited for, and then read.
const KEEP_KEY = statement(
  'export_keep_key',
  `insert into pseudonym_key (project_id, key) values ($1, $2) on conflict do nothing`,
)
const KEY = statement('export_key', 'select key from pseudonym_key where project_id = $1')
const ENDED = statement(
  'export_ended',
  `select e.export_id as id from export as e where e.finished_at < $1 order by e.finished_at limit $2`,
)
const REMOVE = statement('export_remove', 'delete from export where export_id = $1')

interface Row extends Omit<KeptExport, keyof ExportWishes> {
  readonly wishes: ExportWishes
}

/** Exports in `export`, keys of pseudonyms in `pseudonym_key`. */
export class PgExportStore implements ExportStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(given: KeptExport): Promise<void> {
    const { exportId, projectId, status, attempt, lost, rows, manifest, error, ...more } = given
    const { createdBy, createdAt, finishedAt, ...wishes } = more
    await this.#connection.rows(ADD, [
      exportId,
      projectId,
      status,
      attempt,
      lost,
      rows,
      jsonText(wishes satisfies ExportWishes),
      textOrNull(manifest),
      textOrNull(error),
      createdBy,
      createdAt,
      finishedAt,
    ])
  }

  find(exportId: ExportId): Promise<KeptExport | undefined> {
    return this.#first(FIND, [exportId])
  }

  async list(projectId: ProjectId, { limit, after }: Slice<NewestKey>): Promise<KeptExport[]> {
    const values = [projectId, limit, after?.createdAt ?? null, after?.id ?? null]
    return (await this.#connection.rows<Row>(LIST, values)).map(keptOf)
  }

  claim(now: Date, until: Date): Promise<KeptExport | undefined> {
    return this.#first(CLAIM, [now, until])
  }

  async hold(exportId: ExportId, attempt: number, until: Date, rows: number): Promise<boolean> {
    return (await this.#connection.rows(HOLD, [exportId, attempt, until, rows])).length > 0
  }

  async release(exportId: ExportId, attempt: number): Promise<void> {
    await this.#connection.rows(RELEASE, [exportId, attempt])
  }

  async end({ exportId, attempt, status, rows, manifest, error, finishedAt }: KeptExport): Promise<boolean> {
    const values = [exportId, attempt, status, rows, textOrNull(manifest), textOrNull(error), finishedAt]
    return (await this.#connection.rows(END, values)).length > 0
  }

  async pseudonymKey(projectId: ProjectId, fresh: string): Promise<string> {
    await this.#connection.rows(KEEP_KEY, [projectId, fresh])
    const [kept] = await this.#connection.rows<{ key: string }>(KEY, [projectId])
    if (kept === undefined) throw new Error(`Project ${projectId} has no key of pseudonyms`)
    return kept.key
  }

  async listEnded(before: Date, limit: number): Promise<ExportId[]> {
    return (await this.#connection.rows<{ id: ExportId }>(ENDED, [before, limit])).map(({ id }) => id)
  }

  async remove(exportId: ExportId): Promise<void> {
    await this.#connection.rows(REMOVE, [exportId])
  }

  async #first(
    asked: Parameters<Connection['rows']>[0],
    values: readonly unknown[],
  ): Promise<KeptExport | undefined> {
    const [row] = await this.#connection.rows<Row>(asked, values)
    return row && keptOf(row)
  }
}

function textOrNull(value: object | null): string | null {
  return value === null ? null : jsonText(value)
}

function keptOf({ wishes, ...row }: Row): KeptExport {
  return { ...row, ...wishes }
}
