import type { Issue, Json } from '../../json/json.ts'
import type { Exported, NotExported } from './export.ts'

/** The results of one scenario by model; a repeat is a scenario of its own. */
export interface WritableScenario {
  readonly scenarioId: string
  readonly payload: Json
  readonly results: Readonly<
    Record<
      string,
      {
        readonly state: 'completed' | 'failed' | 'cancelled'
        readonly result: Json
        readonly error: { readonly code: string; readonly message: string } | null
      }
    >
  >
  /** The answer that people settled on, if they did. */
  readonly outcome?: Json
}

/** A completed task with its submissions. */
export interface WritableTask {
  readonly taskId: string
  readonly externalId: string | null
  readonly payload: Json
  readonly submissions: readonly {
    readonly stepId: string
    /** As people are named in this export; null: not at all. */
    readonly person: string | null
    readonly result: Json
    readonly comment: string | null
    readonly assignmentId: string
    /** ISO 8601. */
    readonly startedAt: string | null
    readonly submittedAt: string | null
  }[]
  readonly outcome: Json
}

/** Rows to be written, read anew for each file. */
export type ExportSource =
  | {
      readonly what: 'run'
      readonly run: {
        readonly runId: string
        /** Of its definition. */
        readonly name: string
        readonly models: readonly string[]
        /** ISO 8601. */
        readonly createdAt: string
        /** Anything else that is to be known of it. */
        readonly about: { readonly [name: string]: Json }
      }
      /** Those of these models; default: of all. */
      readonly scenarios: (models?: readonly string[]) => AsyncIterable<WritableScenario>
    }
  | { readonly what: 'tasks'; readonly tasks: () => AsyncIterable<WritableTask>; readonly form: Json }
  | {
      readonly what: 'definition'
      readonly scenarios: () => AsyncIterable<Pick<WritableScenario, 'scenarioId' | 'payload'>>
    }

/** The words to a writer. */
export interface WriterWords {
  readonly format: string
  readonly gzip: boolean
  readonly fields: readonly string[]
  readonly delimiter: string | null
  readonly csvSafe: boolean
  readonly question: string | null
  readonly promptAt: string | null
}

/** A file that is being written. */
export interface WritableFile {
  /** Unique among those of a source: letters, digits, `_`, `.` and `-`. */
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** The things that had no place in it; known once its bytes have ended. */
  left(): readonly NotExported[]
}

/** Writes results, answers and scenarios as files of other tools: `fileWriter` of `@muster/formats`, or your own. The same rows give the same bytes. */
export interface FileWriter {
  /** By the kinds of what is written, the formats that it has for them. */
  readonly formats: Readonly<Record<Exported, readonly string[]>>
  /** Of a format; null: it has none. */
  versionOf(format: string): string | null
  /** The words that it does not take, by their paths, and what of the form has no place in the format; none: it writes the files. */
  faults(what: Exported, words: WriterWords, form: Json): readonly Issue[]
  files(source: ExportSource, words: WriterWords): Iterable<WritableFile>
  /** The same name for the same person and key. */
  pseudonym(key: string, projectId: string, userId: string): string
}
