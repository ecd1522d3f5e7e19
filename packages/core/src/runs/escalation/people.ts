import { type Interval, shareInterval } from '@muster/statistics'
import type { TaskId } from '../../ids.ts'
import type { RunResult } from '../../jobs/job.ts'
import type { Json } from '../../json/json.ts'
import type { Comparison } from './comparison.ts'
import { ignoresAbsent, isAbsent } from './decide.ts'
import type { ScenarioEscalation } from './escalation-store.ts'
import { type AgreeOn, ESCALATION_REASONS, type EscalationReason, type RunEscalation } from './policy.ts'

/** A result of a run, and what people said of its scenario. */
export interface ResultWithPeople extends RunResult {
  /** The result that people settled on; null while they have not, or if they could not. */
  readonly outcome: Json
  readonly taskId: TaskId | null
  /** How far the task is; null where there is none. */
  readonly taskStatus: ScenarioEscalation['taskStatus']
  readonly reasons: readonly EscalationReason[]
  /** With which people are asked about the scenario; null until that is decided, and in a run without a policy. */
  readonly probability: number | null
}

/** How often a model said what people settled on. */
export interface ModelAgainstPeople {
  readonly agrees: number
  readonly differs: number
  /** It gave no answer: its job failed or was cancelled, or has no value there and the policy leaves such out. */
  readonly failed: number
  /** People could not settle it. */
  readonly undecided: number
  /** Answers that could be compared: agrees + differs. */
  readonly n: number
  /** agrees / n, in [0, 1], or as it is weighed; null where n is 0. */
  readonly accuracy: number | null
  /** That holds the accuracy in 95 of 100 such samples (Wilson's; a weighed one at the effective n); null where n is below 2. */
  readonly interval: Interval | null
}

/** By the model's name. */
export type ModelsAgainstPeople = Readonly<Record<string, ModelAgainstPeople>>

/** The answers of people against those of the models. */
export interface PeopleAgainstModels {
  /** By which outcomes and results are compared; a pointer leads into both. */
  readonly agreeOn: AgreeOn
  readonly tasks: RunEscalation['tasks']
  /** Over all completed tasks: of no sample, so no estimate of the run. */
  readonly settled: ModelsAgainstPeople
  /** The same by each reason that sent a scenario to people. */
  readonly byReason: Readonly<Record<EscalationReason, ModelsAgainstPeople>>
  /** An estimate for all scenarios of the run: each counts by 1 / the probability with which people were asked about it. */
  readonly estimate:
    | { readonly models: ModelsAgainstPeople; readonly tasksOpen: number }
    /** `no_sample`: the policy draws none. `limit_reached`: what its limit left out depends on speed. */
    | { readonly refused: 'no_sample' | 'limit_reached' }
}

/** Compares results with outcomes, read once. */
export async function compareWithPeople(
  { policy, tasks, overLimit }: RunEscalation,
  { agreeOn, comparison }: { readonly agreeOn: AgreeOn; readonly comparison: Comparison },
  models: readonly string[],
  results: AsyncIterable<ResultWithPeople>,
): Promise<PeopleAgainstModels> {
  const ignores = ignoresAbsent(policy)
  const settled = new Tallies(models)
  const weighted = new Tallies(models)
  const byReason = new Map(ESCALATION_REASONS.map((reason) => [reason, new Tallies(models)]))
  let open = 0
  for await (const { model, state, result, outcome, taskStatus, reasons, probability } of results) {
    const isEstimated = reasons.some((reason) => reason !== 'manual') && (probability ?? 0) > 0
    if (taskStatus === 'open' && isEstimated && model === models[0]) open++
    if (taskStatus !== 'completed') continue
    const answer = state === 'completed' ? comparison.answerIn(result) : undefined
    const isMissing = state !== 'completed' || (ignores && isAbsent(answer))
    const kind = kindOf(comparison, outcome, answer, isMissing)
    settled.add(model, kind, 1)
    for (const reason of reasons) byReason.get(reason)?.add(model, kind, 1)
    if (isEstimated) weighted.add(model, kind, 1 / (probability ?? 1))
  }
  const isSampled = policy.when.some(({ type }) => type === 'sample')
  return {
    agreeOn,
    tasks,
    settled: settled.told(),
    byReason: Object.fromEntries([...byReason].map(([reason, tally]) => [reason, tally.told()])) as Record<
      EscalationReason,
      ModelsAgainstPeople
    >,
    estimate: !isSampled
      ? { refused: 'no_sample' }
      : overLimit > 0
        ? { refused: 'limit_reached' }
        : { models: weighted.told(), tasksOpen: open },
  }
}

type Kind = 'agrees' | 'differs' | 'failed' | 'undecided'

function kindOf(
  { outcomeIn, isSame }: Comparison,
  outcome: Json,
  answer: Json | undefined,
  isMissing: boolean,
): Kind {
  const said = outcome === null ? undefined : outcomeIn(outcome)
  if (said === undefined) return 'undecided'
  if (isMissing) return 'failed'
  return isSame(answer, said) ? 'agrees' : 'differs'
}

/** Counts by model, with the weight of what agrees and of what could be compared. */
class Tallies {
  readonly #byModel: Map<
    string,
    { counts: Record<Kind, number>; agreeing: number; compared: number; squares: number }
  >

  constructor(models: readonly string[]) {
    this.#byModel = new Map(
      models.map((model) => [
        model,
        { counts: { agrees: 0, differs: 0, failed: 0, undecided: 0 }, agreeing: 0, compared: 0, squares: 0 },
      ]),
    )
  }

  add(model: string, kind: Kind, weight: number): void {
    const tally = this.#byModel.get(model)
    if (!tally) return
    tally.counts[kind]++
    if (kind === 'agrees') tally.agreeing += weight
    if (kind !== 'agrees' && kind !== 'differs') return
    tally.compared += weight
    tally.squares += weight ** 2
  }

  told(): ModelsAgainstPeople {
    return Object.fromEntries(
      [...this.#byModel].map(([model, { counts, agreeing, compared, squares }]) => {
        const n = counts.agrees + counts.differs
        const accuracy = n > 0 ? agreeing / compared : null
        // Kish's: as many observations of one weight would say as much.
        const effective = n > 0 ? compared ** 2 / squares : 0
        const interval = accuracy !== null && effective >= 2 ? shareInterval(accuracy, 0, effective) : null
        return [model, { ...counts, n, accuracy, interval }]
      }),
    )
  }
}
