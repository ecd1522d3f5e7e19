import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Issue, type MusterClient, ValidationError } from '@muster/client'
import {
  contentId,
  type FormatRecord,
  isName,
  type Json,
  LONGEST_NAME,
  type ReadOptions,
  read,
} from '@muster/formats'
import { EXIT, UsageError } from './command-error.ts'
import { written } from './files.ts'
import { readOptionsIn } from './import-options.ts'
import { Report, type Said } from './import-report.ts'
import type { ImportOptions } from './options.ts'

const TARGETS = ['tasks', 'definition', 'run', 'form'] as const
type Target = (typeof TARGETS)[number]

/** Most tasks of one request, most answers to them, and most characters of both. */
const BATCH = { tasks: 1_000, answers: 10_000, characters: 4_000_000 }
/** Only a server can say so of a part that is left while the others are made. */
const OF_SERVER: ReadonlySet<string> = new Set(['person_repeated', 'conflict'])
/** Between two looks at an import that the server works on. */
const LOOK_MS = 300
/** The kinds of records that each target is made of. */
const KINDS: Readonly<Record<Target, readonly FormatRecord['kind'][]>> = {
  tasks: ['task', 'scenario'],
  definition: ['scenario', 'task'],
  run: ['scenario', 'result'],
  form: ['form'],
}

/** A task as the server takes it, with where it stands in the file. */
export interface NewTask {
  readonly task: { readonly externalId: string; readonly payload: Json } & Readonly<Record<string, Json>>
  readonly line: number | null
  readonly place: string
  /** Answers that people of the file gave to it; empty unless they are brought too. */
  readonly answers: readonly { readonly result: Json; readonly line: number | null; readonly place: string }[]
}

/** What commands that import for a purpose of their own say beside the options. */
interface More {
  /** Words to the reader of the format. */
  readonly reading?: ReadOptions
  /** Whether submissions come with their tasks: the server reads the file itself then, and makes all of it or nothing. */
  readonly submissions?: boolean
  /** Tasks that are not brought, by their ids. */
  readonly without?: ReadonlySet<string>
  /**
   * Makes what the file goes into, once it was read to its end and nothing of it was refused.
   * @returns the project; undefined: it was refused now, for what the report has been told
   */
  readonly place?: (file: GivenTasks, report: Report) => Promise<string | undefined>
}

/** The tasks of a file, in parts that one request takes. */
export interface GivenTasks {
  batches(): AsyncIterable<readonly NewTask[]>
}

/** What became of a file. */
interface Told {
  readonly status: string
  readonly format: string | null
  readonly formatVersion: string | null
  readonly target: Target
  readonly dryRun: boolean
  readonly sha256: string
  readonly bytes: number
  readonly counts: Counts & { readonly left: number }
  readonly definitionId?: string
  readonly runId?: string
  readonly formId?: string | null
}

interface Counts {
  read: number
  made: number
  same: number
  changed: number
  refused: number
}

/**
 * `muster import`: reads a file to its end, then makes what it holds. Nothing is sent of a file of which a part is refused, unless
 * that is asked for. Sending the same file again makes what is missing.
 * @throws CommandError
 */
export async function importFile(
  musterOf: () => MusterClient,
  file: string,
  options: ImportOptions,
  say: (words: string) => void,
  more: More = {},
): Promise<{ readonly told: Told; readonly exitCode: number }> {
  const given = new Given(file, options, more)
  const report = new Report()
  const counts: Counts = { read: 0, made: 0, same: 0, changed: 0, refused: 0 }
  const checked = await given.check(report)
  counts.read = checked.read
  counts.refused = report.count('error')
  const { target } = checked
  // As the server says it of what it imports itself.
  const isEmpty = target !== 'tasks' && (checked.read === 0 || (target === 'run' && checked.results === 0))
  if (isEmpty && counts.refused === 0) report.add(emptyOf(target))
  const isRefused = isEmpty || (counts.refused > 0 && options.skipRefused !== true)
  // Opened before anything is sent: what is made is not to be told to a place that cannot be written.
  const place = options.report === undefined ? undefined : await ReportFile.open(options.report)
  let created: Created = {}
  let status = isRefused ? 'refused' : options.dryRun ? 'checked' : 'completed'
  if (status === 'completed') {
    try {
      const project = more.place === undefined ? options.project : await more.place(given, report)
      counts.refused = report.count('error')
      if (more.place !== undefined && project === undefined) status = 'refused'
      else {
        const to = { ...options, ...(project !== undefined && { project }) }
        const sending = new Sending(musterOf(), given, to, counts, report, checked.format ?? options.format)
        const sent = await sending.send(target, checked.sha256, more.submissions === true)
        created = sent.created
        if (sent.isStopped) status = target === 'run' || more.submissions === true ? 'refused' : 'stopped'
      }
    } catch (error) {
      await place?.close()
      throw error
    }
  }
  for (const words of report.words()) say(words)
  const unwritten = await place?.write(report.lines())
  if (unwritten !== undefined) say(unwritten)
  const { format, formatVersion, sha256, bytes } = checked
  const told: Told = {
    status,
    format,
    formatVersion,
    target,
    dryRun: options.dryRun === true,
    sha256,
    bytes,
    counts: { ...counts, left: report.count('left') },
    ...created,
  }
  const isDone =
    status === 'completed' ? counts.changed === 0 || options.onConflict === 'skip' : status === 'checked'
  const doneCode = unwritten === undefined ? 0 : EXIT.usage
  return { told, exitCode: isDone ? doneCode : EXIT.no }
}

