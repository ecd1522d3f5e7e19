import { isList, isObject, type Json, type JsonObject, wordOf } from '../record.ts'
import { Omissions, type Rows, type Writing, type WrittenRun, type WrittenScenario } from './written.ts'

/** Members of a payload that a sample has a place for. */
const OF_SAMPLE = ['input', 'target', 'choices', 'metadata']

/** One model's results as a log of Inspect, `.json` of version 2. A scenario is a sample; `id#2` is epoch 2 of `id`. */
export function writeInspect(run: WrittenRun, model: string, scenarios: Rows<WrittenScenario>): Writing {
  const left = new Omissions()
  async function* text(): AsyncGenerator<string> {
    const head = {
      version: 2,
      status: 'success',
      eval: {
        eval_id: `${run.runId}-${model}`,
        run_id: run.runId,
        created: run.createdAt,
        task: run.name,
        task_id: run.runId,
        task_version: 0,
        task_attribs: {},
        task_args: {},
        dataset: { name: run.name, shuffled: false },
        model,
        model_args: {},
        config: {},
        packages: {},
        metadata: { muster: run.about },
      },
      plan: { name: 'plan', steps: [], config: {} },
    }
    yield `${JSON.stringify(head).slice(0, -1)},"samples":[`
    const ids = new Set<string>()
    let count = 0
    let completed = 0
    for await (const scenario of scenarios) {
      const given = scenario.results[model]
      if (!given) continue
      if (given.state === 'cancelled') {
        left.add('cancelled jobs', 'Inspect has no such sample')
        continue
      }
      ids.add(scenario.scenarioId)
      if (given.state === 'completed') completed++
      yield `${count++ > 0 ? ',' : ''}\n${JSON.stringify(sampleOf(scenario, given.result, given.error, model, ids))}`
    }
    const results = { total_samples: count, completed_samples: completed, scores: [] }
    const stats = { started_at: run.createdAt, completed_at: run.createdAt, model_usage: {} }
    yield `\n],"results":${JSON.stringify(results)},"stats":${JSON.stringify(stats)}}\n`
  }
  return { text: text(), left: () => left.list() }
}

function sampleOf(
  { scenarioId, payload, outcome }: WrittenScenario,
  result: Json,
  error: { readonly code: string; readonly message: string } | null,
  model: string,
  ids: ReadonlySet<string>,
): JsonObject {
  const own = isObject(payload) ? payload : {}
  const { input, target, choices, metadata } = own
  const [, base, number] = /^([\s\S]+)#([1-9]\d*)$/.exec(scenarioId) ?? []
  const isRepeat = base !== undefined && ids.has(base)
  const hasOthers = !isObject(payload) || Object.keys(payload).some((key) => !OF_SAMPLE.includes(key))
  const told = isObject(result) ? result : {}
  const output = Object.hasOwn(told, 'output') ? (told['output'] ?? null) : result
  return {
    id: isRepeat ? base : scenarioId,
    epoch: isRepeat ? Number(number) : 1,
    input: typeof input === 'string' || isList(input) ? input : wordOf(input ?? payload),
    target: typeof target === 'string' || isList(target) ? target : target == null ? '' : wordOf(target),
    ...(isList(choices) && { choices }),
    messages: [],
    output: {
      model,
      choices: error
        ? []
        : [
            {
              message: { role: 'assistant', content: wordOf(output), source: 'generate' },
              stop_reason: 'stop',
            },
          ],
      completion: error ? '' : wordOf(output),
    },
    ...(!error && { scores: { ...scoresOf(told), ...(outcome != null && { people: { value: outcome } }) } }),
    metadata: {
      ...(isObject(metadata) && metadata),
      ...(hasOthers && { muster: { payload } }),
    },
    ...(error && {
      error: { message: error.message, traceback: error.code, traceback_ansi: error.code },
    }),
  }
}

/** Scores as they came from Inspect, else the score or the verdict of the result. */
function scoresOf(told: JsonObject): JsonObject {
  const { scores, score, pass } = told
  if (isObject(scores))
    return Object.fromEntries(
      Object.entries(scores).map(([name, given]) => {
        if (!isObject(given)) return [name, { value: given }]
        const { value = null, answer, explanation } = given
        return [
          name,
          {
            value,
            ...(answer !== undefined && { answer }),
            ...(explanation !== undefined && { explanation }),
          },
        ]
      }),
    )
  if (typeof score === 'number') return { score: { value: score } }
  return typeof pass === 'boolean' ? { pass: { value: pass ? 'C' : 'I' } } : {}
}
