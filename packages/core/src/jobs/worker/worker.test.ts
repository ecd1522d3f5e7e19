import { aborted, all, intercepted, never, workerWorld as openWorkerWorld } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { NonRetryableError, NotFoundError, NotNowError, UnavailableError } from '../../errors.ts'
import type { RunId } from '../../ids.ts'
import { OPEN } from '../../limits/keys.ts'
import type { JobType } from '../job.ts'
import { LEASE_MS } from './lease.ts'
import { GRACE_MS } from './runner.ts'
import { HAND_BACK_MS } from './worker.ts'

describe.each([
  ['that takes its jobs from the store', false],
  ['behind a broker', true],
])('%s:', (_, broker) => {
  const workerWorld = (...[handler, type]: Parameters<typeof openWorkerWorld>) =>
    openWorkerWorld(handler, type, { broker })

  describe('A worker', () => {
    it('does every job of a run once and completes the run with the last', async () => {
      const done: unknown[] = []
      const world = await workerWorld(async (job) => {
        done.push(job.payload)
        return { seen: job.payload as never }
      })
      const run = await world.start(500, { models: ['a', 'b'] })
      await world.work()
      await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
      expect(done).toHaveLength(1_000)
      const { tallies } = await world.runs.get(run.runId)
      expect(tallies).toMatchObject({ total: 1_000, completed: 1_000, failed: 0 })
      expect(tallies.byModel['b']).toEqual({ total: 500, completed: 500, failed: 0, cancelled: 0 })
      const results = await all(world.runs.results(run.runId))
      expect(results.slice(0, 3).map(({ scenarioId, model, result }) => [scenarioId, model, result])).toEqual(
        [
          ['1', 'a', { seen: { n: 1 } }],
          ['1', 'b', { seen: { n: 1 } }],
          ['2', 'a', { seen: { n: 2 } }],
        ],
      )
    })

    it('keeps to the limits of a key over all workers, and does every job', async () => {
      let [running, most] = [0, 0]
      const starts: number[] = []
      const wait = { now: (): number => 0, some: async (): Promise<void> => undefined }
      const world = await workerWorld(
        async () => {
          starts.push(wait.now())
          running++
          most = Math.max(most, running)
          await wait.some()
          running--
        },
        { limits: ({ model }) => [`model:${model}`, 'provider:x'] },
      )
      wait.now = () => world.clock.now().getTime()
      wait.some = () => world.clock.wait(200)
      const { limits } = world.persistence.stores
      await limits.put('model:m', { ...OPEN, concurrency: 3 })
      await limits.put('provider:x', { ...OPEN, perMinute: 1_200, burst: 2 })
      const run = await world.start(40)
      await world.work()
      await world.work()
      await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
      expect(most).toBe(3)
      expect(starts).toHaveLength(40)
      const within = (from: number): number => starts.filter((at) => at >= from && at < from + 1_000).length
      expect(Math.max(...starts.map(within))).toBeLessThanOrEqual(21)
      expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeLessThan(4_000)
      const used = async () => (await limits.find('model:m', world.clock.now()))?.state
      await world.until(async () => (await used())?.inUse === 0)
      expect(await used()).toMatchObject({ inUse: 0, starts: 40 })
    })

    it('spends the units that an attempt used in place of its estimate', async () => {
      const world = await workerWorld((_, { usage }) => void usage({ model: 'm', input: 900, output: 100 }), {
        limits: () => ['tokens:x'],
        estimate: () => ({ units: 100 }),
      })
      const { limits } = world.persistence.stores
      await limits.put('tokens:x', { ...OPEN, unitsPerMinute: 60_000 })
      await world.work()
      await world.settled(await world.add('a'))
      const used = async () => (await limits.find('tokens:x', world.clock.now()))?.state
      await world.until(async () => (await used())?.units === 1_000)
      expect(await used()).toMatchObject({ inUse: 0, starts: 1 })
    })

    it('begins nothing under a key that the other side asked to rest, in any worker, and keeps the place', async () => {
      const starts: { readonly payload: unknown; readonly at: number }[] = []
      const time = { now: (): number => 0 }
      const world = await workerWorld(
        ({ payload }) => {
          starts.push({ payload, at: time.now() })
          if (starts.length === 1) throw new NotNowError({ retryAfterSeconds: 5, key: 'provider:x' })
          return null
        },
        { limits: () => ['model:m', 'provider:x'] },
      )
      time.now = () => world.clock.now().getTime()
      const { limits } = world.persistence.stores
      await limits.put('model:m', { ...OPEN, concurrency: 1 })
      await world.work()
      await world.work()
      const jobs = [await world.add('a'), await world.add('b'), await world.add('c')]
      for (const jobId of jobs) await world.settled(jobId)
      expect(starts.map(({ payload }) => payload)).toEqual(['a', 'a', 'b', 'c'])
      const [first, second] = starts.map(({ at }) => at)
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(5_000)
      expect((second ?? 0) - (first ?? 0)).toBeLessThan(6_000)
      for (const jobId of jobs)
        expect(await world.job(jobId)).toMatchObject({ state: 'completed', attempt: 1 })
      expect(await limits.find('model:m', world.clock.now())).toMatchObject({ state: { coolUntil: 0 } })
      expect(await limits.find('provider:x', world.clock.now())).toMatchObject({ state: { coolDowns: 0 } })
    })

    it('counts a handler that ignores its abort under its key until it returns', async () => {
      const world = await workerWorld(({ payload }) => (payload === 'stuck' ? never() : null), {
        timeoutMs: 1_000,
        retry: { maxAttempts: 1 },
        limits: () => ['model:m'],
      })
      await world.persistence.stores.limits.put('model:m', { ...OPEN, concurrency: 1 })
      await world.work()
      const stuck = await world.add('stuck')
      const next = await world.add('next')
      await world.until(async () => (await world.job(stuck)).state === 'failed')
      await world.clock.advance(5_000)
      expect(await world.job(next)).toMatchObject({ state: 'pending' })
      await world.persistence.stores.limits.put('model:m', { ...OPEN, concurrency: 2 })
      await world.until(async () => (await world.job(next)).state === 'completed')
    })

    it('tries again what may succeed later, and fails what may not', async () => {
      const world = await workerWorld((job) => {
        switch (job.payload) {
          case 'twice':
            if (job.attempt < 3) throw Object.assign(new Error('busy'), { status: 503 })
            return 'third time lucky'
          case 'always':
            return Promise.reject()
          case 'final':
            throw new NonRetryableError('no use')
          default:
            return undefined
        }
      })
      world.schedule()
      await world.work()
      const [twice, always, final, nothing] = await Promise.all(
        ['twice', 'always', 'final', 'nothing'].map((payload) => world.add(payload)),
      )
      for (const jobId of [twice, always, final, nothing]) if (jobId) await world.settled(jobId)
      expect(twice && (await world.job(twice))).toMatchObject({
        state: 'completed',
        attempt: 3,
        result: 'third time lucky',
      })
      expect(always && (await world.job(always))).toMatchObject({
        state: 'failed',
        attempt: 3,
        error: { code: 'handler_failed', message: 'The handler threw undefined' },
      })
      expect(final && (await world.job(final))).toMatchObject({
        state: 'failed',
        attempt: 1,
        error: { code: 'non_retryable' },
      })
      expect(nothing && (await world.job(nothing))).toMatchObject({ state: 'completed', result: null })
    })

    it('waits for the other side without using an attempt, and no shorter than it asked', async () => {
      let calls = 0
      const world = await workerWorld(
        () => {
          const answer = { status: 429, headers: { 'retry-after': '300' } }
          if (++calls <= 2) throw Object.assign(new Error('too many'), answer)
          return 'at last'
        },
        { retry: { maxAttempts: 1 } },
      )
      world.schedule()
      await world.work()
      const jobId = await world.add(null)
      await world.until(async () => (await world.job(jobId)).error !== null)
      const { state, attempt, error, availableAt } = await world.job(jobId)
      expect({ state, attempt, code: error?.code }).toEqual({
        state: 'pending',
        attempt: 0,
        code: 'http_429',
      })
      expect(availableAt.getTime() - world.clock.now().getTime()).toBeGreaterThan(299_000)
      await world.until(() => calls === 2)
      expect(world.clock.now()).toEqual(availableAt)
      await world.clock.advance(300_000)
      await world.settled(jobId)
      expect(await world.job(jobId)).toMatchObject({
        state: 'completed',
        attempt: 1,
        result: 'at last',
        error: null,
      })
    })

    it('counts each answer that asks to wait after fifty in a row', async () => {
      let calls = 0
      const world = await workerWorld(
        () => {
          calls++
          throw calls === 52 ? new Error('something else') : new NotNowError()
        },
        { retry: { maxAttempts: 3, baseMs: 10, capMs: 10 } },
      )
      world.schedule()
      await world.work()
      const jobId = await world.add(null)
      await world.until(() => calls === 51)
      await world.until(async () => (await world.job(jobId)).attempt === 1)
      await world.settled(jobId)
      // Fifty for nothing, one that counts, another error, fifty for nothing, and the last attempt.
      expect(calls).toBe(50 + 1 + 1 + 50 + 1)
      expect(await world.job(jobId)).toMatchObject({
        state: 'failed',
        attempt: 3,
        error: { code: 'not_now' },
      })
    })

    it('counts each call that a handler reports once, however its attempts end', async () => {
      const world = await workerWorld(
        async ({ attempt }, { usage, signal }) => {
          void usage({ model: 'm', input: 10 * attempt, output: 1 })
          if (attempt === 1) throw new Error('no luck')
          if (attempt === 2) await aborted(signal)
          await usage({ model: 'judge', input: 5, output: 0, costMicros: 3 })
          return 'fine'
        },
        { timeoutMs: 1_000, retry: { maxAttempts: 3, baseMs: 10, capMs: 10 } },
      )
      world.schedule()
      await world.persistence.transaction(async ({ usage }) => {
        await usage.lockPrices(['m'])
        const none = { outputMicros: 0, cachedMicros: 0, cacheWriteMicros: 0 }
        await usage.putPrices([{ model: 'm', from: new Date(0), inputMicros: 100_000, ...none }])
      })
      const worker = await world.work()
      const jobId = await world.add(null)
      await world.settled(jobId)
      await worker.close()
      expect(await world.job(jobId)).toMatchObject({
        state: 'completed',
        attempt: 3,
        usage: { units: 68, costMicros: 9 },
      })
      const { usage } = world.persistence.stores
      const { total, parts } = await usage.sum({ projectId: world.projectId }, 'model', 9)
      expect(total).toMatchObject({ calls: 4, input: 65, output: 3, costMicros: 9, unpriced: 0 })
      expect(parts.map(({ model, calls }) => [model, calls])).toEqual([
        ['m', 3],
        ['judge', 1],
      ])
    })

    it('refuses usage that cannot be by its path, at once, and counts nothing', async () => {
      const world = await workerWorld((_, { usage }) => usage({ model: 'm', input: -1, output: 0 }))
      const worker = await world.work()
      const jobId = await world.add(null)
      await world.settled(jobId)
      await worker.close()
      const { state, error, usage } = await world.job(jobId)
      expect({ state, code: error?.code, usage }).toEqual({
        state: 'failed',
        code: 'validation_failed',
        usage: null,
      })
      expect(error?.message).toContain('input must be a whole number')
    })

    it('keeps a result as JSON.stringify does, without another attempt', async () => {
      const at = new Date('2026-01-05T12:00:00.000Z')
      const world = await workerWorld(() => ({ at, left: undefined, list: [undefined, at] }))
      await world.work()
      const jobId = await world.add(null)
      await world.settled(jobId)
      const iso = at.toISOString()
      const { state, attempt, result } = await world.job(jobId)
      expect({ state, attempt, result: JSON.stringify(result) }).toEqual({
        state: 'completed',
        attempt: 1,
        result: JSON.stringify({ at: iso, list: [null, iso] }),
      })
    })

    it.each<[string, () => unknown, string]>([
      ['a BigInt', () => 1n, 'result must be JSON, not bigint'],
      ['a function in it', () => ({ a: [() => 1] }), 'result.a[0] must be JSON, not function'],
      ['a number that is none', () => ({ score: Number.NaN }), 'result.score must be a finite number'],
      ['a circle', circle, 'result again: JSON has no cycles'],
      ['a getter that throws', throwing, 'one of its fields throws'],
    ])('fails a job whose result is or has %s, and goes on', async (_, make, message) => {
      const world = await workerWorld((job) => (job.payload === 'bad' ? make() : 'fine'))
      await world.work({ concurrency: 1 })
      const bad = await world.add('bad')
      const good = await world.add('good')
      await world.settled(good)
      expect(await world.job(bad)).toMatchObject({
        state: 'failed',
        attempt: 1,
        error: { code: 'invalid_result', retryable: false },
      })
      expect((await world.job(bad)).error?.message).toContain(message)
      expect((await world.job(good)).result).toBe('fine')
    })

    it('aborts an attempt that takes too long, and counts it as a timeout', async () => {
      const reasons: string[] = []
      const world = await workerWorld(
        async (_, { signal }) => aborted(signal).catch((reason: DOMException) => reasons.push(reason.name)),
        { timeoutMs: 200, retry: { maxAttempts: 1 } },
      )
      await world.work()
      const jobId = await world.add(null)
      await world.settled(jobId)
      expect(await world.job(jobId)).toMatchObject({
        state: 'failed',
        error: { code: 'timeout', message: 'The attempt took longer than 200 ms' },
      })
      expect(reasons).toEqual(['TimeoutError'])
    })

    it('gives back the slot of a handler that ignores that it was told to stop', async () => {
      const world = await workerWorld((job) => (job.payload === 'deaf' ? never() : 'fine'), {
        timeoutMs: 1_000,
        retry: { maxAttempts: 1 },
      })
      await world.work({ concurrency: 1 })
      const deaf = await world.add('deaf')
      const next = await world.add('next')
      await world.clock.advance(1_000 + GRACE_MS - 100)
      expect((await world.job(next)).state).toBe('pending')
      await world.settled(next)
      expect(await world.job(deaf)).toMatchObject({ state: 'failed', error: { code: 'timeout' } })
      expect((await world.job(next)).result).toBe('fine')
      expect(world.warnings.join()).toContain('ignores that it was told to stop')
    })

    it('tells a running handler to stop when its item is cancelled', async () => {
      const world = await workerWorld(async (job, { signal }) => {
        if (job.payload !== 'finishes all the same') return aborted(signal)
        await aborted(signal).catch(() => undefined)
        return 'finished'
      })
      await world.work()
      const stops = await world.add('stops')
      const finishes = await world.add('finishes all the same')
      await world.until(async () => (await world.job(finishes)).state === 'active')
      expect(await world.queue.cancel(world.projectId, stops)).toMatchObject({
        state: 'active',
        cancelling: true,
      })
      expect(await world.queue.cancel(world.projectId, finishes)).toMatchObject({
        state: 'active',
        cancelling: true,
      })
      await world.settled(stops)
      await world.settled(finishes)
      expect((await world.job(stops)).state).toBe('cancelled')
      expect(await world.job(finishes)).toMatchObject({ state: 'completed', result: 'finished' })
    })

    it('keeps the last step of every job, and moves none back', async () => {
      const world = await workerWorld(async (job, { step }) => {
        step('load', 1, 3)
        step('ask', 2, 3, 70)
        step('load', 1, 3, 99)
        step('nonsense', 9, 3)
        if (job.payload === 'stay') await never()
        step('answer', 3, 3, 50)
        return 'ok'
      })
      await world.work()
      const quick = await world.add('quick')
      const stay = await world.add('stay')
      await world.settled(quick)
      expect(await world.job(quick)).toMatchObject({
        step: { name: 'answer', index: 3, total: 3 },
        progress: 100,
      })
      await world.until(async () => (await world.job(stay)).step !== null)
      expect(await world.job(stay)).toMatchObject({
        state: 'active',
        step: { name: 'ask', index: 2, total: 3 },
        progress: 70,
      })
    })

    it('gives a handler the results of runs of its own project alone', async () => {
      const world = await workerWorld(async (job) => {
        const { runId } = job.payload as { runId?: RunId }
        if (!runId) return 'probed'
        const results = await all(job.results(runId))
        return results.map(({ scenarioId, result }) => [scenarioId, result])
      })
      const run = await world.start(2)
      await world.work()
      await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
      const reads = await world.add({ runId: run.runId })
      const foreign = await world.add({ runId: '01900000-0000-7000-8000-ffffffffffff' })
      await world.settled(reads)
      await world.settled(foreign)
      expect((await world.job(reads)).result).toEqual([
        ['1', 'probed'],
        ['2', 'probed'],
      ])
      expect((await world.job(foreign)).error?.code).toBe(new NotFoundError('run', '').code)
    })

    it('fills a slot the moment it is free', async () => {
      let done = 0
      const world = await workerWorld(async () => {
        await world.clock.wait(100)
        done++
      })
      await world.start(10)
      await world.work({ concurrency: 1 })
      await world.clock.advance(1_000)
      expect(done).toBe(10)
    })

    it('keeps its slots while the store records more slowly than handlers end, and closes in time', async () => {
      let ended = 0
      const world = await workerWorld(() => void ended++)
      await world.start(3_000)
      const worker = await world.work({ concurrency: 8 }, (store) =>
        intercepted(store, (method) => (method === 'settle' ? never() : undefined)),
      )
      await world.until(() => ended >= 200)
      await world.clock.advance(5_000)
      expect(ended).toBeLessThanOrEqual(4 * 8 + 2 * 200)
      const closed = worker.close({ deadlineMs: 3_000 })
      await world.clock.advance(3_600)
      await closed
    })

    it('starts an urgent item before what stands in line, however long that line is', async () => {
      const order: unknown[] = []
      const world = await workerWorld(async (job) => {
        order.push(job.payload)
        await world.clock.wait(100)
      })
      await world.start(200)
      await world.work({ concurrency: 2 })
      await world.until(() => order.length >= 20)
      await world.add('urgent', 10)
      const before = order.length
      await world.until(() => order.includes('urgent'))
      expect(order.indexOf('urgent') - before).toBeLessThanOrEqual(8)
    })
  })

  describe('A worker that stops', () => {
    it('waits for its handlers, then hands back the rest without having used an attempt', async () => {
      let hang = true
      const world = await workerWorld(async (job, { signal }) => {
        if (job.payload === 'short') await world.clock.wait(500)
        else if (hang) await aborted(signal)
        return 'done'
      })
      const worker = await world.work({ concurrency: 2 })
      const short = await world.add('short')
      const long = await world.add('long')
      const waiting = await world.add('waiting')
      await world.until(async () => (await world.job(long)).state === 'active')
      const closed = worker.close({ deadlineMs: 1_000 })
      await world.clock.advance(10_000)
      await closed
      expect((await world.job(short)).state).toBe('completed')
      expect(await world.job(long)).toMatchObject({ state: 'pending', attempt: 0 })
      expect(await world.job(waiting)).toMatchObject({ state: 'pending', attempt: 0 })
      hang = false
      await world.work()
      await world.settled(long)
      await world.settled(waiting)
      expect(await world.job(long)).toMatchObject({ state: 'completed', attempt: 1 })
    })

    it('waits until what it hands back is recorded, though it cannot say that it is gone', async () => {
      const world = await workerWorld((_, { signal }) => aborted(signal))
      const worker = await world.work({}, (store) =>
        intercepted(store, (method) => {
          if (method === 'closeWorker') return never()
          return method === 'settle' ? world.clock.wait(50) : undefined
        }),
      )
      const { jobs } = world.persistence.stores
      const counts = async () => (await jobs.countByType(world.projectId)).get('work')
      for (let added = 0; added < 20; added++) await world.add(null)
      await world.until(async () => (await counts())?.active === 20)
      const closed = worker.close({ deadlineMs: 1_000 })
      await world.clock.advance(10_000)
      await closed
      expect(await counts()).toMatchObject({ pending: 20, active: 0 })
    })

    it('hands back also what ignores its abort, and may be closed twice', async () => {
      const world = await workerWorld(() => never())
      const worker = await world.work()
      const jobId = await world.add(null)
      await world.until(async () => (await world.job(jobId)).state === 'active')
      const closed = Promise.all([worker.close({ deadlineMs: 0 }), worker.close()])
      await world.clock.advance(10_000)
      await closed
      expect(await world.job(jobId)).toMatchObject({ state: 'pending', attempt: 0 })
    })
  })

  describe('A worker that must stop in time', () => {
    it.each<[string, string[], number]>([
      ['a store that records slowly', ['settle'], 700],
      ['a store that records nothing more', ['settle'], 1e9],
      ['beats and steps that are not answered', ['beat', 'reportSteps'], 1e9],
      ['a store that says nothing at all', ['settle', 'beat', 'take', 'begin', 'feed', 'closeWorker'], 1e9],
    ])('is closed within a fifth more than its deadline beside %s', async (_, slow, ms) => {
      let closing = false
      const world = await workerWorld(async (_, { step }) => {
        await world.clock.wait(closing ? 1e9 : 10)
        step('half', 1, 2)
      })
      await world.start(5_000)
      const worker = await world.work({ concurrency: 64 }, (store) =>
        intercepted(store, (method) => (closing && slow.includes(method) ? world.clock.wait(ms) : undefined)),
      )
      const { jobs } = world.persistence.stores
      const counts = async () => (await jobs.countByType(world.projectId)).get('work')
      await world.until(async () => ((await counts())?.completed ?? 0) > 100)
      closing = true
      const began = world.clock.now().getTime()
      const closed = worker.close({ deadlineMs: 3_000 }).then(() => world.clock.now().getTime() - began)
      await world.clock.advance(10_000)
      expect(await closed).toBeLessThanOrEqual(3_600)
      if (slow.includes('closeWorker')) return
      expect(await counts()).toMatchObject({ active: 0 })
    })
  })

  describe('A worker that was declared dead', () => {
    it('stops, records nothing more, and works again under a new name; its jobs are done elsewhere, once', async () => {
      let frozen = false
      const starts: number[] = []
      const world = await workerWorld(async (job, { signal }) => {
        starts.push(job.attempt)
        if (starts.length === 1) await aborted(signal)
        return `by start ${starts.length}`
      })
      world.schedule()
      const freeze = (method: string) => {
        if (frozen && method === 'beat') throw new UnavailableError('frozen')
      }
      await world.work({}, (store) => intercepted(store, freeze))
      const jobId = await world.add('first')
      await world.until(async () => (await world.job(jobId)).state === 'active')
      frozen = true
      await world.clock.advance(2 * LEASE_MS)
      const other = await world.work()
      await world.settled(jobId)
      expect(await world.job(jobId)).toMatchObject({ state: 'completed', attempt: 1, result: 'by start 2' })
      await other.close()
      frozen = false
      await world.clock.advance(LEASE_MS)
      const again = await world.add('second')
      await world.settled(again)
      expect((await world.job(again)).result).toBe('by start 3')
      expect(starts).toEqual([1, 1, 1])
    })
  })

  describe('A store that is away', () => {
    it.each<[string, Error]>([
      ['says so', new UnavailableError('away')],
      ['fails otherwise', new TypeError('boom')],
    ])('stops nobody and loses nothing if it %s', async (_, error) => {
      let away = false
      let done = 0
      const world = await workerWorld(async () => {
        await world.clock.wait(20)
        return ++done
      })
      world.schedule()
      const run = await world.start(300)
      await world.work({ concurrency: 10 }, (store) =>
        intercepted(store, () => {
          if (away) throw error
        }),
      )
      await world.until(() => done > 50)
      away = true
      await world.clock.advance(60_000)
      expect(done).toBeLessThan(120)
      away = false
      await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
      expect((await world.runs.get(run.runId)).tallies).toMatchObject({ completed: 300, failed: 0 })
      const attempts = (await world.runs.jobs(run.runId, {}, { limit: 200 })).items.map(
        ({ attempt }) => attempt,
      )
      expect(Math.max(...attempts)).toBe(1)
    })

    it.each(broker ? (['feed', 'begin', 'settle'] as const) : (['take', 'settle'] as const))(
      'loses nothing either if it goes away in the moment after a %s took effect',
      async (method) => {
        let losses = 3
        const world = await workerWorld(() => 'ok')
        world.schedule()
        const run = await world.start(100)
        await world.work({ concurrency: 5 }, (store) =>
          Object.assign(Object.create(store), {
            [method]: async (request: never) => {
              const answer = await store[method](request)
              if (losses-- > 0) throw new UnavailableError('the answer was lost')
              return answer
            },
          }),
        )
        await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
        expect((await world.runs.get(run.runId)).tallies).toMatchObject({ completed: 100, failed: 0 })
      },
    )
  })
})

