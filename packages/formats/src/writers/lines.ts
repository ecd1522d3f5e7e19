import type { Rows, Writing, WrittenRun, WrittenScenario, WrittenTask } from './written.ts'

/** A line for each scenario and model of a run; {@link read} gives scenarios and results of it again. */
export function writeRunLines(run: WrittenRun, scenarios: Rows<WrittenScenario>): Writing {
  async function* text(): AsyncGenerator<string> {
    for await (const { scenarioId, payload, results, outcome } of scenarios) {
      for (const model of run.models) {
        const result = results[model]
        if (!result) continue
        const line = { scenarioId, model, ...result, payload, ...(outcome !== undefined && { outcome }) }
        yield `${JSON.stringify(line)}\n`
      }
    }
  }
  return { text: text(), left: () => [] }
}

/** A line for each scenario, as {@link read} takes them. */
export function writeScenarioLines(
  scenarios: Rows<Pick<WrittenScenario, 'scenarioId' | 'payload'>>,
): Writing {
  async function* text(): AsyncGenerator<string> {
    for await (const { scenarioId, payload } of scenarios)
      yield `${JSON.stringify({ scenarioId, payload })}\n`
  }
  return { text: text(), left: () => [] }
}

/** A line for each task. */
export function writeTaskLines(tasks: Rows<WrittenTask>): Writing {
  async function* text(): AsyncGenerator<string> {
    for await (const { taskId, externalId, payload, submissions, outcome } of tasks)
      yield `${JSON.stringify({ taskId, externalId, payload, submissions, outcome })}\n`
  }
  return { text: text(), left: () => [] }
}
