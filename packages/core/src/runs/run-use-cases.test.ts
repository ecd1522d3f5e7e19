import { all, workerWorld } from '@muster/testing/worlds'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  JobValidationError,
  NotFoundError,
  RunStateError,
  ValidationError,
  VersionConflictError,
} from '../errors.ts'
import type { DefinitionId, ProjectId, RunId } from '../ids.ts'
import type { NewScenario } from './runs.ts'

const nobody = '01900000-0000-7000-8000-ffffffffffff'

async function setup() {
  const world = await workerWorld(
    (job) => {
      if ((job.payload as { text: string }).text === 'bad')
        throw Object.assign(new Error('no'), { status: 400 })
      return 'ok'
    },
    { payload: z.object({ text: z.string() }) },
  )
  const define = (scenarios: Iterable<NewScenario> | AsyncIterable<NewScenario>, name = 'd') =>
    world.definitions.add(world.projectId, { name, jobType: 'work', scenarios })
  const defined = (count: number) =>
    define(Array.from({ length: count }, (_, index) => ({ payload: { text: `t${index + 1}` } })))
  const facts = async () =>
    (await world.persistence.stores.events.read(world.projectId, 0, 100)).map(({ type, data }) => [
      type,
      data,
    ])
  const finished = (runId: RunId) =>
    world.until(async () => (await world.runs.get(runId)).status === 'completed')
  const start = async (count: number) => {
    const { definitionId } = await defined(count)
    return world.runs.start(world.projectId, { definitionId, models: ['m'] })
  }
  return { ...world, define, defined, start, facts, finished }
}

describe('A definition', () => {
  it('numbers its versions and the scenarios that have no id', async () => {
    const { define, definitions } = await setup()
    const scenarios = [
      { payload: { text: 'a' } },
      { scenarioId: 'mine', payload: { text: 'b' } },
      { payload: { text: 'c' } },
    ]
    const first = await define(scenarios)
    const second = await define(scenarios)
    expect([first.version, second.version, second.scenarioCount]).toEqual([1, 2, 3])
    const { items } = await definitions.scenarios(first.definitionId, {})
    expect(items.map(({ scenarioId }) => scenarioId)).toEqual(['1', 'mine', '3'])
    expect(items[1]?.payload).toEqual({ text: 'b' })
  })

  it('is read as a stream, and nothing of it is kept when a scenario far down is refused', async () => {
    const { define, definitions, projectId } = await setup()
    async function* stream(bad: number) {
      for (let n = 1; n <= 3_000; n++)
        yield { payload: n === bad ? { text: n } : { text: `${n}` } } as NewScenario
    }
    await expect(define(stream(2_500))).rejects.toThrow(JobValidationError)
    await expect(define(stream(2_500))).rejects.toThrow(/scenarios\[2499\]\.payload\.text /)
    expect((await definitions.list(projectId, {})).items).toEqual([])
    expect((await define(stream(0))).scenarioCount).toBe(3_000)
  })

  it('is handed on in parts that fit in memory, however large its scenarios are', async () => {
    const { define, persistence } = await setup()
    const parts: number[] = []
    vi.spyOn(persistence.stores.definitions, 'stage').mockImplementation(async (scenarios) => {
      for await (const part of scenarios) parts.push(part.length)
      throw new Error('all were read')
    })
    const text = 'x'.repeat(700_000)
    const defined = define(Array.from({ length: 14 }, () => ({ payload: { text } })))
    await expect(defined).rejects.toThrow('all were read')
    expect(parts).toEqual([6, 6, 2])
  })

  it.each<[string, unknown, RegExp]>([
    ['none', [], /scenarios must not be empty/],
    [
      'a repeated id',
      [
        { scenarioId: 'a', payload: { text: '' } },
        { scenarioId: 'a', payload: { text: '' } },
      ],
      /scenarios\[1\]\.scenarioId/,
    ],
    [
      'an unknown field',
      [{ payload: { text: '' }, weight: 1 }],
      /scenarios\[0\]\.weight is not a known field/,
    ],
    [
      'what JSON cannot carry',
      [{ payload: { text: 'a\u0000' } }],
      /scenarios\[0\]\.payload\.text must not contain/,
    ],
  ])('refuses scenarios with %s, naming the place', async (_, scenarios, message) => {
    const { define, definitions, projectId } = await setup()
    const adding = define(scenarios as NewScenario[])
    await expect(adding).rejects.toThrow(ValidationError)
    await expect(adding).rejects.toThrow(message)
    expect((await definitions.list(projectId, {})).items).toEqual([])
  })

  it('is of a registered job type and in a project that exists', async () => {
    const { definitions, projectId } = await setup()
    const scenarios = [{ payload: { text: '' } }]
    await expect(definitions.add(projectId, { name: 'd', jobType: 'nobody', scenarios })).rejects.toThrow(
      /jobType names no registered/,
    )
    await expect(
      definitions.add(nobody as ProjectId, { name: 'd', jobType: 'work', scenarios }),
    ).rejects.toThrow(NotFoundError)
    await expect(definitions.get(nobody as DefinitionId)).rejects.toThrow(NotFoundError)
  })
})