describe('A worker behind a broker', () => {
  const TEN = { concurrency: 10 }
  const behindBroker = async (jobs: number) => {
    const starts = new Map<unknown, number>()
    const world = await openWorkerWorld(
      async (job) => {
        starts.set(job.payload, (starts.get(job.payload) ?? 0) + 1)
        await world.clock.wait(200)
        return 'done'
      },
      {},
      { broker: true },
    )
    const { broker } = world
    if (!broker) throw new Error('no broker')
    const run = await world.start(jobs)
    const completed = async () => (await world.runs.get(run.runId)).tallies.completed
    return { ...world, broker, starts, run, completed }
  }

  it.each(['refusing', 'silent'] as const)(
    'takes jobs from the store while that is %s, and through it once it is back, each begun once',
    async (mood) => {
      const world = await behindBroker(5_000)
      world.schedule()
      await world.work(TEN)
      await world.clock.advance(10_000)
      expect(world.broker.delivered).toBeGreaterThan(400)
      const before = await world.completed()
      world.broker.is = mood
      await world.clock.advance(60_000)
      const meanwhile = (await world.completed()) - before
      // Ten slots, five jobs a second each: what a worker without a broker would do, less the moment it takes to notice.
      expect(meanwhile).toBeGreaterThan(0.9 * 60 * 50)
      world.broker.is = 'well'
      await world.clock.advance(3_000)
      const delivered = world.broker.delivered
      const back = await world.completed()
      await world.clock.advance(10_000)
      expect(world.broker.delivered - delivered).toBeGreaterThan(0.9 * 10 * 50)
      expect((await world.completed()) - back).toBeGreaterThan(0.9 * 10 * 50)
      await world.until(async () => (await world.runs.get(world.run.runId)).status === 'completed')
      expect([...world.starts.values()].filter((count) => count > 1)).toEqual([])
      expect(world.starts.size).toBe(5_000)
      expect(world.warnings.filter((line) => line.includes('told again when it works'))).toHaveLength(1)
    },
  )

  it.each(['refusing', 'silent'] as const)(
    'starts, and works, although that is %s from the start',
    async (mood) => {
      const world = await behindBroker(250)
      world.broker.is = mood
      await world.work(TEN)
      await world.clock.advance(10_000)
      expect(await world.completed()).toBe(250)
      world.broker.is = 'well'
      await world.clock.advance(6_000)
      const late = await world.add('late')
      await world.settled(late)
      expect(world.broker.delivered).toBe(1)
    },
  )

  it('does what that had been given when it was killed, of its own types, within three seconds', async () => {
    const world = await behindBroker(40)
    world.broker.forgets = true
    await world.work(TEN)
    await world.clock.advance(100)
    expect(await world.completed()).toBe(0)
    world.broker.is = 'refusing'
    await world.clock.advance(3_000)
    expect(await world.completed()).toBe(40)
  })

  it('does what that keeps although slots are free', async () => {
    const world = await behindBroker(40)
    world.schedule()
    world.broker.forgets = true
    await world.work(TEN)
    await world.until(async () => (await world.completed()) === 40)
    expect([...world.starts.values()].filter((count) => count > 1)).toEqual([])
    expect(world.broker.delivered).toBe(0)
  })

  it('stays with the store for longer each time that fails soon after it came back', async () => {
    const world = await behindBroker(1)
    await world.work(TEN)
    const rest: number[] = []
    for (let round = 0; round < 8; round++) {
      world.broker.is = 'refusing'
      await world.clock.advance(2_000)
      world.broker.is = 'well'
      const since = world.clock.now().getTime()
      await world.until(() => world.notes.filter((line) => line.includes('go through it')).length > round)
      rest.push(world.clock.now().getTime() - since)
    }
    expect(rest.map((ms) => Math.round(ms / 1_000))).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
  })

  it('begins no more than it has slots for while jobs come from both sides', async () => {
    const slow = Promise.withResolvers<void>()
    const world = await openWorkerWorld(() => slow.promise, {}, { broker: true })
    const { broker } = world
    if (!broker) throw new Error('no broker')
    const run = await world.start(60)
    broker.is = 'refusing'
    let returned = 0
    await world.work(TEN, (store) =>
      Object.assign(Object.create(store), {
        settle: (request: Parameters<typeof store.settle>[0]) => {
          returned += request.outcomes.filter(({ kind }) => kind === 'returned').length
          return store.settle(request)
        },
      }),
    )
    await world.clock.advance(5_000)
    broker.is = 'well'
    await world.clock.advance(20_000)
    const { items } = await world.runs.jobs(run.runId, {}, { limit: 100 })
    expect(items.filter(({ state }) => state === 'active')).toHaveLength(10)
    // A few that were taken ahead before it was seen that the jobs are slow, and no more.
    expect(returned).toBeLessThan(5)
    slow.resolve()
    await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
  })
})

