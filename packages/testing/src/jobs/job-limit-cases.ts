import type { JobId, ProjectId } from '@muster/core'
import {
  cooled,
  type KeptLimit,
  type KeyState,
  type LimitSet,
  type LimitSettings,
  OPEN,
  opensAt,
  roomOf,
  shutBy,
  spend,
  UNUSED,
  unitsOf,
  warmed,
} from '@muster/core/limits'
import type { ActiveJob, Taken, WorkerId } from '@muster/core/ports'
import { describe, expect } from 'vitest'
import { SeededRandom } from '../system/seeded-random.ts'
import {
  broken,
  type Case,
  done,
  type Ending,
  handedBack,
  type JobWorld,
  notNow,
  present,
} from './job-world.ts'

/** A worker that says what it holds, as the worker of core does. */
class KeyedWorker {
  readonly #world: JobWorld
  readonly workerId: WorkerId
  readonly #held = new Map<number, number>()
  #settled: { limitSet: number; jobs: number; units: number }[] = []
  #reports = 0

  static async begin(world: JobWorld): Promise<KeyedWorker> {
    return new KeyedWorker(world, await world.worker())
  }

  private constructor(world: JobWorld, workerId: WorkerId) {
    this.#world = world
    this.workerId = workerId
  }

  /** One take, which tells what is held. */
  async ask(limit: number, types = ['analyze', 'probe:scenario', 'other']): Promise<Taken> {
    const { clock, stores } = this.#world
    const held = [...this.#held].flatMap(([limitSet, jobs]) => (jobs > 0 ? [{ limitSet, jobs }] : []))
    this.#reports += 1
    const report = { number: this.#reports, held, settled: this.#settled }
    this.#settled = []
    const taken = await stores.workers.take({
      limit,
      types,
      workerId: this.workerId,
      now: clock.now(),
      report,
    })
    for (const { limitSet } of taken.jobs)
      if (limitSet !== null) this.#held.set(limitSet, (this.#held.get(limitSet) ?? 0) + 1)
    return taken
  }

  /** As many as come, in takes at one moment. */
  async take(limit: number, types?: string[]): Promise<ActiveJob[]> {
    const jobs: ActiveJob[] = []
    for (;;) {
      const taken = await this.ask(limit - jobs.length, types)
      jobs.push(...taken.jobs)
      const more = taken.opensAt !== null && taken.opensAt <= this.#world.clock.now()
      if (jobs.length === limit || (taken.jobs.length === 0 && !more)) return jobs
    }
  }

  /** The jobs have ended, which the next take tells. `units`: what each spent in place of its estimate. */
  async end(jobs: readonly ActiveJob[], ending: Ending = done, units?: number): Promise<void> {
    await this.#world.settle(jobs, ending, this.workerId)
    for (const { limitSet } of jobs) {
      if (limitSet === null) continue
      this.#held.set(limitSet, (this.#held.get(limitSet) ?? 0) - 1)
      if (units !== undefined) this.#settled.push({ limitSet, jobs: 1, units })
    }
  }
}

const ids = (jobs: readonly { readonly jobId: JobId }[]): JobId[] => jobs.map(({ jobId }) => jobId)

async function limited(world: JobWorld, key: string, settings: Partial<LimitSettings>): Promise<void> {
  expect(await world.stores.limits.put(key, { ...OPEN, ...settings })).toBe(true)
}

function setOf(keys: readonly string[], units = 0): LimitSet {
  return { keys, units }
}

async function kept(world: JobWorld, key: string): Promise<KeptLimit> {
  return present(await world.stores.limits.find(key, world.clock.now()))
}

/** Limits by key, as takes keep them. */
export function jobLimitCases(it: Case): void {
  describe('limits', () => {
    it('lets as many run under a key as it says, over two workers, and one more with each end', async (world) => {
      const projectId = await world.project()
      await limited(world, 'model:y', { concurrency: 3 })
      const limits = setOf(['model:y'])
      const jobs = await world.loose(projectId, 9, { limits })
      const [one, two] = [await KeyedWorker.begin(world), await KeyedWorker.begin(world)]
      const first = await one.take(2)
      const second = await two.take(9)
      expect(ids([...first, ...second])).toEqual(jobs.slice(0, 3))
      expect(await one.ask(9)).toEqual({ jobs: [], waits: true, opensAt: null })
      expect(await world.line(projectId)).toEqual(jobs.slice(3))
      await two.end(second)
      expect(await one.take(9)).toEqual([])
      expect(ids(await two.take(9))).toEqual([jobs[3]])
      await one.end(first)
      expect(ids(await one.take(9))).toEqual(jobs.slice(4, 6))
      expect(await kept(world, 'model:y')).toMatchObject({ state: { inUse: 3, starts: 6 }, waiting: 3 })
    })

    it('begins a job only if all of its keys have room, and holds back by the tightest', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 5 })
      await limited(world, 'b:1', { concurrency: 2 })
      const all = setOf(['a:1', 'b:1', 'c:1'])
      const wide = setOf(['a:1'])
      const tight = await world.loose(projectId, 4, { limits: all })
      const free = await world.loose(projectId, 4, { limits: wide })
      const worker = await KeyedWorker.begin(world)
      expect(ids(await worker.take(20))).toEqual([tight[0], tight[1], free[0], free[1], free[2]])
      expect(await kept(world, 'c:1')).toMatchObject({
        origin: 'code',
        settings: OPEN,
        state: { inUse: 2 },
        startsLastMinute: 2,
      })
    })

    it('counts what runs under a key without settings, so that a limit set later counts it', async (world) => {
      const projectId = await world.project()
      const limits = setOf(['model:y'])
      const jobs = await world.loose(projectId, 6, { limits })
      const worker = await KeyedWorker.begin(world)
      const running = await worker.take(4)
      expect(running).toHaveLength(4)
      await limited(world, 'model:y', { concurrency: 3 })
      expect(await worker.take(9)).toEqual([])
      await worker.end(running.slice(0, 1))
      expect(await worker.take(9)).toEqual([])
      await worker.end(running.slice(1, 2))
      expect(ids(await worker.take(9))).toEqual([jobs[4]])
      await limited(world, 'model:y', { concurrency: 3, paused: true })
      await worker.end(running.slice(2))
      expect(await worker.take(9)).toEqual([])
      expect(await worker.ask(9)).toMatchObject({ waits: true, opensAt: null })
      await limited(world, 'model:y', {})
      expect(ids(await worker.take(9))).toEqual([jobs[5]])
      expect(await worker.ask(9)).toEqual({ jobs: [], waits: false, opensAt: null })
    })

    it('spaces starts by the rate, and gives a rest no more than the burst', async (world) => {
      const projectId = await world.project()
      await limited(world, 'provider:x', { perMinute: 60 })
      await limited(world, 'provider:z', { perMinute: 60, burst: 3 })
      const [spaced, bursts] = [setOf(['provider:x']), setOf(['provider:z'])]
      const worker = await KeyedWorker.begin(world)
      await world.loose(projectId, 20, { limits: spaced })
      expect(await worker.take(9)).toHaveLength(1)
      const asked = await worker.ask(9)
      expect(asked).toMatchObject({ jobs: [], waits: true, opensAt: world.in(1_000) })
      await world.clock.advance(999)
      expect(await worker.take(9)).toEqual([])
      await world.clock.advance(1)
      expect(await worker.take(9)).toHaveLength(1)
      await world.clock.advance(3_600_000)
      await world.stores.workers.beat({ workerId: worker.workerId, leaseUntil: world.in(9_999) })
      expect(await worker.take(9)).toHaveLength(1)
      await world.loose(projectId, 20, { limits: bursts })
      expect(await worker.take(9)).toHaveLength(3)
      expect(await kept(world, 'provider:x')).toMatchObject({ startsLastMinute: 1, state: { starts: 3 } })
    })

    it('spends the estimate in units, gives back what was not used, and waits out a debt', async (world) => {
      const projectId = await world.project()
      await limited(world, 'tokens:x', { unitsPerMinute: 60_000, estimate: 1_000 })
      const limits = setOf(['tokens:x'])
      await world.loose(projectId, 20, { limits })
      const worker = await KeyedWorker.begin(world)
      // A start is a second; one may run ahead by as much.
      const first = await worker.take(9)
      expect(first).toHaveLength(2)
      await worker.end(first.slice(0, 1), done, 400)
      await worker.end(first.slice(1), done, 600)
      expect(await worker.take(9)).toHaveLength(1)
      await world.clock.advance(1_000)
      const second = await worker.take(9)
      expect(second).toHaveLength(1)
      await worker.end(second, done, 5_000)
      await world.clock.advance(4_000)
      expect(await worker.take(9)).toEqual([])
      await world.clock.advance(1_000)
      expect(await worker.take(9)).toHaveLength(1)
    })

    it('frees what a worker held with its burial and not before; its starts stay spent', async (world) => {
      const projectId = await world.project()
      await limited(world, 'model:y', { concurrency: 2, perMinute: 60, burst: 3 })
      const limits = setOf(['model:y'])
      const jobs = await world.loose(projectId, 5, { limits })
      const [lost, left] = [await KeyedWorker.begin(world), await KeyedWorker.begin(world)]
      expect(ids(await lost.take(9))).toEqual(jobs.slice(0, 2))
      expect(await left.take(9)).toEqual([])
      await world.stores.workers.beat({ workerId: left.workerId, leaseUntil: world.in(90_000) })
      await world.clock.advance(30_001)
      expect(await left.take(9)).toEqual([])
      expect(await world.reap()).toBe(2)
      expect(await kept(world, 'model:y')).toMatchObject({ state: { inUse: 0, starts: 2 } })
      expect(ids(await left.take(9))).toEqual(jobs.slice(0, 2))
      await world.stores.workers.closeWorker(left.workerId, world.clock.now())
      expect(await kept(world, 'model:y')).toMatchObject({ state: { inUse: 0, starts: 4 } })
    })

    it('begins the oldest of an open cell first, what was passed over before the line', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 1 })
      const [shut, open] = [setOf(['a:1']), setOf(['b:1'])]
      const worker = await KeyedWorker.begin(world)
      const a = await world.loose(projectId, 3, { limits: shut })
      const b = await world.loose(projectId, 2, { limits: open })
      const plain = await world.loose(projectId, 1)
      const later = await world.loose(projectId, 1, { limits: shut })
      const first = await worker.take(2)
      expect(ids(first)).toEqual([a[0], b[0]])
      expect(await world.line(projectId)).toEqual([a[1], a[2], b[1], plain[0], later[0]])
      expect(ids(await worker.take(9))).toEqual([b[1], plain[0]])
      await limited(world, 'a:1', { concurrency: 3 })
      expect(ids(await worker.take(9))).toEqual(a.slice(1))
      expect(await world.line(projectId)).toEqual(later)
    })

    it('puts back a handed back job of a shut cell at its place, and a retry when it is due', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 1 })
      const limits = setOf(['a:1'])
      const worker = await KeyedWorker.begin(world)
      const jobs = await world.loose(projectId, 3, { limits })
      await worker.end(await worker.take(9), handedBack)
      const again = await worker.take(9)
      expect(ids(again)).toEqual([jobs[0]])
      await worker.end(again, world.retryIn(1_000))
      const second = await worker.take(9)
      expect(ids(second)).toEqual([jobs[1]])
      await world.clock.advance(1_000)
      await world.wake()
      expect(await worker.take(9)).toEqual([])
      expect(await world.line(projectId)).toEqual([jobs[0], jobs[2]])
      await worker.end(second)
      expect(ids(await worker.take(9))).toEqual([jobs[0]])
    })

    it('counts passed over jobs that are cancelled, moved, cut and cleared', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { paused: true })
      const limits = setOf(['a:1'])
      const worker = await KeyedWorker.begin(world)
      const jobs = await world.loose(projectId, 6, { limits })
      const run = await world.run(projectId, { scenarios: 4, models: ['x', 'y'], limits: [limits, null] })
      expect((await worker.take(20)).map(({ model }) => model)).toEqual(['y', 'y', 'y', 'y'])
      await world.cancelPending(present(jobs[1]))
      await world.setPriority(present(jobs[2]), 9)
      expect(await worker.take(20)).toEqual([])
      const inLine = [
        jobs[2],
        jobs[0],
        ...ids((await world.jobsOf(run.runId)).filter((_, nth) => nth % 2 === 0)),
      ]
      expect((await world.line(projectId)).slice(0, 2)).toEqual(inLine.slice(0, 2))
      expect(await world.line(projectId)).toHaveLength(9)
      expect(await kept(world, 'a:1')).toMatchObject({ waiting: 9 })
      await world.cancelRun(run.runId)
      const { tallies } = await world.runNow(run.runId)
      expect(tallies.byModel).toMatchObject({ x: { cancelled: 4 }, y: { cancelled: 0 } })
      expect(await kept(world, 'a:1')).toMatchObject({ waiting: 5 })
      expect(await world.clear(projectId)).toBe(5)
      expect(await kept(world, 'a:1')).toMatchObject({ waiting: 0 })
      await world.stores.workers.sweepCancelled(100)
      await limited(world, 'a:1', {})
      expect(await worker.take(20)).toEqual([])
      expect(await world.job(present(jobs[0]))).toMatchObject({ state: 'cancelled' })
      expect(ids(await worker.take(20))).toEqual([])
      const fresh = await world.loose(projectId, 2, { limits })
      expect(ids(await worker.take(20))).toEqual(fresh)
    })

    it('lets no shut job of high priority block one of low priority, and begins it first once open', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 1 })
      const limits = setOf(['a:1'])
      const worker = await KeyedWorker.begin(world)
      const high = await world.loose(projectId, 40, { limits, priority: 9 })
      const low = await world.loose(projectId, 3, { priority: 1 })
      const first = await worker.take(2)
      expect(ids(first)).toEqual([high[0], low[0]])
      expect(ids(await worker.take(1))).toEqual([low[1]])
      await worker.end(first.slice(0, 1))
      expect(ids(await worker.take(2))).toEqual([high[1], low[2]])
    })

    it('lets runs under one key take turns, however many cells each has', async (world) => {
      const projectId = await world.project()
      await limited(world, 'shared:1', { concurrency: 3 })
      const shared = setOf(['shared:1'])
      const runs = []
      for (let nth = 0; nth < 6; nth++)
        runs.push(await world.run(projectId, { scenarios: 30, models: ['x', 'y'], limits: [shared, null] }))
      const worker = await KeyedWorker.begin(world)
      const starts = new Map(runs.map(({ runId }) => [runId, 0]))
      for (let round = 0; round < 20; round++) {
        const jobs = await worker.take(8)
        const under = jobs.filter(({ limitSet }) => limitSet !== null)
        expect(under).toHaveLength(3)
        for (const { runId } of under) if (runId) starts.set(runId, (starts.get(runId) ?? 0) + 1)
        await worker.end(jobs)
      }
      expect(Math.max(...starts.values()) - Math.min(...starts.values())).toBeLessThanOrEqual(2)
    })

    it('asks the pace of a run first: what it holds back spends nothing, and the other way round', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 2 })
      const limits = setOf(['a:1'])
      await world.run(projectId, { scenarios: 9, maxJobsPerSecond: 1, limits: [limits] })
      const worker = await KeyedWorker.begin(world)
      const first = await worker.take(9)
      expect(first).toHaveLength(1)
      expect(await kept(world, 'a:1')).toMatchObject({ state: { inUse: 1, starts: 1 } })
      await world.clock.advance(1_000)
      expect(await worker.take(9)).toHaveLength(1)
      await world.clock.advance(5_000)
      expect(await worker.take(9)).toEqual([])
      await worker.end(first)
      expect(await worker.take(9)).toHaveLength(1)
    })

    it('tells the sets of a run that are next in line, wherever their jobs stand in it', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 1 })
      const [tight, open] = [setOf(['b:1', 'a:1'], 7), setOf(['b:1'])]
      const wish = { scenarios: 4, models: ['x', 'y', 'z'], limits: [tight, open, null] }
      const { runId } = await world.run(projectId, wish)
      const other = await world.run(projectId, { scenarios: 1, limits: [setOf(['other:1'])] })
      const inLine = async () =>
        (await world.stores.limits.findInLine(runId, world.clock.now()))
          .map(({ keys, units, ...first }) => ({ ...first, keys: keys.toSorted(), units }))
          .toSorted((a, b) => b.keys.length - a.keys.length)
      const jobs = ids(await world.jobsOf(runId))
      const first = (nth: number, set: LimitSet | null) => ({
        jobId: jobs[nth],
        keys: (set?.keys ?? []).toSorted(),
        units: set?.units ?? 0,
        estimateMicros: null,
      })
      expect(await inLine()).toEqual([first(0, tight), first(1, open), first(2, null)])
      const worker = await KeyedWorker.begin(world)
      const running = (await worker.take(20)).filter((job) => job.runId === runId)
      expect(running).toHaveLength(9)
      // Only those that were passed over are left, and one that is tried again.
      expect(await inLine()).toEqual([first(3, tight)])
      const [again] = running.filter(({ model }) => model === 'y')
      await worker.end([present(again)], world.retryIn(0))
      await world.wake()
      expect(await inLine()).toEqual([first(3, tight), first(1, open)])
      await world.cancelRun(runId)
      expect(await inLine()).toEqual([])
      await world.cancelRun(other.runId)
    })

    it('tells the use of keys as it tells each of them', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { concurrency: 2, perMinute: 600, burst: 3 })
      await world.loose(projectId, 5, { limits: setOf(['a:1', 'b:1']) })
      expect(await (await KeyedWorker.begin(world)).take(9)).toHaveLength(2)
      const used = await world.stores.limits.findUse(['b:1', 'none:1', 'a:1'], world.clock.now())
      const both = [await kept(world, 'a:1'), await kept(world, 'b:1')]
      expect(used.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
        both.map(({ waiting: _waiting, ...use }) => use),
      )
      expect(await world.stores.limits.findUse([], world.clock.now())).toEqual([])
    })

    it('finds an open job behind thousands that are shut', async (world) => {
      const projectId = await world.project()
      await limited(world, 'a:1', { paused: true })
      const limits = setOf(['a:1'])
      for (let nth = 0; nth < 5; nth++) await world.loose(projectId, 1_000, { limits })
      const open = await world.loose(projectId, 1)
      const worker = await KeyedWorker.begin(world)
      expect(ids(await worker.take(50))).toEqual(open)
    })

    it('does not begin under a key that cools, whoever asks, and does once it is warm', async (world) => {
      const projectId = await world.project()
      const limits = setOf(['model:y'])
      await world.loose(projectId, 3, { limits })
      await world.stores.limits.cool('model:y', world.in(2_000))
      const [one, two] = [await KeyedWorker.begin(world), await KeyedWorker.begin(world)]
      expect(await one.ask(1)).toEqual({ jobs: [], waits: true, opensAt: world.in(2_000) })
      expect(await two.take(9)).toEqual([])
      await world.clock.advance(2_000)
      expect(await two.take(1)).toHaveLength(1)
      await world.stores.limits.cool('model:y', world.in(60_000))
      expect(await two.take(1)).toEqual([])
      await world.stores.limits.cool('model:y', world.clock.now())
      expect(await two.take(9)).toHaveLength(2)
    })

    it('keeps the place of a job that is asked to wait, and cools its first key for all workers', async (world) => {
      const projectId = await world.project()
      const limits = setOf(['model:y', 'provider:x'])
      const jobs = await world.loose(projectId, 3, { limits })
      const [free] = await world.loose(projectId, 1, { limits: setOf(['provider:x']) })
      const [one, two] = [await KeyedWorker.begin(world), await KeyedWorker.begin(world)]
      const [asked] = await one.take(1)
      await one.end([present(asked)], notNow({ askedMs: 5_000, random: 0 }))
      expect(await world.line(projectId)).toEqual([...jobs, free])
      expect(ids(await two.take(9))).toEqual([free])
      expect(await two.ask(9)).toEqual({ jobs: [], waits: true, opensAt: world.in(5_000) })
      expect(await one.take(9)).toEqual([])
      expect(await kept(world, 'model:y')).toMatchObject({
        state: { inUse: 0, coolUntil: world.in(5_000).getTime(), coolDowns: 1, allCoolDowns: 1 },
        waiting: 3,
      })
      expect(await kept(world, 'provider:x')).toMatchObject({
        state: { inUse: 1, coolUntil: 0, coolDowns: 0 },
      })
      await world.clock.advance(4_999)
      expect(await two.take(9)).toEqual([])
      await world.clock.advance(1)
      const again = await two.take(9)
      expect(ids(again)).toEqual(jobs)
      expect(again[0]).toMatchObject({ attempt: 1, notNows: 1, start: present(asked).start + 1 })
      expect(again[1]).toMatchObject({ attempt: 1, notNows: 0 })
    })

    it('cools twice as long each time that no time is named, until a job completes', async (world) => {
      const projectId = await world.project()
      await world.loose(projectId, 20, { limits: setOf(['model:y']) })
      const worker = await KeyedWorker.begin(world)
      const running = await worker.take(4)
      const coolMs = async (): Promise<number> => {
        const { state } = await kept(world, 'model:y')
        return state.coolUntil - world.clock.now().getTime()
      }
      await worker.end(running.slice(0, 1), notNow({ random: 1 }))
      expect(await coolMs()).toBe(1_000)
      // Those that were on their way are told of the same episode.
      await worker.end(running.slice(1, 3), notNow({ random: 1 }))
      expect(await coolMs()).toBe(1_000)
      await world.clock.advance(1_000)
      await worker.end(running.slice(3), notNow({ random: 1 }))
      expect(await coolMs()).toBe(2_000)
      await world.clock.advance(2_000)
      await worker.end(await worker.take(1), notNow({ random: 0 }))
      expect(await coolMs()).toBe(2_000)
      await world.clock.advance(2_000)
      const [first, second, third] = await worker.take(3)
      await worker.end([present(first)], broken)
      expect(await kept(world, 'model:y')).toMatchObject({ state: { coolDowns: 3 } })
      await worker.end([present(second)])
      expect(await kept(world, 'model:y')).toMatchObject({ state: { coolDowns: 0 } })
      await worker.end([present(third)], notNow({ random: 1 }))
      expect(await coolMs()).toBe(1_000)
      expect(await kept(world, 'model:y')).toMatchObject({ state: { coolDowns: 1, allCoolDowns: 4 } })
      await world.stores.limits.cool('model:y', world.in(90_000))
      expect(await kept(world, 'model:y')).toMatchObject({ state: { coolDowns: 1, allCoolDowns: 4 } })
    })

    it('moves the window of an adaptive key as core says, step by step', async (world) => {
      const projectId = await world.project()
      const settings = { ...OPEN, concurrency: 12, adaptive: { min: 2, start: 4 } }
      const sets = [setOf(['model:w']), setOf(['provider:o', 'model:w'])]
      await limited(world, 'model:w', settings)
      await limited(world, 'provider:o', {})
      const worker = await KeyedWorker.begin(world)
      const random = new SeededRandom(11)
      const below = (most: number): number => Math.floor(random.next() * most)
      const active: ActiveJob[] = []
      const startedAt = new Map<JobId, number>()
      let cuts = 0
      for (let step = 0; step < 150; step++) {
        const window = Math.floor(present((await kept(world, 'model:w')).state.window ?? 4))
        await world.loose(projectId, below(8), { limits: present(sets[below(2)]) })
        const taken = await worker.take(below(14))
        for (const { jobId } of taken) startedAt.set(jobId, world.clock.now().getTime())
        active.push(...taken)
        expect(active.length).toBeLessThanOrEqual(Math.max(window, active.length - taken.length))
        await world.clock.advance(below(600))
        const before = (await kept(world, 'model:w')).state
        const ended = active.splice(0, below(active.length + 1))
        if (ended.length === 0) continue
        const now = world.clock.now().getTime()
        const coolDown = { key: 'model:w', random: 0.5, ...(below(2) === 0 && { askedMs: below(900) }) }
        const isWell = below(5) > 0
        await worker.end(ended, isWell ? done : notNow(coolDown))
        const cut = (state: KeyState, { jobId }: ActiveJob): KeyState =>
          cooled(settings, state, now, coolDown, present(startedAt.get(jobId)))
        const after = isWell ? warmed(settings, before, ended.length) : ended.reduce(cut, before)
        if (after.cutAt > before.cutAt) cuts++
        expect((await kept(world, 'model:w')).state).toEqual(after)
      }
      expect(cuts).toBeGreaterThan(5)
    })

    it('moves the window of a key that is adaptive by what the application says of it', async (world) => {
      const projectId = await world.project()
      const settings = { ...OPEN, concurrency: 12, adaptive: { min: 2, start: 4 } }
      await world.stores.limits.declare([{ pattern: 'auto:*', settings }])
      await world.loose(projectId, 4, { limits: setOf(['auto:a']) })
      const worker = await KeyedWorker.begin(world)
      await worker.end(await worker.take(9))
      expect((await kept(world, 'auto:a')).state.window).toBe(5)
    })

    it('cools the key that is named if it is one of the job’s, at most for a day, and never shorter', async (world) => {
      const projectId = await world.project()
      const limits = setOf(['model:y', 'provider:x', 'region:z'])
      await world.loose(projectId, 9, { limits })
      await world.loose(projectId, 1, { limits: setOf(['other:a']) })
      const worker = await KeyedWorker.begin(world)
      const jobs = await worker.take(10)
      const coolMs = async (key: string): Promise<number> => {
        const { coolUntil } = (await kept(world, key)).state
        return coolUntil === 0 ? 0 : coolUntil - world.clock.now().getTime()
      }
      await worker.end(jobs.slice(0, 1), notNow({ key: 'region:z', askedMs: 9_000, random: 0 }))
      await worker.end(jobs.slice(1, 2), notNow({ key: 'region:z', askedMs: 3_000, random: 0 }))
      await worker.end(jobs.slice(2, 3), notNow({ key: 'other:a', askedMs: 4_000, random: 0 }))
      const keys = ['model:y', 'provider:x', 'region:z', 'other:a']
      expect(await Promise.all(keys.map(coolMs))).toEqual([4_000, 0, 9_000, 0])
      await worker.end(jobs.slice(3, 4), notNow({ key: 'provider:x', askedMs: 9e9, random: 0 }))
      expect(await coolMs('provider:x')).toBe(86_400_000)
      // Asked once too often, a job waits by itself, and its key cools as well.
      const [late] = jobs.slice(4)
      await worker.end([present(late)], world.retryIn(60_000, true, { askedMs: 60_000, random: 0 }))
      expect(await coolMs('model:y')).toBe(60_000)
      const { availableAt, state } = present(await world.stores.jobs.find(present(late).jobId))
      expect({ availableAt, state }).toEqual({ availableAt: world.in(60_000), state: 'pending' })
    })

    it('cools once for one outcome, however often it is told, and for none that lost its lease', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 2, { limits: setOf(['model:y']) })
      const worker = await KeyedWorker.begin(world)
      const [first, second] = await worker.take(2)
      await world.requestCancel(present(jobs[1]))
      await worker.end([present(first), present(second)], notNow({ askedMs: 1_000, random: 0 }))
      expect(await world.line(projectId)).toEqual([jobs[0]])
      await world.clock.advance(1_000)
      const again = notNow({ askedMs: 1_000, random: 0 })
      expect(await world.settle([present(first)], again, worker.workerId)).toEqual([])
      expect(await kept(world, 'model:y')).toMatchObject({
        state: { coolUntil: world.clock.now().getTime(), coolDowns: 1 },
      })
    })

    it('does not take a report twice, nor lose one whose answer was lost', async (world) => {
      const projectId = await world.project()
      await limited(world, 'tokens:x', { unitsPerMinute: 60_000, estimate: 1_000 })
      const limits = setOf(['tokens:x'])
      await world.loose(projectId, 9, { limits })
      const workerId = await world.worker()
      const { workers } = world.stores
      const first = await world.take(1, workerId)
      await world.settle(first, done, workerId)
      const settled = [{ limitSet: present(first[0]).limitSet as number, jobs: 1, units: 3_000 }]
      const ask = { limit: 1, types: ['analyze'], workerId, now: world.clock.now() }
      for (const number of [1, 1, 1]) {
        await workers.take({ ...ask, report: { number, held: [], settled } })
        expect(await kept(world, 'tokens:x')).toMatchObject({ state: { inUse: 0, units: 3_000 } })
      }
    })

    it('keeps settings by origin and version, and what code says where nobody said else', async (world) => {
      const { limits } = world.stores
      const projectId = await world.project()
      const code = { ...OPEN, concurrency: 8 }
      await limits.declare([
        { pattern: 'model:*', settings: { ...OPEN, concurrency: 1 } },
        { pattern: 'model:a*', settings: code },
        { pattern: 'model:abc', settings: { ...OPEN, paused: true } },
      ])
      await world.loose(projectId, 2, { limits: setOf(['model:a', 'model:abc', 'model:b', 'other:a']) })
      expect(await kept(world, 'model:a')).toMatchObject({ origin: 'code', settings: code, version: 1 })
      expect(await kept(world, 'model:abc')).toMatchObject({ settings: { paused: true } })
      expect(await kept(world, 'model:b')).toMatchObject({ settings: { concurrency: 1 } })
      expect(await kept(world, 'other:a')).toMatchObject({ settings: OPEN })
      await limits.declare([{ pattern: 'model:a', settings: { ...OPEN, perMinute: 600 } }])
      expect(await kept(world, 'model:a')).toMatchObject({
        settings: { ...OPEN, perMinute: 600, burst: 6 },
        version: 2,
      })
      expect(await limits.put('model:a', { ...OPEN, concurrency: 2 }, 1)).toBe(false)
      expect(await limits.put('model:a', { ...OPEN, concurrency: 2 }, 2)).toBe(true)
      await limits.declare([{ pattern: 'model:a', settings: code }])
      expect(await kept(world, 'model:a')).toMatchObject({ origin: 'api', version: 3 })
      await limits.remove('model:a')
      expect(await kept(world, 'model:a')).toMatchObject({ origin: 'code', settings: code, version: 4 })
      expect(await limits.find('model:x', world.clock.now())).toBeUndefined()
      await limits.put('model:c', OPEN)
      await limits.put('Model:a', OPEN)
      const page = await limits.list('model:', { limit: 2 }, world.clock.now())
      expect(page.map(({ key }) => key)).toEqual(['model:a', 'model:abc'])
      const rest = await limits.list('model:', { limit: 9, after: 'model:abc' }, world.clock.now())
      expect(rest.map(({ key }) => key)).toEqual(['model:b', 'model:c'])
    })

    it('tells the keys of a job, and how many of its lane and set are before it', async (world) => {
      const projectId = await world.project()
      const { limits } = world.stores
      await limited(world, 'model:y', { concurrency: 1 })
      const set = setOf(['provider:x', 'model:y'], 300)
      const jobs = await world.loose(projectId, 3, { limits: set })
      const [other] = await world.loose(projectId, 1, { limits: setOf(['model:y']) })
      const more = await world.loose(projectId, 2, { limits: set })
      const [free] = await world.loose(projectId, 1)
      const aheadOf = async (jobId: JobId | undefined): Promise<number | undefined> =>
        (await limits.findJobKeys(present(jobId)))?.ahead
      expect(await limits.findJobKeys(present(more[1]))).toEqual({ ...set, ahead: 4 })
      expect(await aheadOf(other)).toBe(0)
      expect(await limits.findJobKeys(present(free))).toBeUndefined()
      const [costly] = await world.loose(projectId, 1, { limits: { keys: [], units: 0, costMicros: 900 } })
      expect(await limits.findJobKeys(present(costly))).toBeUndefined()
      const worker = await KeyedWorker.begin(world)
      expect(ids(await worker.take(9))).toEqual([jobs[0], free, costly])
      // One has begun, the others were passed over.
      expect(await Promise.all([jobs[1], jobs[2], ...more].map(aheadOf))).toEqual([0, 1, 2, 3])
      await world.cancelPending(present(jobs[1]))
      expect(await aheadOf(more[1])).toBe(2)
    })

    it('lists for projects the keys that their jobs have, and those that they name', async (world) => {
      const { limits } = world.stores
      const [mine, other] = [await world.project(), await world.project()]
      await world.loose(mine, 1, { limits: setOf(['model:a', 'provider:x']) })
      await world.run(mine, { scenarios: 1, models: ['b'], limits: [setOf(['model:b'])] })
      await world.loose(other, 1, { limits: setOf(['model:c', 'provider:x']) })
      const own = `project:${mine}:tenant`
      for (const key of ['model:d', own, `project:${other}:tenant`]) await limits.put(key, OPEN)
      const keysOf = async (projects: ProjectId[], prefix = ''): Promise<string[]> => {
        const listed = await limits.list(prefix, { limit: 9 }, world.clock.now(), projects)
        return listed.map(({ key }) => key)
      }
      expect(await keysOf([mine])).toEqual(['model:a', 'model:b', own, 'provider:x'])
      expect(await keysOf([mine], 'model:')).toEqual(['model:a', 'model:b'])
      expect(await keysOf([mine, other], 'model:')).toEqual(['model:a', 'model:b', 'model:c'])
      expect(await keysOf([])).toEqual([])
      const slice = { limit: 1, after: 'model:a' }
      const [next] = await limits.list('', slice, world.clock.now(), [mine])
      expect(next?.key).toBe('model:b')
      expect(await limits.isCarried('provider:x', [mine])).toBe(true)
      expect(await limits.isCarried('model:c', [mine])).toBe(false)
      expect(await limits.isCarried('model:c', [mine, other])).toBe(true)
      expect(await limits.isCarried(own, [mine])).toBe(false)
      expect(await limits.isCarried('model:none', [mine])).toBe(false)
    })

    for (let seed = 1; seed <= 12; seed++) {
      it(`counts and holds back as the rules of core do, in the generated world ${seed}`, async (world) => {
        await new KeyedHistory(world, new SeededRandom(seed)).play(40)
      })
    }
  })
}

