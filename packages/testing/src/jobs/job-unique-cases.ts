import type { JobId, JobState, ProjectId } from '@muster/core'
import type { KeyedJob, TakenKey } from '@muster/core/making'
import { describe, expect } from 'vitest'
import { broken, type Case, done, type JobWorld, present } from './job-world.ts'

/** How long a key is waited for in these cases, in ms. */
const WAIT_MS = 5_000

interface KeyWish {
  readonly key?: string
  readonly states?: readonly JobState[]
  readonly windowMs?: number
  readonly digest?: string
  readonly priority?: number
  readonly delayMs?: number
  readonly type?: string
}

/** Unique keys: one job of a project and type holds each at a time. */
export function jobUniqueCases(it: Case): void {
  const wanted = (world: JobWorld, projectId: ProjectId, wish: KeyWish = {}): KeyedJob => ({
    jobId: world.ids.next() as JobId,
    projectId,
    taskId: null,
    type: wish.type ?? 'analyze',
    payload: { digest: wish.digest ?? 'aa' },
    priority: wish.priority ?? 5,
    maxAttempts: 1,
    availableAt: world.in(wish.delayMs ?? 0),
    createdBy: null,
    createdAt: world.clock.now(),
    unique: {
      key: wish.key ?? 'k',
      states: wish.states ?? ['pending', 'active'],
      until: wish.windowMs === undefined ? null : world.in(wish.windowMs),
      digest: wish.digest ?? 'aa',
    },
  })

  /** Adds those whose keys are free, and says how it went with each. */
  const addAll = (world: JobWorld, jobs: readonly KeyedJob[]): Promise<readonly TakenKey[]> =>
    world.persistence.transaction(async (stores) => {
      const taken = await stores.uniques.take(jobs, world.clock.now(), WAIT_MS)
      await stores.jobs.add(jobs.filter((_, place) => taken[place]?.holder === null))
      return taken
    })
  const add = async (world: JobWorld, job: KeyedJob): Promise<TakenKey> =>
    present((await addAll(world, [job]))[0])
  const free = { holder: null, differs: false }

  describe('holds unique keys', () => {
    it('names the job that holds the key, and whether it has another payload', async (world) => {
      const projectId = await world.project()
      const first = wanted(world, projectId)
      expect(await add(world, first)).toEqual(free)
      expect(await add(world, wanted(world, projectId))).toEqual({ holder: first.jobId, differs: false })
      expect(await add(world, wanted(world, projectId, { digest: 'bb' }))).toEqual({
        holder: first.jobId,
        differs: true,
      })
      expect(await add(world, wanted(world, projectId, { key: 'other' }))).toEqual(free)
      expect(await add(world, wanted(world, projectId, { type: 'other' }))).toEqual(free)
      expect(await add(world, wanted(world, await world.project()))).toEqual(free)
    })

    it('gives the key to the first of several in one call', async (world) => {
      const projectId = await world.project()
      const jobs = ['b', 'a', 'b', 'a'].map((key) => wanted(world, projectId, { key }))
      const [b, a] = jobs.map(({ jobId }) => jobId)
      const taken = await addAll(world, jobs)
      expect(taken.map(({ holder }) => holder)).toEqual([null, null, b, a])
      expect(await world.line(projectId)).toEqual([b, a])
    })

    it('lets go of the key by state: begun and still held, then completed', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const first = wanted(world, projectId)
      await add(world, first)
      const active = await world.startOne(workerId)
      expect((await add(world, wanted(world, projectId))).holder).toBe(first.jobId)
      await world.settle([active], done, workerId)
      expect(await add(world, wanted(world, projectId))).toEqual(free)
    })

    it('lets go of it with the begin if it is held while pending alone', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await add(world, wanted(world, projectId, { states: ['pending'] }))
      await world.startOne(workerId)
      expect(await add(world, wanted(world, projectId))).toEqual(free)
    })

    it('holds it for ever if completed is one of its states, and as long as its window', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const kept = wanted(world, projectId, { key: 'kept', states: ['pending', 'completed'] })
      const windowed = wanted(world, projectId, { key: 'windowed', windowMs: 60_000 })
      await addAll(world, [kept, windowed])
      await world.settle(await world.start(2, workerId), done, workerId)
      expect((await add(world, wanted(world, projectId, { key: 'kept' }))).holder).toBe(kept.jobId)
      expect((await add(world, wanted(world, projectId, { key: 'windowed' }))).holder).toBe(windowed.jobId)
      await world.clock.advance(60_000)
      expect((await add(world, wanted(world, projectId, { key: 'kept' }))).holder).toBe(kept.jobId)
      expect(await add(world, wanted(world, projectId, { key: 'windowed' }))).toEqual(free)
    })

    it('lets go of the key of a job that a clear has cancelled, before any row says so', async (world) => {
      const projectId = await world.project()
      await add(world, wanted(world, projectId))
      await world.clear(projectId)
      expect(await add(world, wanted(world, projectId))).toEqual(free)
    })

    it('forgets the key of what was rolled back', async (world) => {
      const projectId = await world.project()
      const lost = world.persistence.transaction(async (stores) => {
        await stores.uniques.take([wanted(world, projectId)], world.clock.now(), WAIT_MS)
        throw new Error('no')
      })
      await expect(lost).rejects.toThrow('no')
      expect(await add(world, wanted(world, projectId))).toEqual(free)
    })

    it('adds exactly one of many at once, to a free key and to one that was let go of', async (world) => {
      const projectId = await world.project()
      for (const _ of ['free', 'let go of']) {
        const jobs = Array.from({ length: 24 }, () => wanted(world, projectId))
        const taken = await Promise.all(jobs.map((job) => add(world, job)))
        expect(taken.filter(({ holder }) => holder === null)).toHaveLength(1)
        const line = await world.line(projectId)
        expect(line).toHaveLength(1)
        expect(new Set(taken.map(({ holder }) => holder))).toEqual(new Set([null, line[0]]))
        await world.clear(projectId)
      }
    })

    it('takes several keys crosswise in two calls without a deadlock', async (world) => {
      const projectId = await world.project()
      const keys = ['a', 'b', 'c', 'd']
      const call = (order: readonly string[]) =>
        addAll(
          world,
          order.map((key) => wanted(world, projectId, { key })),
        )
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, nth) => call(nth % 2 === 0 ? keys : keys.toReversed())),
      )
      expect(answers.flat().filter(({ holder }) => holder === null)).toHaveLength(4)
      expect(await world.line(projectId)).toHaveLength(4)
    })

    it('refuses the retry of a job whose key another holds, and gives the key back if none does', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const first = wanted(world, projectId)
      await add(world, first)
      await world.settle([await world.startOne(workerId)], broken, workerId)
      const second = wanted(world, projectId)
      expect(await add(world, second)).toEqual(free)
      const retake = (jobIds: readonly JobId[]) =>
        world.persistence.transaction(({ uniques }) => uniques.retake(jobIds, world.clock.now()))
      const held = { jobId: first.jobId, projectId, holder: second.jobId }
      expect(await retake([first.jobId, second.jobId])).toEqual([held])
      await world.settle([await world.startOne(workerId)], broken, workerId)
      // Both have failed: the first of them gets it.
      expect(await retake([second.jobId, first.jobId])).toEqual([
        { jobId: second.jobId, projectId, holder: first.jobId },
      ])
      await world.retry(first.jobId)
      expect((await add(world, wanted(world, projectId))).holder).toBe(first.jobId)
    })

    it('replaces payload, priority and time of one that has not begun', async (world) => {
      const projectId = await world.project()
      const others = await world.loose(projectId, 2)
      const first = wanted(world, projectId)
      await add(world, first)
      const replace = (wish: KeyWish) =>
        world.persistence.transaction(async ({ jobs, uniques }) => {
          const by = wanted(world, projectId, wish)
          const [taken] = await uniques.take([by], world.clock.now(), WAIT_MS)
          expect(taken?.holder).toBe(first.jobId)
          await jobs.lockMany([first.jobId])
          await uniques.replace(first.jobId, by, world.clock.now())
        })
      await replace({ digest: 'bb', priority: 9, delayMs: 1_000 })
      expect(await world.item(first.jobId)).toMatchObject({
        priority: 9,
        position: null,
        availableAt: world.in(1_000),
      })
      expect(await world.line(projectId)).toEqual(others)
      expect(await add(world, wanted(world, projectId, { digest: 'bb' }))).toMatchObject({ differs: false })
      await world.clock.advance(500)
      await replace({ digest: 'cc', delayMs: 1_000 })
      await world.clock.advance(600)
      await world.wake()
      expect((await world.item(first.jobId)).position).toBeNull()
      await replace({ digest: 'dd' })
      expect(await world.line(projectId)).toEqual([...others, first.jobId])
      const workerId = await world.worker()
      const begun = await world.start(9, workerId)
      expect(begun.map(({ jobId }) => jobId)).toEqual([...others, first.jobId])
      expect(begun[2]?.payload).toEqual({ digest: 'dd' })
      expect((await world.stores.jobs.countByType(projectId)).get('analyze')).toMatchObject({
        pending: 0,
        active: 3,
      })
    })
  })
}
