import type { DefinitionId, ExportId, FormId, ProjectId, RunId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'

/** States of an export, in their order. */
export const EXPORT_STATUSES = ['waiting', 'writing', 'completed', 'failed'] as const
/** One of {@link EXPORT_STATUSES}. */
export type ExportStatus = (typeof EXPORT_STATUSES)[number]

/** The kinds of things that are exported: results of runs, completed tasks of a project, scenarios of a definition. */
export const EXPORTED = ['run', 'tasks', 'definition'] as const
/** One of {@link EXPORTED}. */
export type Exported = (typeof EXPORTED)[number]

/** How people are named in files: not at all, by a pseudonym that is the same in each export of the project, or by their id. */
export const PEOPLE_NAMED = ['none', 'pseudonym', 'id'] as const
/** One of {@link PEOPLE_NAMED}. */
export type PeopleNamed = (typeof PEOPLE_NAMED)[number]

/** The wishes for an export, each of which is said. */
export interface ExportWishes {
  readonly what: Exported
  /** One of those that the writer has for it, such as `csv`. */
  readonly format: string
  /** Of what is `run`, in the order of the files; else none. */
  readonly runIds: readonly RunId[]
  /** Of what is `definition`; else null. */
  readonly definitionId: DefinitionId | null
  readonly people: PeopleNamed
  /** Whether each file is packed. */
  readonly gzip: boolean
  /** More columns of a table: JSON Pointers into its rows. */
  readonly fields: readonly string[]
  /** Between cells; null: that of the format. */
  readonly delimiter: string | null
  /** Whether cells that a spreadsheet would take for a formula get a `'` before them. */
  readonly csvSafe: boolean
  /** By which answers are read, where the format needs it. */
  readonly formId: FormId | null
  /** The question of which the answers become pairs, where the format asks for one. */
  readonly question: string | null
  /** Where the prompt of a pair stands in the payload. */
  readonly promptAt: string | null
}

/** A file of an export. */
export interface ExportFile {
  /** Unique in the export: letters, digits, `_`, `.` and `-`. */
  readonly name: string
  /** The results, tasks or scenarios that it was made of. */
  readonly rows: number
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
}

/** Something that a format has no place for. */
export interface NotExported {
  readonly what: string
  readonly count: number
  readonly why: string
}

/** All that is to be known of the files of an export. */
export interface ExportManifest {
  readonly format: string
  /** null: the format has none. */
  readonly formatVersion: string | null
  readonly musterVersion: string
  readonly exportId: ExportId
  readonly createdAt: string
  /** The last fact of the project when it was read. */
  readonly seq: number
  /** Whether all was read as of one moment. If not, what settled while it was read may be in it. */
  readonly oneMoment: boolean
  /** Each as it was found. */
  readonly runs: readonly {
    readonly runId: RunId
    readonly definitionId: DefinitionId
    /** Of the definition. */
    readonly version: number
    readonly sampleSeed: number
    readonly samplePercentage: number
    readonly models: readonly string[]
    /** A run that still goes on is written as far as it has settled. */
    readonly status: string
    /** Its policy; null for a run without one. */
    readonly escalation: Json
  }[]
  readonly definition: { readonly definitionId: DefinitionId; readonly version: number } | null
  readonly form: { readonly formId: FormId; readonly name: string; readonly version: number } | null
  readonly people: PeopleNamed
  readonly files: readonly ExportFile[]
  readonly left: readonly NotExported[]
}

/** Results, answers or scenarios on their way into files. */
export interface Export extends ExportWishes {
  readonly exportId: ExportId
  readonly projectId: ProjectId
  readonly status: ExportStatus
  /** Results, tasks or scenarios that were written so far. */
  readonly rows: number
  /** Those that are there; none until it is completed. */
  readonly files: readonly ExportFile[]
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null
  readonly createdBy: UserId | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
  /** When its files go; null until it has ended. */
  readonly expiresAt: Date | null
}

/** An export as it is kept. */
export interface KeptExport extends Omit<Export, 'files' | 'expiresAt'> {
  /** How often somebody began to write it: who holds it is known by this number. */
  readonly attempt: number
  /** How often its holder died with it, or fell silent. */
  readonly lost: number
  /** null unless it is completed. */
  readonly manifest: ExportManifest | null
}

/** Whether an export is over. */
export function hasExportEnded({ status }: Pick<Export, 'status'>): boolean {
  return status === 'completed' || status === 'failed'
}
