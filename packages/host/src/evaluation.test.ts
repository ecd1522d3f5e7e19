import { type Json, jobType, type ProjectId, type RunId } from '@muster/core'
import type { Metric, NewComparison, NewGate } from '@muster/core/evaluation'
import type { NewForm } from '@muster/core/forms'
import { all } from '@muster/testing/worlds'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import { silentLogger } from './system/index.ts'

/** Answers what the scenario says that its model answers; null fails. */
const probe = jobType({
  name: 'probe',
  payload: z.looseObject({ say: z.record(z.string(), z.json()).optional() }),
  retry: { maxAttempts: 1 },
  handler: ({ payload, model, repeat }): Json => {
    const all = payload.say?.[model ?? '']
    // A list is what it says each time.
    const said = Array.isArray(all) ? all[(repeat ?? 1) - 1] : all
    if (said === null || said === undefined) throw new Error('no answer')
    return said as Json
  },
})

const BETTER: NewForm = {
  name: 'better',
  title: 'Which is better?',
  show: [
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/answers/a/label' },
        { id: 'b', at: '/answers/b/label' },
      ],
    },
  ],
  questions: [{ id: 'better', type: 'pairwise', title: 'Better', of: 'answers' }],
}
const RIGHT: NewForm = {
  name: 'right',
  title: 'Is it right?',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [{ id: 'right', type: 'yesNo', title: 'Right' }],
}

const exact: Metric = {
  name: 'exact',
  score: { type: 'equals', at: '/label', to: { scenario: '/truth' } },
}

let muster: Muster<typeof probe>
let projectId: ProjectId
beforeEach(async () => {
  muster = await createMuster({
    jobTypes: [probe],
    logger: silentLogger,
    scorers: {
      words: (result) => (typeof result === 'object' && result !== null && 'label' in result ? 1 : null),
      broken: () => {
        throw new Error('out of order')
      },
    },
  })
  projectId = (await muster.projects.add({ name: 'Languages' })).projectId
  await muster.work()
})
afterEach(() => muster.close())

interface Case {
  readonly scenarioId?: string
  readonly truth?: Json
  readonly family?: string
  readonly say: Readonly<Record<string, Json>>
}

async function runOf(
  cases: readonly Case[],
  models: readonly string[] = ['old', 'new'],
  repeats = 1,
): Promise<RunId> {
  const scenarios = cases.map(({ scenarioId, ...payload }) => ({ scenarioId, payload: payload as never }))
  const run = await muster.runs.start(projectId, { jobType: probe, scenarios, models, repeats })
  await run.finished()
  return run.runId
}

/** So many scenarios in which only the new model is right, only the old one, both, and neither. */
function table(better: number, worse: number, right: number, wrong: number): Case[] {
  const one = (old: boolean, young: boolean) => (_: unknown, n: number) => ({
    truth: 'da',
    family: n % 2 === 0 ? 'even' : 'odd',
    say: { old: { label: old ? 'da' : 'nb' }, new: { label: young ? 'da' : 'nb' } },
  })
  return [
    ...Array.from({ length: better }, one(false, true)),
    ...Array.from({ length: worse }, one(true, false)),
    ...Array.from({ length: right }, one(true, true)),
    ...Array.from({ length: wrong }, one(false, false)),
  ]
}

const asked = (runId: RunId, more: Partial<NewComparison> = {}): NewComparison => ({
  baseline: { runId, model: 'old' },
  candidate: { runId, model: 'new' },
  metrics: [exact],
  ...more,
})

