import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { type JobContext, type JobTools, type JobType, NonRetryableError, type RunResult } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { analyzeBasic } from './analyze-basic.ts'
import { analyzeDeep, analyzeDeepProgram } from './analyze-deep.ts'
import type { AnalysisPayload } from './probes.ts'

const FIRST_RUN = '018f0000-0000-7000-8000-000000000001'
const SECOND_RUN = '018f0000-0000-7000-8000-000000000002'

const tools: JobTools = {
  signal: new AbortController().signal,
  step: () => {},
  log: { info: () => {}, warn: () => {} },
  usage: async () => undefined,
  ask: () => Promise.reject(new Error('Nobody is asked here')),
  once: () => Promise.reject(new Error('Nothing is kept here')),
}

/** A settled probe, of `udhr` phrases where nothing else is said; `answered` may be `unsupported`. */
function probe(
  scenarioId: string,
  language: string,
  model: string,
  answered: string | null,
  { article, dataset = 'udhr' }: { article?: number; dataset?: 'udhr' | 'ui' } = {},
): RunResult {
  const unsupported = answered === 'unsupported'
  const text = `text of ${scenarioId}`
  return {
    scenarioId,
    model,
    repeat: 1,
    state: 'completed',
    payload: { text, language, length: 'phrase', dataset, ...(article === undefined ? {} : { article }) },
    result: { language: unsupported ? null : answered, unsupported, confidence: 0.5 },
    error: null,
  }
}

function failed(scenarioId: string, model: string): RunResult {
  const error = { code: 'timeout', message: 'took too long', retryable: true }
  return { ...probe(scenarioId, 'de', model, 'de'), state: 'failed', result: null, error }
}

/** Runs an analysis over the given runs. */
async function analyse<Result>(
  type: JobType<AnalysisPayload, Result>,
  runs: Readonly<Record<string, readonly RunResult[]>>,
): Promise<Result> {
  const job = {
    payload: { runIds: Object.keys(runs) },
    async *results(runId: string) {
      yield* runs[runId] ?? []
    },
  } as unknown as JobContext<AnalysisPayload>
  return type.handler(job, tools)
}

describe('analyze:basic', () => {
  const run = [
    probe('s1', 'de', 'alpha', 'de'),
    probe('s1', 'de', 'beta', 'nl'),
    probe('s2', 'de', 'alpha', 'de'),
    probe('s2', 'de', 'beta', 'de'),
    probe('s3', 'yo', 'alpha', 'vi'),
    probe('s3', 'yo', 'beta', 'unsupported'),
    probe('s4', 'yo', 'alpha', null),
    probe('s4', 'yo', 'beta', 'unsupported'),
  ]

  it('counts what each model got right, and keeps apart what it does not support', async () => {
    const { accuracy } = await analyse(analyzeBasic, { [FIRST_RUN]: run })
    const whole = accuracy.filter(({ length, language }) => length === undefined && language === undefined)
    expect(whole).toEqual([
      { dataset: 'udhr', model: 'alpha', correct: 2, total: 4, unsupported: 0 },
      { dataset: 'udhr', model: 'beta', correct: 1, total: 2, unsupported: 2 },
    ])
    expect(accuracy).toContainEqual({
      dataset: 'udhr',
      model: 'beta',
      length: 'phrase',
      language: 'yo',
      correct: 0,
      total: 0,
      unsupported: 2,
    })
  })

  it('names what was taken for what', async () => {
    const { confusion } = await analyse(analyzeBasic, { [FIRST_RUN]: run })
    expect(confusion).toEqual([
      { dataset: 'udhr', model: 'beta', language: 'de', answered: 'nl', count: 1 },
      { dataset: 'udhr', model: 'alpha', language: 'yo', answered: 'vi', count: 1 },
      { dataset: 'udhr', model: 'alpha', language: 'yo', answered: null, count: 1 },
    ])
  })

  it('calls a split only what models that know the language named differently', async () => {
    const { splits } = await analyse(analyzeBasic, { [FIRST_RUN]: run })
    expect(splits).toEqual([
      {
        dataset: 'udhr',
        scenarioId: 's1',
        text: 'text of s1',
        length: 'phrase',
        language: 'de',
        answers: [
          { model: 'alpha', language: 'de', confidence: 0.5 },
          { model: 'beta', language: 'nl', confidence: 0.5 },
        ],
      },
    ])
  })

  it('counts a scenario once however many runs it is in, and says how many jobs failed', async () => {
    const again = [probe('s1', 'de', 'beta', 'de'), failed('s9', 'beta')]
    const { accuracy, jobs } = await analyse(analyzeBasic, { [FIRST_RUN]: run, [SECOND_RUN]: again })
    expect(accuracy).toContainEqual({ dataset: 'udhr', model: 'beta', correct: 2, total: 2, unsupported: 2 })
    expect(jobs).toEqual({ completed: 9, failed: 1, cancelled: 0 })
  })

  it('refuses a run of something else for good', async () => {
    const other = { ...probe('s1', 'de', 'alpha', 'de'), payload: { simulate: {} } }
    const failure = analyse(analyzeBasic, { [FIRST_RUN]: [other] })
    await expect(failure).rejects.toThrow(NonRetryableError)
    await expect(failure).rejects.toThrow(`Run ${FIRST_RUN} holds no probes`)
  })

  it.each([{}, { runIds: [] }, { runIds: ['one'] }, { runIds: [FIRST_RUN], more: 1 }])(
    'takes no payload like %j',
    async (payload) => {
      expect(await analyzeBasic.payload['~standard'].validate(payload)).toHaveProperty('issues')
    },
  )
})

