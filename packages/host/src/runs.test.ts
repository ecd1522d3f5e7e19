import { ClosedError, type JobId, jobType, NotFoundError, type RunId, ValidationError } from '@muster/core'
import { all } from '@muster/testing/worlds'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import { silentLogger } from './system/index.ts'

const shout = jobType({
  name: 'shout',
  payload: z.object({ text: z.string() }),
  retry: { maxAttempts: 1 },
  handler: ({ payload, model }) => {
    if (payload.text === 'fail') throw new Error('no voice')
    return `${model}: ${payload.text}`
  },
})
const tell = jobType({
  name: 'tell',
  payload: z.null(),
  handler: () => ({ at: new Date(0), gone: undefined as string | undefined, list: [undefined, 1] }),
})
const keep = jobType({
  name: 'keep',
  payload: z.enum(['map', 'cycle', 'infinite']),
  handler: ({ payload }): { [field: string]: number } => WRONG[payload] as never,
})
const cycle: { readonly inner: { round?: unknown } } = { inner: {} }
cycle.inner.round = cycle
const WRONG = { map: { deep: [{ a: new Map() }] }, cycle, infinite: { a: { b: Number.POSITIVE_INFINITY } } }

const models = ['ann', 'bob']
let muster: Muster<typeof shout | typeof tell | typeof keep>
let projectId: Awaited<ReturnType<Muster['projects']['add']>>['projectId']
beforeEach(async () => {
  muster = await createMuster({ jobTypes: [shout, tell, keep], logger: silentLogger })
  projectId = (await muster.projects.add({ name: 'Greetings' })).projectId
})
afterEach(() => muster.close())

describe('A run after another', () => {
  it('is worked off with it, by one process that schedules', async () => {
    const scenarios = [{ payload: { text: 'hello' } }, { payload: { text: 'fail' } }]
    const first = await muster.runs.start(projectId, { jobType: shout, scenarios, models })
    const second = await muster.runs.start(projectId, {
      models: ['cid'],
      after: {
        runId: first.runId,
        when: 'completed',
        from: {
          per: 'result',
          where: { state: ['completed'] },
          payload: { text: { $: '/result' }, of: { $: '/scenario/payload/text' } },
        },
      },
    })
    await muster.work()
    expect(await second.finished()).toMatchObject({ status: 'completed' })
    const typed = await muster.runs.follow(second.runId, shout)
    expect((await all(typed.results())).map(({ result }) => result).sort()).toEqual([
      'cid: ann: hello',
      'cid: bob: hello',
    ])
    const { runs } = await muster.runs.flow(first.runId)
    expect(runs.map(({ runId, tallies }) => [runId, tallies.total])).toEqual([
      [first.runId, 4],
      [second.runId, 2],
    ])
  })
})

describe('A job after a run', () => {
  it('is done once that has completed, and not if it was cancelled', async () => {
    const scenarios = [{ payload: { text: 'hello' } }]
    const [first, other] = [
      await muster.runs.start(projectId, { jobType: shout, scenarios, models }),
      await muster.runs.start(projectId, { jobType: shout, scenarios, models }),
    ]
    const after = async ({ runId }: { readonly runId: RunId }, onFailure?: 'run') => {
      const wait = { runId, when: 'peopleDone', onFailure } as const
      return (await muster.queue.add(projectId, shout, { text: 'bye' }, { after: wait })).jobId
    }
    await muster.runs.cancel(other.runId)
    const [goes, fails, goesToo] = [await after(first), await after(other), await after(other, 'run')]
    await muster.work()
    const ended = async (jobId: JobId) => (await muster.queue.get(projectId, jobId)).state
    for (const jobId of [goes, goesToo]) await expect.poll(() => ended(jobId)).toBe('completed')
    await expect.poll(() => ended(fails)).toBe('failed')
    expect((await muster.queue.get(projectId, fails)).error).toMatchObject({ code: 'parent_failed' })
  })
})

