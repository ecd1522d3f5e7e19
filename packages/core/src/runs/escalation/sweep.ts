import type { AssignmentDeps, AssignmentStores } from '../../assignment/assignment-deps.ts'
import type { NewTask } from '../../assignment/assignments.ts'
import {
  formIssues,
  openTasks,
  payloadIssues,
  tasksAdded,
  type Way,
} from '../../assignment/task/new-tasks.ts'
import { MusterError, UnavailableError } from '../../errors.ts'
import type { NewFact } from '../../events/event.ts'
import type { TaskId, WorkflowId } from '../../ids.ts'
import type { Issue } from '../../json/json.ts'
import type { Transactions } from '../../transactions.ts'
import { readForms } from '../../workflow/step-forms.ts'
import { decideEscalation, type EscalationDecision } from './decide.ts'
import type { EscalatingRun, EscalationStore, NewDecision, ReadyScenario } from './escalation-store.ts'

/** Scenarios decided in one transaction. */
const BATCH = 200

/** The stores that deciding reads and writes. */
interface SweepStores extends AssignmentStores {
  readonly escalations: EscalationStore
}

/** Dependencies of deciding. */
export interface SweepDeps extends Pick<AssignmentDeps, 'clock' | 'ids' | 'jobTypes' | 'nudge' | 'random'> {
  readonly transactions: Transactions<SweepStores>
}

/** A scenario with what was decided of it. */
interface Judged {
  readonly scenario: ReadyScenario
  readonly decision: EscalationDecision
}

/** The effect of one sweep. */
export interface Swept {
  /** Scenarios that were decided. */
  readonly decided: number
  /** There may be more that are ready. Those that become so meanwhile are none of them: more of them go together later. */
  readonly more: boolean
}

/**
 * Decides what is ready, up to {@link BATCH} scenarios in one transaction. A process that dies in between has decided nothing,
 * and any number may do it at once. A scenario whose task the store does not take is refused: it holds up no other.
 */
export async function sweepEscalations(deps: SweepDeps): Promise<Swept> {
  try {
    return await sweep(deps, BATCH)
  } catch (error) {
    if (error instanceof UnavailableError) throw error
    // One of them may be what the store refuses.
    return sweepOne(deps)
  }
}

/** Sweeps, one after another. Most of the time nothing is ready: then a look at what is needs no transaction. */
export function escalationSweeper(deps: SweepDeps): () => Promise<Swept> {
  let isIdle = false
  return async () => {
    if (isIdle && !(await isAnyReady(deps))) return { decided: 0, more: false }
    const swept = await sweepEscalations(deps)
    isIdle = swept.decided === 0
    return swept
  }
}

async function isAnyReady({ transactions }: SweepDeps): Promise<boolean> {
  return (await transactions.stores.escalations.takeReady(1)).runs.length > 0
}

async function sweepOne(deps: SweepDeps): Promise<Swept> {
  try {
    return await sweep(deps, 1)
  } catch (error) {
    if (!(error instanceof MusterError) || error instanceof UnavailableError) throw error
    const issues = [{ path: 'task', message: `could not be added: ${error.message}` }]
    return deps.transactions.transaction(async ({ escalations }) => {
      const { runs } = await escalations.takeReady(1)
      for (const { run, scenarios } of runs) {
        const refused = scenarios.map((scenario) => {
          const decision = decideEscalation(run.rule, scenario, scenario.results)
          return recordOf({ scenario, decision }, true, issues, undefined)
        })
        await escalations.decide(run.runId, refused, deps.clock.now())
      }
      return { decided: runs.length, more: runs.length > 0 }
    })
  }
}

async function sweep(deps: SweepDeps, batch: number): Promise<Swept> {
  const { jobs, ...swept } = await deps.transactions.transaction(async (stores) => {
    const { runs, more } = await stores.escalations.takeReady(batch)
    const facts: NewFact[] = []
    let [decided, made] = [0, 0]
    for (const { run, scenarios } of runs) {
      const done = await decideOf(deps, stores, run, scenarios)
      facts.push(...done.facts)
      made += done.jobs
      decided += scenarios.length
    }
    if (facts.length > 0) await stores.events.append(facts)
    return { decided, more, jobs: made }
  })
  if (jobs > 0) deps.nudge()
  return swept
}

