import type { ProjectId } from '@muster/core'
import {
  IMPORT_VERDICTS,
  type ImportId,
  type ImportRow,
  type ImportStore,
  type KeptFinding,
  type KeptImport,
  type RowVerdict,
  type StagedPart,
} from '@muster/core/exchange'
import type { NewestKey, Slice } from '@muster/core/ports'
import {
  type Connection,
  engineStatement,
  jsonText,
  notTooLarge,
  plain,
  statement,
} from '../connection/queryable.ts'

const IMPORT = `i.import_id as "importId", i.project_id as "projectId", i.status, i.digest, i.bytes, i.about, i.counts, i.tallies,
  i.checked_to as "checkedTo", i.written_to as "writtenTo", i.created_by as "createdBy", i.created_at as "createdAt",
  i.finished_at as "finishedAt"`

const ADD = statement(
  'import_add',
  `insert into import (import_id, project_id, status, digest, bytes, about, counts, tallies, checked_to, written_to, created_by, created_at,
     finished_at, heard_at)
   values ($1, $2, $3, $4, $5, $6::json, $7::json, $8::json, $9, $10, $11, $12, $13, $12)`,
)
const FIND = statement('import_find', `select ${IMPORT} from import as i where i.import_id = $1`)
const LIST = statement(
  'import_list',
  `select ${IMPORT} from import as i
   where i.project_id = $1 and ($3::timestamptz is null or (i.created_at, i.import_id) < ($3, $4::uuid))
   order by i.created_at desc, i.import_id desc limit $2`,
)
const FINDING_ROWS = `json_to_recordset($2::json) as f (at bigint, seq int, line int, place text, "externalId" text, level text, code text,
     message text)`
const FINDING_VALUES = `f.at, f.seq, f.line, f.place, f."externalId", f.level, f.code, f.message`
const FINDING_COLUMNS = '(import_no, at, seq, line, place, external_id, level, code, message)'
// The import's row is locked before its rows are kept: so none comes once it has ended.
const STAGE = statement(
  'import_stage',
  `with held as (
     update import set bytes = $4, heard_at = $5
     where import_id = $1 and status = 'receiving' and not exists (select from import_cancel as c where c.import_no = import.import_no)
     returning import_no),
   found as (
     insert into import_finding ${FINDING_COLUMNS} select held.import_no, ${FINDING_VALUES} from held cross join ${FINDING_ROWS}),
   kept as (
     insert into import_row (import_no, no, line, place, external_id, kind, value, verdict)
     select held.import_no, r.no, r.line, r.place, r."externalId", r.kind, coalesce(r.value, 'null'), r.verdict
     from held cross join json_to_recordset($3::json) as r (no int, line int, place text, "externalId" text, kind text, value json,
       verdict smallint))
   select import_no from held`,
)
const TAKE = statement(
  'import_take',
  `select ${IMPORT} from import as i where i.import_id = $1 for no key update skip locked`,
)
const NEXT = engineStatement(
  'import_next',
  `select ${IMPORT} from import as i
   where i.finished_at is null and (i.status <> 'receiving' or i.heard_at <= $1
     or exists (select from import_cancel as c where c.import_no = i.import_no))
   order by coalesce(array_position($2::uuid[], i.import_id), 0), i.created_at, i.import_no
   limit 1 for no key update skip locked`,
)
const SAVE = statement(
  'import_save',
  `update import set status = $3, digest = $4, bytes = $5, about = $6::json, counts = $7::json, tallies = $8::json, checked_to = $9,
     written_to = $10, finished_at = $11
   where import_id = $1 and project_id = $2`,
)
const SAME_ALONE = statement(
  'import_same_alone',
  `select pg_advisory_xact_lock(1707726, hashtext($1::uuid::text || $2))`,
)
const FIND_SAME = statement(
  'import_find_same',
  `select ${IMPORT} from import as i
   where i.project_id = $1 and i.digest = $2 and i.status in ('checking', 'writing', 'completed')
   order by i.created_at limit 1`,
)
const ROWS = statement(
  'import_rows',
  notTooLarge(
    ['no', 'line', 'place', 'externalId', 'kind', 'value', 'verdict'],
    `select r.no, r.line, r.place, r.external_id as "externalId", r.kind, r.value, r.verdict, pg_column_size(r.value) as bytes
     from import_row as r
     where r.import_no = (select import_no from import where import_id = $1) and r.no > $2 order by r.no limit $3`,
    'no',
  ),
)
const JUDGE = statement(
  'import_judge',
  `with judged as (
     update import_row as r set verdict = given.verdict
     from unnest($3::int[], $4::smallint[]) as given (no, verdict)
     where r.import_no = (select import_no from import where import_id = $1) and r.no = given.no)
   insert into import_finding ${FINDING_COLUMNS}
   select i.import_no, ${FINDING_VALUES} from import as i cross join ${FINDING_ROWS} where i.import_id = $1`,
)
const FINDINGS = statement(
  'import_findings',
  `select f.at::float8 as at, f.seq, f.line, f.place, f.external_id as "externalId", f.level, f.code, f.message from import_finding as f
   where f.import_no = (select import_no from import where import_id = $1)
     and ($3::bigint is null or (f.at, f.seq) > ($3, $4::int))
   order by f.at, f.seq limit $2`,
)
const ASK_CANCEL = statement(
  'import_ask_cancel',
  `insert into import_cancel (import_no) select import_no from import where import_id = $1 on conflict do nothing`,
)
const IS_CANCEL_ASKED = statement(
  'import_is_cancel_asked',
  `select from import_cancel where import_no = (select import_no from import where import_id = $1)`,
)
const REMOVE = statement('import_remove', 'delete from import where import_id = $1')
const PRUNE = engineStatement(
  'import_prune',
  `delete from import_row where ctid = any(array(
     select r.ctid from import_row as r join import as i on i.import_no = r.import_no
     where i.finished_at < $1 limit $2))
   returning no`,
)

