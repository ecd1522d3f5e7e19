import type { JobContext, JobTools, RunResult } from '@muster/core'
import { decideEscalation } from '@muster/core/escalation'
import { samplePlaces } from '@muster/core/rules'
import { beforeAll, describe, expect, it } from 'vitest'
import { analyzeBasic } from '../analysis/analyze-basic.ts'
import { analyzeDeep } from '../analysis/analyze-deep.ts'
import type { AnalysisPayload } from '../analysis/probes.ts'
import type { Split } from '../analysis/tables.ts'
import { buildUdhrScenarios, type Scenario } from '../data/udhr-scenarios.ts'
import { uiScenarios } from '../data/ui-scenarios.ts'
import { modelNames } from '../models/models.ts'
import { probeScenario, type ScenarioPayload } from '../models/probe-scenario.ts'
import { cast, type ScriptedPerson } from '../people/cast.ts'
import { candidatesOf, MIN_LEVEL, splitPolicy } from './split-policy.ts'
import { storyWorkflow } from './workflow.ts'

const SEED = 42
const DECLARATION = '018f0000-0000-7000-8000-000000000001'
const INTERFACE = '018f0000-0000-7000-8000-000000000002'

const tools: JobTools = {
  signal: new AbortController().signal,
  step: () => {},
  log: { info: () => {}, warn: () => {} },
  usage: async () => undefined,
  ask: () => Promise.reject(new Error('Nobody is asked here')),
  once: () => Promise.reject(new Error('Nothing is kept here')),
}

async function run(scenarios: readonly Scenario[]): Promise<RunResult[]> {
  const results: RunResult[] = []
  for (const { scenarioId, payload } of scenarios) {
    for (const model of modelNames) {
      const answer = await probeScenario.handler({ payload, model } as JobContext<ScenarioPayload>, tools)
      const given = { scenarioId, model, repeat: 1, payload }
      results.push({ ...given, state: 'completed', result: { ...answer }, error: null })
    }
  }
  return results
}

const runs: Record<string, RunResult[]> = {}

function analysisOf(...runIds: string[]): JobContext<AnalysisPayload> {
  return {
    payload: { runIds },
    async *results(runId: string) {
      yield* runs[runId] ?? []
    },
  } as unknown as JobContext<AnalysisPayload>
}

function readersOf(candidates: readonly string[]): ScriptedPerson[] {
  return cast.filter(({ skills }) => candidates.some((language) => (skills[language] ?? 0) >= MIN_LEVEL))
}

/** What the policy decides of each scenario of a run. */
function decisionsOf(results: readonly RunResult[], isGold: boolean) {
  const rule = { policy: splitPolicy({ isGold }), sampleSeed: SEED, sampleEnds: [null] }
  return [...Map.groupBy(results, ({ scenarioId }) => scenarioId)].map(([scenarioId, own]) => {
    const scenario = { scenarioId: scenarioId ?? '', payload: own[0]?.payload ?? null, byHand: false }
    const answers = own.map(({ model, state, result }) => ({
      model: model ?? '',
      state,
      result,
      error: null,
    }))
    return { scenarioId, decision: decideEscalation(rule, scenario, answers) }
  })
}

describe('the story, with 10 % of the declaration and seed 42', () => {
  let splits: readonly Split[] = []

  beforeAll(async () => {
    const all = await buildUdhrScenarios(SEED)
    const ids = all.map(({ scenarioId }) => scenarioId)
    const places = new Set(samplePlaces(ids, 10, SEED))
    runs[DECLARATION] = await run(all.filter((_, index) => places.has(index + 1)))
    runs[INTERFACE] = await run(uiScenarios())
    splits = (await analyzeBasic.handler(analysisOf(DECLARATION), tools)).splits
  })

  it('has people asked about one scenario in nine or so', () => {
    expect(runs[DECLARATION]).toHaveLength(504 * 4)
    expect(splits.length / 504).toBeGreaterThan(0.09)
    expect(splits.length / 504).toBeLessThan(0.15)
  })

  it('sends to people what the analysis finds split, and nothing else', () => {
    const sent = decisionsOf(runs[DECLARATION] ?? [], true).filter(
      ({ decision }) => decision.state !== 'kept',
    )
    expect(new Set(sent.map(({ decision }) => decision.state))).toEqual(new Set(['escalated']))
    expect(sent.map(({ scenarioId }) => scenarioId)).toEqual(splits.map(({ scenarioId }) => scenarioId))
  })

  it('shows people the text and the candidates alone, and asks for somebody who reads one', () => {
    const named = new Map(splits.map((split) => [split.scenarioId, split]))
    const firsts: boolean[] = []
    for (const isGold of [true, false]) {
      for (const { scenarioId, decision } of decisionsOf(runs[DECLARATION] ?? [], isGold)) {
        if (decision.state !== 'escalated') continue
        const split = named.get(scenarioId ?? '')
        const { payload, requiredSkills, gold } = decision.task
        const candidates = (payload as { candidates: string[] }).candidates
        expect(payload).toEqual({ text: split?.text, candidates })
        expect(candidates.toSorted()).toEqual(candidatesOf(split ?? { answers: [] }).toSorted())
        expect(requiredSkills).toMatchObject([{ anyOf: candidates, minLevel: 2 }])
        expect(gold ?? null).toEqual(isGold ? { label: split?.language } : null)
        firsts.push(candidates[0] === split?.language)
      }
    }
    // Their order says nothing.
    expect(firsts.filter(Boolean).length / firsts.length).toBeGreaterThan(0.3)
    expect(firsts.filter(Boolean).length / firsts.length).toBeLessThan(0.7)
  })

  it('measures people by texts whose true language can be chosen', () => {
    for (const split of splits) expect(candidatesOf(split)).toContain(split.language)
  })

  it('shows that the declaration flatters franc, and how much', async () => {
    const { leak } = await analyzeDeep.handler(analysisOf(DECLARATION, INTERFACE), tools)
    expect(leak[0]?.model).toBe('franc')
    expect(leak[0]?.low).toBeGreaterThan(0.2)
    expect(leak.slice(1).every(({ drop }) => drop < 0.12)).toBe(true)
  })

  it('has a reader for every task, and for some no third or even second who is there', () => {
    const readers = splits.map((split) => {
      const able = readersOf(candidatesOf(split))
      return able.filter(({ status }) => status === 'active').length
    })
    expect(Math.min(...readers)).toBe(1)
    expect(readers.filter((count) => count >= 3).length).toBeGreaterThan(readers.length / 4)
  })

  it('has scripted people who are right more often than not, and not always', () => {
    const answers = splits.flatMap((split) => {
      const candidates = candidatesOf(split)
      return readersOf(candidates)
        .map((person) => person.answer(split.text, candidates, { stepType: 'annotation' }))
        .map((result) => 'label' in result && result.label === split.language)
    })
    const share = answers.filter(Boolean).length / answers.length
    expect(share).toBeGreaterThan(0.6)
    expect(share).toBeLessThan(0.85)
  })
})

it('has each step done by somebody else', () => {
  const excludes = storyWorkflow.steps.map(({ stepType, excludes = [] }) => [stepType, excludes])
  expect(excludes).toEqual([
    ['annotation', []],
    ['review', ['annotate']],
    ['adjudication', ['annotate', 'review']],
  ])
})
