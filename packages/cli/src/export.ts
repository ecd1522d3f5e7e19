import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { MusterClient } from '@muster/client'
import type { Json, JsonObject } from '@muster/formats'
import {
  type FileOptions,
  type FileSource,
  filesOf,
  type NamedFile,
  NoTagError,
  type NotWritten,
  preferenceOf,
  pseudonymOf,
  versionOfFormat,
  WRITTEN_FORMATS,
  type WrittenResult,
  type WrittenScenario,
  type WrittenTask,
} from '@muster/formats/write'
import { CommandError, EXIT, UsageError } from './command-error.ts'
import type { Environment } from './connection.ts'
import { DELIMITER_RULE, delimiterIn } from './delimiter.ts'
import { written } from './files.ts'
import type { ExportOptions } from './options.ts'
import { secretIn } from './secret.ts'

const FORMATS: Readonly<Record<string, readonly string[]>> = WRITTEN_FORMATS
const PEOPLE = ['none', 'number', 'pseudonym', 'id']
/** A configuration of Label Studio is never packed. */
const CONFIG = 'config.xml'
/** Scenarios of one page. */
const PAGE = 200

interface TaskLine extends Omit<WrittenTask, 'submissions'> {
  readonly submissions: readonly {
    readonly stepId: string
    readonly userId: string
    readonly result: Json
    readonly comment: string | null
    readonly assignmentId: string
    readonly startedAt: string | null
    readonly submittedAt: string | null
  }[]
}

/** One file that was written. */
interface WrittenFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/**
 * `muster export`: writes the files, and beside them `manifest.json`, which it gives. The same results give the same bytes.
 * @throws CommandError
 */
export async function exportFiles(
  muster: MusterClient,
  what: string,
  id: string,
  options: ExportOptions,
  say: (words: string) => void,
): Promise<object> {
  const formats = FORMATS[what]
  if (!formats) throw new UsageError(`must be run, tasks or definition, not ${what}`)
  if (!formats.includes(options.format))
    throw new UsageError(`--format of ${what} must be one of ${formats.join(', ')}, not ${options.format}`)
  if (!PEOPLE.includes(options.people))
    throw new UsageError(`--people must be one of ${PEOPLE.join(', ')}, not ${options.people}`)
  const { delimiter: named } = options
  const delimiter = named === undefined ? undefined : delimiterIn(named)
  if (named !== undefined && delimiter === undefined)
    throw new UsageError(`--delimiter must be ${DELIMITER_RULE}, not ${JSON.stringify(named)}`)
  const asked = { ...options, ...(delimiter !== undefined && { delimiter }) }
  const folder = new Folder(options.out, options.gzip === true)
  const write = what === 'run' ? exportRun : what === 'tasks' ? exportTasks : exportDefinition
  const about = await write(muster, id, asked, folder)
  const manifest = {
    format: options.format,
    formatVersion: versionOfFormat(options.format),
    ...about,
    files: folder.files,
    left: folder.left,
  }
  await folder.write('manifest.json', [`${JSON.stringify(manifest, null, 2)}\n`])
  for (const { what: lost, count, why } of folder.left) say(`left: ${count} ${lost}: ${why}`)
  return manifest
}

/** Files are written under another name, and get theirs once they are whole. */
class Folder {
  readonly #path: string
  readonly #isPacked: boolean
  readonly files: WrittenFile[] = []
  readonly left: NotWritten[] = []

  constructor(path: string, isPacked: boolean) {
    this.#path = path
    this.#isPacked = isPacked
  }

  /** Writes all files of a source. @throws CommandError for a question that the format has no place for */
  async add(source: FileSource, options: ExportOptions): Promise<void> {
    for (const file of tagged(() => filesOf(source, fileOptions(options)))) {
      const isPacked = this.#isPacked && file.name !== CONFIG
      const written = isPacked
        ? await this.write(`${file.name}.gz`, file.pieces, createGzip())
        : await this.write(file.name, file.pieces)
      this.files.push(written)
      this.left.push(...file.left())
    }
  }