/** Where a report goes. Opened without losing what is there, which may be the file that is read. */
class ReportFile {
  readonly #path: string
  readonly #handle: FileHandle

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  /** @throws UsageError if it cannot be written */
  static async open(path: string): Promise<ReportFile> {
    return new ReportFile(path, await written(path, () => open(path, 'a')))
  }

  /** Writes it in place of what was there, and closes it. @returns why that failed: what was sent is told all the same */
  async write(text: string): Promise<string | undefined> {
    try {
      await written(this.#path, async () => {
        // A pipe cannot be cut.
        if ((await this.#handle.stat()).isFile()) await this.#handle.truncate()
        await this.#handle.writeFile(text)
      })
      return undefined
    } catch (error) {
      if (error instanceof UsageError) return error.message
      throw error
    } finally {
      await this.close()
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

function emptyOf(target: Target): Parameters<Report['add']>[0] {
  const message = `The file holds nothing that a ${target} could be made of`
  const nowhere = { line: null, place: null, externalId: null }
  return { is: 'finding', level: 'error', code: 'empty', message, ...nowhere }
}

/** The file, read as often as it is needed. */
class Given {
  readonly #path: string
  readonly #options: ImportOptions
  readonly #read: ReadOptions
  readonly #without: ReadonlySet<string>
  readonly #submissions: boolean

  constructor(path: string, options: ImportOptions, { reading, without = new Set(), submissions }: More) {
    this.#without = without
    this.#submissions = submissions === true
    this.#path = path
    this.#options = options
    this.#read = {
      ...readOptionsIn(options.set ?? []),
      ...(options.name !== undefined && { name: options.name }),
      ...reading,
    }
    if (options.as !== undefined && !TARGETS.includes(options.as as Target))
      throw new UsageError(`--as must be one of ${TARGETS.join(', ')}, not ${options.as}`)
    if (submissions === true && options.skipRefused === true)
      throw new UsageError('--skip-refused is not for --submissions: all of the file is made, or nothing')
    if (options.as === 'run' && options.skipRefused === true)
      throw new UsageError('--skip-refused is not for --as run: a run is made whole, or not at all')
    if (!['refuse', 'skip'].includes(options.onConflict))
      throw new UsageError(`--on-conflict must be refuse or skip, not ${options.onConflict}`)
  }

  /** Its bytes, and the words by which they are read, for a server that reads them itself. */
  get sent(): { readonly bytes: ReadableStream<Uint8Array>; readonly reading: ReadOptions } {
    const bytes = ReadableStream.from(createReadStream(this.#path) as AsyncIterable<Uint8Array>)
    return { bytes, reading: this.#read }
  }

  /** A name for what is made of it. */
  get name(): string {
    return this.#options.name ?? basename(this.#path).replace(/\.[^.]*$/, '')
  }

  /** Reads it to its end. Its target is what it holds, unless one is asked for. */
  async check(report: Report): Promise<{
    readonly read: number
    readonly results: number
    readonly target: Target
    readonly format: string | null
    readonly formatVersion: string | null
    readonly sha256: string
    readonly bytes: number
  }> {
    const kinds = new Map<FormatRecord['kind'], number>()
    const hash = createHash('sha256')
    const ids = new Set<string>()
    let bytes = 0
    let head: { readonly format: string; readonly formatVersion: string | null } | undefined
    for await (const entry of this.#entries((piece) => {
      hash.update(piece)
      bytes += piece.byteLength
    })) {
      if (entry.is === 'head') head = entry
      else if (entry.is === 'finding') report.add(entry)
      else {
        kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1)
        for (const place of entry.left) report.leave(entry.kind, place)
        if (this.#options.as === 'run') for (const fault of namingFaults(entry)) report.add(fault)
        const id =
          entry.kind === 'scenario' ? entry.value.scenarioId : entry.kind === 'task' ? entry.externalId : null
        if (id === null) continue
        if (ids.has(id)) report.add(faultAt(entry, 'id_repeated', `repeats the id ${id}`))
        ids.add(id)
      }
    }
    const { size } = await stat(this.#path)
    const target = (this.#options.as as Target | undefined) ?? targetOf(kinds)
    if (this.#submissions && target !== 'tasks')
      throw new UsageError(`--submissions is for tasks, not for a ${target}`)
    if (target !== 'form' && this.#options.project === undefined)
      throw new UsageError(`No project is named for the ${target}: give --project`)
    const made = [...KINDS[target], ...(this.#submissions ? ['submission' as const] : [])]
    for (const [kind, count] of kinds) {
      if (made.includes(kind)) continue
      report.add({
        is: 'finding',
        level: 'left',
        code: 'no_home',
        line: null,
        place: null,
        externalId: null,
        message: `${count} records of the kind ${kind} are not sent as ${target}`,
      })
    }
    const read = made.reduce((sum, kind) => sum + (kinds.get(kind) ?? 0), 0)
    return {
      read,
      results: kinds.get('result') ?? 0,
      target,
      format: head?.format ?? null,
      formatVersion: head?.formatVersion ?? null,
      ...(bytes === size
        ? { sha256: hash.digest('hex'), bytes }
        : { sha256: await digestOf(this.#path), bytes: size }),
    }
  }

  /** Its tasks, or scenarios as tasks. Those without an id have one of their payload; a repeat of it gets a number. */
  async *tasks(): AsyncGenerator<NewTask> {
    const repeats = new Map<string, number>()
    let answers: NewTask['answers'][number][] = []
    let last: NewTask | undefined
    for await (const entry of this.#records()) {
      if (this.#submissions && entry.kind === 'submission' && entry.value.task === last?.task.externalId) {
        const { line, place, value } = entry
        answers.push({ line, place, result: value.answers })
      }
      if (entry.kind !== 'task' && entry.kind !== 'scenario') continue
      if (last !== undefined) yield { ...last, answers }
      answers = []
      last = undefined
      if (entry.externalId !== null && this.#without.has(entry.externalId)) continue
      const { line, place } = entry
      const own = entry.kind === 'scenario' ? entry.value.scenarioId : entry.externalId
      let externalId = own ?? contentId(entry.value.payload)
      if (own === null) {
        const count = (repeats.get(externalId) ?? 0) + 1
        repeats.set(externalId, count)
        if (count > 1) externalId = `${externalId}#${count}`
      }
      const { payload } = entry.value
      const value: Readonly<Record<string, Json>> = entry.kind === 'task' ? { ...entry.value } : {}
      last = { task: { ...value, payload, externalId }, line, place, answers }
    }
    if (last !== undefined) yield { ...last, answers }
  }

  /** Its tasks, as many at once as one request takes. */
  async *batches(): AsyncGenerator<readonly NewTask[]> {
    let batch: NewTask[] = []
    let [characters, answers] = [0, 0]
    for await (const task of this.tasks()) {
      const size = JSON.stringify(task.task).length + JSON.stringify(task.answers).length
      const isFull = characters + size > BATCH.characters || answers + task.answers.length > BATCH.answers
      if (batch.length > 0 && (batch.length === BATCH.tasks || isFull)) {
        yield batch
        batch = []
        characters = 0
        answers = 0
      }
      batch.push(task)
      characters += size
      answers += task.answers.length
    }
    if (batch.length > 0) yield batch
  }

  /** Its scenarios, or tasks as scenarios, as lines. */
  async *scenarios(): AsyncGenerator<string> {
    for await (const entry of this.#records()) {
      if (entry.kind !== 'task' && entry.kind !== 'scenario') continue
      const scenarioId = entry.kind === 'scenario' ? entry.value.scenarioId : entry.externalId
      const { payload } = entry.value
      yield `${JSON.stringify({ ...(scenarioId !== null && { scenarioId }), payload })}\n`
    }
  }

  async *forms(): AsyncGenerator<Json> {
    for await (const entry of this.#records()) if (entry.kind === 'form') yield entry.value
  }

  /** The records that are not refused: of those with one id the first. */
  async *#records(): AsyncGenerator<FormatRecord> {
    const ids = new Set<string>()
    for await (const entry of this.#entries(() => undefined)) {
      if (entry.is !== 'record') continue
      const id =
        entry.kind === 'scenario' ? entry.value.scenarioId : entry.kind === 'task' ? entry.externalId : null
      if (id !== null && ids.has(id)) continue
      if (id !== null) ids.add(id)
      yield entry
    }
  }

  async *#entries(see: (piece: Uint8Array) => void): ReturnType<typeof read> {
    async function* pieces(path: string): AsyncGenerator<Uint8Array> {
      for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
        see(piece)
        yield piece
      }
    }
    try {
      yield* read(this.#options.format as 'auto', pieces(this.#path), this.#read)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      throw new UsageError(`${this.#path} cannot be read: ${error.message}`)
    }
  }
}

/** Of a whole file: a reader that meets a fault reads no further. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) hash.update(piece)
  return hash.digest('hex')
}

/** Names that the server takes for no scenario and no model. */
function namingFaults(record: FormatRecord): Parameters<Report['add']>[0][] {
  if (record.kind !== 'scenario' && record.kind !== 'result') return []
  const names = {
    scenarioId: record.value.scenarioId,
    ...(record.kind === 'result' && { model: record.value.model }),
  }
  return Object.entries(names).flatMap(([name, text]) =>
    isName(text)
      ? []
      : faultAt(record, 'payload_refused', `${name} must have 1 to ${LONGEST_NAME} characters`),
  )
}

function targetOf(kinds: ReadonlyMap<FormatRecord['kind'], number>): Target {
  if (kinds.has('form')) return 'form'
  return kinds.has('scenario') ? 'definition' : 'tasks'
}

function faultAt(
  at: { readonly line: number | null; readonly place: string },
  code: string,
  message: string,
): Parameters<Report['add']>[0] {
  return { is: 'finding', level: 'error', code, line: at.line, place: at.place, externalId: null, message }
}

async function* bytesOf(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(line)
}

/** The ids of what was made. */
type Created = Pick<Told, 'definitionId' | 'runId' | 'formId'>

/** Gives to the server what a file holds. */
class Sending {
  readonly #format: string
  readonly #muster: MusterClient
  readonly #file: Given
  readonly #options: ImportOptions
  readonly #counts: Counts
  readonly #report: Report

  constructor(
    muster: MusterClient,
    file: Given,
    options: ImportOptions,
    counts: Counts,
    report: Report,
    format: string,
  ) {
    this.#format = format
    this.#muster = muster
    this.#file = file
    this.#options = options
    this.#counts = counts
    this.#report = report
  }

  async send(
    target: Target,
    sha256: string,
    submissions: boolean,
  ): Promise<{ readonly created: Created; readonly isStopped: boolean }> {
    if (target === 'run') return this.#sendWhole({ target })
    if (target === 'tasks' && submissions) {
      const onConflict = this.#options.onConflict as 'refuse' | 'skip'
      return this.#sendWhole({ target, submissions: 'true', onConflict })
    }
    if (target === 'tasks') return { created: {}, isStopped: await this.#sendTasks() }
    return {
      created: await (target === 'form' ? this.#sendForms() : this.#sendDefinition(sha256)),
      isStopped: false,
    }
  }

  /** The same file with the same options is the same definition while the server keeps its answer. */
  async #sendDefinition(sha256: string): Promise<Created> {
    const { project = '', jobType, set = [] } = this.#options
    const { name } = this.#file
    const asked = createHash('sha256')
      .update(JSON.stringify([sha256, name, jobType ?? null, set]))
      .digest('hex')
    const { definitionId } = await this.#muster.definitions.add(
      project,
      ReadableStream.from(bytesOf(this.#file.scenarios())),
      { query: { name, ...(jobType !== undefined && { jobType }) }, idempotencyKey: `import-${asked}` },
    )
    this.#counts.made = this.#counts.read
    return { definitionId }
  }

  async #sendForms(): Promise<Created> {
    const formIds: string[] = []
    for await (const form of this.#file.forms()) {
      const { formId } = await this.#muster.forms.add(form as never)
      formIds.push(formId)
      this.#counts.made++
    }
    return { formId: formIds[0] ?? null }
  }

  /** The server reads the file itself, and makes all of it or nothing. The same file with the same options is made once. */
  async #sendWhole(
    wish:
      | { readonly target: 'run' }
      | {
          readonly target: 'tasks'
          readonly submissions: 'true'
          readonly onConflict: 'refuse' | 'skip'
        },
  ): Promise<{ readonly created: Created; readonly isStopped: boolean }> {
    const { project = '', jobType } = this.#options
    const { bytes, reading } = this.#file.sent
    const { name: _name, ...mapping } = reading
    const { importId } = await this.#muster.imports.start(project, bytes, {
      query: {
        ...wish,
        format: this.#format,
        name: this.#file.name,
        mode: 'atomic',
        mapping: JSON.stringify(mapping),
        ...(jobType !== undefined && { jobType }),
      },
    })
    const ended = await this.#muster.imports.finished(importId, { pollMs: LOOK_MS })
    this.#counts.made = ended.counts.made
    this.#counts.same = ended.counts.same
    this.#counts.changed = ended.counts.changed
    const isDone = ended.status === 'completed'
    if (ended.error !== null) this.#refuse(ended.error.code, ended.error.message)
    // All else that the server says of the file was said when it was read here.
    for await (const line of this.#muster.imports.report(importId)) {
      const said = line as Said
      if (OF_SERVER.has(said.code) || (!isDone && said.level === 'error'))
        this.#report.add({ ...said, is: 'finding' })
    }
    if (isDone) return { created: ended.createdIds, isStopped: false }
    this.#counts.refused = this.#report.count('error')
    return { created: {}, isStopped: true }
  }

  #refuse(code: string, message: string): void {
    const nowhere = { line: null, place: null, externalId: null }
    this.#report.add({ is: 'finding', level: 'error', code, message, ...nowhere })
  }

  /** @returns whether it stopped because the server refused a task */
  async #sendTasks(): Promise<boolean> {
    for await (const batch of this.#file.batches()) if (!(await this.#sendBatch(batch))) return true
    return false
  }

  /** @returns whether to go on */
  async #sendBatch(batch: readonly NewTask[]): Promise<boolean> {
    let rest = batch
    while (rest.length > 0) {
      const tasks = rest.map(({ task }) => task)
      try {
        const body = { tasks, onConflict: 'skip' as const }
        const answer = await this.#muster.tasks.add(this.#options.project ?? '', body)
        this.#counts.made += answer.items.length
        for (const { index, externalId, differs } of answer.existing)
          this.#existing(rest[index], externalId, differs)
        return true
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error
        const refused = refusedBy(error.issues)
        if (refused.size === 0) throw error
        this.#counts.refused += refused.size
        tellRefused(rest, refused, this.#report)
        if (this.#options.skipRefused !== true) return false
        rest = rest.filter((_, index) => !refused.has(index))
      }
    }
    return true
  }

  #existing(task: NewTask | undefined, externalId: string, differs: boolean): void {
    if (!differs) {
      this.#counts.same++
      return
    }
    this.#counts.changed++
    const level = this.#options.onConflict === 'skip' ? 'note' : 'error'
    const message = 'is there with another payload or known answer, and stays as it is'
    const { line = null, place = '' } = task ?? {}
    this.#report.add({ is: 'finding', level, code: 'conflict', line, place, externalId, message })
  }
}

/** Tells why tasks of a request were refused, each by its place in the file. */
export function tellRefused(
  batch: readonly NewTask[],
  refused: ReadonlyMap<number, string>,
  report: Report,
): void {
  for (const [index, fault] of refused) {
    const task = batch[index]
    if (task) report.add({ ...faultAt(task, 'payload_refused', fault), externalId: task.task.externalId })
  }
}

/** The first fault of each task that the server refused, or of each answer, by its place in the request. */
export function refusedBy(
  faults: readonly Issue[],
  list: 'tasks' | 'results' = 'tasks',
): ReadonlyMap<number, string> {
  const refused = new Map<number, string>()
  for (const { path, message } of faults) {
    const [, named, index, rest = ''] = /^(\w+)\[(\d+)\]\.?(.*)$/.exec(path) ?? []
    if (named === list && index !== undefined && !refused.has(Number(index)))
      refused.set(Number(index), `${rest} ${message}`.trim())
  }
  return refused
}
