import type { JobType, RunId } from '@muster/core'
import type { Stores } from '@muster/core/ports'
import { BadCronError, type KeptSchedule, type ScheduleId, type ScheduleTick } from '@muster/core/schedules'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { newId } from '../worlds/samples.ts'
import { type ScheduleWorld, scheduleCases, ZONE_DATA } from './schedule-world.ts'

const MINUTE_MS = 60_000
/** Monday, nine o'clock: when the clock of a world begins. */
const NINE = Date.UTC(2026, 0, 5, 9)
const at = (minutes: number): Date => new Date(NINE + minutes * MINUTE_MS)

/** Every promise of ScheduleStore, and what firing makes of them, on whatever `open` opens: empty each time. */
export function scheduleStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a ScheduleStore`, () => {
    keepingCases(open)
    firingCases(open)
    missedCases(open)
    overlapCases(open)
    changeCases(open)
    refusalCases(open)
  })
}

/** What is kept, and found again. */
function keepingCases(open: OpenAdapter): void {
  const it = scheduleCases(open)

  it('keeps a schedule as it was given, with its next tick', async (world) => {
    const given = {
      name: 'Nightly “rescore”',
      when: { everySeconds: 90, anchor: at(-10) },
      start: { job: { type: 'work', payload: { at: { $: '/tick' }, n: 1e21 }, priority: -7 } },
      missed: 'all',
      maxCatchUp: 3,
      graceSeconds: 5,
      overlap: 'allow',
      jitterSeconds: 7,
      startsAt: at(-1),
      endsAt: at(9_999),
    } as const
    const { scheduleId, ...added } = await world.add(given)
    expect(added).toEqual({
      ...given,
      projectId: world.project.projectId,
      paused: false,
      version: 1,
      nextAt: new Date(NINE + 30_000),
      lastTick: null,
      zoneData: null,
      createdBy: null,
      createdAt: at(0),
    })
    expect(await world.calls.get(scheduleId)).toEqual({ scheduleId, ...added })
    const once = await world.add({ when: { at: at(5) } })
    expect(await world.calls.get(once.scheduleId)).toEqual(once)
  })

  it('is due for a scheduler at its next tick, unless it is paused', async (world) => {
    const due = async () => (await world.stores.workers.findAttendance(world.clock.now())).dueAt
    await world.add({ name: 'later', when: { at: at(9) } })
    const { scheduleId } = await world.add({ name: 'first', when: { at: at(5) } })
    expect(await due()).toEqual(at(5))
    await world.calls.pause(scheduleId)
    expect(await due()).toEqual(at(9))
  })

  it('gives a name to one schedule of a project, until that is removed', async (world) => {
    const first = await world.add({ name: 'one' })
    await expect(world.add({ name: 'one' })).rejects.toMatchObject({ code: 'conflict' })
    const other = await world.add({ name: 'two' })
    await expect(world.calls.change(other.scheduleId, { name: 'one' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await world.calls.remove(first.scheduleId)
    await world.calls.change(other.scheduleId, { name: 'one' })
    expect(await world.calls.find(first.scheduleId)).toBeUndefined()
  })

  it('lists those of a project, newest first', async (world) => {
    const added = []
    for (const nth of [1, 2, 3]) {
      added.unshift(await world.add({ name: `${nth}` }))
      await world.clock.advance(1)
    }
    const first = await world.calls.list(world.project.projectId, { limit: 2 })
    expect(first.items).toEqual(added.slice(0, 2))
    const cursor = first.nextCursor ?? ''
    expect((await world.calls.list(world.project.projectId, { cursor })).items).toEqual(added.slice(2))
  })

  it('gives those that are due, the longest due first, and says when the next one is', async (world) => {
    const [late, soon] = [await world.add({ when: { at: at(2) } }), await world.add({ when: { at: at(1) } })]
    await world.add({ when: { at: at(9) } })
    const { schedules } = world.stores
    expect(await schedules.nextDue(ZONE_DATA)).toEqual(at(1))
    expect(await idsDue(world, at(3))).toEqual([soon.scheduleId, late.scheduleId])
    expect(await idsDue(world, at(0))).toEqual([])
    await world.calls.pause(soon.scheduleId)
    expect(await schedules.nextDue(ZONE_DATA)).toEqual(at(2))
  })

  it('finds ticks by when they were planned and how they came off, the latest first', async (world) => {
    const { scheduleId } = await world.add()
    await world.pass(1)
    await world.pass(1)
    await world.pass(3)
    const { items } = await world.calls.ticks(scheduleId, {}, { limit: 2 })
    expect(items.map(({ plannedAt }) => plannedAt)).toEqual([at(5), at(4)])
    const page = await world.calls.ticks(scheduleId, { outcome: ['missed'] }, {})
    expect(page.items.map(({ plannedAt }) => plannedAt)).toEqual([at(3)])
    const some = await world.calls.ticks(scheduleId, { from: at(2), to: at(4) }, { limit: 1 })
    expect(some.items.map(({ plannedAt }) => plannedAt)).toEqual([at(3)])
    const cursor = some.nextCursor ?? ''
    const rest = await world.calls.ticks(scheduleId, { from: at(2), to: at(4) }, { limit: 1, cursor })
    expect(rest.items.map(({ plannedAt }) => plannedAt)).toEqual([at(2)])
    expect(rest.nextCursor).toBeNull()
  })

  it('knows the tick that started a job', async (world) => {
    const { scheduleId } = await world.add()
    await world.pass(1)
    const [tick] = await world.ticks({ scheduleId })
    const jobId = tick?.jobId
    if (!jobId) throw new Error('no job was started')
    expect(await world.stores.schedules.findTickOf(jobId)).toEqual({ scheduleId, plannedAt: at(1), again: 0 })
    expect(await world.stores.schedules.findTickOf(newId<'JobId'>())).toBeUndefined()
  })

  it('forgets old ticks in steps, and removed schedules behind them', async (world) => {
    const { scheduleId } = await world.add()
    for (const _ of [1, 2, 3]) await world.pass(1)
    await world.calls.remove(scheduleId)
    const { schedules } = world.stores
    expect(await schedules.prune(at(3), 1)).toBe(1)
    expect(await schedules.prune(at(3), 5)).toBe(1)
    expect(await schedules.prune(at(3), 5)).toBe(0)
    expect((await world.ticks({ scheduleId })).map(({ plannedAt }) => plannedAt)).toEqual([at(3)])
    expect(await schedules.prune(at(4), 5)).toBe(1)
  })

  it('settles the fit of a tick once', async (world) => {
    const { scheduleId } = await world.add({ start: { refit: { question: 'label' } } })
    await world.pass(1)
    await world.pass(1)
    const { schedules } = world.stores
    const pending = await schedules.listPending(9)
    expect(pending).toEqual([1, 2].map((minute) => ({ scheduleId, plannedAt: at(minute), again: 0 })))
    const [first, second] = pending
    if (!first || !second) throw new Error('nothing is pending')
    expect(await schedules.settleTick(first, null)).toBe(true)
    expect(await schedules.settleTick(first, null)).toBe(false)
    const error = { code: 'not_found', message: 'There is no form' }
    expect(await schedules.settleTick(second, error)).toBe(true)
    expect(await schedules.listPending(9)).toEqual([])
    expect(await world.ticks({ scheduleId })).toMatchObject([
      { outcome: 'started', error: null },
      { outcome: 'refused', error },
    ])
  })
}

/** What fires, and how often. */
function firingCases(open: OpenAdapter): void {
  const it = scheduleCases(open)

  it('starts a job at each tick, filled with the tick, the schedule and the one before', async (world) => {
    const { scheduleId } = await world.add({
      start: {
        job: {
          type: 'work',
          payload: { at: { $: '/tick' }, of: { $: '/scheduleId' }, since: { $: '/previous' } },
        },
      },
      overlap: 'allow',
    })
    await world.pass(0.5)
    expect(await world.ticks({ scheduleId })).toEqual([])
    await world.pass(0.5)
    await world.pass(1)
    const payloads = (await world.jobs({ scheduleId })).map(({ payload }) => payload)
    expect(payloads).toEqual([
      { at: at(1).toISOString(), of: scheduleId, since: null },
      { at: at(2).toISOString(), of: scheduleId, since: at(1).toISOString() },
    ])
    expect(await world.calls.get(scheduleId)).toMatchObject({
      nextAt: at(3),
      version: 1,
      lastTick: { plannedAt: at(2), firedAt: at(2), outcome: 'started' },
    })
    expect(await world.facts('queue_item_added')).toHaveLength(2)
  })

  it('starts a run of the newest version of a name, once for each tick', async (world) => {
    await world.define('probe')
    const { scheduleId } = await world.add({
      start: { run: { definition: 'probe', models: ['m'], experimentId: { $: '/tick' } } },
      overlap: 'allow',
    })
    await world.pass(1)
    const newest = await world.define('probe')
    await world.pass(1)
    const ids = (await world.ticks({ scheduleId })).map(({ runId }) => runId as RunId)
    const runs = await Promise.all(ids.map((runId) => world.stores.runs.find(runId)))
    expect(runs).toMatchObject([
      { config: { experimentId: at(1).toISOString(), definitionSnapshot: { version: 1 } }, startedBy: null },
      { definitionId: newest, config: { experimentId: at(2).toISOString() } },
    ])
  })

  it('fires each tick once, though three schedulers fire at once and some die', async (world) => {
    const added = []
    for (let nth = 0; nth < 12; nth++)
      added.push(
        await world.add({ overlap: 'allow', graceSeconds: 3_600, when: { everySeconds: 7, anchor: at(0) } }),
      )
    await world.clock.advance(3 * MINUTE_MS)
    const dies = world.adapter.persistence.transaction(async ({ schedules }) => {
      await schedules.takeDue(world.clock.now(), 3, ZONE_DATA)
      throw new Error('The process ends here')
    })
    const schedulers = [1, 2, 3].map(() => world.scheduler())
    await Promise.all([expect(dies).rejects.toThrow('ends here'), ...schedulers.map((fire) => fire())])
    await world.scheduler()()
    const planned = Array.from({ length: 25 }, (_, nth) => new Date(NINE + (nth + 1) * 7_000))
    for (const schedule of added) {
      const ticks = await world.ticks(schedule)
      expect(ticks.map(({ plannedAt }) => plannedAt)).toEqual(planned)
      expect(new Set(ticks.map(({ jobId }) => jobId)).size).toBe(planned.length)
    }
    expect(await world.jobCount()).toBe(planned.length * added.length)
  })

  it('refuses a tick that has come before, with all of its transaction', async (world) => {
    const { scheduleId } = await world.add()
    await world.pass(1)
    const [tick] = await world.ticks({ scheduleId })
    if (!tick) throw new Error('nothing fired')
    const again = { ...tick, scheduleId, pending: false }
    const second = world.adapter.persistence.transaction(async ({ schedules }) => {
      await schedules.addTicks([{ ...again, plannedAt: at(7) }, again])
    })
    await expect(second).rejects.toMatchObject({ code: 'conflict' })
    expect(await world.ticks({ scheduleId })).toEqual([tick])
  })

  it('fires nothing of a transaction that came to nothing', async (world) => {
    const { scheduleId } = await world.add()
    const before = await world.stores.schedules.find(scheduleId)
    await world.clock.advance(MINUTE_MS)
    const dead = world.adapter.persistence.transaction(async (stores: Stores) => {
      const [due] = await stores.schedules.takeDue(world.clock.now(), 9, ZONE_DATA)
      const { dueAt, nextAt } = { dueAt: at(2), nextAt: at(2) }
      await stores.schedules.advance([{ ...(due as KeptSchedule), dueAt, nextAt }])
      throw new Error('The process ends here')
    })
    await expect(dead).rejects.toThrow('ends here')
    expect(await world.stores.schedules.find(scheduleId)).toEqual(before)
    await world.scheduler()()
    expect(await world.told({ scheduleId })).toEqual(['09:01 started'])
  })

  it('ends with its last tick', async (world) => {
    const { scheduleId } = await world.add({ when: { at: at(1) } })
    await world.pass(1)
    await world.pass(5)
    expect(await world.told({ scheduleId })).toEqual(['09:01 started'])
    expect(await world.calls.get(scheduleId)).toMatchObject({ nextAt: null })
    const bounded = await world.add({ endsAt: at(8), startsAt: at(7), overlap: 'allow' })
    expect(bounded.nextAt).toEqual(at(7))
    await world.pass(9)
    expect(await world.told(bounded)).toEqual(['09:07 missed', '09:08 started'])
    expect(await world.calls.get(bounded.scheduleId)).toMatchObject({ nextAt: null })
  })

  it('starts late by its jitter, each tick by its own, with the planned instant as its key', async (world) => {
    const { scheduleId } = await world.add({ jitterSeconds: 59, overlap: 'allow' })
    const lateBy = []
    for (let minute = 1; minute <= 4; minute++) {
      const { dueAt } = (await world.stores.schedules.find(scheduleId)) ?? {}
      if (!dueAt) throw new Error('nothing is due')
      lateBy.push(dueAt.getTime() - at(minute).getTime())
      await world.clock.advance(dueAt.getTime() - 1 - world.clock.now().getTime())
      await world.scheduler()()
      expect(await world.ticks({ scheduleId })).toHaveLength(minute - 1)
      await world.clock.advance(1)
      await world.scheduler()()
      expect((await world.ticks({ scheduleId })).at(-1)?.plannedAt).toEqual(at(minute))
    }
    expect(lateBy.every((late) => late >= 0 && late < MINUTE_MS)).toBe(true)
    expect(new Set(lateBy).size).toBeGreaterThan(1)
  })

  it('is fired by hand, whatever runs, with a key of its own', async (world) => {
    const { scheduleId } = await world.add()
    await world.pass(1)
    await world.calls.pause(scheduleId)
    const by = newId<'UserId'>()
    const now = await world.calls.fire(scheduleId, { by })
    const past = await world.calls.fire(scheduleId, { at: at(1) })
    const again = await world.calls.fire(scheduleId, { at: at(1) })
    expect([now, past, again]).toMatchObject([
      { plannedAt: at(1), again: 1 },
      { plannedAt: at(1), again: 2 },
      { plannedAt: at(1), again: 3 },
    ])
    expect((await world.jobs({ scheduleId })).map(({ createdBy }) => createdBy)).toEqual([
      null,
      by,
      null,
      null,
    ])
    for (const wrong of [at(2), at(0.5), at(-91 * 24 * 60)])
      await expect(world.calls.fire(scheduleId, { at: wrong })).rejects.toMatchObject({
        issues: [{ path: 'at' }],
      })
    expect(await world.jobCount()).toBe(4)
  })

  it('is planned anew by newer zone data, and never fired by older ones', async (world) => {
    const { scheduleId } = await world.add({ when: { cron: '30 2 * * *', zone: 'Europe/Berlin' } })
    const wrong = { nextAt: at(1), dueAt: at(1), zoneData: '2026a' }
    const kept = (await world.stores.schedules.find(scheduleId)) as KeptSchedule
    const save = (schedule: KeptSchedule) =>
      world.adapter.persistence.transaction(({ schedules }) => schedules.save(schedule))
    await save({ ...kept, ...wrong })
    await world.scheduler()()
    expect(await world.calls.get(scheduleId)).toMatchObject({ nextAt: kept.nextAt, zoneData: ZONE_DATA })
    await save({ ...kept, nextAt: at(1), dueAt: at(1), zoneData: '2026c' })
    await world.pass(2)
    expect(await world.ticks({ scheduleId })).toEqual([])
    await world.scheduler('2026c')()
    expect(await world.ticks({ scheduleId })).toMatchObject([{ plannedAt: at(1) }])
  })
}

/** Ticks that nobody fired in time. */
function missedCases(open: OpenAdapter): void {
  const it = scheduleCases(open)
  const missing = async (world: ScheduleWorld, missed: 'skip' | 'one' | 'all', minutes: number) => {
    const schedule = await world.add({ missed, maxCatchUp: 3, graceSeconds: 0, overlap: 'allow' })
    await world.clock.advance(1)
    await world.pass(minutes)
    return world.told(schedule)
  }

  it('skips what was missed', async (world) => {
    expect(await missing(world, 'skip', 3)).toEqual(['09:01 missed', '09:02 missed', '09:03 missed'])
  })

  it('lets one tick stand for all that was missed, the latest', async (world) => {
    expect(await missing(world, 'one', 0)).toEqual([])
    expect(await missing(world, 'one', 1)).toEqual(['09:01 started'])
  })

  it('records the others as missed then', async (world) => {
    expect(await missing(world, 'one', 3)).toEqual(['09:01 missed', '09:02 missed', '09:03 started'])
  })

  it('makes up the latest that it may', async (world) => {
    expect(await missing(world, 'all', 4)).toEqual([
      '09:01 missed',
      '09:02 started',
      '09:03 started',
      '09:04 started',
    ])
  })

  it('fires what is within the grace, and makes up nothing beside it for one', async (world) => {
    const { scheduleId } = await world.add({ missed: 'one', graceSeconds: 90, overlap: 'allow' })
    await world.clock.advance(1)
    await world.pass(4)
    expect(await world.told({ scheduleId })).toEqual([
      '09:01 missed',
      '09:02 missed',
      '09:03 started',
      '09:04 started',
    ])
  })

  it('keeps more than a hundred missed in a row as one', async (world) => {
    const { scheduleId } = await world.add({ missed: 'skip', graceSeconds: 0 })
    await world.clock.advance(1)
    await world.pass(2_500)
    const ticks = await world.ticks({ scheduleId })
    expect(ticks.every(({ outcome }) => outcome === 'missed')).toBe(true)
    expect(ticks.reduce((sum, { count }) => sum + count, 0)).toBe(2_500)
    expect(ticks.length).toBeLessThan(10)
    expect(ticks[0]).toMatchObject({ plannedAt: at(1) })
    expect(ticks.at(-1)?.until).toEqual(at(2_500))
  })

  it('fires nothing twice if the clock is set back, and not early if it was far ahead', async (world) => {
    const { scheduleId } = await world.add({ overlap: 'allow' })
    await world.pass(1)
    const kept = (await world.stores.schedules.find(scheduleId)) as KeptSchedule
    expect(await idsDue(world, at(0))).toEqual([])
    expect(kept.nextAt).toEqual(at(2))
    await world.scheduler()()
    expect(await world.told({ scheduleId })).toEqual(['09:01 started'])
  })
}

/** Ticks while the last start still runs. */
function overlapCases(open: OpenAdapter): void {
  const it = scheduleCases(open)

  it('passes over a tick while the last start runs', async (world) => {
    const schedule = await world.add({ overlap: 'skip' })
    await world.pass(1)
    await world.pass(1)
    const [job] = await world.jobs(schedule)
    if (!job) throw new Error('nothing was started')
    await world.adapter.persistence.transaction(async ({ jobs }) => {
      await jobs.lock(job.jobId)
      await jobs.cancelPending(job.jobId, world.clock.now())
    })
    await world.pass(1)
    expect(await world.told(schedule)).toEqual(['09:01 started', '09:02 overlapped', '09:03 started'])
  })

  it('passes over what comes at once behind a start', async (world) => {
    const schedule = await world.add({ overlap: 'skip', missed: 'all', graceSeconds: 600 })
    await world.pass(3)
    expect(await world.told(schedule)).toEqual(['09:01 started', '09:02 overlapped', '09:03 overlapped'])
  })

  it('starts beside what runs', async (world) => {
    const schedule = await world.add({ overlap: 'allow' })
    await world.pass(1)
    await world.pass(1)
    expect(await world.told(schedule)).toEqual(['09:01 started', '09:02 started'])
  })

  it('cancels the job that runs, and starts', async (world) => {
    const schedule = await world.add({ overlap: 'cancel', graceSeconds: 600 })
    await world.pass(1)
    await world.pass(2)
    const jobs = await world.jobs(schedule)
    expect(jobs.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'pending'])
    expect(await world.facts('queue_item_removed')).toHaveLength(2)
  })

  it('cancels the run that goes on, and starts', async (world) => {
    await world.define('probe')
    const start = { run: { definition: 'probe', models: ['m'] } }
    const schedule = await world.add({ overlap: 'cancel', start })
    await world.pass(1)
    await world.pass(1)
    const ids = (await world.ticks(schedule)).map(({ runId }) => runId as RunId)
    const runs = await Promise.all(ids.map((runId) => world.stores.runs.find(runId)))
    expect(runs.map((run) => run?.status)).toEqual(['cancelled', 'pending'])
  })
}

/** Changes between the moment that a tick is due and its firing. */
function changeCases(open: OpenAdapter): void {
  const it = scheduleCases(open)

  it('fires what was due by the old rule, and goes on by the new one', async (world) => {
    const schedule = await world.add({ overlap: 'allow' })
    await world.clock.advance(MINUTE_MS)
    const { version } = await world.calls.change(
      schedule.scheduleId,
      { when: { everySeconds: 600, anchor: at(0) } },
      { ifVersion: 1 },
    )
    expect(version).toBe(2)
    await world.pass(9)
    expect(await world.told(schedule)).toEqual(['09:01 started', '09:10 started'])
    const stale = world.calls.change(schedule.scheduleId, { name: 'other' }, { ifVersion: 1 })
    await expect(stale).rejects.toMatchObject({ code: 'version_conflict', details: { version: 2 } })
  })

  it('misses what was due when it was paused, and makes up nothing of the pause', async (world) => {
    const schedule = await world.add({ overlap: 'allow' })
    await world.clock.advance(MINUTE_MS)
    expect(await world.calls.pause(schedule.scheduleId)).toMatchObject({
      paused: true,
      nextAt: null,
      version: 2,
    })
    expect(await world.calls.pause(schedule.scheduleId)).toMatchObject({ version: 2 })
    await world.pass(3)
    expect(await world.calls.resume(schedule.scheduleId)).toMatchObject({ nextAt: at(5), version: 3 })
    expect(await world.calls.resume(schedule.scheduleId)).toMatchObject({ version: 3 })
    await world.pass(1)
    expect(await world.told(schedule)).toEqual(['09:01 missed', '09:05 started'])
    const changes = await world.facts('schedule_changed')
    expect(changes.map(({ change }) => change)).toEqual(['added', 'paused', 'resumed'])
  })

  it('fires nothing that was removed, though it was due', async (world) => {
    const schedule = await world.add()
    await world.clock.advance(MINUTE_MS)
    await world.calls.remove(schedule.scheduleId, { ifVersion: 1 })
    await world.scheduler()()
    expect(await world.jobCount()).toBe(0)
    await expect(world.calls.get(schedule.scheduleId)).rejects.toMatchObject({ code: 'not_found' })
    await expect(world.calls.remove(schedule.scheduleId)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keeps nothing of a change that is refused', async (world) => {
    const schedule = await world.add()
    await world.clock.advance(MINUTE_MS)
    const wrong = world.calls.change(schedule.scheduleId, { when: { cron: '61 * * * *', zone: 'UTC' } })
    await expect(wrong).rejects.toThrow(BadCronError)
    expect(await world.ticks(schedule)).toEqual([])
    expect(await world.calls.get(schedule.scheduleId)).toEqual(schedule)
  })
}

/** Work that is refused when its time has come. */
function refusalCases(open: OpenAdapter): void {
  const it = scheduleCases(open)

  it('notes why a tick was refused, goes on, and is paused after twenty in a row', async (world) => {
    const schedule = await world.add({ overlap: 'allow', graceSeconds: 3_600 })
    await world.pass(1)
    const work = world.jobTypes.get('work')
    world.jobTypes.delete('work')
    await world.pass(2)
    if (work) world.jobTypes.set('work', work)
    await world.pass(1)
    world.jobTypes.delete('work')
    await world.pass(19)
    const before = await world.calls.get(schedule.scheduleId)
    expect(before).toMatchObject({ paused: false, lastTick: { outcome: 'refused' } })
    await world.pass(5)
    expect(await world.calls.get(schedule.scheduleId)).toMatchObject({
      paused: true,
      nextAt: null,
      version: 2,
    })
    const ticks = await world.ticks(schedule)
    const outcomes = Map.groupBy(ticks, ({ outcome }: ScheduleTick) => outcome)
    expect(outcomes.get('started')).toHaveLength(2)
    expect(outcomes.get('refused')).toHaveLength(22)
    const [refused] = await world.facts('schedule_refused')
    expect(refused).toMatchObject({
      scheduleId: schedule.scheduleId,
      plannedAt: at(2).toISOString(),
      error: { code: 'validation_failed' },
      paused: false,
    })
    expect((await world.facts('schedule_refused')).at(-1)).toMatchObject({ paused: true })
  })

  it('holds up no other schedule', async (world) => {
    const work = world.jobTypes.get('work') as JobType
    world.jobTypes.set('odd', { ...work, name: 'odd' })
    const odd = await world.add({ start: { job: { type: 'odd', payload: {} } } })
    const fine = await world.add()
    world.jobTypes.set('odd', {
      ...work,
      payload: {
        '~standard': {
          version: 1,
          vendor: 'odd',
          validate: () => {
            throw new Error('The schema itself is broken')
          },
        },
      },
    })
    await world.pass(1)
    expect(await world.told(fine)).toEqual(['09:01 started'])
    expect(await world.ticks(odd)).toMatchObject([{ outcome: 'refused', error: { code: 'error' } }])
  })
}

function idsDue({ adapter }: ScheduleWorld, now: Date): Promise<ScheduleId[]> {
  return adapter.persistence.transaction(async ({ schedules }) =>
    (await schedules.takeDue(now, 9, ZONE_DATA)).map(({ scheduleId }) => scheduleId),
  )
}
