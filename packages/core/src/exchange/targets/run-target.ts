import { z } from 'zod'
import { ValidationError } from '../../errors.ts'
import { fact } from '../../events/event.ts'
import type { DefinitionId, RunId } from '../../ids.ts'
import { json, name, parse } from '../../input/parse.ts'
import { sizeIssues } from '../../jobs/result.ts'
import type { Issue, Json } from '../../json/json.ts'
import { MAX_RUN_JOBS, MAX_SCENARIOS, type Run } from '../../runs/run.ts'
import { runSettings } from '../../runs/run-input.ts'
import { freshTallies } from '../../runs/run-progress.ts'
import type { NewRunOutcome } from '../../runs/run-store.ts'
import { MOST_UNITS, NO_USAGE, type UsageSum } from '../../usage/usage.ts'
import type { ImportCreated, ImportRow, KeptImport } from '../import.ts'
import type { ImportingDeps, ImportingStores } from '../importing-deps.ts'
import type { Judged } from '../judged.ts'
import { judgedBy, refusedRow, scenarios, typeOf } from './definition-target.ts'

/** The job type of an imported run that names none: no handler has it, so that its definition cannot be run here. */
const IMPORTED_JOB_TYPE = 'imported'

/** Of the currency unit, in one. */
const MICROS = 1_000_000

/** One model's outcome of one scenario, as a file tells it. */
interface Told {
  readonly scenarioId: string
  readonly model: string
  readonly state: 'completed' | 'failed'
  readonly result: Json
  readonly error: { readonly code: string; readonly message: string } | null
  readonly latencyMs?: number | undefined
  readonly usage?: ToldUsage | undefined
}

/** Tokens, and the cost in dollars, as far as the file tells them. */
interface ToldUsage {
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly cost?: number | undefined
}

const tokens = z.int().min(0).max(MOST_UNITS)

const told: z.ZodType<Told, unknown> = z.object({
  scenarioId: name,
  model: name,
  state: z.enum(['completed', 'failed']),
  result: json,
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  latencyMs: z.number().min(0).optional(),
  usage: z
    .object({
      inputTokens: tokens.optional(),
      outputTokens: tokens.optional(),
      cost: z
        .number()
        .min(0)
        .max(MOST_UNITS / MICROS)
        .optional(),
    })
    .optional(),
})

/** Scenarios that are none, or that the job type that is asked for does not take, and results that are too large. */
export async function checkRun(
  deps: ImportingDeps,
  _stores: ImportingStores,
  held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Judged[]> {
  const type = held.jobType === null ? undefined : typeOf(deps, held).type
  const ofKind = (wanted: ImportRow['kind']) => rows.filter(({ kind }) => kind === wanted)
  const judged = await judgedBy(type, ofKind('scenario'))
  for (const row of ofKind('result')) {
    const [issue] = faultsOf(row)
    if (issue !== undefined) judged.push(refusedRow(row, `${issue.path} ${issue.message}`.trim()))
  }
  return judged.sort((one, other) => one.no - other.no)
}

function faultsOf({ value }: ImportRow): readonly Issue[] {
  try {
    return sizeIssues(parse(told, value).result)
  } catch (error) {
    if (error instanceof ValidationError) return error.issues
    throw error
  }
}

/**
 * Makes the run and its definition, in this transaction. Scenarios stand in the order of the file, models in the order in which it names them first.
 * @throws ValidationError if a result is of no scenario, comes twice, or if there is none; if there are too many models
 */
export async function writeRun(
  deps: ImportingDeps,
  stores: ImportingStores,
  held: KeptImport,
  batches: () => AsyncIterable<readonly ImportRow[]>,
): Promise<{ readonly made: number; readonly created: ImportCreated }> {
  const { ids, clock } = deps
  const now = clock.now()
  const places = new Map<string, number>()
  const staged = await stores.definitions.stage(noted(scenarios(onlyOf('scenario', batches())), places))
  const results = await resultsIn(batches(), places)
  const definition = await stores.definitions.add(
    {
      definitionId: ids.next() as DefinitionId,
      projectId: held.projectId,
      name: held.name,
      jobType: held.jobType ?? IMPORTED_JOB_TYPE,
      createdAt: now,
    },
    staged,
  )
  const { models } = parse(runSettings, { models: results.models })
  if (places.size > MAX_SCENARIOS || places.size * models.length > MAX_RUN_JOBS)
    throw refusal(
      `has ${places.size} scenarios and ${models.length} models, and a run has at most ${MAX_SCENARIOS} scenarios and ${MAX_RUN_JOBS} jobs`,
    )
  const run: Run = {
    runId: ids.next() as RunId,
    projectId: held.projectId,
    definitionId: definition.definitionId,
    status: 'completed',
    priority: 'normal',
    config: {
      models,
      repeats: 1,
      samplePercentage: 100,
      sampleSeed: 0,
      experimentId: null,
      maxJobsPerSecond: null,
      definitionSnapshot: definition,
      origin: 'import',
    },
    tallies: freshTallies(models, places.size),
    escalation: null,
    link: null,
    ratePerSecond: 0,
    version: 1,
    startedBy: held.createdBy,
    createdAt: now,
    startedAt: now,
    finishedAt: now,
  }
  const ordinals = new Map(models.map((model, index) => [model, index + 1]))
  const { run: added } = await stores.runs.add({
    run,
    places: Array.from({ length: places.size }, (_, index) => index + 1),
    jobType: definition.jobType,
    maxAttempts: 1,
    idempotencyKey: null,
    outcomes: outcomes(onlyOf('result', batches()), places, ordinals),
  })
  const { runId, status, version } = added
  await stores.events.append([
    fact(held.projectId, 'run_status_changed', { runId, status, from: null, version }),
  ])
  const created = { definitionId: definition.definitionId, runId }
  return { made: places.size + results.count, created }
}

/** Passes scenarios on, and notes their places. */
async function* noted<Batch extends readonly { readonly scenarioId: string }[]>(
  batches: AsyncIterable<Batch>,
  places: Map<string, number>,
): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    for (const { scenarioId } of batch) places.set(scenarioId, places.size + 1)
    yield batch
  }
}

