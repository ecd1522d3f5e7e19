import { z } from 'zod'
import { BadCronError, NotFoundError, ValidationError, VersionConflictError } from '../errors.ts'
import { type FactData, fact, type NewFact } from '../events/event.ts'
import type { ScheduleId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { newestKey, page } from '../paging.ts'
import { demandProject } from '../runs/run-deps.ts'
import { Firing, type FiringDeps, fireAllDue } from './firing.ts'
import { firstTick } from './planning.ts'
import {
  dueAtOf,
  type KeptSchedule,
  type Schedule,
  type ScheduleRule,
  type ScheduleTick,
} from './schedule.ts'
import {
  DEFAULT_UPCOMING,
  fireRequest,
  newSchedule,
  newWhen,
  scheduleChange,
  ticksFilter,
  upcomingFilter,
} from './schedule-input.ts'
import type { NewWhen, ScheduleChange, ScheduleMove, ScheduleUseCases, UpcomingTick } from './schedules.ts'
import { checkStart, type FiringStores } from './starting.ts'
import { checkWhen, isTick, noteOf, type Tick, ticksAfter, type When } from './ticks.ts'
import { sayWhen } from './words.ts'
import { zoneOf } from './zone.ts'

const MINUTE_MS = 60_000

/** How long ticks are kept, and may be fired again. */
export const TICKS_KEPT_MS: number = 90 * 24 * 60 * MINUTE_MS

/** Ticks of which no two may be closer than the jitter. */
const SPACED = 500

const ticksWhere = z.strictObject(ticksFilter)

/** The use cases of schedules. */
export function scheduleUseCases(deps: FiringDeps): ScheduleUseCases {
  const { transactions, clock, nudge } = deps
  const { schedules, projects } = transactions.stores

  const get = async (scheduleId: ScheduleId): Promise<KeptSchedule> =>
    found(await schedules.find(scheduleId), scheduleId)

  /** Lets `change` act on the schedule, locked, and gives it as it is then. Without a change nothing is told. */
  const move = async (
    scheduleId: ScheduleId,
    { by = null, ifVersion }: ScheduleMove,
    change: (
      before: KeptSchedule,
      firing: Firing,
      stores: FiringStores,
      now: Date,
    ) => Promise<readonly [KeptSchedule, FactData['schedule_changed']['change']] | undefined>,
  ): Promise<Schedule> => {
    const after = await transactions.transaction(async (stores) => {
      const before = found(await stores.schedules.lock(scheduleId), scheduleId)
      checkVersion(before, ifVersion)
      const now = clock.now()
      const firing = new Firing(deps, stores, now)
      const changed = await change(before, firing, stores, now)
      if (changed === undefined) return before
      await firing.write()
      const [wanted, what] = changed
      const next = { ...wanted, version: wanted.version + 1 }
      await stores.schedules.save(next)
      await stores.events.append([changeOf(next, what, by)])
      return next
    })
    nudge()
    return shown(after)
  }

  return {
    ...scheduleAdding(deps),

    async list(projectId, request) {
      await demandProject(projects, projectId)
      const { items, ...rest } = await page(
        request,
        ['schedules', projectId],
        newestKey<KeptSchedule>(({ scheduleId }) => scheduleId),
        (slice) => schedules.list(projectId, slice),
      )
      return { ...rest, items: items.map(shown) }
    },

    get: async (scheduleId) => shown(await get(scheduleId)),

    async find(scheduleId) {
      const schedule = await schedules.find(scheduleId)
      return schedule && shown(schedule)
    },

    async change(scheduleId, given, options = {}) {
      const change = parse(scheduleChange, given)
      return move(scheduleId, options, async (before, firing, stores, now) => {
        const fired = await fireAllDue(firing, before, now)
        const after = { ...fired, ...ruleOf(change, fired, now) }
        return [await planned(deps, stores, after, now), 'changed']
      })
    },

    pause: (scheduleId, options = {}) =>
      move(scheduleId, options, async (before, firing) => {
        if (before.paused) return undefined
        const missed = firing.missAll(before)
        return [{ ...missed, paused: true, nextAt: null, dueAt: null }, 'paused']
      }),

    resume: (scheduleId, options = {}) =>
      move(scheduleId, options, async (before, _firing, _stores, now) => {
        if (!before.paused) return undefined
        const nextAt = firstTick(before, now)
        const resumed = { ...before, paused: false, refusals: 0, ...zoneDataOf(deps, before) }
        return [{ ...resumed, nextAt, dueAt: nextAt && dueAtOf(before, nextAt) }, 'resumed']
      }),

    async remove(scheduleId, { by = null, ifVersion } = {}) {
      await transactions.transaction(async (stores) => {
        const before = found(await stores.schedules.lock(scheduleId), scheduleId)
        checkVersion(before, ifVersion)
        await stores.schedules.remove(scheduleId)
        await stores.events.append([changeOf(before, 'removed', by)])
      })
    },

    async fire(scheduleId, { at: wanted, by = null } = {}) {
      const { at } = parse(fireRequest, { at: wanted })
      const tick = await transactions.transaction(async (stores) => {
        const schedule = found(await stores.schedules.lock(scheduleId), scheduleId)
        const now = clock.now()
        if (at !== undefined) checkPast(schedule, at, now)
        const plannedAt = at ?? now
        const [before] = await stores.schedules.listTicks(
          scheduleId,
          { from: plannedAt, to: new Date(plannedAt.getTime() + 1) },
          { limit: 1 },
        )
        const firing = new Firing(deps, stores, now)
        const fired = await firing.byHand(schedule, { plannedAt, again: (before?.again ?? 0) + 1 }, by)
        await firing.write()
        return fired
      })
      nudge()
      return tick
    },

    async next(scheduleId, request = {}) {
      const { n = DEFAULT_UPCOMING, after = clock.now() } = parse(upcomingFilter, request)
      const { when, startsAt, endsAt } = await get(scheduleId)
      const from = startsAt !== null && startsAt > after ? new Date(startsAt.getTime() - 1) : after
      return upcoming(when, from, n).filter(({ at }) => endsAt === null || at <= endsAt)
    },

    async preview(given) {
      const now = clock.now()
      const when = whenOf(parse(newWhen, given, ['when']), now)
      await underWhen(async () => checkWhen(when, now))
      return { says: sayWhen(when), items: upcoming(when, now, DEFAULT_UPCOMING) }
    },

    async ticks(scheduleId, given, request) {
      const where = parse(ticksWhere, given)
      await get(scheduleId)
      return page(
        request,
        ['ticks', scheduleId, where.outcome ?? null, where.from ?? null, where.to ?? null],
        ({ plannedAt, again }: ScheduleTick) => ({ plannedAt, again }),
        (slice) => schedules.listTicks(scheduleId, where, slice),
      )
    },
  }
}

function scheduleAdding(deps: FiringDeps): Pick<ScheduleUseCases, 'add'> {
  const { transactions, clock, ids, nudge } = deps
  return {
    async add(projectId, given, createdBy = null) {
      const { name, when, start, ...options } = parse(newSchedule, given)
      const now = clock.now()
      const schedule = await transactions.transaction(async (stores) => {
        await demandProject(stores.projects, projectId)
        const fresh = await planned(
          deps,
          stores,
          {
            ...DEFAULTS,
            ...ruleOf({ name, when, start, ...options }, DEFAULTS, now),
            scheduleId: ids.next() as ScheduleId,
            projectId,
            createdBy,
            createdAt: now,
          },
          now,
        )
        await stores.schedules.add(fresh)
        await stores.events.append([changeOf(fresh, 'added', createdBy)])
        return fresh
      })
      nudge()
      return shown(schedule)
    },
  }
}

/** A new schedule, but for what each has of its own. */
const DEFAULTS = {
  name: '',
  when: { at: new Date(0) } as When,
  start: { refit: {} } as ScheduleRule['start'],
  missed: 'one',
  maxCatchUp: 10,
  graceSeconds: 60,
  overlap: 'skip',
  jitterSeconds: 0,
  startsAt: null,
  endsAt: null,
  paused: false,
  version: 1,
  nextAt: null,
  dueAt: null,
  lastTick: null,
  zoneData: null,
  started: null,
  startedAt: null,
  refusals: 0,
} as const satisfies Omit<KeptSchedule, 'scheduleId' | 'projectId' | 'createdBy' | 'createdAt'>

/** The rule after a change. */
function ruleOf(change: ScheduleChange, before: ScheduleRule, now: Date): ScheduleRule {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  const { name, start, missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt } = {
    ...before,
    ...given,
  } as ScheduleRule
  const when = change.when === undefined ? before.when : whenOf(change.when, now)
  return { name, when, start, missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt }
}

/** The schedule with its next tick from now on. @throws ValidationError, BadCronError for a rule, bounds or work that cannot be */
async function planned(
  deps: FiringDeps,
  stores: FiringStores,
  schedule: KeptSchedule,
  now: Date,
): Promise<KeptSchedule> {
  const { when, endsAt, startsAt } = schedule
  await underWhen(async () => checkWhen(when, now))
  if ('anchor' in when && endsAt !== null && when.anchor > endsAt && when.anchor > now)
    throw invalid('when.anchor', 'comes after endsAt')
  if (startsAt !== null && endsAt !== null && startsAt > endsAt)
    throw invalid('endsAt', 'comes before startsAt')
  const nextAt = firstTick(schedule, now)
  if (nextAt === null && endsAt === null)
    throw invalid(startsAt === null ? 'when' : 'startsAt', 'leaves no tick that can be told')
  if (nextAt === null) throw invalid('endsAt', 'comes before the first tick')
  checkJitter(schedule, nextAt)
  await checkStart(deps, stores, schedule.projectId, schedule.start, {
    tick: nextAt,
    scheduleId: schedule.scheduleId,
    previous: schedule.startedAt,
  })
  const next = schedule.paused ? null : nextAt
  return { ...schedule, nextAt: next, dueAt: next && dueAtOf(schedule, next), ...zoneDataOf(deps, schedule) }
}

function zoneDataOf({ zoneData }: FiringDeps, { when }: ScheduleRule): Pick<KeptSchedule, 'zoneData'> {
  return { zoneData: 'zone' in when ? zoneData : null }
}

/** @throws ValidationError if a tick could start after the next one */
function checkJitter({ when, jitterSeconds }: ScheduleRule, from: Date): void {
  if (jitterSeconds === 0) return
  let before: Date | undefined
  let count = 0
  for (const { at } of ticksAfter(when, new Date(from.getTime() - 1))) {
    if (before !== undefined && at.getTime() - before.getTime() <= jitterSeconds * 1_000)
      throw invalid('jitterSeconds', 'must be less than the shortest time between two ticks')
    before = at
    count += 1
    if (count === SPACED) return
  }
}

/** @throws ValidationError for an instant that is no tick of the past, or one that is forgotten */
function checkPast({ when }: ScheduleRule, at: Date, now: Date): void {
  if (at > now) throw invalid('at', 'must not lie ahead: leave it out to fire now')
  if (now.getTime() - at.getTime() > TICKS_KEPT_MS) throw invalid('at', 'lies more than 90 days back')
  if (!isTick(when, at)) throw invalid('at', 'is no instant that the rule names')
}

function whenOf(given: NewWhen, now: Date): When {
  return 'everySeconds' in given ? { anchor: now, ...withoutUndefined(given) } : given
}

function withoutUndefined<Given extends object>(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given
}

/** Puts `when` before the paths that a refused rule names. */
async function underWhen(check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    if (!(error instanceof BadCronError)) throw error
    const { field, why } = error.details
    throw new BadCronError(error.code, field, why, `when.${error.issues[0]?.path}`)
  }
}

