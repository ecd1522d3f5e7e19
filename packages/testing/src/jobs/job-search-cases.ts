import type { JobId } from '@muster/core'
import type { JobFilter } from '@muster/core/operating'
import { expect } from 'vitest'
import { broken, type Case, done, type JobWorld, ODD } from './job-world.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** All that fit, read `limit` at a time. */
async function idsOf(world: JobWorld, filter: JobFilter, limit = 3, order: 'asc' | 'desc' = 'desc') {
  const ids: JobId[] = []
  let after: JobId | undefined
  for (;;) {
    const part = await world.stores.jobSearch.find(filter, { limit, order, after })
    ids.push(...part.found.map(({ jobId }) => jobId))
    if (part.goesOn === null) return ids
    after = part.goesOn
  }
}

export function jobSearchCases(it: Case): void {
  it('finds what a plain filter over all jobs finds, newest first and oldest first', async (world) => {
    const [mine, other] = [await world.project(), await world.project()]
    const run = await world.run(mine, { scenarios: 3, models: ['m1', 'm2'] })
    await world.loose(mine, 4)
    await world.loose(other, 3, { type: 'other' })
    const workerId = await world.worker()
    const started = await world.start(6, workerId)
    await world.settle(started.slice(0, 2), done, workerId)
    await world.settle(started.slice(2, 5), broken, workerId)
    await world.clear(other)
    const all = [
      ...(await world.jobsOf(run.runId)),
      ...(await world.items(mine)).filter(({ runId }) => runId === null),
      ...(await world.items(other)),
    ]
    const filters: readonly [JobFilter, (job: (typeof all)[number]) => boolean][] = [
      [{ projects: null }, () => true],
      [{ projects: [mine] }, ({ projectId }) => projectId === mine],
      [{ projects: [other], state: ['cancelled'] }, ({ state }) => state === 'cancelled'],
      [{ projects: null, state: ['failed'] }, ({ state }) => state === 'failed'],
      [{ projects: [mine, other], state: ['failed'] }, ({ state }) => state === 'failed'],
      [
        { projects: [mine], state: ['pending', 'active'] },
        (job) => job.projectId === mine && /pending|active/.test(job.state),
      ],
      [{ projects: null, type: 'other' }, ({ type }) => type === 'other'],
      [{ projects: null, type: 'none of ours' }, () => false],
      [{ projects: [mine], runId: run.runId }, ({ runId }) => runId === run.runId],
      [{ projects: [other], runId: run.runId }, () => false],
      [{ projects: [mine], model: 'm2' }, ({ model }) => model === 'm2'],
      [{ projects: [mine], scenarioId: 's2' }, ({ scenarioId }) => scenarioId === 's2'],
      [{ projects: [mine], error: 'WENT odd' }, ({ state }) => state === 'failed'],
      [{ projects: [mine], error: 'ON Ærø' }, ({ state }) => state === 'failed'],
      [{ projects: [mine], error: 'on ærø' }, () => false],
      [{ projects: [mine], error: '%' }, () => false],
      [
        { projects: [mine], attempts: { least: 1, most: 1 } },
        (job) => job.projectId === mine && job.attempt === 1,
      ],
      [{ projects: [mine], to: world.clock.now() }, () => false],
      [{ projects: [mine], from: world.clock.now() }, ({ projectId }) => projectId === mine],
    ]
    for (const [filter, fits] of filters) {
      const inside = all.filter(({ projectId }) => filter.projects?.includes(projectId) !== false)
      const expected = inside.filter(fits).map(({ jobId }) => jobId)
      expect([filter, await idsOf(world, filter)]).toEqual([filter, expected.toSorted().reverse()])
      expect([filter, await idsOf(world, filter, 2, 'asc')]).toEqual([filter, expected.toSorted()])
    }
  })

  it('goes on behind as many as were asked for, even if they are the last', async (world) => {
    const jobIds = await world.loose(await world.project(), 2)
    const first = { limit: 2, order: 'asc' } as const
    const { found, goesOn } = await world.stores.jobSearch.find({ projects: null }, first)
    expect([found.map(({ jobId }) => jobId), goesOn]).toEqual([jobIds, jobIds[1]])
    const rest = { ...first, after: jobIds[1] }
    expect(await world.stores.jobSearch.find({ projects: null }, rest)).toMatchObject({
      found: [],
      goesOn: null,
    })
  })

  it('counts no job of other projects as looked at', async (world) => {
    const [mine, other] = [await world.project(), await world.project()]
    const { runId } = await world.run(other, { scenarios: 3 })
    const workerId = await world.worker()
    await world.settle(await world.start(3, workerId), broken, workerId)
    const { jobSearch } = world.stores
    const [{ causeId } = { causeId: 0 }] = await jobSearch.listCauses(
      { projects: [other] },
      world.clock.now(),
    )
    const nothing = { found: [], searched: 0, goesOn: null }
    const slice = { limit: 2, order: 'desc' } as const
    for (const filter of [{}, { runId }, { causeId }, { state: ['failed'] }] as const) {
      expect([filter, await jobSearch.find({ projects: [mine], ...filter }, slice)]).toEqual([
        filter,
        nothing,
      ])
      const { found, searched } = await jobSearch.find({ projects: [other], ...filter }, slice)
      expect([filter, found.length, searched > 0]).toEqual([filter, 2, true])
    }
  })

  it('groups failures by their cause, and forgets those that are tried again', async (world) => {
    const project = await world.project()
    await world.loose(project, 5)
    const workerId = await world.worker()
    const jobs = await world.start(5, workerId)
    await world.settleEach(
      jobs.map(({ jobId, start }, n) => ({
        kind: 'failed',
        jobId,
        start,
        error: n < 4 ? { code: 'timeout', message: `Took ${1000 + n} ms`, retryable: true } : ODD,
      })),
      workerId,
    )
    const { jobSearch } = world.stores
    const where = { projects: [project] }
    const [slow, odd] = await jobSearch.listCauses(where, world.clock.now())
    expect(slow).toMatchObject({
      code: 'timeout',
      pattern: 'Took #',
      failed: 4,
      type: 'analyze',
      projectId: project,
    })
    expect(slow?.sample).toMatch(/^Took 100\d ms$/)
    expect(slow?.lastHour).toEqual([0, 0, 0, 0, 0, 4])
    expect(odd).toMatchObject({
      code: 'odd',
      failed: 1,
      firstAt: world.clock.now(),
      lastAt: world.clock.now(),
    })
    expect(await idsOf(world, { projects: null, causeId: slow?.causeId ?? 0 })).toHaveLength(4)
    const failed = jobs.slice(0, 4).map(({ jobId }) => jobId)
    expect(await jobSearch.findRecord(failed[0] as JobId)).toMatchObject({
      cause: { causeId: slow?.causeId, code: 'timeout', pattern: 'Took #' },
    })

    await world.retry(failed[0] as JobId)
    expect(await jobSearch.listCauses(where, world.clock.now())).toMatchObject([{ failed: 3 }, { failed: 1 }])
    await world.clock.advance(2 * HOUR_MS)
    const later = await jobSearch.listCauses({ ...where, type: 'analyze' }, world.clock.now())
    expect(later[0]).toMatchObject({ failed: 3, lastHour: [0, 0, 0, 0, 0, 0] })
    expect(await jobSearch.listCauses({ projects: [await world.project()] }, world.clock.now())).toEqual([])
    expect(await jobSearch.listCauses({ projects: null, type: 'other' }, world.clock.now())).toEqual([])
  })

  it('finds those that are named, as far as they match the rest', async (world) => {
    const [mine, other] = [await world.project(), await world.project()]
    const loose = await world.loose(mine, 4)
    const [foreign] = await world.loose(other, 1)
    const workerId = await world.worker()
    await world.settle([await world.startOne(workerId)], done, workerId)
    const jobIds = [loose[0], loose[2], foreign, world.ids.next()] as JobId[]
    const found = (filter: Omit<JobFilter, 'jobIds'>) => idsOf(world, { ...filter, jobIds }, 2, 'asc')
    expect(await found({ projects: null })).toEqual([loose[0], loose[2], foreign])
    expect(await found({ projects: [mine] })).toEqual([loose[0], loose[2]])
    expect(await found({ projects: [mine], state: ['pending'] })).toEqual([loose[2]])
    expect(await idsOf(world, { projects: null, jobIds }, 2)).toEqual([foreign, loose[2], loose[0]])
  })

  it('tells the causes of one run by its failed jobs alone', async (world) => {
    const project = await world.project()
    const one = await world.run(project, { scenarios: 3 })
    const other = await world.run(project, { scenarios: 2 })
    await world.loose(project, 1)
    const workerId = await world.worker(DAY_MS)
    await world.clock.advance(600_000 - (world.clock.now().getTime() % 600_000))
    const began = world.clock.now().getTime()
    const causesOf = (runId: typeof one.runId, projects = [project]) =>
      world.stores.jobSearch.listCauses({ projects, runId }, world.clock.now())
    await world.settle(await world.start(3, workerId), broken, workerId)
    await world.clock.advance(600_000)
    for (let rest = 0; rest < 20; rest++) {
      const jobs = await world.start(3, workerId)
      if (jobs.length === 0) break
      await world.settle(jobs, broken, workerId)
    }
    const ends = (await world.jobsOf(one.runId)).map(({ finishedAt }) => finishedAt?.getTime() ?? 0)
    const early = ends.filter((end) => end === began).length
    expect(await causesOf(one.runId)).toMatchObject([
      {
        code: ODD.code,
        failed: ends.length,
        lastHour: [0, 0, 0, 0, early, ends.length - early],
        firstAt: new Date(Math.min(...ends)),
        lastAt: new Date(Math.max(...ends)),
      },
    ])
    expect(await causesOf(other.runId)).toMatchObject([{ failed: (await world.jobsOf(other.runId)).length }])
    expect(await causesOf(one.runId, [await world.project()])).toEqual([])
    expect(await causesOf(world.ids.next() as typeof one.runId)).toEqual([])
  })

  it('counts how often a cause came up by ten minutes, for ninety days, and keeps the latest', async (world) => {
    const project = await world.project()
    await world.loose(project, 4)
    const workerId = await world.worker(DAY_MS)
    const fail = async () => world.settle([await world.startOne(workerId)], broken, workerId)
    const causes = () => world.stores.jobSearch.listCauses({ projects: [project] }, world.clock.now())
    const thin = (days: number) => world.stores.rates.thin(world.in(days * DAY_MS), 100)
    await world.clock.advance(600_000 - (world.clock.now().getTime() % 600_000))
    await fail()
    await world.clock.advance(599_000)
    await fail()
    await world.clock.advance(1_000)
    await fail()
    const lastAt = world.clock.now()
    expect(await causes()).toMatchObject([{ failed: 3, lastHour: [0, 0, 0, 0, 2, 1], lastAt }])
    while ((await thin(89)) > 0);
    expect(await thin(91)).toBe(1)
    expect(await thin(91)).toBe(0)
    expect(await causes()).toMatchObject([{ failed: 3, lastHour: [0, 0, 0, 0, 0, 1], lastAt }])
  })

  it('keeps each attempt that did not complete at the first try, with its worker and its error', async (world) => {
    const project = await world.project()
    const jobId = await world.looseOne(project)
    const workerId = await world.worker()
    const first = await world.startOne(workerId)
    const startedAt = world.clock.now()
    await world.clock.advance(500)
    await world.settle([first], world.retryIn(1_000), workerId)
    const endedAt = world.clock.now()
    await world.clock.advance(1_000)
    await world.wake()
    const second = await world.startOne(workerId)
    await world.settle([second], world.notNowFor(1_000), workerId)
    await world.clock.advance(1_000)
    await world.wake()
    await world.startOne(workerId)
    await world.stores.workers.closeWorker(workerId, world.clock.now())
    const next = await world.worker(1)
    await world.startOne(next)
    await world.clock.advance(2)
    await world.reap()
    const last = await world.worker()
    await world.settle([await world.startOne(last)], broken, last)
    const record = await world.stores.jobSearch.findRecord(jobId)
    expect(record?.attempts[0]).toEqual({
      attempt: 1,
      startedAt,
      endedAt,
      workerId,
      outcome: 'retried',
      error: ODD,
    })
    expect(
      record?.attempts.map(({ attempt, outcome, workerId, error }) => [attempt, outcome, workerId, error]),
    ).toEqual([
      [1, 'retried', workerId, ODD],
      [2, 'notNow', workerId, ODD],
      [2, 'returned', workerId, null],
      [2, 'lost', next, null],
      [2, 'failed', last, ODD],
    ])
  })

  it('keeps no attempt of a job that completed at once', async (world) => {
    const jobId = await world.looseOne(await world.project())
    const workerId = await world.worker()
    await world.settle([await world.startOne(workerId)], done, workerId)
    const record = await world.stores.jobSearch.findRecord(jobId)
    expect(record).toMatchObject({ attempts: [], cause: null, paceOpensAt: null })
    expect(await world.stores.jobSearch.findRecord(world.ids.next() as JobId)).toBeUndefined()
  })

  it('blames a cause for jobs whose workers die, too', async (world) => {
    const project = await world.project()
    await world.looseOne(project)
    for (let death = 0; death < 5; death++) {
      await world.startOne(await world.worker(1))
      await world.clock.advance(2)
      await world.reap()
    }
    expect(await world.stores.jobSearch.listCauses({ projects: [project] }, world.clock.now())).toMatchObject(
      [{ code: 'worker_lost', failed: 1, pattern: expect.stringContaining('# workers in a row') }],
    )
  })

  it('tries many again, each by its own rule, and reopens their runs once', async (world) => {
    const project = await world.project()
    const run = await world.run(project, { scenarios: 4 })
    const [pending] = await world.loose(project, 1, { delayMs: 5_000 })
    const loose = await world.loose(project, 2)
    const workerId = await world.worker()
    const started = await world.start(6, workerId)
    await world.settle(started, broken, workerId)
    const gone = await world.run(project, { scenarios: 1 })
    await world.settle([await world.startOne(workerId)], broken, workerId)
    const ids = [
      ...started.map(({ jobId }) => jobId),
      pending as JobId,
      ...(await world.jobsOf(gone.runId)).map(({ jobId }) => jobId),
    ]
    const moved = await world.persistence.transaction(({ jobSearch }) =>
      jobSearch.moveMany([...ids, world.ids.next() as JobId], { action: 'retry' }, world.clock.now()),
    )
    expect(moved).toEqual({ [project]: { done: 7, skipped: { pending: 1 } } })
    expect(await world.runNow(run.runId)).toMatchObject({ status: 'running', tallies: { failed: 0 } })
    expect((await world.moves(run)).slice(-1)).toEqual(['completed → running'])
    expect(await idsOf(world, { projects: [project], state: ['failed'] })).toEqual([])
    for (const jobId of loose)
      expect(await world.job(jobId)).toMatchObject({ state: 'pending', attempt: 0, error: null })
    expect(await world.start(10, workerId)).toHaveLength(7)
  })

  it('cancels many: pending at once, active ones are told, and counters and runs follow', async (world) => {
    const project = await world.project()
    const run = await world.run(project, { scenarios: 3 })
    const loose = await world.loose(project, 3)
    const [late] = await world.loose(project, 1, { delayMs: 5_000 })
    const workerId = await world.worker()
    const [active] = await world.start(1, workerId)
    const ids = [
      ...(await world.jobsOf(run.runId)).map(({ jobId }) => jobId),
      ...loose.slice(1),
      late as JobId,
    ]
    const move = () =>
      world.persistence.transaction(({ jobSearch }) =>
        jobSearch.moveMany(ids, { action: 'cancel' }, world.clock.now()),
      )
    expect(await move()).toEqual({ [project]: { done: 6, skipped: {} } })
    expect(await move()).toEqual({ [project]: { done: 0, skipped: { cancelled: 5, cancelling: 1 } } })
    expect(await world.job(active?.jobId as JobId)).toMatchObject({ state: 'active', cancelling: true })
    expect(await world.line(project)).toEqual([loose[0]])
    const counts = [...(await world.stores.jobs.countByType(project)).values()]
    expect(counts.reduce((sum, { cancelled }) => sum + cancelled, 0)).toBe(5)
    expect((await world.runNow(run.runId)).tallies).toMatchObject({ cancelled: 2 })
  })

  it('gives many another priority, in the order in which they stood', async (world) => {
    const project = await world.project()
    const loose = await world.loose(project, 4)
    const ids = [loose[3], loose[1], loose[0]] as JobId[]
    const moved = await world.persistence.transaction(({ jobSearch }) =>
      jobSearch.moveMany(ids, { action: 'priority', priority: 9 }, world.clock.now()),
    )
    expect(moved).toEqual({ [project]: { done: 3, skipped: {} } })
    expect(await world.line(project)).toEqual([loose[0], loose[1], loose[3], loose[2]])
    const again = await world.persistence.transaction(({ jobSearch }) =>
      jobSearch.moveMany(ids, { action: 'priority', priority: 9 }, world.clock.now()),
    )
    expect(again).toEqual({ [project]: { done: 0, skipped: { same_priority: 3 } } })
  })
}
