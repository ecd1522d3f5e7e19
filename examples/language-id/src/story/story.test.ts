import type { JobContext, JobTools, RunResult } from '@muster/core'
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
import { cast } from '../people/cast.ts'
import { taskOfSplit } from './task-of-split.ts'

const SEED = 42
const DECLARATION = '018f0000-0000-7000-8000-000000000001'
const INTERFACE = '018f0000-0000-7000-8000-000000000002'

const tools: JobTools = {
  signal: new AbortController().signal,
  step: () => {},
  log: { info: () => {}, warn: () => {} },
}

async function run(scenarios: readonly Scenario[]): Promise<RunResult[]> {
  const results: RunResult[] = []
  for (const { scenarioId, payload } of scenarios) {
    for (const model of modelNames) {
      const answer = await probeScenario.handler({ payload, model } as JobContext<ScenarioPayload>, tools)
      results.push({ scenarioId, model, state: 'completed', payload, result: { ...answer }, error: null })
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

  it('shows that the declaration flatters franc, and how much', async () => {
    const { leak } = await analyzeDeep.handler(analysisOf(DECLARATION, INTERFACE), tools)
    expect(leak[0]?.model).toBe('franc')
    expect(leak[0]?.low).toBeGreaterThan(0.2)
    expect(leak.slice(1).every(({ drop }) => drop < 0.12)).toBe(true)
  })

  it('has a reader for every task, and for some no third or even second who is there', () => {
    const readers = splits.map((split) => {
      const { candidates } = taskOfSplit(split, { seed: SEED }).payload
      const able = cast.filter(({ skills }) => candidates.some((language) => (skills[language] ?? 0) >= 2))
      return able.filter(({ status }) => status === 'active').length
    })
    expect(Math.min(...readers)).toBe(1)
    expect(readers.filter((count) => count >= 3).length).toBeGreaterThan(readers.length / 4)
  })

  it('has scripted people who are right more often than not, and not always', () => {
    const answers = splits.flatMap((split) => {
      const { payload } = taskOfSplit(split, { seed: SEED })
      return cast
        .filter(({ skills }) => payload.candidates.some((language) => (skills[language] ?? 0) >= 2))
        .map((person) => person.answer(payload.text, payload.candidates, { stepType: 'annotation' }))
        .map((result) => 'label' in result && result.label === split.language)
    })
    const share = answers.filter(Boolean).length / answers.length
    expect(share).toBeGreaterThan(0.6)
    expect(share).toBeLessThan(0.85)
  })
})