describe('Starting a run', () => {
  it('makes a job for each sampled scenario and model, with the facts', async () => {
    const { runs, projectId, defined, facts } = await setup()
    const { definitionId, ...rest } = await defined(20)
    const request = { definitionId, models: ['a', 'b'], samplePercentage: 25, priority: 'high' as const }
    expect(await runs.preview(projectId, request)).toEqual({ scenarios: 5, jobs: 10 })
    const run = await runs.start(projectId, request)
    expect(run).toMatchObject({
      status: 'pending',
      priority: 'high',
      version: 1,
      tallies: { total: 10, byModel: { b: { total: 5 } } },
    })
    expect(run.config.definitionSnapshot).toEqual({ definitionId, ...rest })
    await expect(runs.jobs(run.runId, { model: 'A' }, {})).rejects.toThrow(
      'model names no model of the run: A',
    )
    const { items } = await runs.jobs(run.runId, {}, {})
    expect(new Set(items.map(({ scenarioId }) => scenarioId))).toEqual(new Set(['1', '8', '9', '13', '15']))
    expect(items[0]).toMatchObject({ priority: 10, maxAttempts: 3, attempt: 0, state: 'pending' })
    expect(await facts()).toEqual([
      ['run_status_changed', { runId: run.runId, status: 'pending', from: null, version: 1 }],
      ['queue_item_added', { runId: run.runId, count: 10, createdBy: null }],
    ])
  })

  it('gives the first run again under the same key, and starts nothing', async () => {
    const { runs, projectId, defined, facts } = await setup()
    const { definitionId } = await defined(2)
    const start = () => runs.start(projectId, { definitionId, models: ['m'] }, { idempotencyKey: 'k' })
    expect((await start()).runId).toBe((await start()).runId)
    expect(await facts()).toHaveLength(2)
  })

  it.each<[string, object, RegExp]>([
    ['no model', { models: [] }, /models /],
    ['a repeated model', { models: ['a', 'a'] }, /models\[1\] repeats/],
    ['no percentage to speak of', { samplePercentage: 0 }, /samplePercentage /],
    ['more than everything', { samplePercentage: 100.1 }, /samplePercentage /],
    ['half a seed', { sampleSeed: 0.5 }, /sampleSeed /],
    ['an unknown definition', { definitionId: nobody }, /definitionId is no definition of this project/],
    ['an unknown field', { modles: [] }, /modles is not a known field/],
  ])('is refused with %s', async (_, change, message) => {
    const { runs, projectId, defined, facts } = await setup()
    const { definitionId } = await defined(2)
    await expect(runs.start(projectId, { definitionId, models: ['m'], ...change })).rejects.toThrow(message)
    expect(await facts()).toEqual([])
  })
})

