import { createHash } from 'node:crypto'
import type { AssignmentStores } from '../../assignment/assignment-deps.ts'
import { resultsOf } from '../../assignment/task/task-results.ts'
import type { Clock, Logger } from '../../environment.ts'
import { MusterError, NotFoundError, UnavailableError } from '../../errors.ts'
import type { Broadcast } from '../../events/broadcast.ts'
import { fact } from '../../events/event.ts'
import type { DefinitionId, RunId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import { scenariosOf } from '../../runs/definition-scenarios.ts'
import type { DefinitionStore } from '../../runs/definition-store.ts'
import type { EscalationStore } from '../../runs/escalation/escalation-store.ts'
import { byScenario, resultsWithPeople } from '../../runs/escalation/results-with-people.ts'
import type { Run } from '../../runs/run.ts'
import type { RunStore } from '../../runs/run-store.ts'
import { elapsedMs } from '../../time.ts'
import type { Transactions } from '../../transactions.ts'
import type { ExportFile, ExportManifest, KeptExport, NotExported } from './export.ts'
import type { ExportStore } from './export-store.ts'
import { type ExportParts, folderOf, KEEP_FILES_MS } from './export-use-cases.ts'
import type { ExportSource, WritableScenario, WritableTask } from './file-writer.ts'
import { tellExport } from './telling.ts'

/** A holder that was not heard of for so long has died, and another writes the export from its beginning. */
const LEASE_MS = 60_000
/** How often a holder is heard of, and tells how far it is. */
const HEARD_MS = 1_000
/** An export with which so many writers died is given up: it may be what they die of. */
const MOST_LOST = 10
/** So long before its lease ends a holder that is not heard goes on. */
const SPARE_MS = 10_000
/** The stores that exports read. */
export interface ExportingStores extends Pick<AssignmentStores, 'tasks' | 'workflows' | 'forms' | 'events'> {
  readonly exports: ExportStore
  readonly definitions: DefinitionStore
  readonly runs: RunStore
  readonly escalations: EscalationStore
}

/** Dependencies of those who write exports. */
export interface ExportingDeps {
  readonly transactions: Transactions<ExportingStores> & {
    snapshot<T>(work: (stores: ExportingStores) => Promise<T>): Promise<T>
  }
  /** undefined: this process writes none. */
  readonly exporting: ExportParts | undefined
  /**
   * This process has the store alone, by one connection. To hold that for long keeps everybody waiting, so rows are read as of several moments; and an export that
   * was being written when the process began was left by one that has died.
   */
  readonly alone: boolean
  readonly broadcast: Broadcast
  readonly logger: Logger
  readonly clock: Clock
  /** A key that nobody can guess. */
  readonly newKey: () => string
  readonly version: string
}

type ManifestRun = ExportManifest['runs'][number]
type WritableRun = Extract<ExportSource, { what: 'run' }>['run']

/** An export is to be left: this process ends, or another has taken it over. */
class LeftError extends Error {}

/** Writes one export at each call, and says of how many: 0, there is none. One that is in hand when `stop` aborts is written by another, from its beginning. */
export function exportWorker(deps: ExportingDeps, stop?: AbortSignal): () => Promise<number> {
  const { exporting, transactions, clock, alone } = deps
  // Once it has found none, all that is held is held by this process.
  let takesHeld = alone
  return async () => {
    if (exporting === undefined) return 0
    const now = clock.now()
    const until = new Date(now.getTime() + LEASE_MS)
    const held = await transactions.stores.exports.claim(takesHeld ? until : now, until)
    takesHeld &&= held !== undefined
    if (held === undefined) return 0
    await new Writing(deps, exporting, held, stop).write()
    return 1
  }
}

/** Forgets the files of exports that are to be gone then, and these, at most so many; says how many. */
export function exportPruner({
  exporting,
  transactions,
}: Pick<ExportingDeps, 'exporting' | 'transactions'>): (now: Date, limit: number) => Promise<number> {
  const { exports } = transactions.stores
  return async (now, limit) => {
    if (exporting === undefined) return 0
    const old = await exports.listEnded(new Date(now.getTime() - KEEP_FILES_MS), limit)
    for (const exportId of old) {
      const { attempt = 0 } = (await exports.find(exportId)) ?? {}
      for (let nth = 1; nth <= attempt; nth++) await exporting.blobs.remove(folderOf(exportId, nth))
      await exports.remove(exportId)
    }
    return old.length
  }
}

/** One attempt at an export. */
class Writing {
  readonly #deps: ExportingDeps
  readonly #parts: ExportParts
  readonly #held: KeptExport
  readonly #stop: AbortSignal | undefined
  #rows = 0
  #heardAt: number

  constructor(deps: ExportingDeps, parts: ExportParts, held: KeptExport, stop: AbortSignal | undefined) {
    this.#deps = deps
    this.#parts = parts
    this.#held = held
    this.#stop = stop
    this.#heardAt = elapsedMs(deps.clock)
  }

  async write(): Promise<void> {
    const { exportId, lost } = this.#held
    if (lost > MOST_LOST)
      return this.#fail({ code: 'gave_up', message: `${MOST_LOST} writers died with it, or fell silent` })
    try {
      const manifest = await this.#files()
      await this.#end({ ...this.#held, status: 'completed', rows: this.#rows, manifest })
    } catch (error) {
      if (error instanceof LeftError || this.#stop?.aborted === true) return this.#leave()
      if (error instanceof UnavailableError) {
        await this.#leave()
        throw error
      }
      if (error instanceof MusterError) return this.#fail({ code: error.code, message: error.message })
      this.#deps.logger.error({ err: error, exportId }, 'An export cannot be written, and has failed')
      const message = 'A program has a fault: the log of the server says which'
      await this.#fail({ code: 'internal', message })
    }
  }

  /** Writes all files, as of one moment where that keeps nobody waiting. */
  async #files(): Promise<ExportManifest> {
    const { transactions, alone, newKey } = this.#deps
    const { people, projectId } = this.#held
    const key =
      people === 'pseudonym' ? await transactions.stores.exports.pseudonymKey(projectId, newKey()) : ''
    const work = (stores: ExportingStores): Promise<ExportManifest> => this.#filesFrom(stores, key)
    return alone ? work(transactions.stores) : transactions.snapshot(work)
  }

  async #filesFrom(stores: ExportingStores, key: string): Promise<ExportManifest> {
    const { writer, blobs } = this.#parts
    const { exportId, projectId, attempt, format, people, formId, definitionId, createdAt } = this.#held
    this.#rows = 0
    const seq = await stores.events.head(projectId)
    const form = formId === null ? undefined : await stores.forms.find(formId)
    const definition = definitionId === null ? undefined : await stores.definitions.find(definitionId)
    const files: ExportFile[] = []
    const left: NotExported[] = []
    const runs: ManifestRun[] = []
    for await (const { source, run, prefix } of this.#sources(stores, (form ?? null) as Json, key)) {
      if (run !== undefined) runs.push(run)
      for (const file of writer.files(source, this.#held)) {
        const name = `${prefix}${file.name}`
        const before = this.#rows
        const hash = createHash('sha256')
        let bytes = 0
        const measured = this.#goingOn(file.bytes, (piece) => {
          hash.update(piece)
          bytes += piece.byteLength
        })
        await blobs.write(folderOf(exportId, attempt), name, measured)
        files.push({ name, rows: this.#rows - before, bytes, sha256: hash.digest('hex') })
        left.push(...file.left())
      }
    }
    return {
      format,
      formatVersion: writer.versionOf(format),
      musterVersion: this.#deps.version,
      exportId,
      createdAt: createdAt.toISOString(),
      seq,
      oneMoment: !this.#deps.alone,
      runs,
      definition:
        definition === undefined
          ? null
          : { definitionId: definition.definitionId, version: definition.version },
      form: form === undefined ? null : { formId: form.formId, name: form.name, version: form.version },
      people,
      files,
      left: addedUp(left),
    }
  }

  /** The sources of the export, one after the other. */
  async *#sources(
    stores: ExportingStores,
    form: Json,
    key: string,
  ): AsyncGenerator<{ readonly source: ExportSource; readonly run?: ManifestRun; readonly prefix: string }> {
    const { what, runIds, definitionId, projectId } = this.#held
    if (what === 'tasks') yield { prefix: '', source: { what, form, tasks: () => this.#tasks(stores, key) } }
    if (what === 'definition' && definitionId !== null) {
      const scenarios = () => this.#counted(scenariosIn(stores, definitionId), () => 1)
      yield { prefix: '', source: { what, scenarios } }
    }
    const found = new Map((await stores.runs.findMany(runIds)).map((run) => [run.runId, run]))
    for (const [index, runId] of runIds.entries()) {
      const run = found.get(runId)
      if (run?.projectId !== projectId) throw new NotFoundError('run', runId)
      const about = aboutRun(run)
      const scenarios = (models = run.config.models) =>
        this.#counted(settledOf(stores, runId, models), ({ results }) => Object.keys(results).length)
      yield {
        prefix: runIds.length === 1 ? '' : `${index + 1}-`,
        run: about,
        source: { what: 'run', run: writableRun(run, about), scenarios },
      }
    }
  }

  async *#tasks(stores: ExportingStores, key: string): AsyncGenerator<WritableTask> {
    const { people, projectId } = this.#held
    const personOf = (userId: UserId): string | null => {
      if (people === 'none') return null
      return people === 'id' ? userId : this.#parts.writer.pseudonym(key, projectId, userId)
    }
    const results = this.#counted(resultsOf(stores, projectId), () => 1)
    for await (const { taskId, externalId, payload, submissions, outcome } of results) {
      yield {
        taskId,
        externalId,
        payload,
        submissions: submissions.map(
          ({ stepId, userId, result, comment, assignmentId, startedAt, submittedAt }) => ({
            stepId,
            person: personOf(userId),
            result,
            comment,
            assignmentId,
            startedAt: startedAt?.toISOString() ?? null,
            submittedAt: submittedAt?.toISOString() ?? null,
          }),
        ),
        outcome,
      }
    }
  }

  /** The same rows as long as this attempt may go on. @throws LeftError */
  async *#counted<Row>(rows: AsyncIterable<Row>, countOf: (row: Row) => number): AsyncGenerator<Row> {
    for await (const row of rows) {
      await this.#beHeard()
      this.#rows += countOf(row)
      yield row
    }
  }

  /** The same of bytes: many rows may give none, and a row many. @throws LeftError */
  async *#goingOn(
    bytes: AsyncIterable<Uint8Array>,
    note: (piece: Uint8Array) => void,
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      await this.#beHeard()
      note(piece)
      yield piece
    }
  }

  async #beHeard(): Promise<void> {
    const { clock, transactions } = this.#deps
    if (this.#stop?.aborted === true) throw new LeftError('This process ends')
    if (elapsedMs(clock) - this.#heardAt < HEARD_MS) return
    const { exportId, attempt } = this.#held
    const until = new Date(clock.now().getTime() + LEASE_MS)
    try {
      const isMine = await transactions.stores.exports.hold(exportId, attempt, until, this.#rows)
      if (!isMine) throw new LeftError('Another attempt has it')
      this.#heardAt = elapsedMs(clock)
      tellExport(this.#deps, { ...this.#held, rows: this.#rows })
    } catch (error) {
      // It is still held: a moment later it may be heard.
      const isSure = elapsedMs(clock) - this.#heardAt < LEASE_MS - SPARE_MS
      if (!(error instanceof UnavailableError && isSure)) throw error
    }
  }

  /** Lets others begin anew, without what was written. */
  async #leave(): Promise<void> {
    const { exportId, attempt } = this.#held
    await this.#deps.transactions.stores.exports.release(exportId, attempt)
    await this.#forget()
  }

  /** Removes its files; those that cannot be removed now go with the export. */
  async #forget(): Promise<void> {
    const { exportId, attempt } = this.#held
    try {
      await this.#parts.blobs.remove(folderOf(exportId, attempt))
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      this.#deps.logger.debug({ err: error, exportId }, 'Parts of an export are left for later')
    }
  }

  async #fail(error: { readonly code: string; readonly message: string }): Promise<void> {
    await this.#end({ ...this.#held, status: 'failed', rows: this.#rows, error })
    await this.#forget()
  }

  async #end(ended: KeptExport): Promise<void> {
    const { transactions, clock } = this.#deps
    const isMine = await transactions.transaction(async ({ exports, events }) => {
      const done = await exports.end({ ...ended, finishedAt: clock.now() })
      if (!done) return false
      const { projectId, exportId, status, what, format, rows } = ended
      await events.append([fact(projectId, 'export_ended', { exportId, status, what, format, rows })])
      return true
    })
    if (isMine) tellExport(this.#deps, ended)
  }
}

