/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** An object as JSON has it. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** The formats that {@link read} knows, by the name that an import is asked for with. */
export const FORMATS = [
  'ndjson',
  'json',
  'csv',
  'tsv',
  'parquet',
  'promptfoo',
  'promptfoo-csv',
  'promptfoo-config',
  'inspect',
  'inspect-dataset',
  'openai-evals',
  'openai-evals-registry',
  'lm-eval',
  'label-studio',
  'label-studio-min',
  'label-studio-config',
  'argilla',
  'langfuse',
  'doccano',
  'prodigy',
] as const
/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number]

/** Why something in a file was refused, has no home, or deserves a word. */
export type FindingCode =
  | 'not_utf8'
  | 'bad_json'
  | 'bad_csv'
  | 'bad_xml'
  | 'bad_yaml'
  | 'bad_zip'
  | 'bad_parquet'
  | 'empty'
  | 'header_missing'
  | 'header_repeated'
  | 'unknown_format'
  | 'unknown_version'
  | 'unknown_tag'
  | 'too_deep'
  | 'too_long'
  | 'number_unsafe'
  | 'bad_unicode'
  | 'bad_shape'
  | 'id_missing'
  | 'id_repeated'
  | 'id_too_long'
  | 'label_unknown'
  | 'span_outside'
  | 'time_unreadable'
  | 'truncated'
  | 'no_home'
  | 'not_finite'
  | 'not_run'
  | 'skipped'
  | 'partial'
  | 'guessed'
  | 'unnamed'

/** Something that a reader says of a place in the file. */
export interface Finding {
  readonly is: 'finding'
  /** `error`: this part is refused; `left`: it was read and has no home; `note`: it was read so. */
  readonly level: 'error' | 'left' | 'note'
  readonly code: FindingCode
  /** From 1, null for formats without lines. */
  readonly line: number | null
  /** A JSON Pointer into the file or its line, or a column; null for the file as a whole. */
  readonly place: string | null
  readonly externalId: string | null
  readonly message: string
}

/** The format that a file was taken for, the first entry of every reader. */
export interface Head {
  readonly is: 'head'
  readonly format: Format
  /** null if the file does not say. */
  readonly formatVersion: string | null
}

interface Found<Kind extends string, Value> {
  readonly is: 'record'
  readonly kind: Kind
  /** From 1, null for formats without lines. */
  readonly line: number | null
  /** A JSON Pointer into the file, or `''` for all of the line. */
  readonly place: string
  /** The id of the source; null if it gave none. */
  readonly externalId: string | null
  readonly value: Value
  /** Places below `place` that the mapping has no home for. */
  readonly left: readonly string[]
}

/** A unit of work for people. */
export interface TaskValue {
  readonly payload: Json
  readonly priority?: number
  readonly gold?: Json
  readonly requiredSkills?: Json
}

/** An answer that somebody gave to a task elsewhere. */
export interface SubmissionValue {
  /** The externalId of its task. */
  readonly task: string
  /** `FORMAT:id`, one for one person of the file. */
  readonly person: string
  readonly answers: JsonObject
  /** ISO 8601, UTC. */
  readonly startedAt?: string
  readonly submittedAt?: string
  readonly comment?: string
}

/** An answer that a model gave to a task. */
export interface PredictionValue {
  readonly task: string
  readonly model: string
  readonly answers: JsonObject
  readonly score?: number | null
}

/** One case of an evaluation. */
export interface ScenarioValue {
  readonly scenarioId: string
  readonly payload: Json
  /** Scenarios of one family are repeats of one case. */
  readonly family?: string
}

/** One model's outcome of one scenario. */
export interface ResultValue {
  readonly scenarioId: string
  readonly model: string
  readonly state: 'completed' | 'failed'
  /** null unless completed. */
  readonly result: Json
  /** null unless failed. */
  readonly error: { readonly code: string; readonly message: string } | null
  readonly usage?: Usage
  readonly latencyMs?: number
}

/** The cost of a result. Absent members were not told by the source. */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** In dollars. */
  readonly cost?: number
}

