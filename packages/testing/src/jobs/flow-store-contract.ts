import type { JobId, JobState, ProjectId } from '@muster/core'
import { type After, flowVerdict, NEEDS, ON_FAILURES } from '@muster/core/making'
import type { ActiveJob, WorkerId } from '@muster/core/ports'
import { LINK_WHENS } from '@muster/core/runs'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { broken, casesOn, done, type Ending, type JobWorld, present, stopped } from './job-world.ts'

/** How a job that others wait for comes off. */
type Fate = 'completed' | 'failed' | 'cancelled' | 'open'

const FATES: readonly Fate[] = ['completed', 'failed', 'cancelled', 'open']

/** The state that a job shows by what becomes of it. */
const SHOWN = { wait: 'pending', start: 'pending', fail: 'failed', cancel: 'cancelled' } as const

/** A worker that takes all that is in line, and ends what it is told to. */
class Hand {
  readonly #world: JobWorld
  readonly #workerId: WorkerId
  readonly #active = new Map<JobId, ActiveJob>()

  constructor(world: JobWorld, workerId: WorkerId) {
    this.#world = world
    this.#workerId = workerId
  }

  static async in(world: JobWorld): Promise<Hand> {
    return new Hand(world, await world.worker())
  }

  /** Takes all that is in line; the ids, in the order of the line. */
  async take(): Promise<JobId[]> {
    const jobs = await this.#world.take(20_000, this.#workerId)
    for (const job of jobs) this.#active.set(job.jobId, job)
    return jobs.map(({ jobId }) => jobId)
  }

