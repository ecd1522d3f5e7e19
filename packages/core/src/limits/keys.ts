/**
 * The rules of limits by key, as functions of a key's settings and of its state at one moment. Times are in ms since the epoch. SQL repeats them
 * in `limits.sql`; generated cases hold it to these.
 */

/** The limits of a key; null: no such limit. */
export interface LimitSettings {
  /** Jobs that may have begun and not ended. */
  readonly concurrency: number | null
  /** Starts in a minute. */
  readonly perMinute: number | null
  /** Starts that may come at once after a rest; null: {@link burstOf} says how many. */
  readonly burst: number | null
  /** Units in a minute, such as tokens. */
  readonly unitsPerMinute: number | null
  /** Units that a start spends whose job type estimates none. */
  readonly estimate: number | null
  /** The concurrency finds its own way between `min` and `concurrency`, first at `start`. */
  readonly adaptive: { readonly min: number; readonly start: number } | null
  /** Nothing begins. */
  readonly paused: boolean
}

/** A key that nothing limits; its use is counted. */
export const OPEN: LimitSettings = {
  concurrency: null,
  perMinute: null,
  burst: null,
  unitsPerMinute: null,
  estimate: null,
  adaptive: null,
  paused: false,
}

/** The use of a key. */
export interface KeyState {
  /** Begun and not ended. */
  readonly inUse: number
  /** Starts since ever. */
  readonly starts: number
  /** Units since ever, as far as they are settled. */
  readonly units: number
  /** When the starts so far are earned at the rate. */
  readonly tat: number
  /** When the units so far are earned. */
  readonly unitTat: number
  /** Nothing begins before. */
  readonly coolUntil: number
  /** Cool-downs since the last completed job. */
  readonly coolDowns: number
  /** Of an adaptive key: the concurrency that it has found. */
  readonly window: number | null
  /** When the window was last made smaller. */
  readonly cutAt: number
}

export const UNUSED: KeyState = {
  inUse: 0,
  starts: 0,
  units: 0,
  tat: 0,
  unitTat: 0,
  coolUntil: 0,
  coolDowns: 0,
  window: null,
  cutAt: 0,
}

/** More room than anybody asks for. */
export const MOST_ROOM = 1_000_000

/** How far units may run ahead of their rate, in ms: at least so much, and at least one start. */
export const UNIT_AHEAD_MS = 600

/** Times are doubles, a thousandth of a ms apart at most: what differs by less is the same. */
const SAME_MS = 1e-3

const MINUTE_MS = 60_000

/** Starts that may come at once. By default a sliding minute holds at most 101 % of the rate. */
export function burstOf({ perMinute, burst }: LimitSettings): number {
  return burst ?? Math.max(1, Math.floor((perMinute ?? 0) / 100))
}

/** The jobs that may run at once now, if there is such a limit. */
export function mostAtOnce({ concurrency, adaptive }: LimitSettings, { window }: KeyState): number | null {
  if (adaptive === null || concurrency === null) return concurrency
  return Math.min(concurrency, Math.floor(window ?? adaptive.start))
}

/** How many more may begin under the key now, if each spends so many units; 0 to {@link MOST_ROOM}. */
export function roomOf(settings: LimitSettings, state: KeyState, now: number, units: number): number {
  if (settings.paused || state.coolUntil > now) return 0
  const most = mostAtOnce(settings, state)
  const free = most === null ? MOST_ROOM : most - state.inUse
  const rate = rateOf(settings)
  const starts = rate === null ? MOST_ROOM : within(state.tat, now, rate.everyMs, rate.aheadMs)
  const unitMs = unitMsOf(settings) * unitsOf(settings, units)
  const paid = unitMs === 0 ? MOST_ROOM : within(state.unitTat, now, unitMs, Math.max(UNIT_AHEAD_MS, unitMs))
  return Math.max(0, Math.min(free, starts, paid, MOST_ROOM))
}

/** When the key opens that has no room for a start of so many units; null: not by time, but by an end or a person. */
export function opensAt(settings: LimitSettings, state: KeyState, now: number, units: number): number | null {
  const most = mostAtOnce(settings, state)
  if (settings.paused || (most !== null && state.inUse >= most)) return null
  const rate = rateOf(settings)
  const unitMs = unitMsOf(settings) * unitsOf(settings, units)
  return Math.max(
    now,
    state.coolUntil,
    rate === null ? 0 : state.tat - rate.aheadMs,
    unitMs === 0 ? 0 : state.unitTat - Math.max(UNIT_AHEAD_MS, unitMs),
  )
}

/** The key after `starts` more that spend `units` in all. */
export function spend(
  settings: LimitSettings,
  state: KeyState,
  now: number,
  starts: number,
  units: number,
): KeyState {
  const rate = rateOf(settings)
  return {
    ...state,
    inUse: state.inUse + starts,
    starts: state.starts + starts,
    units: state.units + units,
    tat: rate === null || starts === 0 ? state.tat : Math.max(state.tat, now) + starts * rate.everyMs,
    unitTat:
      settings.unitsPerMinute === null || units === 0
        ? state.unitTat
        : Math.max(state.unitTat, now) + units * unitMsOf(settings),
  }
}

/** The key after jobs have used `by` units more than they were estimated at, or fewer. A debt shuts it until time has paid. */
export function settleUnits(settings: LimitSettings, state: KeyState, by: number): KeyState {
  return { ...state, units: state.units + by, unitTat: state.unitTat + by * unitMsOf(settings) }
}

/** The units that a start spends under the key. */
export function unitsOf({ unitsPerMinute, estimate }: LimitSettings, units: number): number {
  if (unitsPerMinute === null) return units
  return units > 0 ? units : (estimate ?? 0)
}

function rateOf(settings: LimitSettings): { readonly everyMs: number; readonly aheadMs: number } | null {
  if (settings.perMinute === null) return null
  const everyMs = MINUTE_MS / settings.perMinute
  return { everyMs, aheadMs: (burstOf(settings) - 1) * everyMs }
}

function unitMsOf({ unitsPerMinute }: LimitSettings): number {
  return unitsPerMinute === null ? 0 : MINUTE_MS / unitsPerMinute
}

/** How many steps of `stepMs` may be taken from `tat` without being more than `aheadMs` ahead of now. */
function within(tat: number, now: number, stepMs: number, aheadMs: number): number {
  const gap = Math.max(tat, now) - now
  if (gap > aheadMs + SAME_MS) return 0
  return Math.min(MOST_ROOM, Math.floor((aheadMs + SAME_MS - gap) / stepMs) + 1)
}
