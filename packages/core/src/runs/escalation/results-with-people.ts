import type { RunId } from '../../ids.ts'
import type { RunResult } from '../../jobs/job.ts'
import { runResults } from '../run-results.ts'
import type { RunStore } from '../run-store.ts'
import type { EscalationStore, ScenarioEscalation } from './escalation-store.ts'
import type { ResultWithPeople } from './people.ts'

/** Scenarios read from the store at a time. */
const BATCH = 500

interface Stores {
  readonly runs: Pick<RunStore, 'listResults'>
  readonly escalations: Pick<EscalationStore, 'list'>
}

/** Each result of a run with what people said of its scenario: both come by place, so neither is held in memory. */
export async function* resultsWithPeople(
  { runs, escalations }: Stores,
  runId: RunId,
): AsyncGenerator<ResultWithPeople, void> {
  const scenarios = said(escalations, runId)
  let here: ScenarioEscalation | undefined
  for await (const result of runResults(runs, runId)) {
    while (here?.scenarioId !== result.scenarioId) {
      const next = await scenarios.next()
      if (next.done === true) break
      here = next.value
    }
    const is = here?.scenarioId === result.scenarioId ? here : undefined
    const { outcome = null, taskId = null, taskStatus = null, reasons = [], probability = null } = is ?? {}
    yield { ...result, outcome, taskId, taskStatus, reasons, probability }
  }
}

/** Results that come by scenario, together. */
export async function* byScenario<Result extends RunResult>(
  results: AsyncIterable<Result>,
): AsyncGenerator<Result[], void> {
  let together: Result[] = []
  for await (const result of results) {
    if (together[0] && together[0].scenarioId !== result.scenarioId) {
      yield together
      together = []
    }
    together.push(result)
  }
  if (together.length > 0) yield together
}

/** The knowledge of each scenario, by place. */
async function* said(
  escalations: Pick<EscalationStore, 'list'>,
  runId: RunId,
): AsyncGenerator<ScenarioEscalation, void> {
  let after: { readonly place: number } | undefined
  for (;;) {
    const rows = await escalations.list(runId, undefined, { limit: BATCH, after })
    if (rows.length === 0) return
    yield* rows
    after = rows.at(-1)
  }
}