describe('A comparison', () => {
  it('finds by pairs what averages hide: 0.080 unpaired, 0.008 paired', async () => {
    const comparison = await muster.comparisons.add(projectId, asked(await runOf(table(27, 10, 133, 50))))
    const [metric] = comparison.metrics
    expect(metric).toMatchObject({
      metric: 'exact',
      kind: 'binary',
      n: 220,
      wins: 27,
      losses: 10,
      test: 'mcnemar-exact',
      verdict: 'improved',
      reason: null,
    })
    expect(metric?.p).toBeCloseTo(0.0076, 4)
    expect(metric?.pAdjusted).toBe(metric?.p)
    expect(comparison.pairs).toEqual({
      n: 220,
      clusters: null,
      onlyBaseline: 0,
      onlyCandidate: 0,
      changed: 0,
    })
    expect(await muster.comparisons.get(comparison.comparisonId)).toEqual(comparison)
    expect((await muster.comparisons.list(projectId, {})).items).toEqual([comparison])
  })

  it('pairs repeats, which depend on each other', async () => {
    const say = (n: number) => ({
      old: [{ label: n % 2 === 0 ? 'da' : 'nb' }, { label: 'da' }, { label: 'da' }],
      new: [{ label: 'da' }, { label: n === 0 ? 'nb' : 'da' }, { label: 'da' }],
    })
    const cases = Array.from({ length: 12 }, (_, n): Case => ({ truth: 'da', say: say(n) as never }))
    const runId = await runOf(cases, ['old', 'new'], 3)
    const results = []
    for await (const { scenarioId, model, repeat } of muster.runs.results(runId))
      results.push(`${scenarioId} ${model} ${repeat}`)
    expect(results).toHaveLength(72)
    expect(results.slice(0, 5)).toEqual(['1 old 1', '1 old 2', '1 old 3', '1 new 1', '1 new 2'])
    const comparison = await muster.comparisons.add(projectId, asked(runId))
    expect(comparison.pairs).toMatchObject({ n: 36, clusters: 12, onlyBaseline: 0 })
    expect(comparison.metrics[0]).toMatchObject({ n: 36, units: 12, wins: 6, losses: 1 })
    expect(comparison.metrics[0]?.test).toMatch(/^cluster-permutation/)
    const worse = muster.comparisons.pairs(comparison.comparisonId, { metric: 'exact', change: 'worse' })
    expect(await all(worse)).toMatchObject([{ scenarioId: '1', repeat: 2, baseline: 1, candidate: 0 }])
    const [old] = await muster.comparisons.runMetrics(runId, { metrics: [exact] })
    expect(old).toMatchObject({ model: 'old', n: 36, value: 30 / 36 })
    await expect(runOf(cases, ['old'], 0)).rejects.toThrow(/repeats/)
    await expect(
      muster.runs.start(projectId, {
        jobType: probe,
        scenarios: [{ payload: {} }],
        models: ['m'],
        repeats: 101,
      }),
    ).rejects.toThrow(/repeats/)
  })

  it('lets this process do other things while it draws', async () => {
    const runId = await runOf(table(30, 10, 100, 60))
    const ms: Metric = { ...exact, name: 'median', aggregate: 'median' }
    let [looked, over] = [0, false]
    const look = (): void => {
      looked += 1
      if (!over) setImmediate(look)
    }
    setImmediate(look)
    await muster.comparisons.add(projectId, asked(runId, { metrics: [ms] }))
    over = true
    // 1 999 draws of 200 are four steps with three pauses.
    expect(looked).toBeGreaterThanOrEqual(3)
  })

  it('counts what has no partner, what has another payload, and what has no value', async () => {
    const both = (n: number): Case => ({
      scenarioId: `both ${n}`,
      truth: 'da',
      say: { old: { label: 'da' }, new: { label: 'da' } },
    })
    const alike = Array.from({ length: 30 }, (_, n) => both(n))
    const before = await runOf(
      [
        ...alike,
        { scenarioId: 'gone', truth: 1, say: { old: 1 } },
        { scenarioId: 'other', truth: 1, say: { old: 1 } },
        { scenarioId: 'fails', truth: 1, say: {} },
      ],
      ['old'],
    )
    const after = await runOf(
      [
        { scenarioId: 'fails', truth: 1, say: {} },
        { scenarioId: 'other', truth: 2, say: { new: 1 } },
        ...alike,
        { scenarioId: 'more', truth: 1, say: { new: 1 } },
      ],
      ['new'],
    )
    const { pairs, metrics } = await muster.comparisons.add(projectId, {
      baseline: { runId: before, model: 'old' },
      candidate: { runId: after, model: 'new' },
      metrics: [exact],
    })
    expect(pairs).toEqual({ n: 31, clusters: null, onlyBaseline: 1, onlyCandidate: 1, changed: 1 })
    expect(metrics[0]).toMatchObject({ n: 30, missing: { baseline: 1, candidate: 1 }, baseline: 1, p: 1 })
    expect(metrics[0]).toMatchObject({ verdict: 'no_difference_shown' })
  })

  it('says what it cannot decide, and why', async () => {
    const few = await muster.comparisons.add(projectId, asked(await runOf(table(9, 0, 0, 0))))
    expect(few.metrics[0]).toMatchObject({ n: 9, verdict: 'INCONCLUSIVE', reason: 'too_few_pairs', p: null })
    const failing = table(10, 10, 10, 0).map((one, n) =>
      n < 2 ? { ...one, say: { old: { label: 'da' } } } : one,
    )
    const missing = await muster.comparisons.add(projectId, asked(await runOf(failing)))
    expect(missing.metrics[0]).toMatchObject({
      n: 28,
      missing: { baseline: 0, candidate: 2 },
      verdict: 'INCONCLUSIVE',
      reason: 'too_many_missing',
    })
    const nowhere: Metric = { name: 'nowhere', score: { type: 'value', at: '/nowhere' } }
    const nothing = await muster.comparisons.add(
      projectId,
      asked(await runOf(table(5, 5, 5, 0)), { metrics: [exact, nowhere] }),
    )
    expect(nothing.metrics[1]).toMatchObject({
      metric: 'nowhere',
      n: 0,
      baseline: null,
      difference: null,
      missing: { baseline: 15, candidate: 15 },
      verdict: 'INCONCLUSIVE',
      reason: 'too_few_pairs',
    })
    // A metric that decides nothing is none of the family.
    expect(nothing.metrics[0]?.pAdjusted).toBe(nothing.metrics[0]?.p)
    expect(JSON.stringify(nothing)).not.toMatch(/NaN|Infinity/)
  })

  it('counts a missing value as the worst, if it is asked to', async () => {
    const failing = table(0, 0, 20, 0).map((one, n) =>
      n < 8 ? { ...one, say: { old: { label: 'da' } } } : one,
    )
    const { metrics } = await muster.comparisons.add(
      projectId,
      asked(await runOf(failing), { metrics: [{ ...exact, missing: 'worst', range: [0, 1] }] }),
    )
    expect(metrics[0]).toMatchObject({ n: 20, wins: 0, losses: 8, candidate: 0.6, verdict: 'regressed' })
  })

  it('lets pairs of one cluster depend on each other', async () => {
    const runId = await runOf(table(12, 2, 20, 6))
    const { pairs, metrics } = await muster.comparisons.add(projectId, asked(runId, { clusterBy: '/family' }))
    expect(pairs.clusters).toBe(2)
    expect(metrics[0]).toMatchObject({ units: 2, n: 40, verdict: 'INCONCLUSIVE', reason: 'too_few_pairs' })
    const alone = await muster.comparisons.add(projectId, asked(runId, { clusterBy: '/nowhere' }))
    expect(alone.pairs.clusters).toBeNull()
    expect(alone.metrics).toEqual((await muster.comparisons.add(projectId, asked(runId))).metrics)
  })

  it('looks at slices apart, and moves no verdict by them', async () => {
    const runId = await runOf(table(27, 10, 133, 50))
    const { slices, metrics } = await muster.comparisons.add(projectId, asked(runId, { slices: ['/family'] }))
    expect(slices.map(({ value, n, exploratory }) => [value, n, exploratory])).toEqual([
      ['even', 111, true],
      ['odd', 109, true],
    ])
    for (const { p, q } of slices) expect(q).toBeGreaterThanOrEqual(p ?? 2)
    expect(metrics).toEqual((await muster.comparisons.add(projectId, asked(runId))).metrics)
  })

  it('gives the same to the last bit, whoever asks again', async () => {
    const runId = await runOf(
      Array.from({ length: 60 }, (_, n) => ({
        say: { old: { ms: (n * 37) % 61 }, new: { ms: (n * 29) % 59 } },
      })),
    )
    const metrics: Metric[] = [
      { name: 'ms', score: { type: 'value', at: '/ms' }, better: 'lower' },
      { name: 'p95', score: { type: 'value', at: '/ms' }, better: 'lower', aggregate: 'p95' },
    ]
    const [one, other] = [
      await muster.comparisons.add(projectId, asked(runId, { metrics, seed: 7 })),
      await muster.comparisons.add(projectId, asked(runId, { metrics, seed: 7 })),
    ]
    expect(other.metrics).toEqual(one.metrics)
    expect(one.metrics.map(({ test }) => test)).toEqual(['permutation (drawn)', 'bootstrap'])
    // One more metric moves no other but by the correction.
    const alone = await muster.comparisons.add(
      projectId,
      asked(runId, { metrics: metrics.slice(0, 1), seed: 7 }),
    )
    expect(alone.metrics[0]?.p).toBe(one.metrics[0]?.p)
  })

  it.each<[what: string, change: (wanted: NewComparison) => object, path: string, why: string]>([
    [
      'an unknown model',
      (w) => ({ ...w, candidate: { ...w.candidate, model: 'x' } }),
      'candidate.model',
      'names no',
    ],
    ['itself', (w) => ({ ...w, candidate: w.baseline }), 'candidate', 'is the baseline itself'],
    ['no metrics', (w) => ({ ...w, metrics: [] }), 'metrics', ''],
    ['a metric twice', (w) => ({ ...w, metrics: [exact, exact] }), 'metrics[1].name', 'repeats'],
    [
      'an unknown key',
      (w) => ({ ...w, metrics: [{ ...exact, bettr: 'lower' }] }),
      'metrics[0].bettr',
      'is not a known',
    ],
    [
      'worst without a range',
      (w) => ({ ...w, metrics: [{ ...exact, missing: 'worst' }] }),
      'metrics[0].range',
      'is required',
    ],
    [
      'a value outside of its range',
      (w) => ({ ...w, metrics: [{ ...exact, range: [2, 3] }] }),
      'metrics[0].range',
      'is 2 to 3, and scenario',
    ],
    [
      'a binary metric of other numbers',
      (w) => ({ ...w, metrics: [{ name: 'n', kind: 'binary', score: { type: 'value', at: '/n' } }] }),
      'metrics[0].kind',
      'came to 7',
    ],
    [
      'an unknown scorer',
      (w) => ({ ...w, metrics: [{ name: 'n', score: { type: 'registered', name: 'toString' } }] }),
      'metrics[0].score.name',
      'names no registered scorer',
    ],
    [
      'a scorer that throws',
      (w) => ({ ...w, metrics: [{ name: 'n', score: { type: 'registered', name: 'broken' } }] }),
      'metrics[0].score.name',
      'threw at scenario 1: out of order',
    ],
    [
      'an unknown judge',
      (w) => ({ ...w, metrics: [{ name: 'n', score: { type: 'judge', runId: w.baseline.runId, at: '' } }] }),
      'metrics[0].score.judge',
      'is required: the run has the models old, new',
    ],
  ])('refuses %s, by its place', async (_what, change, path, why) => {
    const runId = await runOf(
      Array.from({ length: 10 }, () => ({
        truth: 'da',
        say: { old: { label: 'da', n: 7 }, new: { label: 'nb', n: 7 } },
      })),
    )
    const refused = muster.comparisons.add(projectId, change(asked(runId)) as NewComparison)
    await expect(refused).rejects.toMatchObject({
      code: 'validation_failed',
      issues: [{ path, message: expect.stringContaining(why) }],
    })
    expect((await muster.comparisons.list(projectId, {})).items).toEqual([])
  })

  it('compares a run that has not completed only if it is asked to, and says so', async () => {
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'd',
      jobType: 'probe',
      scenarios: table(1, 0, 0, 0).map((payload) => ({ payload: payload as never })),
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['old', 'new'] })
    await muster.runs.cancel(runId).catch(() => undefined)
    const { status } = await muster.runs.get(runId)
    if (status === 'completed') throw new Error('the run was done before it was cancelled')
    await expect(muster.comparisons.add(projectId, asked(runId))).rejects.toMatchObject({ code: 'run_state' })
    const { partial } = await muster.comparisons.add(projectId, asked(runId, { allowPartial: true }))
    expect(partial).toBe(true)
  })
})

