import type { ImportId, ProjectId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { Import, ImportFinding, ImportMode, ImportTarget, OnConflict } from './import.ts'

/** The wishes for an import. */
export interface ImportOptions {
  /** A format by name; default `auto`: the one that the file looks like. */
  readonly format?: string | undefined
  /** Default: the one that the file holds. */
  readonly target?: ImportTarget | undefined
  /** Of the definition or the form that is made, or of the definition of a run; default `import`. */
  readonly name?: string | undefined
  /** Of the definition that is made. Of a run the default is `imported`, which nobody here can do again. */
  readonly jobType?: string | undefined
  /** Default `atomic`. */
  readonly mode?: ImportMode | undefined
  /** Says what would be made, and makes nothing. */
  readonly dryRun?: boolean | undefined
  /** Default `refuse`. */
  readonly onConflict?: OnConflict | undefined
  /**
   * Makes submissions of the file too, each behind its task, of people who are suspended and stay so; of the target `tasks` alone. Default false: they are
   * told of, and left.
   */
  readonly submissions?: boolean | undefined
  /** Words to the reader of the format, such as `{ "idFrom": "/id" }`. */
  readonly mapping?: { readonly [name: string]: Json } | undefined
}

/** A file, and the wishes for it. */
export interface NewImport extends ImportOptions {
  /** The bytes of the file, at most 1 GiB; those packed by gzip or zstd are unpacked. They are asked for as fast as they are kept. */
  readonly source: AsyncIterable<Uint8Array>
}

/** An import whose file was read. */
export interface ReceivedImport {
  readonly import: Import
  /** It is an earlier one: the same file with the same options, which is checked, written or completed. */
  readonly repeated: boolean
}

/** A member of what a file holds. */
export interface PreviewedField {
  /** A JSON Pointer into a record, or the place of what has no home. */
  readonly place: string
  /** Of its values: `string`, `number`, `boolean`, `null`, `list`, `object`, or `mixed`. null of what has no home. */
  readonly type: string | null
  /** The share of records that have it, from 0 to 1. */
  readonly share: number
  /** The member of a task, scenario or form that it becomes; null: it has no home. */
  readonly mappedTo: string | null
}

/** A look at the beginning of a file. */
export interface ImportPreview {
  readonly format: string | null
  readonly formatVersion: string | null
  /** The first records, as they would be read. */
  readonly sample: readonly { readonly kind: string; readonly line: number | null; readonly value: Json }[]
  readonly fields: readonly PreviewedField[]
  /** The first findings. */
  readonly findings: readonly ImportFinding[]
}

/** Files that become tasks, definitions, runs and forms. Input schemas: `importOptions`, `previewOptions`. */
export interface ImportUseCases {
  /**
   * Reads the file to its end, a part at a time, and keeps what it holds; a process that schedules checks and writes it. Rejects with what the source
   * throws, and the import has failed then.
   * @throws ValidationError for options that are none; NotFoundError for the project; ConflictError if it was cancelled meanwhile
   */
  receive(projectId: ProjectId, given: NewImport, createdBy?: UserId | null): Promise<ReceivedImport>
  /** Reads the first MiB. Keeps nothing. @throws ValidationError */
  preview(given: Pick<NewImport, 'source' | 'format' | 'mapping'>): Promise<ImportPreview>
  /** @throws NotFoundError */
  get(importId: ImportId): Promise<Import>
  /** Newest first. @throws NotFoundError for the project */
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Import>>
  /** All findings, in the order of the file; then how many more there are, and how often each place was left. @throws NotFoundError */
  report(importId: ImportId): AsyncIterable<ImportFinding>
  /** Ends it between two parts; one that has ended stays as it is. @throws NotFoundError */
  cancel(importId: ImportId): Promise<Import>
}
