import { newTask } from '../../assignment/assignment-input.ts'
import type { NewTask } from '../../assignment/assignments.ts'
import type { FormId } from '../../ids.ts'
import { type Issue, type Json, pathOf, valueAt } from '../../json/json.ts'
import { type ComparedQuestion, type Comparison, comparisonOf } from './comparison.ts'
import { drawnOrder, fractionOf, isWithin, type SampleEnd, sampleDigest } from './draw.ts'
import {
  ESCALATION_REASONS,
  type EscalationCondition,
  type EscalationPolicy,
  type EscalationReason,
} from './policy.ts'
import { fill } from './template.ts'

/** How a job of a scenario ended. */
export interface ScenarioResult {
  readonly model: string
  readonly state: 'completed' | 'failed' | 'cancelled'
  /** null unless completed. */
  readonly result: Json
  readonly error: { readonly code: string; readonly message: string } | null
}

/** A scenario whose jobs have all ended. */
export interface SettledScenario {
  readonly scenarioId: string
  readonly payload: Json
  /** Somebody asked for it by hand. */
  readonly byHand: boolean
}

/** A policy with what is decided once for the whole run. */
export interface EscalationRule {
  readonly policy: EscalationPolicy
  /** The run's: the order of what people see is drawn from it. */
  readonly sampleSeed: number
  /** See `sampleEnds`. */
  readonly sampleEnds: readonly (SampleEnd | null)[]
  /** The questions that answers are compared by, by the place of their condition in `when`; null, or missing, at the others. */
  readonly compared?: readonly (ComparedQuestion | null)[] | undefined
  /** The form of the tasks that are made; null, or missing: none of their own. */
  readonly formId?: FormId | null | undefined
}

/** How the policy's first condition that compares answers does so; undefined if none does. */
export function comparisonIn({
  policy,
  compared,
}: Pick<EscalationRule, 'policy' | 'compared'>): Comparison | undefined {
  for (const [index, condition] of policy.when.entries()) {
    if (condition.type === 'disagreement') return comparisonOf(condition.agreeOn, compared?.[index] ?? null)
  }
  return undefined
}

/** Whether the policy leaves out what says nothing, where it compares answers. */
export function ignoresAbsent({ when }: Pick<EscalationPolicy, 'when'>): boolean {
  return when.some((each) => each.type === 'disagreement' && each.absent === 'ignored')
}

/** The fate of a scenario, and why. */
export type EscalationDecision = {
  /** All that hold, in the order of `ESCALATION_REASONS`. */
  readonly reasons: readonly EscalationReason[]
  /** With which people are asked about this scenario whatever the others are: 1 if its answers alone decide, else that of the samples. */
  readonly probability: number
} & (
  | { readonly state: 'kept' | 'notDecided' }
  /** `order`: the models' places, from 0, in the order in which people see what they said. */
  | { readonly state: 'escalated'; readonly order: readonly number[]; readonly task: NewTask }
  | { readonly state: 'refused'; readonly order: readonly number[]; readonly issues: readonly Issue[] }
)

/**
 * Decides from the results of a scenario's jobs, in the order of the run's models, whether people look at it, and as what. A scenario of which a job
 * was cancelled is not decided, unless somebody asks for it. The same arguments give the same decision, on every machine.
 */
export function decideEscalation(
  rule: EscalationRule,
  scenario: SettledScenario,
  results: readonly ScenarioResult[],
): EscalationDecision {
  const { when } = rule.policy
  const isWhole = results.every(({ state }) => state !== 'cancelled')
  if (!isWhole && !scenario.byHand) return { state: 'notDecided', reasons: [], probability: 0 }
  const found = new Set<EscalationReason>()
  for (const [index, condition] of when.entries()) {
    const end = rule.sampleEnds[index] ?? null
    if (isWhole && holds(condition, scenario.scenarioId, results, end, rule.compared?.[index] ?? null)) {
      found.add(condition.type)
    }
  }
  const isCertain = found.size > (found.has('sample') ? 1 : 0)
  const probability = isCertain ? 1 : isWhole ? sampleProbability(rule) : 0
  if (scenario.byHand) found.add('manual')
  const reasons = ESCALATION_REASONS.filter((reason) => found.has(reason))
  if (reasons.length === 0) return { state: 'kept', reasons, probability }
  const order = drawnOrder(rule.sampleSeed, scenario.scenarioId, results.length)
  const made = taskOf(rule, scenario, results, order)
  return 'task' in made
    ? { state: 'escalated', reasons, probability, order, task: made.task }
    : { state: 'refused', reasons, probability, order, issues: made.issues }
}

function holds(
  condition: EscalationCondition,
  scenarioId: string,
  results: readonly ScenarioResult[],
  end: SampleEnd | null,
  compared: ComparedQuestion | null,
): boolean {
  switch (condition.type) {
    case 'disagreement':
      return disagrees(condition, comparisonOf(condition.agreeOn, compared), results)
    case 'failure':
      return (condition.of ?? 'any') === 'any'
        ? results.some(({ state }) => state === 'failed')
        : results.every(({ state }) => state === 'failed')
    case 'score':
      return isBelow(condition, results)
    case 'sample': {
      const digest = sampleDigest(condition.seed, scenarioId)
      if (condition.probability !== undefined) return fractionOf(digest) < condition.probability
      return end !== null && isWithin(end, scenarioId, digest)
    }
  }
}

