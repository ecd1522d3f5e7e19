import type { Json, JsonObject } from '../record.ts'
import { writeRunCsv, writeScenarioCsv, writeTaskCsv } from './csv.ts'
import { writeInspect } from './inspect.ts'
import { toLabelStudio, writeLabelStudio } from './label-studio.ts'
import { writeRunLines, writeScenarioLines, writeTaskLines } from './lines.ts'
import { writeRunParquet, writeScenarioParquet, writeTaskParquet } from './parquet.ts'
import { type PreferenceQuestion, writePreferencePairs } from './preference-pairs.ts'
import { writePromptfoo } from './promptfoo.ts'
import type { NotWritten, Rows, Writing, WrittenRun, WrittenScenario, WrittenTask } from './written.ts'

/** What can be written as files: results of a run, completed tasks, or scenarios of a definition. */
export type Written = 'run' | 'tasks' | 'definition'

/** The formats of each, by the name that an export is asked for with. */
export const WRITTEN_FORMATS = {
  run: ['ndjson', 'csv', 'parquet', 'promptfoo', 'inspect'],
  tasks: ['ndjson', 'csv', 'parquet', 'label-studio', 'preference-pairs'],
  definition: ['ndjson', 'csv', 'parquet'],
} as const satisfies Record<Written, readonly string[]>

const VERSIONS: Readonly<Record<string, string>> = { promptfoo: '3', inspect: '2' }

/** The version of a format; null: it has none. */
export function versionOfFormat(format: string): string | null {
  return VERSIONS[format] ?? null
}

/** Rows to be written, read anew for each file. */
export type FileSource =
  | {
      readonly what: 'run'
      readonly run: WrittenRun
      /** Those of these models; default: of all. */
      readonly scenarios: (models?: readonly string[]) => Rows<WrittenScenario>
    }
  | {
      readonly what: 'tasks'
      readonly tasks: () => Rows<WrittenTask>
      /** By which answers are read: `label-studio` and `preference-pairs` need it. */
      readonly form: Json
    }
  | {
      readonly what: 'definition'
      readonly scenarios: () => Rows<Pick<WrittenScenario, 'scenarioId' | 'payload'>>
    }

/** How files are written. */
export interface FileOptions {
  readonly format: string
  /** More columns of a table, as JSON Pointers into its rows. */
  readonly fields?: readonly string[]
  /** Of CSV; default `,`. */
  readonly delimiter?: string
  /** Whether cells that a spreadsheet would take for a formula get a `'` before them. Default false. */
  readonly csvSafe?: boolean
  /** Of `preference-pairs`: the pairwise question. */
  readonly question?: string
  /** Of `preference-pairs`: where the prompt stands in a payload. */
  readonly promptAt?: string
}

/** A file that is being written. */
export interface NamedFile {
  /** Letters, digits, `_`, `.` and `-`. */
  readonly name: string
  readonly pieces: AsyncIterable<string | Uint8Array> | Iterable<string>
  /** What had no place in it; known once its pieces have ended. */
  left(): readonly NotWritten[]
}

/**
 * The files of a source in a format, one after the other: each is written as it is read.
 * @throws NoTagError before anything is written; RangeError for a format that the source does not have, or a form that is needed
 */
export function filesOf(source: FileSource, options: FileOptions): readonly NamedFile[] {
  const { format, fields = [], delimiter, csvSafe = false } = options
  const table = { ...(delimiter !== undefined && { delimiter }), isSafe: csvSafe, fields }
  const file = (name: string, writing: Writing): NamedFile => ({
    name,
    pieces: writing.text,
    left: () => writing.left(),
  })
  const packed = (name: string, pieces: AsyncIterable<Uint8Array>): NamedFile => ({
    name,
    pieces,
    left: () => [],
  })
  if (source.what === 'run') {
    const { run, scenarios } = source
    switch (format) {
      case 'ndjson':
        return [file('results.ndjson', writeRunLines(run, scenarios()))]
      case 'csv':
        return [file('results.csv', writeRunCsv(run, scenarios(), table))]
      case 'parquet':
        return [packed('results.parquet', writeRunParquet(run, scenarios(), fields))]
      case 'promptfoo':
        return [file('results.json', writePromptfoo(run, scenarios()))]
      case 'inspect':
        return run.models.map((model, place) =>
          file(`${place + 1}-${fileNameOf(model)}.json`, writeInspect(run, model, scenarios([model]))),
        )
    }
  } else if (source.what === 'tasks') {
    const { tasks, form } = source
    switch (format) {
      case 'ndjson':
        return [file('tasks.ndjson', writeTaskLines(tasks()))]
      case 'csv':
        return [file('tasks.csv', writeTaskCsv(tasks(), table))]
      case 'parquet':
        return [packed('tasks.parquet', writeTaskParquet(tasks(), fields))]
      case 'label-studio': {
        const config = toLabelStudio(needed(form, format))
        return [
          file('tasks.json', writeLabelStudio(needed(form, format), tasks())),
          { name: 'config.xml', pieces: [config], left: () => [] },
        ]
      }
      case 'preference-pairs': {
        const preference = preferenceOf(needed(form, format), options)
        if (preference === undefined) throw new RangeError('It is no pairwise question of two named sides')
        return [file('pairs.ndjson', writePreferencePairs(tasks(), preference))]
      }
    }
  } else {
    const { scenarios } = source
    switch (format) {
      case 'ndjson':
        return [file('scenarios.ndjson', writeScenarioLines(scenarios()))]
      case 'csv':
        return [file('scenarios.csv', writeScenarioCsv(scenarios(), table))]
      case 'parquet':
        return [packed('scenarios.parquet', writeScenarioParquet(scenarios(), fields))]
    }
  }
  throw new RangeError(`${source.what} has no format ${format}`)
}

/** A pairwise question of two named sides, without criteria, as pairs are made of it; undefined: it is none, or not enough is said. */
export function preferenceOf(
  form: JsonObject,
  { question, promptAt }: Pick<FileOptions, 'question' | 'promptAt'>,
): PreferenceQuestion | undefined {
  if (question === undefined || promptAt === undefined) return undefined
  const questions = (form['questions'] ?? []) as readonly JsonObject[]
  const asked = questions.find(({ id, type }) => id === question && type === 'pairwise')
  const shown = (form['show'] ?? []) as readonly JsonObject[]
  const sides = shown.find(({ name }) => name === asked?.['of'])?.['sides'] as
    | PreferenceQuestion['sides']
    | undefined
  if (!asked || !sides || asked['criteria'] !== undefined) return undefined
  return { question, sides, promptAt }
}

function needed(form: Json, format: string): JsonObject {
  if (form === null) throw new RangeError(`${format} needs a form`)
  return form as JsonObject
}

function fileNameOf(model: string): string {
  return model.replace(/[^\w.-]+/g, '_').slice(0, 100)
}