type Row = Pick<
  KeptImport,
  | 'importId'
  | 'projectId'
  | 'status'
  | 'digest'
  | 'bytes'
  | 'counts'
  | 'tallies'
  | 'checkedTo'
  | 'writtenTo'
  | 'createdBy'
  | 'createdAt'
  | 'finishedAt'
> & { readonly about: Omit<KeptImport, keyof Row | 'submissions'> & { readonly submissions?: boolean } }

/** Imports in `import`, records in `import_row`, findings in `import_finding`. */
export class PgImportStore implements ImportStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(given: KeptImport): Promise<void> {
    const { importId, projectId, createdBy, createdAt, finishedAt } = given
    await this.#connection.rows(ADD, [
      importId,
      projectId,
      ...valuesOf(given),
      createdBy,
      createdAt,
      finishedAt,
    ])
  }

  find(importId: ImportId): Promise<KeptImport | undefined> {
    return this.#first(FIND, [importId])
  }

  async list(projectId: ProjectId, { limit, after }: Slice<NewestKey>): Promise<KeptImport[]> {
    const values = [projectId, limit, after?.createdAt ?? null, after?.id ?? null]
    return (await this.#connection.rows<Row>(LIST, values)).map(keptOf)
  }

  async stage(importId: ImportId, { rows, findings, bytes }: StagedPart, now: Date): Promise<boolean> {
    const given = rows.map((row) => ({ ...row, verdict: IMPORT_VERDICTS.indexOf(row.verdict) }))
    const held = await this.#connection.rows(STAGE, [
      importId,
      jsonText(findings),
      jsonText(given),
      bytes,
      now,
    ])
    return held.length > 0
  }

  take(importId: ImportId): Promise<KeptImport | undefined> {
    return this.#first(TAKE, [importId])
  }

  next(silentSince: Date, behind: readonly ImportId[]): Promise<KeptImport | undefined> {
    return this.#first(NEXT, [silentSince, plain(behind)])
  }

  async save(given: KeptImport): Promise<void> {
    const { importId, projectId, finishedAt } = given
    await this.#connection.rows(SAVE, [importId, projectId, ...valuesOf(given), finishedAt])
  }

  async findSame(projectId: ProjectId, digest: string): Promise<KeptImport | undefined> {
    await this.#connection.rows(SAME_ALONE, [projectId, digest])
    // A statement of its own: it sees what those who were waited for have committed.
    return this.#first(FIND_SAME, [projectId, digest])
  }

  async rows(importId: ImportId, after: number, limit: number): Promise<ImportRow[]> {
    const rows = await this.#connection.rows<Omit<ImportRow, 'verdict'> & { readonly verdict: number }>(
      ROWS,
      [importId, after, limit],
    )
    return rows.map((row) => ({ ...row, verdict: verdictOf(row.verdict) }))
  }

  async judge(
    importId: ImportId,
    verdicts: readonly RowVerdict[],
    findings: readonly KeptFinding[],
  ): Promise<void> {
    if (verdicts.length === 0 && findings.length === 0) return
    const numbers = verdicts.map(({ verdict }) => IMPORT_VERDICTS.indexOf(verdict))
    const places = verdicts.map(({ no }) => no)
    await this.#connection.rows(JUDGE, [importId, jsonText(findings), plain(places), plain(numbers)])
  }

  findings(
    importId: ImportId,
    { limit, after }: Slice<Pick<KeptFinding, 'at' | 'seq'>>,
  ): Promise<KeptFinding[]> {
    return this.#connection.rows<KeptFinding>(FINDINGS, [
      importId,
      limit,
      after?.at ?? null,
      after?.seq ?? null,
    ])
  }

  async askCancel(importId: ImportId): Promise<void> {
    await this.#connection.rows(ASK_CANCEL, [importId])
  }

  async isCancelAsked(importId: ImportId): Promise<boolean> {
    return (await this.#connection.rows(IS_CANCEL_ASKED, [importId])).length > 0
  }

  async remove(importId: ImportId): Promise<void> {
    await this.#connection.rows(REMOVE, [importId])
  }

  async prune(before: Date, limit: number): Promise<number> {
    return (await this.#connection.rows(PRUNE, [before, limit])).length
  }

  async #first(
    asked: Parameters<Connection['rows']>[0],
    values: readonly unknown[],
  ): Promise<KeptImport | undefined> {
    const [row] = await this.#connection.rows<Row>(asked, values)
    return row && keptOf(row)
  }
}

/** status, digest, bytes, about, counts, tallies, checked_to, written_to */
function valuesOf(given: KeptImport): unknown[] {
  const { name, format, formatVersion, target, mode, dryRun, onConflict, jobType, mapping, sha256, error } =
    given
  const { submissions, createdIds, status, digest, bytes, counts, tallies, checkedTo, writtenTo } = given
  const about = {
    name,
    format,
    formatVersion,
    target,
    mode,
    dryRun,
    onConflict,
    submissions,
    jobType,
    mapping,
    sha256,
    error,
    createdIds,
  }
  return [status, digest, bytes, jsonText(about), jsonText(counts), jsonText(tallies), checkedTo, writtenTo]
}

function keptOf({ about, ...row }: Row): KeptImport {
  // Imports of before there were submissions do not say.
  const { submissions = false, ...asked } = about
  return { ...row, ...asked, submissions }
}

function verdictOf(number: number): ImportRow['verdict'] {
  const verdict = IMPORT_VERDICTS[number]
  if (verdict === undefined) throw new Error(`import_row.verdict ${number} is none of ours`)
  return verdict
}
