import { dueAtOf, type KeptSchedule } from './schedule.ts'
import { ticksAfter } from './ticks.ts'

/** Ticks looked at in one go. */
const AT_ONCE = 1_000

/** The fate of the ticks that are due. */
export interface TickPlan {
  /** Those that pass unfired: no tick that fires comes before them. */
  readonly missed: readonly Date[]
  /** Those that fire, in their order, unless they overlap. */
  readonly fires: readonly Date[]
  /** The first tick that is left, due or not; null: none comes after it. */
  readonly nextAt: Date | null
}

/**
 * Decides over the ticks of a schedule that are due. A tick is missed if its start lies further back than the grace. Those within the grace fire under every
 * policy; of the missed ones `skip` fires none, `one` the latest unless a later tick is due, `all` the latest `maxCatchUp`.
 * @param most so many fire at once; the others stay due
 */
export function planTicks(schedule: KeptSchedule, now: Date, most: number): TickPlan {
  if (schedule.nextAt === null || schedule.paused) return { missed: [], fires: [], nextAt: schedule.nextAt }
  const { due, following } = dueTicks(schedule, now)
  const lateBy = now.getTime() - schedule.graceSeconds * 1_000
  const fresh = due.findIndex((tick) => dueAtOf(schedule, tick).getTime() >= lateBy)
  const late = fresh === -1 ? due : due.slice(0, fresh)
  const inTime = fresh === -1 ? [] : due.slice(fresh)
  const isMore = following !== null && dueAtOf(schedule, following) <= now
  const kept = keptOf(schedule, late.length, inTime.length > 0, isMore)
  const missed = late.slice(0, late.length - kept)
  // Of what may be made up, it is not known yet which are the latest.
  if (inTime.length === 0 && isMore) {
    const [next = following] = late.slice(missed.length)
    return { missed, fires: [], nextAt: next }
  }
  const fires = [...late.slice(missed.length), ...inTime]
  return { missed, fires: fires.slice(0, most), nextAt: fires[most] ?? following }
}

/** How many of the last ones that are late may be made up. */
function keptOf(
  { missed, maxCatchUp }: KeptSchedule,
  late: number,
  hasInTime: boolean,
  isMore: boolean,
): number {
  switch (missed) {
    case 'skip':
      return 0
    case 'one':
      return hasInTime || isMore ? 0 : Math.min(1, late)
    case 'all':
      return Math.min(maxCatchUp, late)
  }
}

/** The ticks that are due, and the one that follows them. */
function dueTicks(
  schedule: KeptSchedule,
  now: Date,
): { readonly due: readonly Date[]; readonly following: Date | null } {
  const { when, nextAt, endsAt } = schedule
  const due: Date[] = []
  if (nextAt === null) return { due, following: null }
  if (dueAtOf(schedule, nextAt) > now) return { due, following: nextAt }
  // It was planned, perhaps by zone data that are no longer those of this process: it comes as it was.
  due.push(nextAt)
  for (const { at } of ticksAfter(when, nextAt)) {
    if (endsAt !== null && at > endsAt) break
    if (due.length === AT_ONCE || dueAtOf(schedule, at) > now) return { due, following: at }
    due.push(at)
  }
  return { due, following: null }
}

/** The first tick of a rule that comes after `now` and within its bounds; null if none does. */
export function firstTick(
  { when, startsAt, endsAt }: Pick<KeptSchedule, 'when' | 'startsAt' | 'endsAt'>,
  now: Date,
): Date | null {
  const after = startsAt !== null && startsAt > now ? new Date(startsAt.getTime() - 1) : now
  for (const { at } of ticksAfter(when, after)) return endsAt !== null && at > endsAt ? null : at
  return null
}