describe('Scores from elsewhere', () => {
  it('takes a judge’s score from another run', async () => {
    const runId = await runOf(table(12, 0, 8, 0))
    const judged = ['old', 'new'].flatMap((model) =>
      Array.from({ length: 20 }, (_, n) => ({
        of: { runId, scenarioId: `${n + 1}`, model },
        say: { judge: { score: model === 'new' ? 5 : 3 } },
      })),
    )
    const judgeRun = await runOf(judged as never, ['judge'])
    const score = { type: 'judge', runId: judgeRun, at: '/score' } as const
    const { metrics } = await muster.comparisons.add(
      projectId,
      asked(runId, { metrics: [{ name: 'helpful', score, range: [1, 5] }] }),
    )
    expect(metrics[0]).toMatchObject({ n: 20, baseline: 3, candidate: 5, difference: 2, verdict: 'improved' })
    const twice = await runOf([...judged, judged[3]] as never, ['judge'])
    await expect(
      muster.comparisons.add(
        projectId,
        asked(runId, { metrics: [{ name: 'helpful', score: { ...score, runId: twice } }] }),
      ),
    ).rejects.toMatchObject({
      issues: [
        { path: 'metrics[0].score', message: 'has several judge jobs for one job, of 1 scenarios: 4' },
      ],
    })
  })

  it('takes what people settled on', async () => {
    const runId = await runOf(table(11, 0, 0, 0))
    const people = await peopleProject(RIGHT)
    const tasks = ['old', 'new'].flatMap((model) =>
      Array.from({ length: 11 }, (_, n) => ({
        payload: { text: model, of: { runId, scenarioId: `${n + 1}`, model } },
      })),
    )
    await muster.tasks.add(people.projectId, tasks)
    await people.answer(tasks.length, (payload) => ({ right: payload['text'] === 'new' }))
    const metric: Metric = {
      name: 'right',
      score: { type: 'people', projectId: people.projectId, question: 'right' },
    }
    const { metrics } = await muster.comparisons.add(projectId, asked(runId, { metrics: [metric] }))
    expect(metrics[0]).toMatchObject({ kind: 'binary', n: 11, wins: 11, baseline: 0, candidate: 1 })
    const mapped: Metric = { ...metric, score: { ...metric.score, map: { true: -1 } } as Metric['score'] }
    expect(await muster.comparisons.runMetrics(runId, { metrics: [mapped] })).toMatchObject([
      { model: 'old', name: 'right', n: 11, missing: 0, value: 0 },
      { model: 'new', name: 'right', n: 11, missing: 0, value: -1 },
    ])
  })
})

