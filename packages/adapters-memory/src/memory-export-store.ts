import type { ProjectId } from '@muster/core'
import type { ExportId, ExportStore, KeptExport } from '@muster/core/exchange'
import type { NewestKey, Slice } from '@muster/core/ports'
import { sliceNewest } from './jobs/order.ts'
import type { ExportTables, KeptExportRow } from './tables/export-tables.ts'
import { ALL } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Exports in memory. */
export class MemoryExportStore implements ExportStore {
  readonly #tables: ExportTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.exports
  }

  async add(given: KeptExport): Promise<void> {
    this.#tables.exports.set(given.exportId, { ...given, heldUntil: null })
  }

  async find(exportId: ExportId): Promise<KeptExport | undefined> {
    const row = this.#tables.exports.get(exportId)
    return row && keptOf(row)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptExport[]> {
    return sliceNewest(this.#tables.byAge, projectId, ({ exportId }) => exportId, slice).map(keptOf)
  }

  async claim(now: Date, until: Date): Promise<KeptExport | undefined> {
    const due = this.#tables.open.in(ALL).find(({ heldUntil }) => heldUntil === null || heldUntil <= now)
    if (due === undefined) return undefined
    const taken: KeptExportRow = {
      ...due,
      status: 'writing',
      attempt: due.attempt + 1,
      lost: due.lost + (due.heldUntil === null ? 0 : 1),
      heldUntil: until,
    }
    this.#tables.exports.set(taken.exportId, taken)
    return keptOf(taken)
  }

  async hold(exportId: ExportId, attempt: number, until: Date, rows: number): Promise<boolean> {
    const held = this.#heldBy(exportId, attempt)
    if (held !== undefined) this.#tables.exports.set(exportId, { ...held, heldUntil: until, rows })
    return held !== undefined
  }

  async release(exportId: ExportId, attempt: number): Promise<void> {
    const held = this.#heldBy(exportId, attempt)
    if (held !== undefined)
      this.#tables.exports.set(exportId, { ...held, status: 'waiting', heldUntil: null })
  }

  async end(given: KeptExport): Promise<boolean> {
    const held = this.#heldBy(given.exportId, given.attempt)
    if (held !== undefined) this.#tables.exports.set(given.exportId, { ...given, heldUntil: null })
    return held !== undefined
  }

  async pseudonymKey(projectId: ProjectId, fresh: string): Promise<string> {
    const kept = this.#tables.keys.get(projectId)
    if (kept === undefined) this.#tables.keys.set(projectId, { key: fresh })
    return kept?.key ?? fresh
  }

  async listEnded(before: Date, limit: number): Promise<ExportId[]> {
    const isOld = ({ finishedAt }: KeptExportRow): boolean => finishedAt !== null && finishedAt < before
    return [...this.#tables.exports.values()]
      .filter(isOld)
      .toSorted((one, other) => Number(one.finishedAt) - Number(other.finishedAt))
      .slice(0, limit)
      .map(({ exportId }) => exportId)
  }

  async remove(exportId: ExportId): Promise<void> {
    this.#tables.exports.delete(exportId)
  }

  #heldBy(exportId: ExportId, attempt: number): KeptExportRow | undefined {
    const row = this.#tables.exports.get(exportId)
    return row?.attempt === attempt && row.heldUntil !== null && row.finishedAt === null ? row : undefined
  }
}

function keptOf({ heldUntil: _heldUntil, ...kept }: KeptExportRow): KeptExport {
  return kept
}