const KEYS = ['a:1', 'b:1', 'c:1', 'd:1'] as const

/** Random jobs, ends, deaths and changes of limits against the functions of core, one start at a time. */
class KeyedHistory {
  readonly #world: JobWorld
  readonly #random: SeededRandom
  readonly #settings = new Map<string, LimitSettings>(KEYS.map((key) => [key, OPEN]))
  readonly #states = new Map<string, KeyState>(KEYS.map((key) => [key, UNUSED]))
  readonly #sets: LimitSet[] = []
  readonly #pending = new Map<JobId, LimitSet | null>()
  readonly #active = new Map<KeyedWorker, ActiveJob[]>()
  /** Ended by a worker that has not said so. */
  readonly #untold = new Map<
    KeyedWorker,
    { readonly limits: LimitSet; readonly units: number | undefined }[]
  >()
  readonly #of = new Map<JobId, LimitSet | null>()

  constructor(world: JobWorld, random: SeededRandom) {
    this.#world = world
    this.#random = random
  }

  #below(most: number): number {
    return Math.floor(this.#random.next() * most)
  }

  async play(steps: number): Promise<void> {
    const projectId = await this.#world.project()
    for (const [keys, units] of [
      [['a:1'], 0],
      [['b:1', 'a:1'], 300],
      [['a:1', 'b:1', 'c:1'], 0],
      [['d:1'], 0],
    ] as const)
      this.#sets.push({ keys, units })
    await this.#join()
    await this.#join()
    for (let step = 0; step < steps; step++) {
      await this.#step(projectId, this.#below(10))
      await this.#compare()
    }
  }

