import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject, wordOf } from '../record.ts'
import {
  Omissions,
  type Rows,
  type Writing,
  type WrittenResult,
  type WrittenRun,
  type WrittenScenario,
} from './written.ts'

const NO_TOKENS = {
  prompt: 0,
  completion: 0,
  cached: 0,
  total: 0,
  numRequests: 0,
  completionDetails: {
    reasoning: 0,
    acceptedPrediction: 0,
    rejectedPrediction: 0,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
  },
}

/** What one model's results add up to, as promptfoo keeps it beside the prompt. */
interface Metrics {
  score: number
  passes: number
  fails: number
  errors: number
  readonly named: Map<string, { readonly sum: number; readonly count: number }>
}

/** Results as promptfoo's own JSON of version 3: a model is a prompt, a scenario a test. */
export function writePromptfoo(run: WrittenRun, scenarios: Rows<WrittenScenario>): Writing {
  const left = new Omissions()
  const metrics = run.models.map(
    (): Metrics => ({ score: 0, passes: 0, fails: 0, errors: 0, named: new Map() }),
  )
  async function* text(): AsyncGenerator<string> {
    const evalId = `eval-muster-${run.runId}`
    yield `{"evalId":${JSON.stringify(evalId)},"results":{"version":3,"timestamp":${JSON.stringify(run.createdAt)},"results":[`
    const names = new Set<string>()
    let testIdx = 0
    let isFirst = true
    for await (const scenario of scenarios) {
      const vars = varsOf(scenario.payload)
      for (const name of Object.keys(vars)) names.add(name)
      for (const [promptIdx, model] of run.models.entries()) {
        const given = scenario.results[model]
        if (!given) continue
        if (given.state === 'cancelled') {
          left.add('cancelled jobs', 'promptfoo has no such result')
          continue
        }
        const row = rowOf(run, scenario, given, { testIdx, promptIdx, model, vars }, left)
        count(metrics[promptIdx], row)
        yield `${isFirst ? '' : ','}\n${JSON.stringify(row)}`
        isFirst = false
      }
      testIdx++
    }
    const sum = (of: (one: Metrics) => number): number => metrics.reduce((total, one) => total + of(one), 0)
    const stats = {
      successes: sum(({ passes }) => passes),
      failures: sum(({ fails }) => fails),
      errors: sum(({ errors }) => errors),
      tokenUsage: NO_TOKENS,
    }
    const prompts = run.models.map((model, index) => promptOf(model, metrics[index]))
    yield `\n],"prompts":${JSON.stringify(prompts)},"stats":${JSON.stringify(stats)}},`
    const config = { description: run.name, prompts: run.models, providers: run.models, tests: [] }
    const about = { muster: { runId: run.runId, ...run.about } }
    yield `"config":${JSON.stringify(config)},"shareableUrl":null,"metadata":${JSON.stringify(about)},"vars":${JSON.stringify([...names])}}\n`
  }
  return { text: text(), left: () => left.list() }
}

/** The members of a payload, as text; a payload that came from promptfoo has them as `vars`. */
function varsOf(payload: Json): Readonly<Record<string, string>> {
  const members = isObject(payload) ? (isObject(payload['vars']) ? payload['vars'] : payload) : { payload }
  return Object.fromEntries(
    Object.entries(members)
      .filter(([name]) => name !== '_source')
      .map(([name, value]) => [name, wordOf(value)]),
  )
}

function rowOf(
  run: WrittenRun,
  { scenarioId, payload, outcome }: WrittenScenario,
  { state, result, error }: WrittenResult,
  at: {
    readonly testIdx: number
    readonly promptIdx: number
    readonly model: string
    readonly vars: Readonly<Record<string, string>>
  },
  left: Omissions,
): JsonObject {
  const { testIdx, promptIdx, model, vars } = at
  const told = isObject(result) ? result : {}
  const output = Object.hasOwn(told, 'output') ? (told['output'] ?? null) : result
  const isFailed = state === 'failed'
  const verdict = typeof told['pass'] === 'boolean' ? told['pass'] : undefined
  if (!isFailed && verdict === undefined)
    left.add('that there is no verdict', 'promptfoo knows pass and fail alone: it is a pass')
  const isPassed = !isFailed && verdict !== false
  const score = typeof told['score'] === 'number' ? told['score'] : isPassed ? 1 : 0
  const namedScores = isObject(told['namedScores']) ? told['namedScores'] : {}
  const checks = Array.isArray(told['checks']) ? (told['checks'] as readonly Json[]) : []
  const description =
    isObject(payload) && typeof payload['description'] === 'string' ? payload['description'] : undefined
  return {
    id: idOf(`${run.runId}\n${scenarioId}\n${model}`),
    testIdx,
    promptIdx,
    promptId: digestOf(model),
    prompt: { raw: model, label: model, config: {} },
    provider: { id: model, label: '' },
    vars,
    testCase: {
      ...(description !== undefined && { description }),
      vars,
      assert: [],
      options: {},
      metadata: {},
    },
    response: isFailed ? { error: error?.message ?? '' } : { output },
    success: isPassed,
    score,
    namedScores,
    failureReason: isFailed ? 2 : isPassed ? 0 : 1,
    ...(isFailed && { error: error?.message ?? '' }),
    gradingResult: isFailed
      ? null
      : {
          pass: isPassed,
          score,
          reason: typeof told['reason'] === 'string' ? told['reason'] : '',
          namedScores,
          componentResults: checks,
        },
    latencyMs: 0,
    cost: 0,
    tokenUsage: NO_TOKENS,
    metadata: {
      muster: { scenarioId, ...(outcome !== undefined && { outcome }), ...(error && { code: error.code }) },
    },
  }
}

function count(metrics: Metrics | undefined, row: JsonObject): void {
  if (!metrics) return
  metrics.score += Number(row['score'])
  if (row['failureReason'] === 2) metrics.errors++
  else if (row['success'] === true) metrics.passes++
  else metrics.fails++
  for (const [name, score] of Object.entries(isObject(row['namedScores']) ? row['namedScores'] : {})) {
    if (typeof score !== 'number') continue
    const { sum, count: before } = metrics.named.get(name) ?? { sum: 0, count: 0 }
    metrics.named.set(name, { sum: sum + score, count: before + 1 })
  }
}

function promptOf(model: string, metrics: Metrics | undefined): JsonObject {
  const { score, passes, fails, errors, named } = metrics ?? {
    score: 0,
    passes: 0,
    fails: 0,
    errors: 0,
    named: new Map<string, { readonly sum: number; readonly count: number }>(),
  }
  return {
    id: digestOf(model),
    raw: model,
    label: model,
    provider: model,
    metrics: {
      score,
      testPassCount: passes,
      testFailCount: fails,
      testErrorCount: errors,
      assertPassCount: passes,
      assertFailCount: fails,
      totalLatencyMs: 0,
      tokenUsage: NO_TOKENS,
      namedScores: Object.fromEntries([...named].map(([name, { sum }]) => [name, sum])),
      namedScoresCount: Object.fromEntries([...named].map(([name, one]) => [name, one.count])),
      cost: 0,
    },
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** An id of the same shape as theirs, and the same whenever it is written. */
function idOf(text: string): string {
  const hex = digestOf(text)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
