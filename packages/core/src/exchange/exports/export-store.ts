import type { ExportId, ProjectId } from '../../ids.ts'
import type { NewestKey, Slice } from '../../paging.ts'
import type { KeptExport } from './export.ts'

/** Keeps exports, and by which key the people of a project get pseudonyms. */
export interface ExportStore {
  add(given: KeptExport): Promise<void>
  find(exportId: ExportId): Promise<KeptExport | undefined>
  /** Newest first. */
  list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptExport[]>
  /**
   * Takes the oldest that waits, or that is held and was to be heard of before `now`, and so is lost once more: it is `writing`, its attempt is one more, and nobody else
   * gets it until then.
   */
  claim(now: Date, until: Date): Promise<KeptExport | undefined>
  /** Keeps it until then, and notes how far it is. False: another attempt holds it, or it has ended. */
  hold(exportId: ExportId, attempt: number, until: Date, rows: number): Promise<boolean>
  /** Lets it wait again, unless another attempt holds it. */
  release(exportId: ExportId, attempt: number): Promise<void>
  /** Replaces it by what it ended as. False: another attempt holds it, or it has ended. */
  end(given: KeptExport): Promise<boolean>
  /** The key of the project; the given one, if it has none yet. */
  pseudonymKey(projectId: ProjectId, fresh: string): Promise<string>
  /** Those that ended before then, the oldest first. */
  listEnded(before: Date, limit: number): Promise<ExportId[]>
  remove(exportId: ExportId): Promise<void>
}