describe('A run of its own scenarios', () => {
  it('gives what its jobs gave, typed, and apart from it what failed', async () => {
    const scenarios = [{ payload: { text: 'hello' } }, { payload: { text: 'fail' } }]
    const run = await muster.runs.start(projectId, { jobType: shout, scenarios, models })
    expect(run).toMatchObject({ status: 'pending', projectId })
    await muster.work()
    expect(await run.finished()).toMatchObject({ runId: run.runId, status: 'completed', version: 3 })
    const results: string[] = []
    for await (const { result } of run.results()) results.push(result)
    expect(results).toEqual(['ann: hello', 'bob: hello'])
    expect(await all(run.failures())).toMatchObject([
      { scenarioId: '2', model: 'ann', state: 'failed', error: { message: 'no voice' } },
      { scenarioId: '2', model: 'bob', state: 'failed', error: { message: 'no voice' } },
    ])
  })

  it('gives dates as text, and members that are undefined not at all', async () => {
    const run = await muster.runs.start(projectId, {
      jobType: tell,
      scenarios: [{ payload: null }],
      models: ['m'],
    })
    await muster.work()
    await run.finished()
    expect((await all(run.results())).map(({ result }) => result)).toEqual([
      { at: '1970-01-01T00:00:00.000Z', list: [null, 1] },
    ])
  })

  it('fails a job once whose result cannot be kept, with the path', async () => {
    const scenarios = (['map', 'cycle', 'infinite'] as const).map((payload) => ({ payload }))
    const run = await muster.runs.start(projectId, { jobType: keep, scenarios, models: ['m'] })
    await muster.work()
    await run.finished()
    expect((await all(run.failures())).map(({ error }) => error)).toEqual([
      expect.objectContaining({
        code: 'invalid_result',
        message: expect.stringContaining('result.deep[0].a'),
      }),
      expect.objectContaining({ message: expect.stringMatching(/^result\.inner\.round is result again/) }),
      expect.objectContaining({ message: 'result.a.b must be a finite number' }),
    ])
    const { items } = await muster.runs.jobs(run.runId, {}, {})
    expect(items.map(({ attempt }) => attempt)).toEqual([1, 1, 1])
  })

  it('is read with its types by a process that follows it later', async () => {
    const scenarios = [{ payload: { text: 'hello' } }]
    const { runId } = await muster.runs.start(projectId, { jobType: shout, scenarios, models: ['m'] })
    await muster.work()
    const run = await muster.runs.follow(runId, shout)
    await run.finished()
    // Over by now.
    expect(await muster.runs.finished(runId)).toMatchObject({ status: 'completed' })
    expect(await all(run.results())).toEqual([
      { scenarioId: '1', model: 'm', state: 'completed', payload: { text: 'hello' }, result: 'm: hello' },
    ])
    await expect(muster.runs.follow(runId, tell)).rejects.toThrow(/jobType must be shout/)
  })
})

it('finds runs by what is said of them', async () => {
  const request = { jobType: shout, scenarios: [{ payload: { text: 'a' } }], models }
  const first = await muster.runs.start(projectId, { ...request, experimentId: 'one' })
  const second = await muster.runs.start(projectId, { ...request, experimentId: 'two' })
  await first.cancel()
  const found = async (where: object) =>
    (await muster.runs.find({ projectId, ...where })).items.map(({ runId }) => runId)
  expect(await found({ experimentId: 'two' })).toEqual([second.runId])
  expect(await found({ experimentId: 'one', status: ['cancelled'] })).toEqual([first.runId])
  expect(await found({ definitionId: second.definitionId })).toEqual([second.runId])
  const { nextCursor } = await muster.runs.find({ projectId, limit: 1 })
  expect(await found({ limit: 1, cursor: nextCursor })).toEqual([first.runId])
  await expect(found({ status: ['over'] })).rejects.toThrow(/status/)
  await expect(found({ experimentID: 'one' })).rejects.toThrow(/experimentID is not a known field/)
})

describe('Waiting for a run', () => {
  const start = () =>
    muster.runs.start(projectId, { jobType: shout, scenarios: [{ payload: { text: 'a' } }], models })

  it('ends with its cancelling', async () => {
    const run = await start()
    const finished = run.finished()
    await run.cancel()
    expect(await finished).toMatchObject({ status: 'cancelled', tallies: { cancelled: 2 } })
  })

  it('is given up by its signal, at once if that has aborted', async () => {
    const run = await start()
    const gaveUp = new AbortController()
    const finished = run.finished({ signal: gaveUp.signal })
    gaveUp.abort(new Error('enough'))
    await expect(finished).rejects.toThrow('enough')
    await expect(run.finished({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })

  it('is given up after its time', async () => {
    await expect((await start()).finished({ timeoutMs: 1 })).rejects.toMatchObject({
      name: 'TimeoutError',
      message: expect.stringContaining('within 1 ms'),
    })
    await expect((await start()).finished({ timeoutMs: -1 })).rejects.toThrow(/timeoutMs must be/)
  })

  it('is given up once Muster closes', async () => {
    const finished = (await start()).finished()
    await Promise.all([expect(finished).rejects.toThrow(ClosedError), muster.close()])
  })

  it('is for runs that exist', async () => {
    await expect(muster.runs.finished('01890000-0000-7000-8000-000000000000' as RunId)).rejects.toThrow(
      NotFoundError,
    )
  })

  it('goes on if a run that had ended is opened again', async () => {
    const scenarios = [{ payload: { text: 'fail' } }]
    const run = await muster.runs.start(projectId, { jobType: shout, scenarios, models: ['m'] })
    const worker = await muster.work()
    await run.finished()
    await worker.close()
    await muster.runs.retryFailed(run.runId)
    const again = run.finished()
    await muster.work()
    expect(await again).toMatchObject({ status: 'completed', version: 5 })
  })
})

describe('A queue', () => {
  it('takes a job of a type with its payload and its options', async () => {
    const item = await muster.queue.add(projectId, shout, { text: 'now' }, { delaySeconds: 5, priority: 7 })
    expect(item).toMatchObject({ type: 'shout', priority: 7, position: null })
    expect(item.availableAt.getTime() - item.createdAt.getTime()).toBe(5_000)
    const wrong = { text: 1 } as never
    await expect(muster.queue.add(projectId, shout, wrong)).rejects.toThrow(/payload\.text/)
    await expect(muster.queue.add(projectId, shout, { text: '' }, { delaySeconds: -1 })).rejects.toThrow(
      ValidationError,
    )
    const unknown = { ...shout, name: 'nobody' } as never
    await expect(muster.queue.add(projectId, unknown, { text: '' } as never)).rejects.toThrow(/nobody/)
  })
})
