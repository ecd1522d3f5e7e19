import type { DefinitionId, ExportId, FormId, ProjectId, RunId, UserId } from '../../ids.ts'
import type { Page, PageRequest } from '../../paging.ts'
import type { Export, Exported, ExportFile, ExportManifest, PeopleNamed } from './export.ts'

/** Wishes for an export. */
export interface NewExport {
  readonly what: Exported
  readonly format: string
  /** Of `what` is `run`: one to 20 runs of the project. */
  readonly runIds?: readonly RunId[] | undefined
  /** Of `what` is `definition`: one of the project. */
  readonly definitionId?: DefinitionId | undefined
  /** Default `pseudonym`. */
  readonly people?: PeopleNamed | undefined
  /** Default false. */
  readonly gzip?: boolean | undefined
  /** More columns of a table: JSON Pointers into its rows, such as `/payload/text`. */
  readonly fields?: readonly string[] | undefined
  /** Between cells: `,`, `;`, `|` or a tab. Default `,`. */
  readonly delimiter?: string | undefined
  /** Whether cells that a spreadsheet would take for a formula get a `'` before them. Default false. */
  readonly csvSafe?: boolean | undefined
  /** By which answers are read: `label-studio` and `preference-pairs` need it. */
  readonly formId?: FormId | undefined
  /** The pairwise question: `preference-pairs` needs it. */
  readonly question?: string | undefined
  /** Where the prompt stands in a payload, as a JSON Pointer: `preference-pairs` needs it. */
  readonly promptAt?: string | undefined
}

/** Results, answers and scenarios as files of other tools. Input schema: `newExport`. */
export interface ExportUseCases {
  /**
   * Asks for an export; a process that schedules writes it.
   * @throws ValidationError, by path, for what cannot be written so, and where this process cannot export; NotFoundError for the project, or for a run, definition or form
   * that it does not have
   */
  start(projectId: ProjectId, given: NewExport, createdBy?: UserId | null): Promise<Export>
  /** @throws NotFoundError */
  get(exportId: ExportId): Promise<Export>
  /** Newest first. @throws NotFoundError for the project */
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Export>>
  /** @throws NotFoundError; ConflictError until it is completed */
  manifest(exportId: ExportId): Promise<ExportManifest>
  /** One of its files. @throws NotFoundError; ConflictError until it is completed, and where this process cannot export */
  file(
    exportId: ExportId,
    name: string,
  ): Promise<
    ExportFile & {
      /** Its bytes from one on, and before another; default: all. @throws NotFoundError if it has gone; UnavailableError */
      read(from?: number, to?: number): AsyncIterable<Uint8Array>
    }
  >
}
