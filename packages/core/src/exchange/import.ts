import type { DefinitionId, FormId, ImportId, ProjectId, RunId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** States of an import, in their order. */
export const IMPORT_STATUSES = [
  'receiving',
  'checking',
  'writing',
  'completed',
  'refused',
  'failed',
  'cancelled',
] as const
/**
 * One of {@link IMPORT_STATUSES}. `receiving`: its file is being read; `refused`: a part is at fault, and nothing was made; `failed`: the file did not
 * come whole.
 */
export type ImportStatus = (typeof IMPORT_STATUSES)[number]

/** The kinds of things that an import makes. */
export const IMPORT_TARGETS = ['tasks', 'definition', 'run', 'form'] as const
/** One of {@link IMPORT_TARGETS}. */
export type ImportTarget = (typeof IMPORT_TARGETS)[number]

/** `atomic`: all in one transaction, or nothing. `chunks`: a part at a time, without those parts that are at fault. */
export const IMPORT_MODES = ['atomic', 'chunks'] as const
export type ImportMode = (typeof IMPORT_MODES)[number]

/** `refuse`: an id that is taken by something else is an error. `skip`: it is a note. Nothing is ever overwritten. */
export const ON_CONFLICT = ['refuse', 'skip'] as const
export type OnConflict = (typeof ON_CONFLICT)[number]

/** How many records of an import met which end. */
export interface ImportCounts {
  /** Records of the kinds that the target is made of. */
  readonly read: number
  /** Made; on a dry run, those that would be. */
  readonly made: number
  /** There already, and the same. */
  readonly same: number
  /** There already, and another: it stays as it is. */
  readonly changed: number
  /** Errors, those of conflicts not counted. */
  readonly refused: number
  /** Findings of parts that have no home. */
  readonly left: number
}

/** Things that an import made, if they have ids of their own. */
export interface ImportCreated {
  readonly definitionId?: DefinitionId
  readonly runId?: RunId
  readonly formId?: FormId
}

/** A file on its way to become tasks, a definition, a run or a form. */
export interface Import {
  readonly importId: ImportId
  readonly projectId: ProjectId
  readonly name: string
  /** As asked for; once the file is known, the one that it was taken for. */
  readonly format: string
  /** null until it is known, and if the file does not say. */
  readonly formatVersion: string | null
  /** null until the file was read, unless it was asked for. */
  readonly target: ImportTarget | null
  readonly mode: ImportMode
  readonly dryRun: boolean
  readonly onConflict: OnConflict
  /** Whether submissions of the file are made with its tasks. */
  readonly submissions: boolean
  /** Of the definition that is made; of a run null: it can be done by nobody here. */
  readonly jobType: string | null
  /** Words to the reader, as they were given. */
  readonly mapping: Json
  readonly status: ImportStatus
  /** Of the unpacked file, in hex; null until it was read. */
  readonly sha256: string | null
  /** Of the unpacked file, so far. */
  readonly bytes: number
  readonly counts: ImportCounts
  readonly createdIds: ImportCreated
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null
  readonly createdBy: UserId | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

/** How far an import is, beside what callers are shown. */
export interface ImportProgress {
  /** The last row that was checked; 0: none. */
  readonly checkedTo: number
  /** The last row that was written; 0: none. */
  readonly writtenTo: number
  /** Of the file and all that was asked; null until the file was read. */
  readonly digest: string | null
  /** How often each finding was told, by code or by place, where one by one they are too many. */
  readonly tallies: Tallies
}

/** Counts of findings. */
export interface Tallies {
  readonly errors: number
  readonly notes: number
  /** Conflicts among the errors. */
  readonly conflicts: number
  readonly lefts: number
  /** Errors and notes beyond those that are kept one by one, by level and code. */
  readonly more: Readonly<Record<string, number>>
  /** Members without a home, by kind and place. */
  readonly places: Readonly<Record<string, number>>
}

/** An import as it is kept. */
export interface KeptImport extends Import, ImportProgress {}

/** A record of a file as it waits to be written. */
export interface ImportRow {
  /** 1, 2, 3 … in the order of the file. */
  readonly no: number
  readonly line: number | null
  readonly place: string
  /** null if the target needs none. */
  readonly externalId: string | null
  readonly kind: 'task' | 'scenario' | 'result' | 'form'
  readonly value: Json
  /** `ok`: it is written; `same`: it is there; `fault`: it is not written. */
  readonly verdict: ImportVerdict
}

/** The verdicts on a row. */
export const IMPORT_VERDICTS = ['ok', 'same', 'fault'] as const
export type ImportVerdict = (typeof IMPORT_VERDICTS)[number]

/** `error`: the part is refused; `left`: it has no home; `note`: a word on how it was read. */
export const FINDING_LEVELS = ['error', 'left', 'note'] as const
export type FindingLevel = (typeof FINDING_LEVELS)[number]

/** One line of the report of an import. */
export interface ImportFinding {
  /** From 1; null for formats without lines. */
  readonly line: number | null
  /** A JSON Pointer into the file or its line, or a column; null for the file as a whole. */
  readonly place: string | null
  readonly externalId: string | null
  readonly level: FindingLevel
  readonly code: string
  readonly message: string
}

/** A finding with its place in the report: behind which row it was found, and the how manieth it is. */
export interface KeptFinding extends ImportFinding {
  readonly at: number
  readonly seq: number
}

/** The statuses in which an import is over. */
export function hasEnded(status: ImportStatus): boolean {
  return status === 'completed' || status === 'refused' || status === 'failed' || status === 'cancelled'
}
