import { ClosedError, ConflictError, NotFoundError, UnavailableError, ValidationError } from '../errors.ts'
import type { NewFact } from '../events/event.ts'
import type { ImportId } from '../ids.ts'
import type { NewJob } from '../jobs/job.ts'
import { addedUp } from '../quality/counters.ts'
import { counted, ended, tellProgress } from './ending.ts'
import { hasEnded, type ImportFinding, type ImportRow, type KeptImport } from './import.ts'
import type { ImportingDeps, ImportingStores } from './importing-deps.ts'
import {
  type Checked,
  type Judged,
  type JudgedSubmissions,
  NO_SUBMISSIONS,
  NOTHING_WRITTEN,
  type Written,
} from './judged.ts'
import { SILENT_MS } from './receiving.ts'
import { Findings, finding } from './report.ts'
import { MADE_OF } from './staging.ts'
import { checkDefinition, writeDefinition } from './targets/definition-target.ts'
import { checkForms, writeForms } from './targets/form-target.ts'
import { checkRun, writeRun } from './targets/run-target.ts'
import { checkTasks, writeTasks } from './targets/tasks-target.ts'

/** Rows that are checked, or written in chunks, in one transaction. */
const PART = 1_000

/** Imports whose last part failed here that are remembered. */
const MOST_BEHIND = 1_000

/** An import is to be left where it stands: it is cancelled, or this process ends. */
class StoppedError extends Error {}

/** Rows of an atomic import turned out to be at fault while they were written. */
class LateFaultError extends Error {
  readonly judged: readonly Judged[]
  readonly rows: readonly ImportRow[]

  constructor(judged: readonly Judged[], rows: readonly ImportRow[]) {
    super('Rows are at fault')
    this.judged = judged
    this.rows = rows
  }
}

/**
 * Checks or writes a part of one import at each call, all of it if it is atomic, and says of how many rows, at least 1; 0: there is none, or others have all that are.
 * An import whose part failed goes behind all others. A part that is begun when `stop` aborts is undone if it is long.
 */
export function importWorker(deps: ImportingDeps, stop?: AbortSignal): () => Promise<number> {
  let behind: readonly ImportId[] = []
  return async () => {
    let held: ImportId | undefined
    const others = (): ImportId[] => behind.filter((importId) => importId !== held)
    try {
      const count = await workOff(deps, behind, stop, (importId) => {
        held = importId
      })
      behind = others()
      return count
    } catch (error) {
      if (held === undefined) throw error
      if (error instanceof StoppedError) return stop?.aborted === true ? 0 : 1
      if (error instanceof LateFaultError || isRefusal(error)) return refuse(deps, held, error)
      if (!mayPass(error)) return fail(deps, held, error)
      behind = [...others(), held].slice(-MOST_BEHIND)
      throw error
    }
  }
}

/** Whether trying again would not help. */
function isRefusal(error: unknown): error is Error {
  return error instanceof ValidationError || error instanceof NotFoundError
}

/** Whether trying again may help: a backend is away, or somebody took an id meanwhile. */
function mayPass(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof ClosedError || error instanceof ConflictError
}

async function workOff(
  deps: ImportingDeps,
  behind: readonly ImportId[],
  stop: AbortSignal | undefined,
  hold: (importId: ImportId) => void,
): Promise<number> {
  const { transactions, clock } = deps
  const silentSince = new Date(clock.now().getTime() - SILENT_MS)
  // Most of the time there is none: a look needs no transaction.
  if ((await transactions.stores.imports.next(silentSince, behind)) === undefined) return 0
  const worked = await transactions.transaction(async (stores) => {
    const held = await stores.imports.next(silentSince, behind)
    if (held === undefined) return undefined
    hold(held.importId)
    const now = clock.now()
    if (await stores.imports.isCancelAsked(held.importId))
      return { after: await ended(stores, held, 'cancelled', now), count: 1, jobs: 0 }
    if (held.status === 'receiving') {
      const error = {
        code: 'truncated',
        message: `Nothing of the file came for ${SILENT_MS / 1_000} s: send it again`,
      }
      return { after: await ended(stores, { ...held, error }, 'failed', now), count: 1, jobs: 0 }
    }
    return held.status === 'checking'
      ? { ...(await checkPart(deps, stores, held)), jobs: 0 }
      : writePart(deps, stores, held, stop)
  })
  if (worked === undefined) return 0
  if (worked.jobs > 0) deps.nudge()
  tellProgress(deps, worked.after)
  return Math.max(1, worked.count)
}

/** How rows of each target are checked. */
const CHECKS = {
  tasks: checkTasks,
  definition: alone(checkDefinition),
  run: alone(checkRun),
  form: alone(checkForms),
} as const

