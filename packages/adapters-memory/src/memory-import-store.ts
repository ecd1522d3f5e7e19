import type { ProjectId } from '@muster/core'
import type {
  ImportId,
  ImportRow,
  ImportStore,
  KeptFinding,
  KeptImport,
  RowVerdict,
  StagedPart,
} from '@muster/core/exchange'
import type { NewestKey, Slice } from '@muster/core/ports'
import { keyOf, sliceNewest } from './jobs/order.ts'
import type { ImportTables, KeptImportRow } from './tables/import-tables.ts'
import { ALL } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Imports in memory. A transaction is alone, so none is ever in other hands. */
export class MemoryImportStore implements ImportStore {
  readonly #tables: ImportTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.imports
  }

  async add(given: KeptImport): Promise<void> {
    this.#tables.imports.set(given.importId, { ...given, heardAt: given.createdAt, cancelAsked: false })
  }

  async find(importId: ImportId): Promise<KeptImport | undefined> {
    const row = this.#tables.imports.get(importId)
    return row && keptOf(row)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptImport[]> {
    return sliceNewest(this.#tables.byAge, projectId, ({ importId }) => importId, slice).map(keptOf)
  }

  async stage(importId: ImportId, { rows, findings, bytes }: StagedPart, now: Date): Promise<boolean> {
    const held = this.#tables.imports.get(importId)
    if (held?.status !== 'receiving' || held.cancelAsked) return false
    this.#tables.imports.set(importId, { ...held, bytes, heardAt: now })
    for (const row of rows) this.#tables.rows.set(keyOf(importId, row.no), { ...row, importId })
    this.#find(importId, findings)
    return true
  }

  async take(importId: ImportId): Promise<KeptImport | undefined> {
    return this.find(importId)
  }

  async next(silentSince: Date, behind: readonly ImportId[]): Promise<KeptImport | undefined> {
    const isDue = ({ status, heardAt, cancelAsked }: KeptImportRow): boolean =>
      status !== 'receiving' || cancelAsked || heardAt <= silentSince
    const [first] = this.#tables.open
      .in(ALL)
      .filter(isDue)
      .toSorted((one, other) => behind.indexOf(one.importId) - behind.indexOf(other.importId))
    return first && keptOf(first)
  }

  async save(given: KeptImport): Promise<void> {
    const held = this.#tables.imports.get(given.importId)
    if (held === undefined) throw new Error(`Import ${given.importId} is not there`)
    const { heardAt, cancelAsked } = held
    this.#tables.imports.set(given.importId, { ...given, heardAt, cancelAsked })
  }

  async findSame(projectId: ProjectId, digest: string): Promise<KeptImport | undefined> {
    const same = this.#tables.byAge.in(projectId).find((row) => row.digest === digest && stands(row))
    return same && keptOf(same)
  }

  async rows(importId: ImportId, after: number, limit: number): Promise<ImportRow[]> {
    const rows = this.#tables.rowsByImport.in(importId)
    const start = this.#tables.rowsByImport.placeOf(importId, ({ no }) => no <= after)
    return rows.slice(start, start + limit).map(({ importId: _importId, ...row }) => row)
  }

  async judge(
    importId: ImportId,
    verdicts: readonly RowVerdict[],
    findings: readonly KeptFinding[],
  ): Promise<void> {
    for (const { no, verdict } of verdicts) {
      const row = this.#tables.rows.get(keyOf(importId, no))
      if (row !== undefined) this.#tables.rows.set(keyOf(importId, no), { ...row, verdict })
    }
    this.#find(importId, findings)
  }

  async findings(
    importId: ImportId,
    { limit, after }: Slice<Pick<KeptFinding, 'at' | 'seq'>>,
  ): Promise<KeptFinding[]> {
    const all = this.#tables.findingsByImport.in(importId)
    const isPassed = ({ at, seq }: KeptFinding): boolean =>
      after !== undefined && (at < after.at || (at === after.at && seq <= after.seq))
    const start = this.#tables.findingsByImport.placeOf(importId, isPassed)
    return all.slice(start, start + limit).map(({ importId: _importId, ...finding }) => finding)
  }

  async askCancel(importId: ImportId): Promise<void> {
    const held = this.#tables.imports.get(importId)
    if (held !== undefined) this.#tables.imports.set(importId, { ...held, cancelAsked: true })
  }

  async isCancelAsked(importId: ImportId): Promise<boolean> {
    return this.#tables.imports.get(importId)?.cancelAsked === true
  }

  async remove(importId: ImportId): Promise<void> {
    this.#tables.imports.delete(importId)
    this.#forgetRows(importId, Number.POSITIVE_INFINITY)
    const seqs = this.#tables.findingsByImport.in(importId).map(({ seq }) => seq)
    for (const seq of seqs) this.#tables.findings.delete(keyOf(importId, seq))
  }

  async prune(before: Date, limit: number): Promise<number> {
    let gone = 0
    for (const { importId, finishedAt } of this.#tables.imports.values()) {
      if (finishedAt !== null && finishedAt < before) gone += this.#forgetRows(importId, limit - gone)
    }
    return gone
  }

  #find(importId: ImportId, findings: readonly KeptFinding[]): void {
    for (const finding of findings)
      this.#tables.findings.set(keyOf(importId, finding.seq), { ...finding, importId })
  }

  #forgetRows(importId: ImportId, limit: number): number {
    const gone = this.#tables.rowsByImport.in(importId).slice(0, limit)
    for (const { no } of gone) this.#tables.rows.delete(keyOf(importId, no))
    return gone.length
  }
}

/** Whether it is another's answer: it is on its way, or was made. */
function stands({ status }: KeptImport): boolean {
  return status === 'checking' || status === 'writing' || status === 'completed'
}

function keptOf({ heardAt: _heardAt, cancelAsked: _cancelAsked, ...kept }: KeptImportRow): KeptImport {
  return kept
}
