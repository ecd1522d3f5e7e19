import type { Clock } from '../environment.ts'
import { RunStateError, ValidationError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { ComparisonId, ProjectId, RunId } from '../ids.ts'
import type { Run } from '../runs/run.ts'
import type { RunStore } from '../runs/run-store.ts'
import { type Columns, columnsOf, type ScoredMetric } from './columns.ts'
import { type CompareSettings, type ComputedMetric, compareColumns, compareSlices } from './compare.ts'
import type { KeptComparison } from './comparison.ts'
import type { NamedModel, NewComparison } from './comparison-input.ts'
import type { EvaluationDeps, EvaluationStores } from './evaluation-deps.ts'
import type { RunModel } from './metric.ts'
import { type BySide, demandUnchanged, pairsOf } from './pairs.ts'
import type { Score } from './scorers.ts'
import { scoresFor } from './scoring.ts'

const DEFAULT_LEVEL = 0.95
/** Of sign flips. */
export const DEFAULT_DRAWS = 9_999

/** A comparison with what decisions about it need. */
export interface Computed {
  readonly comparison: KeptComparison
  readonly columns: Columns
  readonly metrics: readonly ComputedMetric[]
}

/** A model with its run. */
interface Side extends RunModel {
  readonly run: Run
}

/**
 * Compares two models on what is kept of them. Keeps nothing.
 * @throws ValidationError naming the place, also for values that a metric cannot have; RunStateError; ConflictError if a run changes meanwhile
 */
export async function compareRuns(
  deps: EvaluationDeps,
  projectId: ProjectId,
  wanted: NewComparison,
): Promise<Computed> {
  const { stores } = deps.transactions
  const { metrics, clusterBy, slices = [], seed = 0, level = DEFAULT_LEVEL, draws = DEFAULT_DRAWS } = wanted
  const sides = await sidesOf(stores.runs, projectId, wanted)
  const { baseline, candidate } = sides
  const scored: ScoredMetric[] = []
  for (const [index, metric] of metrics.entries()) {
    const at = `metrics[${index}].score`
    const scores = await scoresFor(stores, deps.scorers, projectId, metric, [baseline, candidate], at)
    scored.push({ metric, scores: { baseline: scores[0] as Score, candidate: scores[1] as Score } })
  }
  const columns = await columnsOf(
    pairsOf(stores.comparisons, sides),
    scored,
    {
      clusterBy,
      byScenario: Math.min(baseline.run.config.repeats, candidate.run.config.repeats) > 1,
      slices,
    },
    Math.min(jobsOf(baseline), jobsOf(candidate)),
  )
  const versions = { baseline: baseline.run.version, candidate: candidate.run.version }
  const partial = [baseline, candidate].some(({ run }) => run.status !== 'completed')
  if (!partial) demandUnchanged(versions, await versionsNow(stores.runs, sides), 'it was read')
  const settings = settingsOf(deps.clock, { seed, level, draws })
  const found = await compareColumns(columns, metrics, settings)
  const { n, changed } = columns
  const compared = await compareSlices(columns, metrics, found, settings)
  const comparison: KeptComparison = {
    comparisonId: deps.ids.next() as ComparisonId,
    projectId,
    baseline: { runId: baseline.runId, model: baseline.model },
    candidate: { runId: candidate.runId, model: candidate.model },
    seed,
    level,
    clusterBy: clusterBy ?? null,
    partial,
    pairs: {
      n,
      clusters: clustersOf(columns),
      // A run that goes on may have settled more since its counters were read.
      onlyBaseline: Math.max(0, settledOf(baseline) - n - changed),
      onlyCandidate: Math.max(0, settledOf(candidate) - n - changed),
      changed,
    },
    metrics: found.map(({ told }) => told),
    slices: compared,
    createdAt: deps.clock.now(),
    asked: { metrics, versions },
  }
  return { comparison, columns, metrics: found }
}

/** How to compare, in the time of this process. */
export function settingsOf(clock: Clock, settings: Omit<CompareSettings, 'turn'>): CompareSettings {
  return { ...settings, turn: async () => clock.turn?.() }
}

/** Keeps a comparison, and says so. */
export async function keepComparison(
  { comparisons, events }: Pick<EvaluationStores, 'comparisons' | 'events'>,
  comparison: KeptComparison,
): Promise<void> {
  const { projectId, comparisonId } = comparison
  await comparisons.add(comparison)
  await events.append([fact(projectId, 'comparison_created', { comparisonId })])
}

/** The versions that the runs of both sides have now. */
export async function versionsNow(
  runs: Pick<RunStore, 'findMany'>,
  { baseline, candidate }: BySide<RunModel>,
): Promise<BySide<number | undefined>> {
  const found = await runs.findMany([...new Set([baseline.runId, candidate.runId])])
  const versionOf = ({ runId }: RunModel): number | undefined =>
    found.find((run) => run.runId === runId)?.version
  return { baseline: versionOf(baseline), candidate: versionOf(candidate) }
}

/** @throws ValidationError, RunStateError */
async function sidesOf(
  runs: Pick<RunStore, 'find'>,
  projectId: ProjectId,
  { baseline, candidate, allowPartial = false }: NewComparison,
): Promise<BySide<Side>> {
  if (baseline.runId === candidate.runId && baseline.model === candidate.model)
    throw new ValidationError([{ path: 'candidate', message: 'is the baseline itself' }])
  const sideOf = async ({ runId, model }: NamedModel, at: string): Promise<Side> => {
    const run = await runs.find(runId as RunId)
    if (run?.projectId !== projectId)
      throw new ValidationError([{ path: `${at}.runId`, message: 'names no run of this project' }])
    if (!run.config.models.includes(model))
      throw new ValidationError([{ path: `${at}.model`, message: `names no model of the run: ${model}` }])
    if (run.status !== 'completed' && !allowPartial) throw new RunStateError('be compared', run.status)
    return { runId: run.runId, model, run }
  }
  return {
    baseline: await sideOf(baseline, 'baseline'),
    candidate: await sideOf(candidate, 'candidate'),
  }
}

function jobsOf({ run, model }: Side): number {
  return run.tallies.byModel[model]?.total ?? 0
}

function settledOf({ run, model }: Side): number {
  const { completed = 0, failed = 0, cancelled = 0 } = run.tallies.byModel[model] ?? {}
  return completed + failed + cancelled
}

/** How many clusters there are; null if each has one pair, for then there are none. */
function clustersOf({ clusters, n }: Columns): number | null {
  return clusters === undefined || clusters.texts.length === n ? null : clusters.texts.length
}
