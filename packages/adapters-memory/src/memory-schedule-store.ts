import { ConflictError, type JobId, type ProjectId } from '@muster/core'
import type { NewestKey, Slice } from '@muster/core/ports'
import type {
  KeptSchedule,
  MovedSchedule,
  NewTick,
  ScheduleId,
  ScheduleStore,
  ScheduleTick,
  TickError,
  TickKey,
  TickName,
  TicksWhere,
} from '@muster/core/schedules'
import { keyOf, sliceNewest } from './jobs/order.ts'
import { ALL } from './tables/people-tables.ts'
import type { ScheduleTables } from './tables/schedule-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Schedules in memory. A transaction is alone, so nothing has to be held. */
export class MemoryScheduleStore implements ScheduleStore {
  readonly #tables: ScheduleTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.schedules
  }

  async add(schedule: KeptSchedule): Promise<void> {
    this.#put(schedule)
  }

  async find(scheduleId: ScheduleId): Promise<KeptSchedule | undefined> {
    return this.#tables.schedules.get(scheduleId)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptSchedule[]> {
    return sliceNewest(this.#tables.byAge, projectId, ({ scheduleId }) => scheduleId, slice)
  }

  async lock(scheduleId: ScheduleId): Promise<KeptSchedule | undefined> {
    return this.find(scheduleId)
  }

  async save(schedule: KeptSchedule): Promise<void> {
    this.#put(schedule)
  }

  async remove(scheduleId: ScheduleId): Promise<void> {
    this.#tables.schedules.delete(scheduleId)
  }

  async takeDue(now: Date, limit: number, zoneData: string): Promise<KeptSchedule[]> {
    const due = this.#known(zoneData).filter(({ dueAt }) => dueAt !== null && dueAt <= now)
    return due.slice(0, limit)
  }

  async nextDue(zoneData: string): Promise<Date | null> {
    return this.#known(zoneData)[0]?.dueAt ?? null
  }

  async takeOutdated(zoneData: string, limit: number): Promise<KeptSchedule[]> {
    return this.#tables.due
      .in(ALL)
      .filter((schedule) => schedule.zoneData !== null && schedule.zoneData < zoneData)
      .slice(0, limit)
  }

  async advance(moved: readonly MovedSchedule[]): Promise<void> {
    for (const { scheduleId, ...move } of moved) {
      const schedule = this.#tables.schedules.get(scheduleId)
      if (schedule) this.#tables.schedules.set(scheduleId, { ...schedule, ...move })
    }
  }

  async addTicks(ticks: readonly NewTick[]): Promise<void> {
    for (const tick of ticks) {
      const key = keyOfTick(tick)
      if (this.#tables.ticks.has(key)) throw new ConflictError('The tick has come before')
      this.#tables.ticks.set(key, tick)
    }
  }

  async listTicks(
    scheduleId: ScheduleId,
    { outcome, from, to }: TicksWhere,
    { limit, after }: Slice<TickKey>,
  ): Promise<ScheduleTick[]> {
    const rows = this.#tables.ticksBySchedule
      .in(scheduleId)
      .filter(
        (tick) =>
          (outcome === undefined || outcome.includes(tick.outcome)) &&
          (from === undefined || tick.plannedAt >= from) &&
          (to === undefined || tick.plannedAt < to) &&
          (after === undefined || isBefore(tick, after)),
      )
    return rows
      .slice(-limit)
      .reverse()
      .map(({ scheduleId: _schedule, pending: _pending, ...tick }) => tick)
  }

  async findTickOf(jobId: JobId): Promise<TickName | undefined> {
    return this.#tables.ticksByJob.in(jobId).map(nameOf)[0]
  }

  async listPending(limit: number): Promise<TickName[]> {
    return this.#tables.pending.in(ALL).slice(0, limit).map(nameOf)
  }

  async settleTick(name: TickName, error: TickError | null): Promise<boolean> {
    const key = keyOfTick(name)
    const tick = this.#tables.ticks.get(key)
    if (!tick?.pending) return false
    const settled = { ...tick, pending: false }
    this.#tables.ticks.set(key, error === null ? settled : { ...settled, outcome: 'refused', error })
    return true
  }

  async prune(before: Date, limit: number): Promise<number> {
    const old = this.#tables.ticksByAge.in(ALL).filter(({ firedAt, pending }) => firedAt < before && !pending)
    const gone = old.slice(0, limit)
    for (const tick of gone) this.#tables.ticks.delete(keyOfTick(tick))
    return gone.length
  }

  /** Those whose next tick was not found by newer zone data, the longest due first. */
  #known(zoneData: string): KeptSchedule[] {
    return this.#tables.due
      .in(ALL)
      .filter((schedule) => schedule.zoneData === null || schedule.zoneData <= zoneData)
  }

  #put(schedule: KeptSchedule): void {
    const { scheduleId, projectId, name } = schedule
    if (this.#tables.byName.in(keyOf(projectId, name)).some((other) => other.scheduleId !== scheduleId))
      throw new ConflictError('The project has a schedule of that name')
    this.#tables.schedules.set(scheduleId, schedule)
  }
}

function keyOfTick({ scheduleId, plannedAt, again }: TickName): string {
  return keyOf(scheduleId, plannedAt.getTime(), again)
}

function nameOf({ scheduleId, plannedAt, again }: NewTick): TickName {
  return { scheduleId, plannedAt, again }
}

function isBefore(tick: TickKey, { plannedAt, again }: TickKey): boolean {
  const apart = tick.plannedAt.getTime() - plannedAt.getTime()
  return apart < 0 || (apart === 0 && tick.again < again)
}