describe('The lease of a worker', () => {
  it.each<[string, Partial<JobType>, number | undefined, number]>([
    ['6 s if nobody asks for more', {}, undefined, 6],
    ['as long as a type asks for', { leaseSeconds: 30 }, undefined, 30],
    ['as long as the worker asks for', {}, 20, 20],
    ['the longer of both', { leaseSeconds: 30 }, 2, 30],
  ])('is %s', async (_, type, leaseSeconds, seconds) => {
    let silent = false
    let starts = 0
    const world = await openWorkerWorld(() => {
      starts++
      return never()
    }, type)
    world.schedule()
    await world.work({ leaseSeconds }, (store) =>
      intercepted(store, (method) => {
        if (silent && method === 'beat') throw new UnavailableError('blocked')
      }),
    )
    const jobId = await world.add(null)
    await world.until(async () => (await world.job(jobId)).state === 'active')
    silent = true
    await world.clock.advance((seconds - 1) * 1_000)
    expect((await world.job(jobId)).state).toBe('active')
    silent = false
    await world.clock.advance(2_000)
    silent = true
    await world.clock.advance((seconds + 2) * 1_000)
    expect((await world.job(jobId)).state).toBe('pending')
    expect(starts).toBe(1)
  })

  it.each([
    [{ leaseSeconds: 1 }, {}, 'jobTypes[work].leaseSeconds must be a number from 2 to 3600'],
    [{}, { leaseSeconds: Number.NaN }, 'leaseSeconds must be a number from 2 to 3600'],
    [{}, { leaseSeconds: 1e9 }, 'leaseSeconds must be a number from 2 to 3600'],
  ])('is refused by name if it cannot be: %o %o', async (type, options, message) => {
    const world = await openWorkerWorld(() => null, type)
    await expect(world.work(options)).rejects.toThrow(message)
  })
})

describe('A worker that takes ahead of its slots', () => {
  it('puts back in line what waits for slots that have become slow, no attempt used', async () => {
    let started = 0
    const slow = Promise.withResolvers<void>()
    const world = await openWorkerWorld(async () => {
      if (++started > 200) await slow.promise
    })
    const run = await world.start(500)
    await world.work({ concurrency: 10 })
    await world.until(() => started === 210)
    const active = async () =>
      (await world.persistence.stores.jobs.countByType(world.projectId)).get('work')?.active
    expect(await active()).toBeGreaterThan(10)
    await world.clock.advance(3 * HAND_BACK_MS)
    expect(await active()).toBe(10)
    slow.resolve()
    await world.until(async () => (await world.runs.get(run.runId)).status === 'completed')
    const { items } = await world.runs.jobs(run.runId, {}, { limit: 200 })
    expect(Math.max(...items.map(({ attempt }) => attempt))).toBe(1)
    expect(started).toBe(500)
  })
})

function circle(): unknown {
  const round: Record<string, unknown> = {}
  round['again'] = round
  return round
}

function throwing(): unknown {
  return {
    get field() {
      throw new Error('no')
    },
  }
}