/** A check of rows with which no submissions stand. */
function alone<Given extends readonly unknown[]>(
  check: (...given: Given) => Promise<readonly Judged[]>,
): (...given: Given) => Promise<Checked> {
  return async (...given) => ({ judged: await check(...given), submissions: NO_SUBMISSIONS })
}

/** Checks the next rows; behind the last, decides what becomes of the import. */
async function checkPart(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
): Promise<{ readonly after: KeptImport; readonly count: number }> {
  const { importId, target, checkedTo } = held
  const rows = await stores.imports.rows(importId, checkedTo, PART)
  const last = rows.at(-1)
  if (last === undefined) return { after: await decide(deps, stores, held), count: 1 }
  const mine = rows.filter(isOf(held))
  const { judged, submissions } = await CHECKS[target ?? 'tasks'](deps, stores, held, mine)
  const after = { ...(await judge(stores, held, judged, rows, submissions)), checkedTo: last.no }
  const made = after.counts.made + mine.length - judged.length + submissions.made
  const next = { ...after, counts: { ...after.counts, made } }
  await stores.imports.save(next)
  return { after: next, count: rows.length }
}

/** Whether a row waits to be made. */
function isOf({ target }: KeptImport): (row: ImportRow) => boolean {
  const kinds = target === null ? [] : MADE_OF[target]
  return ({ kind, verdict }) => verdict === 'ok' && kinds.includes(kind)
}

/** Keeps verdicts on rows and what was found, and counts them. */
async function judge(
  stores: ImportingStores,
  held: KeptImport,
  judged: readonly Judged[],
  rows: readonly ImportRow[],
  submissions: JudgedSubmissions = NO_SUBMISSIONS,
): Promise<KeptImport> {
  const findings = new Findings(held.tallies)
  const byNo = new Map(rows.map((row) => [row.no, row]))
  const counts = { ...held.counts }
  for (const { no, verdict, finding: found } of judged) {
    if (verdict === 'same') counts.same++
    if (found?.code === 'conflict') counts.changed++
    const { line = null, place = null, externalId = null } = byNo.get(no) ?? {}
    if (found !== undefined) findings.add({ line, place, externalId, ...found }, no)
  }
  counts.same += submissions.same
  for (const { no, finding: found } of submissions.findings) {
    if (found.code === 'conflict') counts.changed++
    findings.add(found, no)
  }
  const verdicts = judged.map(({ no, verdict }) => ({ no, verdict }))
  await stores.imports.judge(held.importId, verdicts, findings.taken())
  const next = { ...held, counts, tallies: findings.tallies }
  return { ...next, counts: counted(next) }
}

/** All rows were checked. */
async function decide(deps: ImportingDeps, stores: ImportingStores, held: KeptImport): Promise<KeptImport> {
  const { mode, dryRun, tallies, counts, target } = held
  const isEmpty = target !== 'tasks' && counts.made === 0 && counts.same === 0
  if (isEmpty && tallies.errors === 0) {
    const message = `holds nothing that a ${target ?? 'thing'} could be made of`
    return refused(deps, stores, held, finding('error', 'empty', message))
  }
  const isNothing = counts.made === 0 && counts.same === 0
  if (tallies.errors > 0 && (mode === 'atomic' || isNothing))
    return ended(stores, held, 'refused', deps.clock.now())
  if (dryRun) return ended(stores, held, 'completed', deps.clock.now())
  const next = { ...held, status: 'writing', counts: { ...counts, made: 0 } } as const
  await stores.imports.save(next)
  return next
}

/** Refuses an import, taken in this transaction, as a whole. */
async function refused(
  { clock }: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
  found: ImportFinding,
): Promise<KeptImport> {
  const findings = new Findings(held.tallies)
  findings.add(found, Number.MAX_SAFE_INTEGER)
  await stores.imports.judge(held.importId, [], findings.taken())
  return ended(stores, { ...held, tallies: findings.tallies }, 'refused', clock.now())
}

/** Refuses an import by what turned out while it was checked or written, when all of that was undone. */
async function refuse(deps: ImportingDeps, importId: ImportId, error: Error): Promise<number> {
  const after = await deps.transactions.transaction(async (stores) => {
    const held = await stores.imports.take(importId)
    if (held === undefined || (held.status !== 'checking' && held.status !== 'writing')) return undefined
    if (!(error instanceof LateFaultError))
      return refused(deps, stores, held, finding('error', 'payload_refused', error.message))
    const judged = await judge(stores, held, error.judged, error.rows)
    return ended(stores, judged, 'refused', deps.clock.now())
  })
  if (after !== undefined) tellProgress(deps, after)
  return 1
}

