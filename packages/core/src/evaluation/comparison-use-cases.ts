import { stream } from '@muster/statistics'
import type { NewTask } from '../assignment/assignments.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { ComparisonId, ProjectId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { Json } from '../json/json.ts'
import { newestKey, page } from '../paging.ts'
import { compareRuns, keepComparison, versionsNow } from './comparing.ts'
import type { ComparedPair, Comparison, KeptComparison, PairChange } from './comparison.ts'
import { comparisonTasks, newComparison } from './comparison-input.ts'
import type { Pair } from './comparison-store.ts'
import type { ComparisonUseCases, PairsAsked } from './comparisons.ts'
import type { EvaluationDeps } from './evaluation-deps.ts'
import { comparedPair, demandUnchanged, pairsOf } from './pairs.ts'
import { askMissing, blindWay, externalIdOf } from './people-tasks.ts'
import { runMetrics } from './run-metrics.ts'
import type { Score } from './scorers.ts'
import { scoresFor } from './scoring.ts'

/** Most pairs that one call sends to people. */
const MOST_ASKED = 10_000

/** Comparing runs' models. */
export function comparisonUseCases(deps: EvaluationDeps): ComparisonUseCases {
  const { transactions } = deps
  const { stores } = transactions

  const get = async (comparisonId: ComparisonId): Promise<KeptComparison> => {
    const comparison = await stores.comparisons.find(comparisonId)
    if (!comparison) throw new NotFoundError('comparison', comparisonId)
    return comparison
  }

  return {
    get: async (comparisonId) => comparisonView(await get(comparisonId)),

    async add(projectId, request) {
      const { comparison } = await compareRuns(deps, projectId, parse(newComparison, request))
      await transactions.transaction((within) => keepComparison(within, comparison))
      return comparisonView(comparison)
    },

    async list(projectId, request) {
      const { items, ...rest } = await page(
        request,
        ['comparisons', projectId],
        newestKey(({ comparisonId }: KeptComparison) => comparisonId),
        (slice) => stores.comparisons.list(projectId, slice),
      )
      return { items: items.map(comparisonView), ...rest }
    },

    async *pairs(comparisonId, { metric, change }) {
      for await (const { told } of pairsBy(deps, await get(comparisonId), metric))
        if (change === undefined || told.change === change) yield told
    },

    async askPeople(comparisonId, given) {
      const { projectId, metric, change } = parse(comparisonTasks, given)
      const comparison = await get(comparisonId)
      const way = await blindWay(stores, projectId as ProjectId)
      const tasks: NewTask[] = []
      // Drawn for every pair, so that which are asked about turns no other.
      const draws = stream(comparison.seed, 'comparison tasks')
      for await (const { pair, told } of pairsBy(deps, comparison, metric)) {
        const turned = draws.below(2) === 1
        if (!isAsked(told, change)) continue
        if (tasks.length === MOST_ASKED) {
          const message = `names more than ${MOST_ASKED} pairs that are to be asked about`
          throw new ValidationError([{ path: 'metric', message }])
        }
        tasks.push(taskOf(comparisonId, pair, turned))
      }
      return askMissing(deps, way, tasks)
    },

    runMetrics: (runId, asked) => runMetrics(deps, runId, asked),
  }
}

/** Pairs of a comparison with their values by one metric. */
async function* pairsBy(
  { transactions: { stores }, scorers }: EvaluationDeps,
  { baseline, candidate, asked, projectId, partial }: KeptComparison,
  name: PairsAsked['metric'],
): AsyncGenerator<{ readonly pair: Pair; readonly told: ComparedPair }> {
  const index = asked.metrics.findIndex((each) => each.name === name)
  const metric = asked.metrics[index]
  if (metric === undefined)
    throw new ValidationError([{ path: 'metric', message: `names no metric of the comparison: ${name}` }])
  const sides = { baseline, candidate }
  if (!partial)
    demandUnchanged(asked.versions, await versionsNow(stores.runs, sides), 'the comparison was made')
  const at = `metrics[${index}].score`
  const scores = await scoresFor(stores, scorers, projectId, metric, [baseline, candidate], at)
  const bySide = { baseline: scores[0] as Score, candidate: scores[1] as Score }
  for await (const pairs of pairsOf(stores.comparisons, sides))
    for (const pair of pairs) if (!pair.changed) yield { pair, told: comparedPair(pair, metric, bySide) }
}

/** A comparison as it goes out, without what it is read anew by. */
function comparisonView({ asked: _asked, ...comparison }: KeptComparison): Comparison {
  return comparison
}

function isAsked(told: ComparedPair, change: PairChange | undefined): boolean {
  if (change !== undefined) return told.change === change
  return told.change === 'better' || told.change === 'worse'
}

/** A pair as a task: its answers are the sides `a` and `b`. A form does not show `of`, which says which is which. */
function taskOf(
  comparisonId: ComparisonId,
  { scenarioId, repeat, payload, ...pair }: Pair,
  turned: boolean,
): NewTask {
  const [a, b] = turned ? (['candidate', 'baseline'] as const) : (['baseline', 'candidate'] as const)
  const told: Json = {
    scenario: payload,
    answers: { a: pair[a].result, b: pair[b].result },
    of: { comparisonId, scenarioId, repeat, sides: { a, b } },
  }
  return { payload: told, externalId: externalIdOf(`comparison/${comparisonId}`, [scenarioId, repeat]) }
}