  async #join(): Promise<void> {
    const worker = await KeyedWorker.begin(this.#world)
    this.#active.set(worker, [])
    this.#untold.set(worker, [])
  }

  async #step(projectId: ProjectId, does: number): Promise<void> {
    const world = this.#world
    const worker = present([...this.#active.keys()][this.#below(this.#active.size)])
    switch (does) {
      case 0:
      case 1: {
        const set = [...this.#sets, null][this.#below(5)] ?? null
        const wish = { priority: this.#below(2), ...(set === null ? {} : { limits: set }) }
        for (const jobId of await world.loose(projectId, 1 + this.#below(8), wish)) this.#await(jobId, set)
        return
      }
      case 2: {
        const sets = this.#sets
        const limits = [
          sets[this.#below(4)] ?? null,
          this.#below(2) === 0 ? null : (sets[this.#below(4)] ?? null),
        ]
        const { runId } = await world.run(projectId, { scenarios: 4, models: ['x', 'y'], limits })
        for (const [nth, { jobId }] of (await world.jobsOf(runId)).entries())
          this.#await(jobId, limits[nth % 2] ?? null)
        return
      }
      case 3:
      case 4:
      case 5:
        return this.#take(worker)
      case 6:
      case 7: {
        const jobs = this.#active.get(worker) ?? []
        const some = jobs.splice(0, this.#below(jobs.length + 1))
        const units = this.#below(2) === 0 ? undefined : this.#below(900)
        await worker.end(some, done, units)
        for (const { jobId } of some) {
          const limits = this.#of.get(jobId)
          if (limits) this.#untold.get(worker)?.push({ limits, units })
        }
        return
      }
      case 8: {
        const key = KEYS[this.#below(4)] as string
        const settings = {
          ...OPEN,
          concurrency: this.#below(2) === 0 ? null : this.#below(6),
          perMinute: this.#below(2) === 0 ? null : 60 + this.#below(4_000),
          burst: this.#below(2) === 0 ? null : 1 + this.#below(5),
          unitsPerMinute: this.#below(2) === 0 ? null : 60_000,
          estimate: 500,
          paused: this.#below(8) === 0,
        }
        await limited(world, key, settings)
        this.#settings.set(key, settings)
        return
      }
      default:
        await this.#pass(worker)
    }
  }

  /** Time passes, and now and then a worker dies of it. */
  async #pass(worker: KeyedWorker): Promise<void> {
    const world = this.#world
    const dies = this.#below(4) === 0
    await world.clock.advance(dies ? 30_001 : this.#below(3_000))
    for (const { workerId } of this.#active.keys())
      if (!dies || workerId !== worker.workerId)
        await world.stores.workers.beat({ workerId, leaseUntil: world.in(30_000) })
    if (!dies) return
    await world.reap()
    const untold = this.#untold.get(worker) ?? []
    for (const { jobId } of this.#active.get(worker) ?? []) {
      const limits = this.#of.get(jobId) ?? null
      this.#await(jobId, limits)
      this.#freed(limits)
    }
    for (const { limits } of untold) this.#freed(limits)
    this.#active.delete(worker)
    this.#untold.delete(worker)
    await this.#join()
  }

  async #take(worker: KeyedWorker): Promise<void> {
    const now = this.#world.clock.now().getTime()
    for (const { limits: set, units } of this.#untold.get(worker) ?? []) {
      this.#freed(set)
      if (units === undefined) continue
      for (const key of set.keys) {
        const settings = present(this.#settings.get(key))
        const state = present(this.#states.get(key))
        const by = units - unitsOf(settings, set.units)
        const unitMs = settings.unitsPerMinute === null ? 0 : 60_000 / settings.unitsPerMinute
        this.#states.set(key, {
          ...state,
          units: state.units + by,
          unitTat: state.unitTat + by * unitMs,
        })
      }
    }
    this.#untold.set(worker, [])
    const limit = 1 + this.#below(6)
    const taken = await worker.take(limit)
    for (const job of taken) {
      const { jobId } = job
      expect(this.#pending.delete(jobId)).toBe(true)
      this.#active.get(worker)?.push(job)
      const limits = this.#of.get(jobId)
      if (!limits) continue
      const { keys, units } = limits
      for (const key of keys) {
        const settings = present(this.#settings.get(key))
        const state = present(this.#states.get(key))
        expect(roomOf(settings, state, now, units), `${key} has room`).toBeGreaterThan(0)
        this.#states.set(key, spend(settings, state, now, 1, unitsOf(settings, units)))
      }
    }
    if (taken.length === limit) return
    const might = [...this.#pending.values()].filter((set) => set === null || this.#mayBegin(set, now))
    expect(might, 'jobs that might begin').toEqual([])
  }

  #mayBegin({ keys, units }: LimitSet, now: number): boolean {
    return keys.every(
      (key) => roomOf(present(this.#settings.get(key)), present(this.#states.get(key)), now, units) > 0,
    )
  }

  #await(jobId: JobId, limits: LimitSet | null): void {
    this.#pending.set(jobId, limits)
    this.#of.set(jobId, limits)
  }

  #freed(limits: LimitSet | null): void {
    for (const key of limits?.keys ?? []) {
      const state = present(this.#states.get(key))
      this.#states.set(key, { ...state, inUse: state.inUse - 1 })
    }
  }

  /** Each key as it is kept against what the functions of core make of it. */
  async #compare(): Promise<void> {
    const now = this.#world.clock.now()
    for (const { key, state } of await this.#world.stores.limits.list('', { limit: 9 }, now)) {
      const mine = present(this.#states.get(key))
      expect({ key, inUse: state.inUse, starts: state.starts, units: state.units }).toEqual({
        key,
        inUse: mine.inUse,
        starts: mine.starts,
        units: mine.units,
      })
      expect(state.tat).toBeCloseTo(mine.tat, 2)
      expect(state.unitTat).toBeCloseTo(mine.unitTat, 2)
      const settings = present(this.#settings.get(key))
      const isShut = shutBy(settings, state, now.getTime(), 0) !== null
      expect(isShut, `${key} is shut`).toBe(roomOf(settings, state, now.getTime(), 0) < 1)
      const opens = opensAt(settings, state, now.getTime(), 0)
      if (opens !== null) expect(roomOf(settings, { ...state }, Math.ceil(opens), 0)).toBeGreaterThan(0)
    }
  }
}