/** Ends an import that meets a fault of a program, such as a job type's schema that throws: it would meet it again for ever. */
async function fail(deps: ImportingDeps, importId: ImportId, fault: unknown): Promise<number> {
  deps.logger.error({ err: fault, importId }, 'An import cannot go on, and has failed')
  const error = { code: 'internal', message: 'A program has a fault: the log of the server says which' }
  const after = await deps.transactions.transaction(async (stores) => {
    const held = await stores.imports.take(importId)
    if (held === undefined || hasEnded(held.status)) return undefined
    return ended(stores, { ...held, error }, 'failed', deps.clock.now())
  })
  if (after !== undefined) tellProgress(deps, after)
  return 1
}

/** Writes the next rows, of an atomic import all that are left; behind the last it is completed. */
async function writePart(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
  stop: AbortSignal | undefined,
): Promise<{ readonly after: KeptImport; readonly count: number; readonly jobs: number }> {
  const { imports } = stores
  if (held.target === 'definition' || held.target === 'run') {
    const make = held.target === 'definition' ? definitionOf : runOf
    const made = await make(deps, stores, held)
    return {
      after: await ended(stores, made, 'completed', deps.clock.now()),
      count: made.counts.made,
      jobs: 0,
    }
  }
  const jobs: NewJob[] = []
  const facts: NewFact[] = []
  let counted: Written['counted'] = null
  let [now, count, isDone] = [held, 0, false]
  do {
    const rows = await imports.rows(held.importId, now.writtenTo, PART)
    const last = rows.at(-1)
    if (last === undefined) {
      isDone = true
      break
    }
    const written = await writeRows(deps, stores, now, rows.filter(isOf(held)))
    const late = written.judged.filter(({ verdict }) => verdict === 'fault')
    if (held.mode === 'atomic' && late.some(({ finding: found }) => found?.level === 'error'))
      throw new LateFaultError(late, rows)
    const judged = await judge(stores, now, written.judged, rows)
    const counts = {
      ...judged.counts,
      made: judged.counts.made + written.made,
      same: judged.counts.same + written.same,
    }
    now = { ...judged, counts, writtenTo: last.no, createdIds: { ...judged.createdIds, ...written.created } }
    jobs.push(...written.jobs)
    facts.push(...written.facts)
    counted = bothCounted(counted, written.counted)
    count += rows.length
    if (held.mode === 'atomic') await mayGoOn(stores, held.importId, stop)
  } while (held.mode === 'atomic')
  // Lanes come after all tasks, behind them the counters, and feeds come last.
  for (let from = 0; from < jobs.length; from += PART) await stores.jobs.add(jobs.slice(from, from + PART))
  if (counted !== null) await stores.quality.count(counted.taskId, counted.counters)
  if (facts.length > 0) await stores.events.append(facts)
  if (isDone)
    return { after: await ended(stores, now, 'completed', deps.clock.now()), count, jobs: jobs.length }
  await imports.save(now)
  return { after: now, count, jobs: jobs.length }
}

function bothCounted(one: Written['counted'], other: Written['counted']): Written['counted'] {
  if (one === null || other === null) return one ?? other
  return { taskId: one.taskId, counters: addedUp([one.counters, other.counters]) }
}

/** @throws StoppedError */
async function mayGoOn(
  { imports }: ImportingStores,
  importId: ImportId,
  stop: AbortSignal | undefined,
): Promise<void> {
  if (stop?.aborted === true || (await imports.isCancelAsked(importId))) throw new StoppedError()
}

async function writeRows(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Written> {
  if (rows.length === 0) return NOTHING_WRITTEN
  const write = held.target === 'tasks' ? writeTasks : writeForms
  return { ...NOTHING_WRITTEN, ...(await write(deps, stores, held, rows)) }
}

/** A definition is one thing: it is made of all rows when the last was seen, whatever the mode. */
async function definitionOf(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
): Promise<KeptImport> {
  const { definitionId, scenarioCount } = await writeDefinition(deps, stores, held, batchesOf(stores, held))
  return { ...held, counts: { ...held.counts, made: scenarioCount }, createdIds: { definitionId } }
}

/** So is a run, with its definition. */
async function runOf(deps: ImportingDeps, stores: ImportingStores, held: KeptImport): Promise<KeptImport> {
  const { made, created } = await writeRun(deps, stores, held, () => batchesOf(stores, held))
  return { ...held, counts: { ...held.counts, made }, createdIds: created }
}

/** All rows that are to be made, in their order. */
async function* batchesOf(
  { imports }: ImportingStores,
  held: KeptImport,
): AsyncGenerator<readonly ImportRow[]> {
  for (let after = 0; ; ) {
    const rows = await imports.rows(held.importId, after, PART)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.no
    const mine = rows.filter(isOf(held))
    if (mine.length > 0) yield mine
  }
}