async function decideOf(
  deps: SweepDeps,
  stores: SweepStores,
  run: EscalatingRun,
  scenarios: readonly ReadyScenario[],
): Promise<{ readonly facts: readonly NewFact[]; readonly jobs: number }> {
  const judged = scenarios.map((scenario): Judged => {
    return { scenario, decision: decideEscalation(run.rule, scenario, scenario.results) }
  })
  const now = deps.clock.now()
  const within = await withinLimit(stores, run, judged)
  const wanted = judged.filter((each) => each.decision.state === 'escalated' && within(each))
  const way = wanted.length === 0 ? undefined : await wayOf(stores, run)
  const refusals = await refusalsOf(deps, way, wanted)
  const tasks = wanted.filter((each) => !refusals.has(each)).map((each) => [each, taskOf(each)] as const)
  const opened =
    way && 'project' in way
      ? openTasks(
          deps,
          way,
          tasks.map(([, task]) => task),
          now,
        )
      : { works: [], jobs: [], facts: [] }
  const taskIds = new Map(tasks.map(([each], index) => [each, opened.works[index]?.task.taskId]))
  if (opened.works.length > 0) await stores.tasks.add(opened.works)
  if (opened.jobs.length > 0) await stores.jobs.add(opened.jobs)
  await stores.escalations.decide(
    run.runId,
    judged.map((each) => recordOf(each, within(each), refusals.get(each), taskIds.get(each))),
    now,
  )
  const added = opened.works.length === 0 ? [] : [tasksAdded(run.projectId, opened.works)]
  return { facts: [...added, ...opened.facts], jobs: opened.jobs.length }
}

/** Says of what is to be escalated whether the policy's limit lets it through. A request by hand passes. */
async function withinLimit(
  { escalations }: SweepStores,
  { runId, rule }: EscalatingRun,
  judged: readonly Judged[],
): Promise<(each: Judged) => boolean> {
  const { limit } = rule.policy
  if (limit === undefined) return () => true
  const automatic = judged.filter(
    ({ scenario, decision }) => decision.state === 'escalated' && !scenario.byHand,
  )
  const left = automatic.length === 0 ? 0 : limit - (await escalations.lockLimited(runId))
  const over = new Set(automatic.slice(Math.max(0, left)))
  return (each) => !over.has(each)
}

/** The workflow of the tasks, or why none can be made. */
async function wayOf(
  { projects, workflows, forms }: SweepStores,
  { projectId, rule }: EscalatingRun,
): Promise<Way | { readonly issues: readonly Issue[] }> {
  const project = await projects.find(projectId)
  const workflowId = (rule.policy.task.workflowId as WorkflowId | undefined) ?? project?.workflowId
  const workflow = workflowId && (await workflows.find(workflowId))
  const { formId = null } = rule
  if (project && workflow)
    return { project, workflow, forms: new Map([[formId, await readForms(forms, workflow, formId)]]) }
  return { issues: [{ path: 'workflowId', message: 'names no workflow, and the project has none' }] }
}

/** Why tasks that were filled cannot be added. */
async function refusalsOf(
  { jobTypes }: SweepDeps,
  way: Awaited<ReturnType<typeof wayOf>> | undefined,
  wanted: readonly Judged[],
): Promise<Map<Judged, readonly Issue[]>> {
  const refusals = new Map<Judged, readonly Issue[]>()
  for (const each of wanted) {
    if (way === undefined) continue
    const issues =
      'issues' in way
        ? way.issues
        : [...(await payloadIssues(taskOf(each), way.workflow, jobTypes)), ...formIssues(taskOf(each), way)]
    if (issues.length > 0) refusals.set(each, issues)
  }
  return refusals
}

function taskOf({ decision }: Judged): NewTask {
  if (decision.state !== 'escalated') throw new TypeError(`A scenario that is ${decision.state} has no task`)
  return decision.task
}

function recordOf(
  { scenario, decision }: Judged,
  isWithin: boolean,
  refusal: readonly Issue[] | undefined,
  taskId: TaskId | undefined,
): NewDecision {
  const { state, reasons, probability } = decision
  const became = state !== 'escalated' ? state : !isWithin ? 'overLimit' : refusal ? 'refused' : 'escalated'
  return {
    place: scenario.place,
    state: became,
    reasons,
    probability,
    order: 'order' in decision ? decision.order : null,
    issues: refusal ?? ('issues' in decision ? decision.issues : null),
    taskId: taskId ?? null,
    isLimited: !scenario.byHand,
  }
}
