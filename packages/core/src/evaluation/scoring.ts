import type { ProjectId } from '../ids.ts'
import type { Metric, RunModel, ScoreFunction } from './metric.ts'
import { type OutsideStores, outsideScores } from './outside-scores.ts'
import { type Score, scoreBy } from './scorers.ts'

/**
 * The score of a metric for jobs of each of these models: of values that a judge or people gave, each model has its own. `at` is the
 * place of the metric in the request.
 * @throws ValidationError for a scorer that names what is not there
 */
export async function scoresFor(
  stores: OutsideStores,
  registered: Readonly<Record<string, ScoreFunction>>,
  projectId: ProjectId,
  { score }: Pick<Metric, 'score'>,
  targets: readonly RunModel[],
  at: string,
): Promise<Score[]> {
  if (score.type !== 'judge' && score.type !== 'people') {
    const same = scoreBy(score, { outside: undefined, registered, at })
    return targets.map(() => same)
  }
  const outside = await outsideScores(stores, projectId, score, targets, at)
  return targets.map((target) => scoreBy(score, { outside: outside(target), registered, at }))
}
