import { openPg, pgModule } from '@muster/adapters-pg'
import { jobType, type ProjectId, UnavailableError } from '@muster/core'
import type { Clock, Persistence, Stores } from '@muster/core/ports'
import { type KeptSchedule, type ScheduleId, tickAfter, ticksAfter, type When } from '@muster/core/schedules'
import type { Muster } from '@muster/host'
import { CLOCK, coreModule, createMuster, IDS, PERSISTENCE, silentLogger, systemClock } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import { z } from 'zod'
import { overriding } from '../overriding.ts'

/** How a process gets to what it shares with the others. */
export interface Way {
  readonly url: string
  /** By how much its machine's clock is wrong, in ms. */
  readonly offMs?: number
  /** So many times its transactions come to nothing where ticks are written. */
  readonly dying?: number
  /** Ticks are written after the transaction of what they start: it breaks a rule on purpose. */
  readonly keepsApart?: boolean
}

const CONNECTIONS = 3
const LONGEST_GRACE_SECONDS = 86_400

/** Its payload says of which tick it is. */
const tick = jobType({
  name: 'chaos:tick',
  payload: z.object({ of: z.uuid(), at: z.iso.datetime() }),
  handler: () => null,
})

/** Muster on what all processes share, on a machine whose clock may be wrong. */
export async function openMuster({ url, offMs = 0, dying = 0, keepsApart = false }: Way): Promise<Muster> {
  const core = coreModule({ jobTypes: [tick], logger: silentLogger, clock: wrongBy(offMs) })
  const options = { connectionString: url, poolSize: CONNECTIONS }
  if (dying === 0) return createMuster({ modules: [core, pgModule(options)] })
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (clock, ids) => faulty(await openPg(options, { clock, ids }), dying, keepsApart),
      [CLOCK, IDS],
    )
  })
  const container = new Container({ defaultScope: 'Singleton' })
  return createMuster({ container, modules: [core, persistence] })
}

function wrongBy(offMs: number): Clock {
  return { ...systemClock, now: () => new Date(Date.now() + offMs) }
}

function faulty(persistence: Persistence, dying: number, keepsApart: boolean): Persistence {
  let deaths = 0
  const die = (): void => {
    if (deaths++ < dying) throw new UnavailableError('The process has died')
  }
  return overriding(persistence, {
    async transaction(work) {
      const later: (() => Promise<void>)[] = []
      const within = (stores: Stores): Stores => ({
        ...stores,
        schedules: overriding(stores.schedules, {
          async addTicks(ticks) {
            if (keepsApart) later.push(() => persistence.stores.schedules.addTicks(ticks))
            else {
              die()
              await stores.schedules.addTicks(ticks)
            }
          },
          async advance(moved) {
            if (keepsApart) later.push(() => persistence.stores.schedules.advance(moved))
            else await stores.schedules.advance(moved)
          },
        }),
      })
      const result = await persistence.transaction((stores) => work(within(stores)))
      if (later.length > 0) die()
      for (const keep of later) await keep()
      return result
    },
  })
}

/** A schedule, and the ticks that it must have had in the end. */
export interface Planned {
  readonly scheduleId: ScheduleId
  readonly ticks: readonly Date[]
}

/** How many ticks of how many schedules. */
export interface Size {
  readonly schedules: number
  readonly ticks: number
  /** Of these ticks, so many come while the round lasts, the others were due before. */
  readonly live: number
}

const DAY_MS = 24 * 60 * 60 * 1_000

/**
 * Schedules of one project: rules of all kinds over the changes of clocks, whose ticks were due in the past and are within their grace, and others that come
 * each second from now on.
 */
export async function makeSchedules(
  muster: Muster,
  { schedules, ticks, live }: Size,
): Promise<{ readonly projectId: ProjectId; readonly planned: readonly Planned[] }> {
  const { projectId } = await muster.projects.add({ name: 'Under fire' })
  const now = muster.clock.now()
  const planned: Planned[] = []
  const keep = async (when: When, from: Date, count: number): Promise<void> => {
    const wanted = firstTicks(when, from, count)
    const [nextAt = null] = wanted
    const scheduleId = muster.ids.next() as ScheduleId
    const schedule: KeptSchedule = {
      scheduleId,
      projectId,
      name: `${planned.length}`,
      when,
      start: { job: { type: tick.name, payload: { of: { $: '/scheduleId' }, at: { $: '/tick' } } } },
      missed: 'all',
      maxCatchUp: 100,
      graceSeconds: 400 * LONGEST_GRACE_SECONDS,
      overlap: 'allow',
      jitterSeconds: 0,
      startsAt: null,
      endsAt: wanted.at(-1) ?? null,
      paused: false,
      version: 1,
      nextAt,
      dueAt: nextAt,
      lastTick: null,
      zoneData: null,
      started: null,
      startedAt: null,
      refusals: 0,
      createdBy: null,
      createdAt: now,
    }
    await muster.persistence.transaction((stores) => stores.schedules.add(schedule))
    planned.push({ scheduleId, ticks: wanted })
  }
  const each = Math.ceil(live / schedules)
  for (let nth = 0; nth < schedules; nth++) {
    const anchor = new Date(now.getTime() + nth)
    await keep({ everySeconds: 1, anchor }, now, each)
    const cron = EXPRESSIONS[nth % EXPRESSIONS.length] ?? ''
    const zone = ZONES[nth % ZONES.length] ?? ''
    await keep({ cron, zone }, new Date(now.getTime() - 365 * DAY_MS), Math.ceil((ticks - live) / schedules))
  }
  return { projectId, planned }
}

/** Dense enough to have come some hundred times within a year, through both changes of the clock. */
const EXPRESSIONS = ['*/20 1-3 * * *', '0,30 2 * * *', '30 * * * *', '15 0,2,23 * * *', '0 */6 * * *']
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Nuuk',
  'UTC',
  'Africa/Cairo',
]

function firstTicks(when: When, from: Date, count: number): Date[] {
  const found: Date[] = []
  if (tickAfter(when, from) === undefined) return found
  for (const { at } of ticksAfter(when, from)) {
    if (found.length === count) break
    found.push(at)
  }
  return found
}