describe('Steering a run', () => {
  it('pauses and resumes, idempotently, and says each change once', async () => {
    const { runs, start, facts } = await setup()
    const { runId } = await start(3)
    await runs.pause(runId)
    expect(await runs.pause(runId)).toMatchObject({ status: 'paused', version: 2 })
    await runs.resume(runId)
    expect(await runs.resume(runId)).toMatchObject({ status: 'pending', version: 3 })
    expect((await facts()).slice(2)).toEqual([
      ['run_status_changed', { runId, status: 'paused', from: 'pending', version: 2 }],
      ['run_status_changed', { runId, status: 'pending', from: 'paused', version: 3 }],
    ])
  })

  it('cancels what is pending at once, with one fact for all of it', async () => {
    const { runs, start, facts } = await setup()
    const { runId } = await start(3)
    const cancelled = await runs.cancel(runId)
    expect(cancelled).toMatchObject({ status: 'cancelled', tallies: { total: 3, cancelled: 3 } })
    expect(await runs.cancel(runId)).toEqual(cancelled)
    expect((await facts()).slice(2)).toEqual([
      ['run_status_changed', { runId, status: 'cancelled', from: 'pending', version: cancelled.version }],
      ['queue_item_removed', { runId, count: 3, createdBy: null }],
    ])
    await expect(runs.pause(runId)).rejects.toThrow(RunStateError)
    await expect(runs.resume(runId)).rejects.toThrow(RunStateError)
    await expect(runs.retryFailed(runId)).rejects.toThrow(RunStateError)
  })

  it('changes its pace and priority, and says each change once', async () => {
    const { runs, start, facts } = await setup()
    const { runId } = await start(3)
    const changed = await runs.change(runId, { maxJobsPerSecond: 2 })
    expect(changed).toMatchObject({ version: 2, priority: 'normal', config: { maxJobsPerSecond: 2 } })
    expect(await runs.change(runId, { maxJobsPerSecond: 2, priority: 'normal' })).toEqual(changed)
    await runs.change(runId, { priority: 'high', maxJobsPerSecond: null }, 2)
    expect((await facts()).slice(2)).toEqual([
      ['run_changed', { runId, priority: 'normal', maxJobsPerSecond: 2, version: 2 }],
      ['run_changed', { runId, priority: 'high', maxJobsPerSecond: null, version: 3 }],
    ])
    await expect(runs.change(runId, { maxJobsPerSecond: 0 })).rejects.toThrow(/maxJobsPerSecond /)
    await expect(runs.change(runId, { priority: 'low' }, 1)).rejects.toThrow(VersionConflictError)
    await runs.cancel(runId)
    await expect(runs.change(runId, { priority: 'low' })).rejects.toThrow('A cancelled run cannot be changed')
  })

  it('refuses a change of a version that is no longer', async () => {
    const { runs, start } = await setup()
    const { runId } = await start(3)
    await runs.pause(runId, 1)
    await expect(runs.resume(runId, 1)).rejects.toThrow(VersionConflictError)
    await expect(runs.pause(nobody as RunId)).rejects.toThrow(NotFoundError)
  })

  it('runs the failed jobs again, and nothing else', async () => {
    const { runs, projectId, define, work, schedule, finished } = await setup()
    const { definitionId } = await define([{ payload: { text: 'good' } }, { payload: { text: 'bad' } }])
    const { runId } = await runs.start(projectId, { definitionId, models: ['m'] })
    schedule()
    await work()
    await finished(runId)
    await expect(runs.pause(runId)).rejects.toThrow(RunStateError)
    expect(await runs.progress(runId)).toMatchObject({
      completed: 1,
      failed: 1,
      percentComplete: 100,
      etaSeconds: 0,
    })
    expect(await runs.retryFailed(runId)).toMatchObject({
      status: 'running',
      tallies: { completed: 1, failed: 0 },
    })
    await finished(runId)
    const results = await all(runs.results(runId))
    expect(results.map(({ scenarioId, state, error }) => [scenarioId, state, error?.code])).toEqual([
      ['1', 'completed', undefined],
      ['2', 'failed', 'http_400'],
    ])
    expect((await runs.recentJobs(runId, 1))[0]).toMatchObject({
      scenarioId: '2',
      state: 'failed',
      attempt: 1,
    })
  })
})