describe('analyze:deep', () => {
  /** The value of a Python expression over the program's functions. */
  async function evaluate(expression: string): Promise<unknown> {
    const source = `import json, random\nfrom analyze_deep import *\nprint(json.dumps(${expression}))`
    const { stdout } = await promisify(execFile)('python3', ['-B', '-c', source], {
      cwd: dirname(analyzeDeepProgram),
    })
    return JSON.parse(stdout)
  }

  it('computes Wilson intervals', async () => {
    const [[low, high], none, all] = (await evaluate('[wilson(8, 10), wilson(0, 0), wilson(10, 10)]')) as [
      number,
      number,
    ][] as [[number, number], [number, number], [number, number]]
    expect(low).toBeCloseTo(0.4902, 4)
    expect(high).toBeCloseTo(0.9433, 4)
    expect(none).toEqual([0, 1])
    expect(all[0]).toBeCloseTo(0.7225, 4)
    expect(all[1]).toBeCloseTo(1, 12)
  })

  it("computes Newcombe's interval of a difference", async () => {
    const [low, high] = (await evaluate('newcombe((56, 70), (48, 80))')) as [number, number]
    expect(low).toBeCloseTo(0.0524, 4)
    expect(high).toBeCloseTo(0.3339, 4)
  })

  it("computes McNemar's test exactly for few pairs and corrected for many", async () => {
    expect(await evaluate('mcnemar(1, 5)')).toEqual([0.21875, 'exact'])
    expect(await evaluate('mcnemar(3, 3)')).toEqual([1, 'exact'])
    expect(await evaluate('mcnemar(0, 0)')).toEqual([1, 'exact'])
    const [p, method] = (await evaluate('mcnemar(10, 25)')) as [number, string]
    expect(p).toBeCloseTo(0.01796, 5)
    expect(method).toBe('corrected')
  })

  it("computes Fleiss' kappa", async () => {
    expect(await evaluate('fleiss_kappa([["a", "a", "b"], ["b", "b", "b"]])')).toBeCloseTo(0.25, 12)
    expect(await evaluate('fleiss_kappa([["a", "a"], ["b", "b"]])')).toBe(1)
    expect(await evaluate('fleiss_kappa([["a", "a"], ["a", "a"]])')).toBeNull()
    expect(await evaluate('fleiss_kappa([])')).toBeNull()
  })

  it('draws whole clusters, the same ones for the same seed', async () => {
    expect(await evaluate('cluster_bootstrap([(1, 2)] * 5, 50, random.Random(1))')).toEqual([0.5, 0.5])
    expect(await evaluate('cluster_bootstrap([(0, 1), (1, 1)], 200, random.Random(1))')).toEqual([0, 1])
    const draws = 'cluster_bootstrap([(k, 9) for k in range(9)], 300, random.Random("42 udhr alpha"))'
    expect(await evaluate(draws)).toEqual(await evaluate(draws))
  })

  it('compares the two datasets on phrases of the languages that both have', async () => {
    const runs = {
      [FIRST_RUN]: [
        ...[1, 2, 3, 4].map((article) => probe(`udhr-de-${article}`, 'de', 'alpha', 'de', { article })),
        probe('udhr-yo-1', 'yo', 'alpha', 'vi', { article: 1 }),
      ],
      [SECOND_RUN]: [
        ...['de', 'de', 'nl', 'nl'].map((answer, n) =>
          probe(`ui-de-${n}`, 'de', 'alpha', answer, { dataset: 'ui' }),
        ),
        probe('ui-fr-1', 'fr', 'alpha', 'unsupported', { dataset: 'ui' }),
      ],
    }
    const { leak, intervals, bootstrap } = await analyse(analyzeDeep, runs)
    expect(leak).toEqual([
      expect.objectContaining({ model: 'alpha', udhr: 1, ui: 0.5, drop: 0.5, languages: 1 }),
    ])
    expect(intervals.map(({ dataset, correct, total }) => [dataset, correct, total])).toEqual([
      ['udhr', 4, 5],
      ['ui', 2, 4],
    ])
    expect(bootstrap.map(({ dataset, clusters }) => [dataset, clusters])).toEqual([
      ['udhr', 4],
      ['ui', 4],
    ])
  })

  it('compares the models with each other', async () => {
    const answers: [string, string | null][] = [
      ['de', 'de'],
      ['de', 'nl'],
      ['de', null],
      ['nl', 'de'],
    ]
    const run = answers.flatMap(([alpha, beta], n) => [
      probe(`s${n}`, 'de', 'alpha', alpha),
      probe(`s${n}`, 'de', 'beta', beta),
    ])
    const { mcnemar, agreement } = await analyse(analyzeDeep, { [FIRST_RUN]: run })
    expect(mcnemar).toEqual([
      { dataset: 'udhr', models: ['alpha', 'beta'], onlyFirst: 2, onlySecond: 1, p: 1, method: 'exact' },
    ])
    // Observed 1/4; by chance (5² + 2² + 1²) / 8² = 30/64.
    expect(agreement).toEqual([
      {
        dataset: 'udhr',
        scenarios: 4,
        models: 2,
        kappa: expect.closeTo((1 / 4 - 30 / 64) / (1 - 30 / 64), 12),
      },
    ])
  })

  it('has nothing to say of runs without a result', async () => {
    expect(await analyse(analyzeDeep, { [FIRST_RUN]: [] })).toEqual({
      leak: [],
      intervals: [],
      mcnemar: [],
      agreement: [],
      bootstrap: [],
    })
  })

  it('refuses rows that lack a field', async () => {
    const refusal = promisify(execFile)('python3', [analyzeDeepProgram])
    refusal.child.stdin?.end('[{"dataset": "udhr"}]')
    await expect(refusal).rejects.toMatchObject({
      code: 65,
      stderr: expect.stringContaining('rows[0] lacks scenarioId'),
    })
  })
})