/** The models that are named, in order, and how many results there are. @throws ValidationError */
async function resultsIn(
  batches: AsyncIterable<readonly ImportRow[]>,
  places: ReadonlyMap<string, number>,
): Promise<{ readonly models: readonly string[]; readonly count: number }> {
  const taken = new Map<string, Set<number>>()
  let count = 0
  for await (const rows of onlyOf('result', batches)) {
    for (const { value, line, place: at } of rows) {
      const { scenarioId, model } = value as unknown as Told
      const where = `${line === null ? at : `line ${line}`}: the result of ${model} for the scenario ${scenarioId}`
      const place = places.get(scenarioId)
      if (place === undefined) throw refusal(`${where} is of no scenario of the file`)
      const ofModel = taken.get(model) ?? new Set()
      if (ofModel.has(place)) throw refusal(`${where} comes twice`)
      taken.set(model, ofModel.add(place))
      count++
    }
  }
  if (count === 0) throw refusal('holds no results that a run could be made of')
  return { models: [...taken.keys()], count }
}

/** How the jobs ended, in the order of the file. */
async function* outcomes(
  batches: AsyncIterable<readonly ImportRow[]>,
  places: ReadonlyMap<string, number>,
  models: ReadonlyMap<string, number>,
): AsyncGenerator<readonly NewRunOutcome[]> {
  for await (const rows of batches)
    yield rows.map(({ value }): NewRunOutcome => {
      const { scenarioId, model, state, result, error, latencyMs, usage } = value as unknown as Told
      return {
        // Both were found before.
        place: places.get(scenarioId) ?? 0,
        model: models.get(model) ?? 0,
        state,
        result: state === 'completed' ? result : null,
        error: state === 'failed' ? { code: 'imported', message: '', ...error, retryable: false } : null,
        latencyMs: latencyMs ?? null,
        usage: usage === undefined ? null : sumOf(usage),
      }
    })
}

/** As one call. One of which no cost is told counts as one without a price: prices here are not those of then. */
function sumOf({ inputTokens: input = 0, outputTokens: output = 0, cost }: ToldUsage): UsageSum {
  // A millionth is rounded up, but not for what a double adds to it.
  const costMicros = Math.ceil(Number(((cost ?? 0) * MICROS).toFixed(3)))
  return { ...NO_USAGE, calls: 1, input, output, costMicros, unpriced: cost === undefined ? 1 : 0 }
}

async function* onlyOf(
  kind: ImportRow['kind'],
  batches: AsyncIterable<readonly ImportRow[]>,
): AsyncGenerator<readonly ImportRow[]> {
  for await (const rows of batches) {
    const mine = rows.filter((row) => row.kind === kind)
    if (mine.length > 0) yield mine
  }
}

function refusal(message: string): ValidationError {
  return new ValidationError([{ path: 'results', message }])
}