  async end(jobIds: readonly JobId[], ending: Ending): Promise<void> {
    const jobs = jobIds.map((jobId) => present(this.#active.get(jobId)))
    for (let start = 0; start < jobs.length; start += 500)
      await this.#world.settle(jobs.slice(start, start + 500), ending, this.#workerId)
  }

  /** Ends each as its fate says. */
  async meet(fates: ReadonlyMap<JobId, Fate>): Promise<void> {
    const of = (wanted: Fate): JobId[] =>
      [...fates].flatMap(([jobId, fate]) => (fate === wanted ? [jobId] : []))
    await this.end(of('completed'), done)
    await this.end(of('failed'), broken)
    await this.end(of('cancelled'), stopped)
  }
}

/**
 * Every promise of {@link FlowStore}, and of those that add and end jobs which others wait for, on whatever `open` opens: empty each time. `many`: jobs on one
 * side of the widest flows.
 */
export function flowStoreContract(
  name: string,
  open: OpenAdapter,
  { many = 10_000 }: { readonly many?: number } = {},
): void {
  const it = casesOn(open)

  /** Says what the counters make of the project, and that a recount makes the same. */
  const counted = async (world: JobWorld, projectId: ProjectId) => {
    const sums = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
    for (const counts of (await world.stores.jobs.countByType(projectId)).values())
      for (const state of Object.keys(sums) as JobState[]) sums[state] += counts[state]
    const again = { ...sums, pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
    for (const { state } of await world.items(projectId)) again[state]++
    expect(sums).toEqual(again)
    return sums
  }
  const state = async (world: JobWorld, jobId: JobId): Promise<JobState> => (await world.job(jobId)).state
  const isBlocked = async (world: JobWorld, jobId: JobId): Promise<boolean> =>
    (await world.stores.flows.findWaiting(jobId)) !== undefined

  describe(`${name} is a FlowStore`, () => {
    it('keeps a job pending and out of line until those that it waits for have completed', async (world) => {
      const projectId = await world.project()
      const parents = await world.loose(projectId, 2)
      const child = await world.child(projectId, parents)
      expect(await world.item(child)).toMatchObject({
        state: 'pending',
        position: null,
        globalPosition: null,
      })
      expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 2, of: 2 })
      const hand = await Hand.in(world)
      expect(await hand.take()).toEqual(parents)
      await hand.end(parents.slice(0, 1), done)
      await world.sweep()
      expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 1, of: 2 })
      expect(await hand.take()).toEqual([])
      await hand.end(parents.slice(1), done)
      expect(await world.stores.arrivals.look(true)).toMatchObject({ ended: true })
      expect(await world.sweep()).toEqual([])
      expect(await world.stores.arrivals.look(true)).toMatchObject({ ended: false })
      expect((await world.item(child)).position).toBe(1)
      expect(await hand.take()).toEqual([child])
      expect(await counted(world, projectId)).toMatchObject({ active: 1, completed: 2 })
    })

    it('starts a job whose parents had all ended when it was added, with the sweep', async (world) => {
      const projectId = await world.project()
      const parents = await world.loose(projectId, 2)
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end(parents, done)
      const child = await world.child(projectId, parents)
      await world.sweep()
      expect(await hand.take()).toEqual([child])
    })

    it('counts an end once, for a job that is added before that end is swept', async (world) => {
      const projectId = await world.project()
      const [first, second] = await world.loose(projectId, 2)
      const parents = [present(first), present(second)]
      const early = await world.child(projectId, parents)
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end(parents.slice(0, 1), done)
      const late = await world.child(projectId, parents)
      expect(await world.stores.flows.findWaiting(late)).toEqual({ open: 1, of: 2 })
      await world.sweep()
      for (const child of [early, late])
        expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 1, of: 2 })
      await hand.end(parents.slice(1), done)
      await world.sweep()
      expect(await hand.take()).toEqual([early, late])
    })

    it('decides as the rule says, for each need, policy and mixture of ends, before the add and after it', async (world) => {
      const projectId = await world.project()
      const hand = await Hand.in(world)
      const mixtures = FATES.flatMap((one) => FATES.map((other) => [one, other] as const))
      for (const need of NEEDS) {
        for (const onFailure of ON_FAILURES) {
          const cases = await Promise.all(
            mixtures.map(async (fates) => ({ fates, parents: await world.loose(projectId, 2) })),
          )
          const all = new Map(
            cases.flatMap(({ fates, parents }) =>
              parents.map((id, nth) => [id, fates[nth] ?? 'open'] as const),
            ),
          )
          const add = () =>
            Promise.all(cases.map(({ parents }) => world.child(projectId, parents, { need, onFailure })))
          const before = await add()
          await hand.take()
          await hand.meet(all)
          const after = await add()
          await world.sweep()
          for (const [nth, { fates }] of cases.entries()) {
            const parents = {
              open: fates.filter((fate) => fate === 'open').length,
              failed: fates.filter((fate) => fate === 'failed' || fate === 'cancelled').length,
            }
            const verdict = flowVerdict(parents, { need, onFailure })
            for (const child of [present(before[nth]), present(after[nth])]) {
              const seen = { state: await state(world, child), waits: await isBlocked(world, child) }
              expect({ need, onFailure, fates, ...seen }).toEqual({
                need,
                onFailure,
                fates,
                state: SHOWN[verdict],
                waits: verdict === 'wait',
              })
            }
          }
        }
      }
      await counted(world, projectId)
    })

    it('names the first job that did not complete, and tells of those that ended by that', async (world) => {
      const projectId = await world.project()
      const parents = await world.loose(projectId, 3, { type: 'other' })
      const child = await world.child(projectId, parents, { priority: 7 })
      const dropped = await world.child(projectId, parents, { onFailure: 'cancel' })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end(parents.slice(1), broken)
      const error = {
        code: 'parent_failed',
        message: `A job that it waits for did not complete: ${parents[1]}`,
        retryable: false,
        details: { jobId: parents[1], type: 'other' },
      }
      const ended = await world.sweep()
      const common = { projectId, type: 'analyze', createdBy: null, attempt: 0 }
      expect(ended.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1))).toEqual([
        { ...common, jobId: child, priority: 7, state: 'failed', error },
        { ...common, jobId: dropped, priority: 5, state: 'cancelled', error: null },
      ])
      expect(await world.job(child)).toMatchObject({ state: 'failed', error, finishedAt: world.clock.now() })
      expect(await world.job(dropped)).toMatchObject({ state: 'cancelled', finishedAt: world.clock.now() })
      const [cause] = await world.stores.jobSearch.listCauses(
        { projects: [projectId], type: 'analyze' },
        world.clock.now(),
      )
      expect(cause).toMatchObject({ code: 'parent_failed', failed: 1 })
      expect(await counted(world, projectId)).toMatchObject({ active: 1, failed: 3, cancelled: 1 })
    })

    it('fails a flow of depth 1 000 from its top, by one sweep', async (world) => {
      const projectId = await world.project()
      const top = await world.looseOne(projectId)
      const chain: (ReturnType<JobWorld['newJob']> & { after: After })[] = []
      for (let parent = top; chain.length < 1_000; parent = present(chain.at(-1)).jobId) {
        const after = { parents: [parent], need: 'completed', onFailure: 'fail' } as const
        chain.push({ ...world.newJob(projectId, null), after })
      }
      await world.stores.jobs.addItems(chain, [], world.clock.now())
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([top], broken)
      const swept = await world.persistence.transaction(({ flows }) => flows.sweep(2_000, world.clock.now()))
      expect(swept.moved).toBe(1_000)
      expect(swept.ended.map(({ jobId }) => jobId)).toEqual(chain.map(({ jobId }) => jobId))
      expect(await counted(world, projectId)).toMatchObject({ pending: 0, failed: 1_001 })
    })

    it('works off no more ends at once than it is asked to', async (world) => {
      const projectId = await world.project()
      const parents = await world.loose(projectId, 5)
      const child = await world.child(projectId, parents)
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end(parents, done)
      const sweep = () => world.persistence.transaction(({ flows }) => flows.sweep(2, world.clock.now()))
      expect(await sweep()).toEqual({ moved: 2, started: 0, ended: [] })
      expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 3, of: 5 })
      expect(await sweep()).toEqual({ moved: 2, started: 0, ended: [] })
      expect(await sweep()).toEqual({ moved: 1, started: 1, ended: [] })
      expect(await sweep()).toEqual({ moved: 0, started: 0, ended: [] })
    })

    it('leaves all as it was if the sweep is not committed', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const child = await world.child(projectId, [parent])
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([parent], done)
      const gone = new Error('gone')
      await expect(
        world.persistence.transaction(async ({ flows }) => {
          expect(await flows.sweep(10, world.clock.now())).toMatchObject({ moved: 1, started: 1 })
          throw gone
        }),
      ).rejects.toBe(gone)
      expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 1, of: 1 })
      await world.sweep()
      expect(await hand.take()).toEqual([child])
    })

    it(`starts one that waits for ${many}, and ${many} that wait for one`, async (world) => {
      const projectId = await world.project()
      const hand = await Hand.in(world)
      const parents: JobId[] = []
      for (let made = 0; made < many; made += 1_000)
        parents.push(...(await world.loose(projectId, Math.min(1_000, many - made))))
      const into = await world.child(projectId, parents)
      await hand.take()
      await hand.end(parents, done)
      await world.sweep()
      expect(await hand.take()).toEqual([into])
      const out: JobId[] = []
      for (let made = 0; made < many; made += 1_000)
        out.push(...(await world.children(projectId, [into], { count: Math.min(1_000, many - made) })))
      expect(await world.stores.flows.findParents(projectId, [into])).toEqual(new Map([[into, many]]))
      await hand.end([into], done)
      await world.sweep()
      expect(await hand.take()).toEqual(out)
    })

    it('cancels a job that waits at once, and leaves those that it waits for', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const child = await world.child(projectId, [parent])
      const grandchild = await world.child(projectId, [child])
      await world.cancelPending(child)
      expect(await state(world, child)).toBe('cancelled')
      expect((await world.sweep()).map(({ jobId }) => jobId)).toEqual([grandchild])
      const hand = await Hand.in(world)
      expect(await hand.take()).toEqual([parent])
      await hand.end([parent], done)
      await world.sweep()
      expect(await hand.take()).toEqual([])
      expect(await counted(world, projectId)).toMatchObject({ completed: 1, cancelled: 1, failed: 1 })
    })

    it('moves jobs that wait, with others', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const [low, high, gone] = await world.children(projectId, [parent], { count: 3 })
      const move = (
        ids: readonly (JobId | undefined)[],
        by: Parameters<JobWorld['stores']['jobSearch']['moveMany']>[1],
      ) =>
        world.persistence.transaction(({ jobSearch }) =>
          jobSearch.moveMany(ids.map(present), by, world.clock.now()),
        )
      expect(await move([high, parent], { action: 'priority', priority: 9 })).toEqual({
        [projectId]: { done: 2, skipped: {} },
      })
      await world.setPriority(present(low), 2)
      expect(await world.item(present(high))).toMatchObject({ priority: 9, position: null })
      expect(await move([gone], { action: 'cancel' })).toEqual({ [projectId]: { done: 1, skipped: {} } })
      const hand = await Hand.in(world)
      expect(await hand.take()).toEqual([parent])
      await hand.end([parent], done)
      await world.sweep()
      expect(await hand.take()).toEqual([high, low])
      expect(await counted(world, projectId)).toMatchObject({ active: 2, completed: 1, cancelled: 1 })
    })

    it('finds and lists jobs that wait', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const child = await world.child(projectId, [parent])
      const found = await world.stores.jobSearch.find(
        { projects: [projectId], state: ['pending'] },
        { limit: 10, order: 'asc' },
      )
      expect(found.found.map(({ jobId, state: told }) => [jobId, told])).toEqual([
        [parent, 'pending'],
        [child, 'pending'],
      ])
      expect((await world.items(projectId)).map(({ jobId, position }) => [jobId, position])).toEqual([
        [parent, 1],
        [child, null],
      ])
      expect(await world.stores.jobSearch.findRecord(child)).toMatchObject({ attempts: [], cause: null })
    })

    it('cancels what waits with all else that is pending', async (world) => {
      const projectId = await world.project()
      const [active, pending] = [await world.looseOne(projectId), await world.looseOne(projectId)]
      const hand = await Hand.in(world)
      expect(await world.take(1, await world.worker())).toHaveLength(1)
      const children = [
        await world.child(projectId, [active]),
        await world.child(projectId, [pending]),
        await world.child(projectId, [active, pending]),
      ]
      expect(await world.clear(projectId)).toBe(4)
      expect(await Promise.all(children.map((child) => state(world, child)))).toEqual(
        Array(3).fill('cancelled'),
      )
      expect(await counted(world, projectId)).toMatchObject({ pending: 0, active: 1, cancelled: 4 })
      const late = await world.child(projectId, [pending], { onFailure: 'run' })
      await world.stores.workers.sweepCancelled(100)
      await world.sweep()
      expect(await hand.take()).toEqual([late])
    })

    it('tells of jobs that a cut, a death or a stop has ended', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 1 })
      const [cut] = (await world.jobsOf(run.runId)).map(({ jobId }) => jobId)
      const stoppedOne = await world.looseOne(projectId)
      const [ofCut, ofStopped] = [
        await world.child(projectId, [present(cut)]),
        await world.child(projectId, [stoppedOne]),
      ]
      await world.cancelRun(run.runId)
      await world.stores.workers.sweepCancelled(100)
      const workerId = await world.worker()
      const [job] = await world.take(1, workerId)
      await world.requestCancel(stoppedOne)
      await world.settle([present(job)], world.retryIn(1_000), workerId)
      await world.sweep()
      expect([await state(world, ofCut), await state(world, ofStopped)]).toEqual(['failed', 'failed'])
      const dying = await world.looseOne(projectId)
      const ofDying = await world.child(projectId, [dying], { onFailure: 'run' })
      for (let deaths = 0; (await state(world, dying)) !== 'failed'; deaths++) {
        expect(deaths).toBeLessThan(10)
        await world.take(1, await world.worker())
        await world.clock.advance(60_000)
        await world.reap()
      }
      await world.sweep()
      expect(await world.line(projectId)).toEqual([ofDying])
    })

    it('blocks those again that ended by a failed job alone when it is retried, down the flow', async (world) => {
      const projectId = await world.project()
      const [first, second] = await world.loose(projectId, 2)
      const [one, other] = [present(first), present(second)]
      const ofOne = await world.child(projectId, [one])
      const ofBoth = await world.child(projectId, [one, other])
      const below = await world.child(projectId, [ofOne])
      const ran = await world.child(projectId, [one], { onFailure: 'run' })
      const dropped = await world.child(projectId, [one], { onFailure: 'cancel' })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([one, other], broken)
      await world.sweep()
      expect(await hand.take()).toEqual([ran])
      expect(await counted(world, projectId)).toMatchObject({ failed: 5, cancelled: 1, active: 1 })
      await world.retry(one)
      await world.sweep()
      expect(await Promise.all([ofOne, below, ofBoth].map((id) => isBlocked(world, id)))).toEqual([
        true,
        true,
        false,
      ])
      expect(await world.job(ofOne)).toMatchObject({ state: 'pending', error: null, finishedAt: null })
      expect(await state(world, ofBoth)).toBe('failed')
      expect([await state(world, ran), await state(world, dropped)]).toEqual(['active', 'cancelled'])
      expect(await counted(world, projectId)).toMatchObject({ pending: 3, failed: 2, active: 1 })
      expect(await hand.take()).toEqual([one])
      await hand.end([one], done)
      await world.sweep()
      expect(await hand.take()).toEqual([ofOne])
      await hand.end([ofOne], done)
      await world.sweep()
      expect(await hand.take()).toEqual([below])
      await world.retry(other)
      await world.sweep()
      expect(await isBlocked(world, ofBoth)).toBe(true)
      await hand.take()
      await hand.end([other], done)
      await world.sweep()
      expect(await hand.take()).toEqual([ofBoth])
      expect(await counted(world, projectId)).toMatchObject({ pending: 0, failed: 0, active: 3 })
    })

    it('lets one wait again for a job that is retried before the others have ended', async (world) => {
      const projectId = await world.project()
      const [first, second] = await world.loose(projectId, 2)
      const [one, other] = [present(first), present(second)]
      const early = await world.child(projectId, [one, other], { need: 'ended' })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([one], broken)
      const late = await world.child(projectId, [one, other], { need: 'ended' })
      await world.retry(one)
      await world.sweep()
      for (const child of [early, late])
        expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 2, of: 2 })
      await hand.take()
      await hand.end([one, other], done)
      await world.sweep()
      expect(await hand.take()).toEqual([early, late])
    })

    it('lets one wait on for a job that was retried before its end was counted, however few are counted at once', async (world) => {
      const projectId = await world.project()
      const hand = await Hand.in(world)
      for (const limit of [1, 10_000]) {
        const parent = await world.looseOne(projectId)
        await hand.take()
        const wishes = [{}, { onFailure: 'cancel' }, { onFailure: 'run' }, { need: 'ended' }] as const
        const children: JobId[] = []
        for (const wish of wishes) children.push(await world.child(projectId, [parent], wish))
        await hand.end([parent], broken)
        const late = await world.child(projectId, [parent])
        children.push(late)
        await world.retry(parent)
        expect(await world.sweep(limit)).toEqual([])
        for (const child of children) {
          expect(await state(world, child)).toBe('pending')
          expect(await world.stores.flows.findWaiting(child)).toEqual({ open: 1, of: 1 })
        }
        expect(await hand.take()).toEqual([parent])
        await hand.end([parent], done)
        expect(await world.sweep(limit)).toEqual([])
        expect(await hand.take()).toEqual(children)
        await hand.end(children, done)
        await counted(world, projectId)
      }
    })

    it('starts one that ended by another without that when it is retried by itself', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const child = await world.child(projectId, [parent])
      const below = await world.child(projectId, [child])
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([parent], broken)
      await world.sweep()
      expect(
        await world.persistence.transaction(({ jobSearch }) =>
          jobSearch.moveMany([child], { action: 'retry' }, world.clock.now()),
        ),
      ).toEqual({ [projectId]: { done: 0, skipped: { parent_failed: 1 } } })
      await world.retry(child)
      await world.sweep()
      expect(await isBlocked(world, below)).toBe(true)
      expect(await hand.take()).toEqual([child])
      await world.retry(parent)
      await world.sweep()
      expect(await state(world, child)).toBe('active')
      await hand.end([child], done)
      await world.sweep()
      expect(await hand.take()).toEqual([parent, below])
      expect(await counted(world, projectId)).toMatchObject({ failed: 0, active: 2, completed: 1 })
    })

    it('takes no key from a job that has it meanwhile', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const unique = { key: 'k', states: ['pending', 'active'], until: null, digest: 'aa' } as const
      const after = { parents: [parent], need: 'completed', onFailure: 'fail' } as const
      const child = { ...world.newJob(projectId, null), unique, after }
      const add = (job: typeof child) =>
        world.persistence.transaction(async (stores) => {
          const [taken] = await stores.uniques.take([job], world.clock.now(), 5_000)
          if (taken?.holder === null) await stores.jobs.addItems([job], [], world.clock.now())
          return taken
        })
      expect(await add(child)).toEqual({ holder: null, differs: false })
      expect(await add({ ...child, jobId: world.newJob(projectId, null).jobId })).toMatchObject({
        holder: child.jobId,
      })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([parent], broken)
      await world.sweep()
      const other = {
        ...child,
        jobId: world.newJob(projectId, null).jobId,
        after: { ...after, need: 'ended' },
      }
      expect(await add(other as never)).toMatchObject({ holder: null })
      await world.retry(parent)
      await world.sweep()
      expect(await state(world, child.jobId)).toBe('failed')
    })

    it('reads those that a job waited for in the order given, a page at a time, and the links below', async (world) => {
      const projectId = await world.project()
      const [a, b, c] = (await world.loose(projectId, 3)).map(present)
      const parents = [c, a, b].map(present)
      const child = await world.child(projectId, parents, { need: 'ended' })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([present(a)], done)
      await hand.end([present(b)], broken)
      const { flows } = world.stores
      const read = [...(await flows.listParents(child, 0, 2)), ...(await flows.listParents(child, 2, 2))]
      expect(read).toEqual([
        { jobId: c, type: 'analyze', state: 'active', result: null, error: null },
        { jobId: a, type: 'analyze', state: 'completed', result: 'fine', error: null },
        {
          jobId: b,
          type: 'analyze',
          state: 'failed',
          result: null,
          error: expect.objectContaining({ code: 'odd' }),
        },
      ])
      const second = await world.child(projectId, [present(a)])
      const links = [child, second].map((childId) => ({ parentId: a, childId }))
      expect(await flows.listChildren([present(a)], 10)).toEqual(links)
      expect(await flows.listChildren([present(a)], 1)).toEqual(links.slice(0, 1))
    })

    it('tells what jobs wait for and what waits for them, ended or not', async (world) => {
      const projectId = await world.project()
      const parents = await world.loose(projectId, 2)
      const [a, b] = [present(parents[0]), present(parents[1])]
      const [first, second] = [await world.child(projectId, [b, a]), await world.child(projectId, [a])]
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([b], done)
      const { flows } = world.stores
      const { type } = await world.job(a)
      const told = (of: JobId, jobId: JobId, shown: JobState) => ({ of, jobId, type, state: shown })
      expect(await flows.listLinked([second, first, first], 'parents', 10)).toEqual([
        told(first, a, 'active'),
        told(first, b, 'completed'),
        told(second, a, 'active'),
      ])
      const below = [told(a, first, 'pending'), told(a, second, 'pending'), told(b, first, 'pending')]
      expect(await flows.listLinked(parents, 'children', 10)).toEqual(below)
      expect(await flows.listLinked(parents, 'children', 2)).toEqual(below.slice(0, 2))
      expect(await flows.listLinked([a], 'parents', 10)).toEqual([])
    })

    it('knows jobs of the project alone', async (world) => {
      const [projectId, foreign] = [await world.project(), await world.project()]
      const [known, other] = [await world.looseOne(projectId), await world.looseOne(foreign)]
      const unknown = world.newJob(projectId, null).jobId
      expect(await world.stores.flows.findParents(projectId, [known, other, unknown])).toEqual(
        new Map([[known, 0]]),
      )
    })

    it('finds none that waits for none while all is in order', async (world) => {
      const projectId = await world.project()
      const [open, ended] = await world.loose(projectId, 2)
      const children = [await world.child(projectId, [present(open)])]
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([present(ended)], done)
      // Decided, and not swept.
      children.push(await world.child(projectId, [present(ended)]))
      await hand.end([present(open)], done)
      const mend = (after: JobId | null, limit: number) =>
        world.persistence.transaction(({ flows }) => flows.mend(after, limit))
      expect(await mend(null, 1)).toEqual({ mended: [], goesOn: children[0] })
      expect(await mend(present(children[0]), 10)).toEqual({ mended: [], goesOn: null })
    })

    it('keeps the time that one is due at, beside those that it waits for', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const child = await world.child(projectId, [parent], { delayMs: 5_000 })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([parent], done)
      await world.sweep()
      expect(await hand.take()).toEqual([])
      await world.clock.advance(5_000)
      await world.wake()
      expect(await hand.take()).toEqual([child])
    })

    it('keeps the keys of limits of one that waits', async (world) => {
      const projectId = await world.project()
      const parent = await world.looseOne(projectId)
      const child = await world.child(projectId, [parent], { limits: { keys: ['model:flow'], units: 0 } })
      const hand = await Hand.in(world)
      await hand.take()
      await hand.end([parent], done)
      await world.sweep()
      const [job] = await world.take(1, await world.worker())
      expect(job).toMatchObject({ jobId: child, limitSet: expect.any(Number) })
    })

    it('goes on after a run, or not, by how that has come off', async (world) => {
      const projectId = await world.project()
      const hand = await Hand.in(world)
      for (const fate of ['open', 'completed', 'cancelled'] as const) {
        const { runId } = await world.run(projectId, { scenarios: 2 })
        const jobs = await hand.take()
        const add = async (): Promise<[string, JobId][]> => {
          const added: [string, JobId][] = []
          for (const when of LINK_WHENS)
            for (const onFailure of ON_FAILURES) {
              const child = await world.child(projectId, [], { run: { runId, when }, onFailure })
              added.push([`${when} ${onFailure}`, child])
            }
          return added
        }
        const before = await add()
        await world.sweep()
        for (const [, child] of before) expect(await isBlocked(world, child)).toBe(true)
        if (fate === 'cancelled') await world.cancelRun(runId)
        await world.sweep()
        // Jobs of a cancelled run that were active were told to stop, and have not ended.
        const still = before.filter(([how]) => fate !== 'cancelled' || how.startsWith('ended'))
        for (const [, child] of still) expect(await isBlocked(world, child)).toBe(true)
        if (fate !== 'open') await hand.end(jobs, fate === 'completed' ? done : stopped)
        const after = await add()
        await world.sweep()
        for (const [how, child] of [...before, ...after]) {
          const [when, onFailure] = how.split(' ')
          const goesOn = fate === 'completed' || when === 'ended' || onFailure === 'run'
          const ended = onFailure === 'fail' ? 'failed' : 'cancelled'
          const seen = { fate, how, state: await state(world, child), waits: await isBlocked(world, child) }
          const fates = fate === 'open' || goesOn ? 'pending' : ended
          expect(seen).toEqual({ fate, how, state: fates, waits: fate === 'open' })
        }
        await hand.end(await hand.take(), done)
      }
      await counted(world, projectId)
    })

    it('names the run of which a job fails, and holds back those behind it', async (world) => {
      const projectId = await world.project()
      const { runId } = await world.run(projectId, { scenarios: 1 })
      const child = await world.child(projectId, [], { run: { runId, when: 'completed' }, priority: 7 })
      const behind = await world.child(projectId, [child])
      expect(await world.stores.flows.findWaiting(child)).toEqual({
        open: 1,
        of: 1,
        run: { runId, when: 'completed' },
      })
      await world.cancelRun(runId)
      const ended = await world.sweep()
      const error = {
        code: 'parent_failed',
        message: `The run that it waits for did not complete: ${runId}`,
        retryable: false,
      }
      expect(ended.map(({ jobId, error: why }) => [jobId, why?.code])).toEqual([
        [child, 'parent_failed'],
        [behind, 'parent_failed'],
      ])
      expect(await world.job(child)).toMatchObject({ state: 'failed', error })
      const causes = await world.stores.jobSearch.listCauses(
        { projects: [projectId], type: 'analyze' },
        world.clock.now(),
      )
      expect(causes).toHaveLength(2)
    })

    it('goes on once after a run, whoever is at it, however few at a time', async (world) => {
      const projectId = await world.project()
      const { runId } = await world.run(projectId, { scenarios: 1 })
      const run = { runId, when: 'completed' } as const
      const children = await world.children(projectId, [], { run, count: 5 })
      const hand = await Hand.in(world)
      await hand.end(await hand.take(), done)
      const { flows } = world.stores
      expect(await flows.listAwaitedRuns(null, 10)).toEqual([run])
      expect(await flows.listAwaitedRuns(run, 10)).toEqual([])
      const meet = (limit: number): Promise<number> =>
        world.persistence.transaction((stores) => stores.flows.meetRun(run, true, limit))
      const gone = new Error('gone')
      const undone = world.persistence.transaction(async (stores) => {
        expect(await stores.flows.meetRun(run, true, 9)).toBe(5)
        throw gone
      })
      await expect(undone).rejects.toBe(gone)
      expect(await meet(2)).toBe(2)
      const both = await Promise.all([meet(9), meet(9)])
      expect(both.toSorted()).toEqual([0, 3])
      expect(await meet(9)).toBe(0)
      expect(await flows.listAwaitedRuns(null, 10)).toEqual([])
      await world.sweep()
      await world.sweep()
      expect((await hand.take()).toSorted()).toEqual(children.toSorted())
      await counted(world, projectId)
    })

    it('leaves one alone that was cancelled, and finds nothing amiss with one that waits', async (world) => {
      const projectId = await world.project()
      const { runId } = await world.run(projectId, { scenarios: 1 })
      const run = { runId, when: 'peopleDone' } as const
      const children = await world.children(projectId, [], { run, count: 2 })
      const [dropped, waits] = [present(children[0]), present(children[1])]
      await world.persistence.transaction(async ({ jobs }) => {
        await jobs.lock(dropped)
        await jobs.cancelPending(dropped, world.clock.now())
      })
      expect(await world.persistence.transaction(({ flows }) => flows.mend(null, 10))).toEqual({
        mended: [],
        goesOn: null,
      })
      const hand = await Hand.in(world)
      await hand.end(await hand.take(), done)
      await world.sweep()
      expect(await hand.take()).toEqual([waits])
      expect(await world.job(dropped)).toMatchObject({ state: 'cancelled' })
      await counted(world, projectId)
    })
  })
}
