import type { ProjectId, RunId, RunResult } from '@muster/core'
import { decideEscalation, ESCALATION_STATES, type ScenarioResult } from '@muster/core/escalation'
import type { Fact } from '@muster/core/feed'
import type { Muster } from '@muster/host'
import type { Violation } from '../findings.ts'

const PAGE = 200
const FACTS = 1_000

/** Every way in which what was decided of the run, all of it, differs from what the pure function says of its results. */
export async function findViolations(
  muster: Muster,
  projectId: ProjectId,
  runId: RunId,
): Promise<readonly Violation[]> {
  const found: Violation[] = []
  const { escalations } = muster.persistence.stores
  const rule = (await escalations.find(runId))?.rule
  if (!rule) throw new Error(`Run ${runId} has no policy`)
  const results = await resultsOf(muster, runId)
  const rows = await escalations.list(runId, undefined, { limit: results.size + 1 })
  const tasks = await tasksOf(muster, projectId)
  const wanted = new Set<string>()
  for (const { scenarioId, state, reasons, probability, taskId } of rows) {
    const given = results.get(scenarioId) ?? []
    const scenario = { scenarioId, payload: given[0]?.payload ?? null, byHand: false }
    const decision = decideEscalation(rule, scenario, given as readonly ScenarioResult[])
    const says = JSON.stringify([decision.state, decision.reasons, decision.probability])
    const is = JSON.stringify([state, reasons, probability])
    if (says !== is)
      found.push({ rule: 'a decision is that of its results', what: `${scenarioId}: ${is}, not ${says}` })
    if (taskId === null) continue
    wanted.add(taskId)
    const payload = 'task' in decision ? JSON.stringify(decision.task.payload) : undefined
    if (tasks.get(taskId) !== payload) {
      found.push({
        rule: 'a scenario has the task of its results',
        what: `${scenarioId}: ${tasks.get(taskId)}`,
      })
    }
  }
  if (rows.length !== results.size) {
    found.push({ rule: 'every scenario is decided', what: `${rows.length} of ${results.size}` })
  }
  for (const taskId of tasks.keys()) {
    if (!wanted.has(taskId)) found.push({ rule: 'a task is of one scenario', what: taskId })
  }
  const told = (await factsOf(muster, projectId)).flatMap((fact) =>
    fact.type === 'task_added' ? [fact.data.count] : [],
  )
  const count = told.reduce((sum, one) => sum + one, 0)
  if (count !== wanted.size)
    found.push({ rule: 'facts tell of each task once', what: `${count} of ${wanted.size}` })
  const counts = (await muster.runs.get(runId)).escalation
  for (const state of ESCALATION_STATES) {
    const recount = rows.filter((row) => row.state === state).length
    if (counts?.[state] !== recount) {
      found.push({ rule: 'counts equal a recount', what: `${state}: ${counts?.[state]}, not ${recount}` })
    }
  }
  return found
}

/** Results by scenario, in the order of the models. */
async function resultsOf({ runs }: Muster, runId: RunId): Promise<Map<string, RunResult[]>> {
  const all: RunResult[] = []
  for await (const result of runs.results(runId)) all.push(result)
  return Map.groupBy(all, ({ scenarioId }) => scenarioId)
}

/** What each task shows, by its id. */
async function tasksOf({ tasks }: Muster, projectId: ProjectId): Promise<Map<string, string>> {
  const all = new Map<string, string>()
  let cursor: string | undefined
  do {
    const page = await tasks.list(projectId, {}, { limit: PAGE, cursor })
    for (const { taskId, payload } of page.items) all.set(taskId, JSON.stringify(payload))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return all
}

async function factsOf({ persistence }: Muster, projectId: ProjectId): Promise<readonly Fact[]> {
  const all: Fact[] = []
  for (;;) {
    const some = await persistence.stores.events.read(projectId, all.at(-1)?.seq ?? 0, FACTS)
    all.push(...some)
    if (some.length < FACTS) return all
  }
}
