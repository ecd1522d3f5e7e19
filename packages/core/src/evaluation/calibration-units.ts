import { sum } from '@muster/statistics/arithmetic'
import type { NewTask } from '../assignment/assignments.ts'
import { ValidationError } from '../errors.ts'
import type { CalibrationId, RunId } from '../ids.ts'
import { type Json, readerAt } from '../json/json.ts'
import type { Run } from '../runs/run.ts'
import { runResults } from '../runs/run-results.ts'
import type { NewCalibration } from './calibration.ts'
import type { ReadUnits } from './calibration-draw.ts'
import { clusterAt } from './columns.ts'
import type { EvaluationDeps } from './evaluation-deps.ts'
import { externalIdOf } from './people-tasks.ts'
import { scoresFor } from './scoring.ts'

/** Units of a run with the judge's scores of the models asked for, each the mean over repeats, by the scenario's place. */
export async function readUnits(
  { transactions: { stores }, scorers }: Pick<EvaluationDeps, 'transactions' | 'scorers'>,
  { runId, projectId, config: { repeats } }: Run,
  models: readonly string[],
  { judge, range: [least, most], strata, clusterBy }: NewCalibration,
): Promise<{ readonly units: ReadUnits; readonly unscored: number }> {
  const targets = models.map((model) => ({ runId, model }))
  const scores = await scoresFor(stores, scorers, projectId, { score: judge }, targets, 'judge')
  const [keys, found]: [string[], number[][]] = [[], models.map(() => [])]
  const stratumOf = strata?.at === undefined ? undefined : readerAt(strata.at)
  const named: string[] | null = stratumOf ? [] : null
  const clusterOf = clusterBy === undefined ? undefined : clusterAt(clusterBy)
  const clusters: string[] | null = clusterOf ? [] : null
  let unscored = 0
  let unit: { readonly scenarioId: string; readonly payload: Json; readonly values: number[][] } | undefined
  const close = (): void => {
    if (unit === undefined) return
    const { scenarioId, payload, values } = unit
    if (values.some((ofModel) => ofModel.length < repeats)) {
      unscored += 1
      return
    }
    keys.push(scenarioId)
    for (const [m, ofModel] of values.entries()) found[m]?.push(sum(ofModel) / repeats)
    named?.push(JSON.stringify(stratumOf?.(payload) ?? null))
    if (clusterOf) clusters?.push(clusterOf({ scenarioId, payload }))
  }
  for await (const { scenarioId, model, repeat, state, payload, result } of runResults(stores.runs, runId)) {
    if (unit?.scenarioId !== scenarioId) {
      close()
      unit = { scenarioId, payload, values: models.map(() => []) }
    }
    const m = models.indexOf(model)
    if (m === -1) continue
    const value =
      state === 'completed' ? (scores[m]?.({ scenarioId, repeat, payload, result }) ?? null) : null
    if (value === null) continue
    if (value < least || value > most) {
      const message = `is ${least} to ${most}, and the judge gave scenario ${scenarioId} ${value}`
      throw new ValidationError([{ path: 'range', message }])
    }
    unit.values[m]?.push(value)
  }
  close()
  if (keys.length === 0) {
    const message = `has no value for any scenario of the run: ${unscored} were left out`
    throw new ValidationError([{ path: 'judge', message }])
  }
  return { units: { keys, scores: found, named, clusters }, unscored }
}

/** A drawn unit of one model, in one repeat. */
export interface DrawnTask {
  readonly unit: number
  readonly model: number
  readonly repeat: number
  readonly task: NewTask
}

/** The tasks of drawn units, a model each, in the order of the run; results are read anew, for a frame does not keep them. */
export async function tasksOf(
  { transactions: { stores } }: Pick<EvaluationDeps, 'transactions'>,
  calibrationId: CalibrationId,
  {
    runId,
    models,
    taskPayload = { scenario: '/scenario', result: '/result' },
  }: {
    readonly runId: RunId
    readonly models: readonly string[]
    readonly taskPayload?: Readonly<Record<string, string>> | undefined
  },
  drawn: ReadonlyMap<string, number>,
): Promise<DrawnTask[]> {
  const members = Object.entries(taskPayload).map(([name, at]) => [name, readerAt(at)] as const)
  const tasks: DrawnTask[] = []
  for await (const each of runResults(stores.runs, runId)) {
    const { scenarioId, model: name, repeat, payload: scenario, result } = each
    const [unit, model] = [drawn.get(scenarioId), models.indexOf(name)]
    if (unit === undefined || model === -1) continue
    const shown = members.flatMap(([member, read]) => {
      const value = read({ scenario, result })
      return value === undefined ? [] : [[member, value] as const]
    })
    const of = { calibrationId, runId, scenarioId, model: name, repeat }
    tasks.push({
      unit,
      model,
      repeat,
      task: {
        payload: { ...Object.fromEntries(shown), of },
        externalId: externalIdOf(`calibration/${calibrationId}`, [scenarioId, name, repeat]),
      },
    })
  }
  return tasks
}
