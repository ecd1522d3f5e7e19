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
  /** Cool-downs since ever, for which the other side asked. */
  readonly allCoolDowns: number
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
  allCoolDowns: 0,
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

/** Cool-downs that are counted: by then the wait has long grown to its most. */
const MOST_COOL_DOWNS = 100

/** The longest cool-down, in ms. */
const LONGEST_COOL_MS = 24 * 60 * 60 * 1_000

/** A cool-down for which the other side named no time, in ms: twice as long each time, up to the second. */
const COOL_MS = [1_000, 60_000] as const

/** The same of an adaptive key, in ms: its window does the rest. */
const ADAPTIVE_COOL_MS = 250

/** The share of a window that is to be in use for it to grow. */
const PRESSED = 0.8

/** The share of a window that is left by a cut. */
const CUT_TO = 0.85

/** Starts that may come at once. By default a sliding minute holds at most 101 % of the rate. */
export function burstOf({ perMinute, burst }: LimitSettings): number {
  return burst ?? Math.max(1, Math.floor((perMinute ?? 0) / 100))
}

/** The concurrency that an adaptive key has found, with the part of one more that it has earned; null: it is not adaptive. */
export function windowOf({ concurrency, adaptive }: LimitSettings, { window }: KeyState): number | null {
  if (adaptive === null || concurrency === null) return null
  return Math.min(concurrency, window ?? adaptive.start)
}

/** The jobs that may run at once now, if there is such a limit. */
export function mostAtOnce(settings: LimitSettings, state: KeyState): number | null {
  const window = windowOf(settings, state)
  return window === null ? settings.concurrency : Math.floor(window)
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

/** The ways in which a key holds jobs back. */
export const KEY_WAITS = ['paused', 'coolDown', 'concurrency', 'perMinute', 'unitsPerMinute'] as const
/** One of {@link KEY_WAITS}. */
export type KeyWait = (typeof KEY_WAITS)[number]

/** The first of the ways in which the key holds back a start of so many units now; null: it has room. */
export function shutBy(settings: LimitSettings, state: KeyState, now: number, units: number): KeyWait | null {
  if (settings.paused) return 'paused'
  if (state.coolUntil > now) return 'coolDown'
  if (roomOf(settings, state, now, units) > 0) return null
  const most = mostAtOnce(settings, state)
  if (most !== null && state.inUse >= most) return 'concurrency'
  return roomOf({ ...settings, unitsPerMinute: null }, state, now, units) > 0 ? 'unitsPerMinute' : 'perMinute'
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

/** An answer that asks to wait, under one of the job's keys. */
export interface CoolDown {
  /** The key that is meant. If it is none of the job's, or left out, it is the job's first. */
  readonly key?: string | undefined
  /** For how long, in ms; without it the key's own cool-downs say. */
  readonly askedMs?: number | undefined
  /** 0 to 1: the share of chance in a wait that nobody named, half of it at most. */
  readonly random: number
}

/**
 * The key after so many of its jobs completed. Cool-downs are counted anew. A window that is made use of, to four fifths at least, grows by one for as many
 * jobs as it is large: additive increase, as in congestion avoidance (RFC 5681, section 3.1).
 */
export function warmed(settings: LimitSettings, state: KeyState, jobs: number): KeyState {
  const window = windowOf(settings, state)
  const grows = window !== null && state.inUse >= PRESSED * Math.floor(window)
  return {
    ...state,
    coolDowns: 0,
    window: grows ? Math.min(settings.concurrency ?? window, window + jobs / window) : state.window,
  }
}

/**
 * The key after the other side asked an attempt that began at `startedAt` to wait. Nothing begins until then. If nobody named a time, that is 1 s, twice as long for each
 * cool-down since a job completed, at most 60 s, and half of it by chance; an answer that comes while the key cools anyway is of the same episode and adds
 * nothing. An adaptive key cools for 250 ms instead, and its window is cut to 0.85 of itself, once for all attempts that had begun by then (multiplicative
 * decrease).
 */
export function cooled(
  settings: LimitSettings,
  state: KeyState,
  now: number,
  { askedMs, random }: CoolDown,
  startedAt: number,
): KeyState {
  const cools = state.coolUntil > now
  const window = windowOf(settings, state)
  const [firstMs, mostMs] = COOL_MS
  const grown = Math.min(mostMs, firstMs * 2 ** state.coolDowns) * (0.5 + random / 2)
  const own = cools ? 0 : window === null ? grown : ADAPTIVE_COOL_MS
  const until = now + Math.min(LONGEST_COOL_MS, askedMs ?? own)
  const isCut = window !== null && startedAt > state.cutAt
  return {
    ...state,
    coolUntil: Math.max(state.coolUntil, until),
    coolDowns: cools ? state.coolDowns : Math.min(MOST_COOL_DOWNS, state.coolDowns + 1),
    allCoolDowns: state.allCoolDowns + (cools ? 0 : 1),
    ...(isCut && { window: Math.max(settings.adaptive?.min ?? 1, CUT_TO * window), cutAt: now }),
  }
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
