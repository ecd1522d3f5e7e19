import {
  ConflictError,
  NotFoundError,
  RunStateError,
  ValidationError,
  VersionConflictError,
} from '../../errors.ts'
import type { Form } from '../../forms/form.ts'
import { type FormId, isUuid, type ProjectId, type RunId, type WorkflowId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import type { RunResult } from '../../jobs/job.ts'
import { pathOf } from '../../json/json.ts'
import { page } from '../../paging.ts'
import type { Run } from '../run.ts'
import type { RunDeps, RunStores } from '../run-deps.ts'
import { runResults } from '../run-results.ts'
import { samplePlaces } from '../sampling.ts'
import { type ComparedQuestion, comparedQuestion, comparisonOf } from './comparison.ts'
import { comparisonIn, decideEscalation, type EscalationRule } from './decide.ts'
import { sampleEnds } from './draw.ts'
import type { ScenarioEscalation } from './escalation-store.ts'
import type { EscalationPreview, EscalationUseCases } from './escalations.ts'
import { compareWithPeople } from './people.ts'
import { ESCALATION_REASONS, type EscalationPolicy, type EscalationReason } from './policy.ts'
import { byHand, escalationPolicy, escalationStates, peopleFilter } from './policy-input.ts'
import { byScenario, resultsWithPeople } from './results-with-people.ts'

interface Deps extends Pick<RunDeps, 'transactions' | 'nudgeDeciding'> {
  /** @throws NotFoundError */
  readonly get: (runId: RunId) => Promise<Run>
}

/** Sending scenarios of runs to people. */
export function escalationUseCases(deps: Deps): EscalationUseCases {
  const { transactions, nudgeDeciding, get } = deps
  const { stores } = transactions

  const resultsOf = (runId: RunId) => resultsWithPeople(stores, runId)

  return {
    ...policyMoves(deps),

    async escalation(runId) {
      const run = await get(runId)
      if (!run.escalation) throw withoutPolicy(run)
      return run.escalation
    },

    async escalateByHand(runId, scenarioIds) {
      const wanted = parse(byHand, scenarioIds, ['scenarioIds'])
      const asked = await transactions.transaction(async (locked) => {
        demandPolicy(await found(locked, runId))
        const states = await locked.escalations.ask(runId, wanted)
        const unknown = new Set(states.filter(({ state }) => !state).map(({ scenarioId }) => scenarioId))
        if (unknown.size > 0) {
          throw new ValidationError(
            wanted.flatMap((scenarioId, index) =>
              unknown.has(scenarioId)
                ? [{ path: `scenarioIds[${index}]`, message: `is no scenario of the run: ${scenarioId}` }]
                : [],
            ),
          )
        }
        return locked.escalations.findMany(runId, wanted)
      })
      nudgeDeciding()
      const byId = new Map(asked.map((each) => [each.scenarioId, each]))
      return wanted.flatMap((scenarioId) => byId.get(scenarioId) ?? [])
    },

    async escalations(runId, { state }, request) {
      const states = parse(escalationStates, state, ['state'])
      demandPolicy(await get(runId))
      const { items, nextCursor } = await page(
        request,
        ['run escalations', runId, states ?? null],
        ({ place }: ScenarioEscalation & { readonly place: number }) => ({ place }),
        (slice) => stores.escalations.list(runId, states, slice),
      )
      return { items: items.map(({ place: _place, ...item }) => item), nextCursor }
    },

    async *resultsWithPeople(runId) {
      await get(runId)
      yield* resultsOf(runId)
    },

    async againstPeople(runId, filter = {}) {
      const wanted = parse(peopleFilter, filter)
      const run = await get(runId)
      if (!run.escalation) throw withoutPolicy(run)
      const by = await comparedBy(stores, runId, wanted.agreeOn)
      if (by === undefined) {
        const message = 'is required: no condition of the policy says what answers are compared by'
        throw new ValidationError([{ path: 'agreeOn', message }])
      }
      return compareWithPeople(run.escalation, by, run.config.models, resultsOf(runId))
    },
  }
}

/** Giving a run a policy, changing it, and trying one out. */
function policyMoves({
  transactions,
  nudgeDeciding,
  get,
}: Deps): Pick<EscalationUseCases, 'changeEscalation' | 'escalate' | 'previewEscalation'> {
  const { stores } = transactions

  /** Acts on a run that stands still meanwhile. */
  const onLockedRun = <T>(runId: RunId, act: (stores: RunStores, run: Run) => Promise<T>): Promise<T> =>
    transactions.transaction(async (locked) => {
      const run = await locked.runs.lock(runId)
      if (!run) throw new NotFoundError('run', runId)
      return act(locked, run)
    })

  const read = async (runId: RunId, given: EscalationPolicy) => {
    const policy = parse(escalationPolicy, given)
    const run = await get(runId)
    await checkPolicy(stores, run.projectId, policy)
    return { policy, run, places: await placesOf(stores, run, policy) }
  }

  return {
    async changeEscalation(runId, given, ifVersion) {
      const { policy, places } = await read(runId, given)
      return onLockedRun(runId, async (locked, run) => {
        if (ifVersion !== undefined && ifVersion !== run.version) {
          throw new VersionConflictError(`The run is at version ${run.version}`, { version: run.version })
        }
        demandPolicy(run)
        await locked.escalations.change(runId, await ruleOf(locked, run, places, policy))
        return (await locked.runs.find(runId)) ?? run
      })
    },

    async escalate(runId, given) {
      const { policy, places } = await read(runId, given)
      const after = await onLockedRun(runId, async (locked, run) => {
        demandEnd(run)
        if (run.escalation) {
          throw new ConflictError('The run has a policy already: change it, or ask for scenarios by hand', {
            runId,
          })
        }
        await locked.escalations.add(runId, await ruleOf(locked, run, places, policy))
        return (await locked.runs.find(runId)) ?? run
      })
      nudgeDeciding()
      return after
    },

    async previewEscalation(runId, given) {
      const { policy, places, run } = await read(runId, given)
      demandEnd(run)
      const rule = await ruleOf(stores, run, places, policy)
      return previewOf(rule, runResults(stores.runs, runId), run.config.models.length * run.config.repeats)
    },
  }
}

/** The caller's pointer, else the policy's first condition that compares, to hold outcomes and results against each other. */
async function comparedBy(
  { escalations }: Pick<RunStores, 'escalations'>,
  runId: RunId,
  pointer: string | undefined,
): Promise<Parameters<typeof compareWithPeople>[1] | undefined> {
  if (pointer !== undefined) return { agreeOn: pointer, comparison: comparisonOf(pointer, null) }
  const rule = (await escalations.find(runId))?.rule
  const condition = rule?.policy.when.find(({ type }) => type === 'disagreement')
  const comparison = rule && comparisonIn(rule)
  return condition?.type === 'disagreement' && comparison
    ? { agreeOn: condition.agreeOn, comparison }
    : undefined
}

/** The questions of forms that the policy's conditions compare by. @throws ValidationError with the path behind `at` */
async function comparedIn(
  { forms }: Pick<RunStores, 'forms'>,
  { when }: EscalationPolicy,
  at: readonly PropertyKey[],
): Promise<(ComparedQuestion | null)[]> {
  const refuse = (index: number, field: string, message: string): never => {
    throw new ValidationError([{ path: pathOf([...at, 'when', index, 'agreeOn', field]), message }])
  }
  const compared: (ComparedQuestion | null)[] = []
  for (const [index, condition] of when.entries()) {
    if (condition.type !== 'disagreement' || typeof condition.agreeOn === 'string') {
      compared.push(null)
      continue
    }
    const { form: named, question } = condition.agreeOn
    const form = await namedForm(forms, named)
    if (!form) return refuse(index, 'form', `names no form: ${named}`)
    const found = comparedQuestion(form, question)
    compared.push(found ?? refuse(index, 'question', `names no question of the form: ${question}`))
  }
  return compared
}

/** A form by its id, or the newest version of that name. */
function namedForm(forms: RunStores['forms'], named: string): Promise<Form | undefined> {
  return isUuid(named) ? forms.find(named as FormId) : forms.findLatest(named)
}

/** The form of the tasks that a policy makes; null: they have none of their own. @throws ValidationError with the path behind `at` */
async function formOfTasks(
  { forms }: Pick<RunStores, 'forms'>,
  { task: { form: named } }: EscalationPolicy,
  at: readonly PropertyKey[],
): Promise<FormId | null> {
  if (named === undefined) return null
  const form = await namedForm(forms, named)
  if (form !== undefined) return form.formId
  throw new ValidationError([{ path: pathOf([...at, 'task', 'form']), message: `names no form: ${named}` }])
}

/** That the tasks of a policy have a workflow to go through, and its forms exist. @throws ValidationError with the path behind `at` */
export async function checkPolicy(
  { projects, workflows, forms }: Pick<RunStores, 'projects' | 'workflows' | 'forms'>,
  projectId: ProjectId,
  policy: EscalationPolicy | undefined,
  at: readonly PropertyKey[] = [],
): Promise<void> {
  if (policy === undefined) return
  await comparedIn({ forms }, policy, at)
  await formOfTasks({ forms }, policy, at)
  const { workflowId } = policy.task
  const isThere =
    workflowId === undefined
      ? (await projects.find(projectId))?.workflowId
      : await workflows.find(workflowId as WorkflowId)
  if (isThere) return
  const message =
    workflowId === undefined
      ? 'is required: the project has no workflow for tasks to go through'
      : 'names no workflow'
  throw new ValidationError([{ path: pathOf([...at, 'task', 'workflowId']), message }])
}

/** A policy with what is decided once for all scenarios of the run. */
export async function ruleOf(
  { definitions, forms }: Pick<RunStores, 'definitions' | 'forms'>,
  { config, definitionId }: Pick<Run, 'config' | 'definitionId'>,
  places: readonly number[] | null,
  policy: EscalationPolicy,
): Promise<EscalationRule> {
  const { sampleSeed } = config
  const compared = await comparedIn({ forms }, policy, [])
  const formId = await formOfTasks({ forms }, policy, [])
  const rule = { policy, sampleSeed, compared, formId }
  if (!hasCount(policy)) return { ...rule, sampleEnds: policy.when.map(() => null) }
  const all = await definitions.scenarioIds(definitionId)
  const ids = places ? places.map((place) => all[place - 1] as string) : all
  return { ...rule, sampleEnds: sampleEnds(policy, ids) }
}

function hasCount({ when }: EscalationPolicy): boolean {
  return when.some((condition) => condition.type === 'sample' && condition.count !== undefined)
}

/** Places of the run's scenarios, where the policy needs to know them; null: all of its definition. */
async function placesOf(
  { definitions }: RunStores,
  run: Run,
  policy: EscalationPolicy,
): Promise<readonly number[] | null> {
  const { samplePercentage, sampleSeed } = run.config
  if (!hasCount(policy) || samplePercentage === 100) return null
  return samplePlaces(await definitions.scenarioIds(run.definitionId), samplePercentage, sampleSeed)
}

async function found({ runs }: RunStores, runId: RunId): Promise<Run> {
  const run = await runs.find(runId)
  if (!run) throw new NotFoundError('run', runId)
  return run
}

function demandPolicy(run: Run): void {
  if (!run.escalation) throw withoutPolicy(run)
}

function withoutPolicy({ runId }: Run): ConflictError {
  return new ConflictError('The run has no policy of escalation: it can be given one when it has ended', {
    runId,
  })
}

function demandEnd({ status }: Run): void {
  if (status !== 'completed' && status !== 'cancelled') throw new RunStateError('be escalated', status)
}

async function previewOf(
  rule: EscalationRule,
  results: AsyncIterable<RunResult>,
  models: number,
): Promise<EscalationPreview> {
  const counts = { scenarios: 0, escalated: 0, kept: 0, overLimit: 0, refused: 0, notDecided: 0 }
  const byReason = Object.fromEntries(ESCALATION_REASONS.map((reason) => [reason, 0])) as Record<
    EscalationReason,
    number
  >
  for await (const [first, ...others] of byScenario(results)) {
    if (!first) continue
    counts.scenarios++
    // Of a run that was cancelled a job may still be at work: its scenario is not decided.
    const whole = others.length + 1 === models
    const { scenarioId, payload } = first
    const decision =
      whole && decideEscalation(rule, { scenarioId, payload, byHand: false }, [first, ...others])
    if (!decision) counts.notDecided++
    else if (decision.state !== 'escalated') counts[decision.state]++
    else if (counts.escalated === rule.policy.limit) counts.overLimit++
    else {
      counts.escalated++
      for (const reason of decision.reasons) byReason[reason]++
    }
  }
  return { ...counts, byReason }
}