  async write(
    name: string,
    text: NamedFile['pieces'],
    packing: Transform = new PassThrough(),
  ): Promise<WrittenFile> {
    await written(this.#path, () => mkdir(this.#path, { recursive: true }))
    const path = join(this.#path, name)
    const part = `${path}.part`
    const hash = createHash('sha256')
    let bytes = 0
    async function* pieces(): AsyncGenerator<Buffer> {
      for await (const piece of text) yield Buffer.from(piece)
    }
    async function* measured(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const part of parts) {
        hash.update(part)
        bytes += part.byteLength
        yield part
      }
    }
    try {
      await written(path, async () => {
        await pipeline(Readable.from(pieces()), packing, measured, createWriteStream(part))
        await rename(part, path)
      })
    } catch (error) {
      // A part that cannot be removed, such as a folder of its name, is left: why there is no file counts.
      await rm(part, { force: true }).catch(() => undefined)
      throw error
    }
    return { name, bytes, sha256: hash.digest('hex') }
  }
}

async function exportRun(
  muster: MusterClient,
  id: string,
  options: ExportOptions,
  folder: Folder,
): Promise<object> {
  const run = await muster.runs.get(id)
  const { definitionSnapshot: definition, models, samplePercentage, sampleSeed } = run.config
  const about = {
    runId: run.runId,
    definitionId: definition.definitionId,
    version: definition.version,
    sampleSeed,
    samplePercentage,
    status: run.status,
  }
  const written = {
    runId: run.runId,
    name: definition.name,
    models: [...models],
    createdAt: run.createdAt,
    about,
  }
  const scenarios = await scenariosOf(muster, run.runId, definition.definitionId)
  await folder.add({ what: 'run', run: written, scenarios: () => scenarios }, options)
  return { run: { ...about, models }, rows: scenarios.length }
}

/**
 * Scenarios of which something has settled, in the order of the definition. In a run with repeats, the second of a scenario is one of
 * its own, `id#2`, as epochs are read.
 */
async function scenariosOf(
  muster: MusterClient,
  runId: string,
  definitionId: string,
): Promise<WrittenScenario[]> {
  let most = 1
  const results = new Map<string, { byModel: Record<string, WrittenResult>; outcome?: Json }>()
  for await (const line of muster.runs.results(runId, { people: 'true' })) {
    const {
      scenarioId: own,
      model,
      repeat = 1,
      state,
      result,
      error,
      outcome,
    } = line as WrittenResult & {
      readonly scenarioId: string
      readonly model: string
      readonly repeat?: number
      readonly outcome?: Json
    }
    most = Math.max(most, repeat)
    const scenarioId = idOfRepeat(own, repeat)
    const kept = results.get(scenarioId) ?? { byModel: Object.create(null) as Record<string, WrittenResult> }
    kept.byModel[model] = { state, result, error }
    if (outcome !== undefined && outcome !== null) kept.outcome = outcome
    results.set(scenarioId, kept)
  }
  const scenarios: WrittenScenario[] = []
  for await (const { scenarioId: own, payload } of muster.definitions.scenarios(definitionId, {
    limit: PAGE,
  })) {
    for (let repeat = 1; repeat <= most; repeat++) {
      const scenarioId = idOfRepeat(own, repeat)
      const kept = results.get(scenarioId)
      if (!kept) continue
      results.delete(scenarioId)
      const { byModel, outcome } = kept
      scenarios.push({
        scenarioId,
        payload: payload as Json,
        results: byModel,
        ...(outcome !== undefined && { outcome }),
      })
    }
  }
  const [lost] = results.keys()
  if (lost !== undefined) throw new CommandError(EXIT.conflict, `The definition has no scenario ${lost}`)
  return scenarios
}

function idOfRepeat(scenarioId: string, repeat: number): string {
  return repeat === 1 ? scenarioId : `${scenarioId}#${repeat}`
}

async function exportTasks(
  muster: MusterClient,
  projectId: string,
  options: ExportOptions,
  folder: Folder,
): Promise<object> {
  const { people, pseudonymKey = '' } = options
  let rows = 0
  async function* tasks(): AsyncGenerator<WrittenTask> {
    const numbers = new Map<string, number>()
    const personOf = (userId: string): string | null => {
      if (people === 'pseudonym') return pseudonymOf(pseudonymKey, projectId, userId)
      if (people !== 'number') return people === 'id' ? userId : null
      if (!numbers.has(userId)) numbers.set(userId, numbers.size + 1)
      return `person-${numbers.get(userId)}`
    }
    for await (const line of muster.projects.results(projectId)) {
      const { taskId, externalId, payload, submissions, outcome } = line as TaskLine
      rows++
      const told = submissions.map(
        ({ stepId, userId, result, comment, assignmentId, startedAt, submittedAt }) => ({
          stepId,
          person: personOf(userId),
          result,
          comment,
          assignmentId,
          startedAt,
          submittedAt,
        }),
      )
      yield { taskId, externalId, payload, submissions: told, outcome }
    }
  }
  const form = await formOf(muster, options)
  await folder.add({ what: 'tasks', tasks, form }, options)
  return { projectId, people, rows }
}

async function exportDefinition(
  muster: MusterClient,
  id: string,
  options: ExportOptions,
  folder: Folder,
): Promise<object> {
  const { definitionId, projectId, name, version, jobType } = await muster.definitions.get(id)
  let rows = 0
  async function* scenarios(): AsyncGenerator<Pick<WrittenScenario, 'scenarioId' | 'payload'>> {
    for await (const { scenarioId, payload } of muster.definitions.scenarios(definitionId, { limit: PAGE })) {
      rows++
      yield { scenarioId, payload: payload as Json }
    }
  }
  await folder.add({ what: 'definition', scenarios }, options)
  return { definition: { definitionId, projectId, name, version, jobType }, rows }
}

/** The key of `--people pseudonym`. @throws UsageError naming the variable */
export function pseudonymKeyIn(env: Environment): string {
  return secretIn(
    env,
    'MUSTER_PSEUDONYM_KEY',
    '--people pseudonym needs a key; make one with `openssl rand -base64 48`, and keep it',
  )
}

/** The form by which answers are read, where the format needs it. @throws UsageError for words that are missing, or a question that it has no pairs of */
async function formOf(muster: MusterClient, options: ExportOptions): Promise<JsonObject | null> {
  const { form: formId, format, question, promptAt } = options
  const isPairs = format === 'preference-pairs'
  if (!isPairs && format !== 'label-studio') return null
  if (formId === undefined) throw new UsageError(`No form is named for ${format}: give --form`)
  const form = (await muster.forms.get(formId)) as JsonObject
  if (!isPairs) return form
  if (question === undefined || promptAt === undefined)
    throw new UsageError('preference-pairs needs --question and --prompt-at')
  if (preferenceOf(form, { question, promptAt }) === undefined)
    throw new UsageError(`${question} must be a pairwise question of two named sides, without criteria`)
  return form
}

function fileOptions({
  format,
  delimiter,
  csvSafe = false,
  field = [],
  question,
  promptAt,
}: ExportOptions): FileOptions {
  return {
    format,
    csvSafe,
    fields: field,
    ...(delimiter !== undefined && { delimiter }),
    ...(question !== undefined && { question }),
    ...(promptAt !== undefined && { promptAt }),
  }
}

function tagged<T>(write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (error instanceof NoTagError) throw new CommandError(EXIT.no, error.message)
    throw error
  }
}