function upcoming(when: When, after: Date, n: number): UpcomingTick[] {
  const items: UpcomingTick[] = []
  for (const tick of ticksAfter(when, after)) {
    if (items.length === n) break
    items.push(shownTick(when, tick))
  }
  return items
}

function shownTick(when: When, tick: Tick): UpcomingTick {
  const instant = Math.floor(tick.at.getTime() / MINUTE_MS)
  const minutes = 'zone' in when ? zoneOf(when.zone).offset(instant) : 0
  const local = new Date(tick.at.getTime() + minutes * MINUTE_MS).toISOString().slice(0, -'.000Z'.length)
  const two = (number: number): string => String(number).padStart(2, '0')
  const size = Math.abs(minutes)
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
  return { at: tick.at, local, offset, note: noteOf(when, tick) }
}

function changeOf(
  { projectId, scheduleId, name, version }: Schedule,
  change: FactData['schedule_changed']['change'],
  by: UserId | null,
): NewFact {
  return fact(projectId, 'schedule_changed', { scheduleId, name, change, version, by })
}

/** As callers see it. */
function shown({
  dueAt: _dueAt,
  started: _started,
  startedAt: _startedAt,
  refusals: _refusals,
  ...schedule
}: KeptSchedule): Schedule {
  return schedule
}

function found(schedule: KeptSchedule | undefined, scheduleId: ScheduleId): KeptSchedule {
  if (schedule === undefined) throw new NotFoundError('schedule', scheduleId)
  return schedule
}

function checkVersion({ version }: Schedule, ifVersion: number | undefined): void {
  if (ifVersion === undefined || ifVersion === version) return
  throw new VersionConflictError(`The schedule is at version ${version}`, { version })
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}