/** Whether a result says nothing at its pointer: nothing is there, or null. */
export function isAbsent(answer: Json | undefined): boolean {
  return answer === undefined || answer === null
}

/** A failed job has no answer: it neither agrees nor disagrees. */
function disagrees(
  { minModels = 2, absent = 'differs' }: Extract<EscalationCondition, { readonly type: 'disagreement' }>,
  { answerIn, isSame }: Comparison,
  results: readonly ScenarioResult[],
): boolean {
  const answers = results.flatMap(({ state, result }) => {
    if (state !== 'completed') return []
    const answer = answerIn(result)
    return absent === 'ignored' && isAbsent(answer) ? [] : [answer]
  })
  // Two may each be near enough to a third, and not to each other.
  return (
    answers.length >= minModels &&
    answers.some((one, place) => answers.slice(place + 1).some((other) => !isSame(one, other)))
  )
}

function isBelow(
  { at, below, of = 'any' }: Extract<EscalationCondition, { readonly type: 'score' }>,
  results: readonly ScenarioResult[],
): boolean {
  const scores = results.flatMap(({ state, result }) => {
    const score = state === 'completed' ? valueAt(result, at) : undefined
    return typeof score === 'number' ? [score] : []
  })
  if (scores.length === 0) return false
  if (of === 'any') return scores.some((score) => score < below)
  if (of === 'all') return scores.every((score) => score < below)
  return scores.reduce((sum, score) => sum + score, 0) / scores.length < below
}

/** That of being in any of the samples: those of one seed lie one inside the other, those of several seeds know nothing of each other. */
function sampleProbability({ policy: { when }, sampleEnds }: EscalationRule): number {
  const bySeed = new Map<number, number>()
  for (const [index, condition] of when.entries()) {
    if (condition.type !== 'sample') continue
    const share = condition.probability ?? sampleEnds[index]?.share ?? 0
    bySeed.set(condition.seed, Math.max(bySeed.get(condition.seed) ?? 0, share))
  }
  let left = 1
  for (const share of bySeed.values()) left *= 1 - share
  return 1 - left
}

/** The task that a scenario becomes, or why it cannot. */
function taskOf(
  { policy, sampleSeed, compared, formId }: EscalationRule,
  scenario: SettledScenario,
  results: readonly ScenarioResult[],
  order: readonly number[],
): { readonly task: NewTask } | { readonly issues: readonly Issue[] } {
  const { payload, requiredSkills, gold, priority } = policy.task
  const comparison = comparisonIn({ policy, compared }) ?? comparisonOf('', null)
  const data = dataOf({ policy, sampleSeed, comparison }, scenario, results, order)
  const parts = Object.entries({ payload, requiredSkills, gold }).flatMap(([name, template]) =>
    template === undefined ? [] : [[name, fill(template, data, [name])] as const],
  )
  const missing = parts.flatMap(([, part]) => part.missing)
  if (missing.length > 0) return { issues: missing }
  const filled = Object.fromEntries(parts.map(([name, { value }]) => [name, value]))
  if (filled['payload'] === undefined) {
    return { issues: [{ path: 'payload', message: 'is empty: its pointer leads nowhere' }] }
  }
  const parsed = newTask.safeParse({ ...filled, priority, ...(formId != null && { formId }) })
  if (parsed.success) return { task: parsed.data }
  return { issues: parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })) }
}

/** The document that the pointers of templates lead into. */
function dataOf(
  {
    policy,
    sampleSeed,
    comparison: { answerIn, isSame },
  }: { readonly policy: EscalationPolicy; readonly sampleSeed: number; readonly comparison: Comparison },
  { scenarioId, payload }: SettledScenario,
  results: readonly ScenarioResult[],
  order: readonly number[],
): Json {
  const answers = results.map(({ state, result }) => (state === 'completed' ? answerIn(result) : undefined))
  const isIgnored = ignoresAbsent(policy) ? isAbsent : (answer: Json | undefined) => answer === undefined
  const distinct = answers.filter(
    (answer, index) => !isIgnored(answer) && answers.findIndex((other) => isSame(other, answer)) === index,
  ) as Json[]
  const shown = order.map((place) => {
    const answer = answers[place]
    return toldResult(results[place] as ScenarioResult, {
      told: answer === undefined ? {} : { answer },
      revealsModel: policy.revealModels === true,
    })
  })
  const candidates = drawnOrder(sampleSeed, scenarioId, distinct.length).map(
    (place) => distinct[place] as Json,
  )
  return { scenario: { scenarioId, payload }, results: shown, candidates }
}

/** A result as pointers of templates lead into it: the model's name is out of reach unless it is revealed. */
export function toldResult(
  { model, state, result, error }: ScenarioResult,
  {
    told = {},
    revealsModel,
  }: { readonly told?: Readonly<Record<string, Json>>; readonly revealsModel: boolean },
): Readonly<Record<string, Json>> {
  return {
    ...(state === 'completed' ? { result } : {}),
    ...told,
    ...(error === null || state === 'completed'
      ? {}
      : { error: { code: error.code, message: error.message } }),
    ...(revealsModel ? { model } : {}),
  }
}