/** Scenarios of a run of which something has settled; the second of one is a scenario of its own, `id#2`, as epochs are read. */
async function* settledOf(
  stores: Pick<ExportingStores, 'runs' | 'escalations'>,
  runId: RunId,
  models: readonly string[],
): AsyncGenerator<WritableScenario> {
  for await (const together of byScenario(resultsWithPeople(stores, runId))) {
    const wanted = together.filter(({ model }) => models.includes(model))
    const byRepeat = Map.groupBy(wanted, ({ repeat }) => repeat)
    // While a run goes on, one model may be further than another.
    for (const [repeat, results] of [...byRepeat].toSorted(([one], [other]) => one - other)) {
      const [first] = results
      if (first === undefined) continue
      const { scenarioId, payload, outcome } = first
      yield {
        scenarioId: repeat === 1 ? scenarioId : `${scenarioId}#${repeat}`,
        payload,
        results: Object.fromEntries(
          results.map(({ model, state, result, error }) => [model, { state, result, error }]),
        ),
        ...(outcome !== null && { outcome }),
      }
    }
  }
}

async function* scenariosIn(
  { definitions }: Pick<ExportingStores, 'definitions'>,
  definitionId: DefinitionId,
): AsyncGenerator<Pick<WritableScenario, 'scenarioId' | 'payload'>> {
  for await (const { scenarioId, payload } of scenariosOf(definitions, definitionId))
    yield { scenarioId, payload }
}

function aboutRun({ runId, config, status, escalation }: Run): ManifestRun {
  const { definitionSnapshot, models, sampleSeed, samplePercentage } = config
  const { definitionId, version } = definitionSnapshot
  const policy = (escalation?.policy ?? null) as Json
  return { runId, definitionId, version, sampleSeed, samplePercentage, models, status, escalation: policy }
}

function writableRun({ runId, config, createdAt }: Run, about: ManifestRun): WritableRun {
  const { models: _models, escalation: _escalation, ...words } = about
  return {
    runId,
    name: config.definitionSnapshot.name,
    models: config.models,
    createdAt: createdAt.toISOString(),
    about: { ...words },
  }
}

/** Of the same thing, one line. */
function addedUp(left: readonly NotExported[]): NotExported[] {
  return [...Map.groupBy(left, ({ what, why }) => `${what}\n${why}`).values()].flatMap((same) => {
    const [first] = same
    return first ? [{ ...first, count: same.reduce((sum, { count }) => sum + count, 0) }] : []
  })
}