describe('Pairs and people', () => {
  it('tells what turned, and asks people about it once, with sides that a seed draws', async () => {
    const runId = await runOf(table(6, 4, 5, 5))
    const { comparisonId } = await muster.comparisons.add(projectId, asked(runId, { seed: 3 }))
    const worse = await all(muster.comparisons.pairs(comparisonId, { metric: 'exact', change: 'worse' }))
    expect(worse).toEqual(
      ['7', '8', '9', '10'].map((scenarioId) => ({
        scenarioId,
        repeat: 1,
        baseline: 1,
        candidate: 0,
        change: 'worse',
      })),
    )
    const people = await peopleProject(BETTER)
    const ask = { projectId: people.projectId, metric: 'exact' }
    const some = await muster.comparisons.askPeople(comparisonId, { ...ask, change: 'worse' })
    expect(some.added).toHaveLength(4)
    const before = await Promise.all(
      some.added.map(async (taskId) => (await muster.tasks.get(taskId)).payload),
    )
    const rest = await muster.comparisons.askPeople(comparisonId, ask)
    expect([rest.added.length, rest.existing]).toEqual([6, 4])
    expect(before[0]).toMatchObject({
      scenario: { truth: 'da' },
      of: { comparisonId, scenarioId: '7', repeat: 1 },
    })
    const tasks = await Promise.all([...some.added, ...rest.added].map((taskId) => muster.tasks.get(taskId)))
    const sides = new Set(
      tasks.map(({ payload }) => {
        const { answers, of } = payload as {
          answers: { a: { label: string }; b: { label: string } }
          of: { scenarioId: string; sides: { a: string; b: string } }
        }
        // Of the first six scenarios the new one is right.
        const right = Number(of.scenarioId) <= 6 ? 'candidate' : 'baseline'
        expect(answers[of.sides.a === right ? 'a' : 'b'].label).toBe('da')
        return of.sides.a
      }),
    )
    expect([...sides].sort()).toEqual(['baseline', 'candidate'])
    expect(tasks[0]?.externalId).toBe(`comparison/${comparisonId}/7/1`)
  })

  it('asks nobody in a project whose steps would show which side is which', async () => {
    const runId = await runOf(table(6, 4, 0, 0))
    const { comparisonId } = await muster.comparisons.add(projectId, asked(runId))
    const { workflowId } = await muster.workflows.add({
      name: 'bare',
      steps: [{ stepId: 'label', stepType: 'annotation' }],
    })
    const bare = await muster.projects.add({ name: 'bare', workflowId })
    await expect(
      muster.comparisons.askPeople(comparisonId, { projectId: bare.projectId, metric: 'exact' }),
    ).rejects.toMatchObject({ code: 'conflict', details: { stepId: 'label' } })
  })

  it('refuses pairs of a run that was retried since', async () => {
    const failing = table(10, 10, 10, 0).map((one, n) => (n === 0 ? { ...one, say: {} } : one))
    const runId = await runOf(failing)
    const { comparisonId } = await muster.comparisons.add(projectId, asked(runId))
    await muster.runs.retryFailed(runId)
    await muster.runs.finished(runId)
    await expect(all(muster.comparisons.pairs(comparisonId, { metric: 'exact' }))).rejects.toMatchObject({
      code: 'conflict',
      details: { side: 'baseline' },
    })
    await expect(all(muster.comparisons.pairs(comparisonId, { metric: 'none' }))).rejects.toMatchObject({
      issues: [{ path: 'metric', message: 'names no metric of the comparison: none' }],
    })
  })
})