/** One thing that a file holds, with its place. */
export type FormatRecord =
  | Found<'task', TaskValue>
  | Found<'submission', SubmissionValue>
  | Found<'prediction', PredictionValue>
  | Found<'scenario', ScenarioValue>
  | Found<'result', ResultValue>
  | Found<'form', JsonObject>

/** The entries of a reader: a head first, then records and findings in the order of the file. */
export type Entry = Head | FormatRecord | Finding

/** Words on a file beside its bytes. */
export interface ReadOptions {
  /** For files without a byte order mark. Default `utf-8`, strictly. */
  readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  /** Integers that a double does not hold become an error (default), or their digits as text. */
  readonly numbers?: 'refuse' | 'string'
  /** Whether members without a home stay under `payload._source`. Default true. */
  readonly keepRest?: boolean
  /** Where the source's id of a task stands: a JSON Pointer, or a column. */
  readonly idFrom?: string
  /** Of CSV: one character. Default: the most frequent of `,`, `;`, tab and `|` in the header. */
  readonly delimiter?: string
  /** Of CSV: columns that are not text. */
  readonly types?: Readonly<Record<string, 'number' | 'boolean' | 'json' | 'string'>>
  /** Of CSV: the sign between the whole and its fraction. Default `.`. */
  readonly decimal?: '.' | ','
  /** Of CSV: whether `user.name` nests. Default false. */
  readonly nest?: boolean
  /** The unit that spans are counted in. Default: as the format's own tool counts. */
  readonly offsets?: 'utf16' | 'codepoint' | 'grapheme'
  /** Names of models, by the run's id (OpenAI Evals) or file. */
  readonly models?: Readonly<Record<string, string>>
  /** The model of formats that name none (lm-evaluation-harness, a registry's log). */
  readonly model?: string
  /** The task of lm-evaluation-harness that the file holds; it stands in the file's name alone. */
  readonly task?: string
  /** Whether messages and events of a transcript come too. Default false. */
  readonly transcript?: boolean
  /** The questions that labels answer, by id: how lists of one are told from single choices. */
  readonly questions?: Readonly<Record<string, QuestionHint>>
  /** The names of a data set's label numbers, by column, as a dataset card has them. */
  readonly classLabels?: Readonly<Record<string, readonly string[]>>
  /** The name of a form that a configuration becomes. Default `label-studio`. */
  readonly name?: string
  /** The split that a data set's file holds. */
  readonly split?: string
  /** Most bytes of a file that must be held whole. Default 256 MiB. */
  readonly maxBytes?: number
  /** Longest that one part of a Parquet file may take to unpack, in seconds. Default 60. */
  readonly maxSeconds?: number
}

/** As much of a question as reading its answers takes. */
export interface QuestionHint {
  readonly type: string
  /** The member of the payload that spans point into. */
  readonly textAt?: string
  /** Sides of a pairwise question, the left one first. */
  readonly sides?: readonly string[]
}

/** A fault that ends the reading: what was read before stands. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  readonly finding: Finding

  constructor(
    code: FindingCode,
    message: string,
    at: { readonly line?: number | null; readonly place?: string | null } = {},
  ) {
    super(message)
    this.finding = finding('error', code, message, at)
  }
}

/** Makes a finding; places that are not given are null. */
export function finding(
  level: Finding['level'],
  code: FindingCode,
  message: string,
  at: {
    readonly line?: number | null
    readonly place?: string | null
    readonly externalId?: string | null
  } = {},
): Finding {
  return {
    is: 'finding',
    level,
    code,
    line: at.line ?? null,
    place: at.place ?? null,
    externalId: at.externalId ?? null,
    message,
  }
}

/** Whether it is an object, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether it is a list. */
export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** Sets a member whatever its name is: assigned, `__proto__` would be none. */
export function put(into: object, name: string, value: Json): void {
  Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true })
}

/** One step of a JSON Pointer. */
export function step(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The value at a JSON Pointer, undefined if nothing does. */
export function at(value: Json | undefined, pointer: string): Json | undefined {
  let here: Json | undefined = value
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isList(here)) here = here[Number(key)]
    else if (isObject(here)) here = Object.hasOwn(here, key) ? here[key] : undefined
    else return undefined
  }
  return here
}

/** A value as words: text as it is, all else as JSON. */
export function wordOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
