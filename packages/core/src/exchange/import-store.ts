import type { ImportId, ProjectId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { ImportRow, ImportVerdict, KeptFinding, KeptImport } from './import.ts'

/** A part of a file that was read. */
export interface StagedPart {
  readonly rows: readonly ImportRow[]
  readonly findings: readonly KeptFinding[]
  readonly bytes: number
}

/** A verdict on a row. */
export interface RowVerdict {
  readonly no: number
  readonly verdict: ImportVerdict
}

/** Keeps imports, the rows that wait to be written, and findings. */
export interface ImportStore {
  add(given: KeptImport): Promise<void>
  find(importId: ImportId): Promise<KeptImport | undefined>
  /** Newest first. */
  list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptImport[]>
  /** Keeps a part of a file, and that it came now. False: the import is no longer received, and nothing was kept. */
  stage(importId: ImportId, part: StagedPart, now: Date): Promise<boolean>
  /**
   * The import; nobody else works on it until the transaction ends. undefined if it is not there, or in other hands now.
   */
  take(importId: ImportId): Promise<KeptImport | undefined>
  /**
   * The oldest import that is to be checked or written, that is to be cancelled, or that is received and has not been heard of since `silentSince`; as {@link take}.
   * @param behind these come behind all others, in this order
   */
  next(silentSince: Date, behind: readonly ImportId[]): Promise<KeptImport | undefined>
  /** Replaces an import, taken before in this transaction. */
  save(given: KeptImport): Promise<void>
  /**
   * An import of the project with this digest that is checked, written or completed. Another who asks for the same waits until this transaction ends.
   */
  findSame(projectId: ProjectId, digest: string): Promise<KeptImport | undefined>
  /** Rows behind `after`, in their order: at most so many, and fewer if they are large; none is the end. */
  rows(importId: ImportId, after: number, limit: number): Promise<ImportRow[]>
  /** Notes verdicts on rows, and findings. */
  judge(importId: ImportId, verdicts: readonly RowVerdict[], findings: readonly KeptFinding[]): Promise<void>
  /** Findings in the order of the report. */
  findings(importId: ImportId, slice: Slice<Pick<KeptFinding, 'at' | 'seq'>>): Promise<KeptFinding[]>
  /** Notes that it is to end early. Never waits for those who work on it. */
  askCancel(importId: ImportId): Promise<void>
  isCancelAsked(importId: ImportId): Promise<boolean>
  /** Forgets an import that was never shown to anybody, with its rows and findings. */
  remove(importId: ImportId): Promise<void>
  /** Forgets rows of imports that ended before then, at most so many, and says how many. */
  prune(before: Date, limit: number): Promise<number>
}
