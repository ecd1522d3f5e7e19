import type { AssignmentStores } from '../assignment/assignment-deps.ts'
import { resultsOf } from '../assignment/task/task-results.ts'
import { ValidationError } from '../errors.ts'
import type { ProjectId, RunId } from '../ids.ts'
import { type Json, readerAt, valueAt } from '../json/json.ts'
import { runResults } from '../runs/run-results.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { RunModel, Scorer } from './metric.ts'
import { numberOf, type OutsideScores } from './scorers.ts'

/** The stores that judges' scores and people's outcomes are read from. */
export interface OutsideStores extends Pick<AssignmentStores, 'projects' | 'tasks' | 'workflows' | 'forms'> {
  readonly runs: Pick<RunStore, 'find' | 'listResults'>
}

/** Most scenarios that one refusal names. */
const MOST_NAMED = 10
const DEFAULT_OF = '/of'

type Outside = Extract<Scorer, { readonly type: 'judge' | 'people' }>

/**
 * The values that a judge or people gave to jobs of these models, read once.
 * @throws ValidationError for a run or model that is none of the project's, and for scenarios with several values for one job
 */
export async function outsideScores(
  stores: OutsideStores,
  projectId: ProjectId,
  scorer: Outside,
  targets: readonly RunModel[],
  at: string,
): Promise<(target: RunModel) => OutsideScores> {
  const wanted = new Set(targets.map(({ runId, model }) => sideKey(runId, model)))
  const found = new Map<string, number | null>()
  const repeated = new Set<string>()
  const values = scorer.type === 'judge' ? judged(stores, projectId, scorer, at) : settled(stores, scorer)
  const readOf = readerAt(scorer.ofAt ?? DEFAULT_OF)
  for await (const { payload, value } of values) {
    const of = jobIn(readOf(payload))
    if (of === undefined || !wanted.has(sideKey(of.runId, of.model))) continue
    const key = jobKey(of.runId, of.model, of.scenarioId, of.repeat)
    if (found.has(key)) repeated.add(of.scenarioId)
    found.set(key, value)
  }
  if (repeated.size > 0) {
    const what = scorer.type === 'judge' ? 'judge jobs' : 'tasks'
    const named = [...repeated].slice(0, MOST_NAMED).join(', ')
    const message = `has several ${what} for one job, of ${repeated.size} scenarios: ${named}`
    throw new ValidationError([{ path: at, message }])
  }
  return ({ runId, model }) =>
    (scenarioId, repeat) =>
      found.get(jobKey(runId, model, scenarioId, repeat)) ?? null
}

interface OutsideValue {
  readonly payload: Json
  readonly value: number | null
}

async function* judged(
  { runs }: Pick<OutsideStores, 'runs'>,
  projectId: ProjectId,
  { runId, judge, at: place }: Extract<Scorer, { type: 'judge' }>,
  at: string,
): AsyncGenerator<OutsideValue> {
  const run = await runs.find(runId as RunId)
  if (run?.projectId !== projectId)
    throw new ValidationError([{ path: `${at}.runId`, message: 'names no run of this project' }])
  const { models } = run.config
  const by = judge ?? (models.length === 1 ? models[0] : undefined)
  if (by === undefined) {
    const message = `is required: the run has the models ${models.join(', ')}`
    throw new ValidationError([{ path: `${at}.judge`, message }])
  }
  if (!models.includes(by))
    throw new ValidationError([{ path: `${at}.judge`, message: `names no model of the run: ${by}` }])
  const read = readerAt(place)
  for await (const { model, state, payload, result } of runResults(runs, runId as RunId)) {
    if (model !== by) continue
    yield { payload, value: state === 'completed' && result !== null ? numberOf(read(result)) : null }
  }
}

async function* settled(
  stores: OutsideStores,
  { projectId, question, map }: Extract<Scorer, { type: 'people' }>,
): AsyncGenerator<OutsideValue> {
  for await (const { payload, outcome } of resultsOf(stores, projectId as ProjectId))
    yield { payload, value: numberSaid(outcome, question, map) }
}

/** The number that people's outcome at a question stands for; null if they settled on none, or on what is no number. */
export function numberSaid(
  outcome: Json,
  question: string,
  map: Readonly<Record<string, number>> | undefined,
): number | null {
  const said = outcomeAt(outcome, question)
  const named = typeof said === 'object' || said === undefined ? undefined : String(said)
  if (map !== undefined && named !== undefined && Object.hasOwn(map, named)) return map[named] ?? null
  return numberOf(said)
}

/** The outcome of a question, or of its criterion: `question.criterion`. */
function outcomeAt(outcome: Json, question: string): Json | undefined {
  if (outcome === null || typeof outcome !== 'object' || Array.isArray(outcome)) return undefined
  const answers = outcome as { readonly [question: string]: Json }
  if (Object.hasOwn(answers, question)) return answers[question]
  const [id = '', criterion] = question.split('.', 2)
  const whole = criterion !== undefined && Object.hasOwn(answers, id) ? answers[id] : undefined
  return whole === undefined || criterion === undefined ? undefined : valueAt(whole, `/${criterion}`)
}

/** The job that a payload says it is about. */
function jobIn(
  of: Json | undefined,
): { runId: string; scenarioId: string; model: string; repeat: number } | undefined {
  if (of === undefined || of === null || typeof of !== 'object' || Array.isArray(of)) return undefined
  const { runId, scenarioId, model, repeat = 1 } = of as { readonly [member: string]: Json }
  if (typeof runId !== 'string' || typeof scenarioId !== 'string' || typeof model !== 'string')
    return undefined
  return typeof repeat === 'number' ? { runId: runId.toLowerCase(), scenarioId, model, repeat } : undefined
}

function sideKey(runId: string, model: string): string {
  return `${runId}\n${model}`
}

function jobKey(runId: string, model: string, scenarioId: string, repeat: number): string {
  return JSON.stringify([runId, model, scenarioId, repeat])
}