describe('Metrics of a run', () => {
  it('has each of each model, with intervals', async () => {
    const runId = await runOf(table(6, 4, 5, 5))
    const words: Metric = { name: 'words', score: { type: 'registered', name: 'words' } }
    const found = await muster.comparisons.runMetrics(runId, { metrics: [exact, words] })
    expect(found.map(({ model, name, n, value }) => [model, name, n, value])).toEqual([
      ['old', 'exact', 20, 0.45],
      ['old', 'words', 20, 1],
      ['new', 'exact', 20, 0.55],
      ['new', 'words', 20, 1],
    ])
    for (const { low, high, value } of found) {
      expect(low).toBeLessThanOrEqual(value ?? Number.NaN)
      expect(high).toBeGreaterThanOrEqual(value ?? Number.NaN)
    }
  })
})

describe('A gate', () => {
  const policy = (runId: RunId, ...rules: NewGate['rules']): NewGate => ({
    version: 1,
    baseline: { runId, model: 'old' },
    candidate: { runId, model: 'new' },
    metrics: [exact],
    rules,
  })

  it('goes if the candidate is shown to keep its limits, and not if it breaks one', async () => {
    const runId = await runOf(table(27, 10, 133, 50))
    const held = await muster.gates.run(
      projectId,
      policy(
        runId,
        { metric: 'exact', tier: 'critical', maxDrop: 0.02, minValue: 0.6 },
        { metric: 'exact', tier: 'supporting', maxDrop: 0.1, slice: { at: '/family', is: 'odd' } },
      ),
    )
    expect(held.decision).toBe('GO')
    expect(held.rules.map(({ maxDrop, minValue, n, verdict }) => [maxDrop, minValue, n, verdict])).toEqual([
      [0.02, undefined, 220, 'PASS'],
      [undefined, 0.6, 220, 'PASS'],
      [0.1, undefined, 109, 'PASS'],
    ])
    expect(held.rules[1]?.value).toBeCloseTo(160 / 220, 12)
    expect(await muster.gates.get(held.gateId)).toEqual(held)
    expect((await muster.comparisons.get(held.comparisonId)).metrics).toHaveLength(1)
    const { rules, ...broken } = await muster.gates.run(projectId, {
      ...policy(runId, { metric: 'exact', tier: 'supporting', maxDrop: 0.02 }),
      baseline: { runId, model: 'new' },
      candidate: { runId, model: 'old' },
    })
    expect(broken.decision).toBe('NO-GO')
    expect(rules[0]).toMatchObject({ verdict: 'BLOCK' })
    expect((await muster.gates.list(projectId, {})).items).toHaveLength(2)
  })

  it('says why a rule decides nothing', async () => {
    const runId = await runOf(table(3, 3, 3, 3))
    const { decision, rules } = await muster.gates.run(
      projectId,
      policy(
        runId,
        { metric: 'gone', tier: 'supporting', maxDrop: 0 },
        { metric: 'exact', tier: 'advisory', maxDrop: 0, slice: { at: '/family', is: 'none' } },
        { metric: 'exact', tier: 'advisory', maxDrop: 0, slice: { at: '/family', is: 'odd' } },
        { metric: 'exact', tier: 'critical', maxDrop: 0, minPairs: 13 },
      ),
    )
    expect(decision).toBe('INCONCLUSIVE')
    expect(rules.map(({ n, reason, pass }) => [n, reason, pass])).toEqual([
      [0, 'missing_metric', null],
      [0, 'missing_slice', null],
      [4, 'too_few_pairs', null],
      [12, 'too_few_pairs', null],
    ])
  })

  it.each<[what: string, change: (given: NewGate) => object, path: string]>([
    ['an unknown key', (given) => ({ ...given, apha: 0.1 }), 'apha'],
    [
      'an unknown key of a rule',
      (given) => ({ ...given, rules: [{ ...given.rules[0], minPair: 3 }] }),
      'rules[0].minPair',
    ],
    [
      'a rule without a limit',
      (given) => ({ ...given, rules: [{ metric: 'exact', tier: 'critical' }] }),
      'rules[0].maxDrop',
    ],
    [
      'a negative drop',
      (given) => ({ ...given, rules: [{ ...given.rules[0], maxDrop: -1 }] }),
      'rules[0].maxDrop',
    ],
    ['another version', (given) => ({ ...given, version: 2 }), 'version'],
    [
      'a floor of a percentile',
      (given) => ({
        ...given,
        metrics: [{ ...exact, aggregate: 'p95' }],
        rules: [{ metric: 'exact', tier: 'critical', minValue: 1 }],
      }),
      'rules[0].minValue',
    ],
  ])('refuses a policy with %s', async (_what, change, path) => {
    const runId = await runOf(table(3, 3, 3, 3))
    const given = policy(runId, { metric: 'exact', tier: 'critical', maxDrop: 0 })
    await expect(muster.gates.run(projectId, change(given) as NewGate)).rejects.toMatchObject({
      code: 'validation_failed',
      issues: [{ path }],
    })
  })
})

/** A project whose tasks are answered by a form, and somebody who answers them. */
async function peopleProject(form: NewForm) {
  const { workflowId } = await muster.workflows.add({
    name: form.name,
    steps: [{ stepId: 'label', stepType: 'annotation', form }],
  })
  const { projectId: people } = await muster.projects.add({
    name: form.name,
    workflowId,
    assignment: { maxConcurrentPerUser: 1_000 },
  })
  const { userId } = await muster.people.add({ displayName: 'Ann' })
  await muster.projects.addMember(people, userId)
  return {
    projectId: people,
    async answer(count: number, answerTo: (payload: Readonly<Record<string, Json>>) => Json) {
      for (let n = 0; n < count; n++) {
        const claimed = await muster.assignments.claimNext({ userId, projectId: people })
        if (claimed.kind === 'nothing') throw new Error('there was nothing to answer')
        const { assignmentId, taskId } = claimed.assignment
        await muster.assignments.accept({ assignmentId, userId })
        await muster.assignments.start({ assignmentId, userId })
        const { payload } = await muster.tasks.get(taskId)
        await muster.assignments.submit({
          assignmentId,
          userId,
          result: answerTo(payload as Readonly<Record<string, Json>>),
        })
      }
    },
  }
}
