import { BadCronError } from '../errors.ts'
import { readCron, walkerOf } from './cron.ts'
import { type Zone, zoneOf } from './zone.ts'

/** By an expression of five fields, on the clock of a zone of the IANA database. */
export interface CronWhen {
  readonly cron: string
  readonly zone: string
}

/** At `anchor` and every so many seconds after it, by the clock: never by how long something took. */
export interface EveryWhen {
  /** Whole seconds, from 1. */
  readonly everySeconds: number
  readonly anchor: Date
}

/** Once. */
export interface OnceWhen {
  readonly at: Date
}

/** A rule in time. */
export type When = CronWhen | EveryWhen | OnceWhen

/** The reading of the zone's clock that an instant stands for: at the end of a gap that skipped it, or shown twice that day. */
export type TickNote = 'moved' | 'repeated' | null

/** One moment that a rule names. */
export interface Tick {
  readonly at: Date
  /** The reading of the zone's clock that is meant, in minutes since 1970; null of a rule without a zone. */
  readonly reading: number | null
}

const MINUTE_MS = 60_000

/** By no more than so many minutes are clocks set back. */
const LONGEST_SET_BACK = 300

/** An expression that is not due for so long never is. A 29 February can be eight years away. */
const NEVER_MS = 9 * 366 * 24 * 60 * MINUTE_MS

/** The last moment of the years of four digits, which are all that an instant has (RFC 3339, 5.6). */
const LAST_MS = Date.UTC(10_000, 0) - 1

/** The moments that a rule names after an instant, in their order, each once. @throws BadCronError for a rule that cannot be read */
export function ticksAfter(when: When, after: Date): Iterable<Tick> {
  if ('at' in when) return when.at > after ? [{ at: when.at, reading: null }] : []
  return tellable('everySeconds' in when ? everyAfter(when, after) : cronAfter(when, after))
}

function* tellable(ticks: Iterable<Tick>): Iterable<Tick> {
  for (const tick of ticks) {
    if (tick.at.getTime() > LAST_MS) return
    yield tick
  }
}

/** The first of them. */
export function tickAfter(when: When, after: Date): Tick | undefined {
  for (const tick of ticksAfter(when, after)) return tick
  return undefined
}

/** The reading of the zone's clock at a tick of the rule: moved, repeated, or as it is meant. */
export function noteOf(when: When, { reading }: Tick): TickNote {
  if (reading === null || !('zone' in when)) return null
  const { length } = zoneOf(when.zone).instantsOf(reading)
  return length === 0 ? 'moved' : length > 1 ? 'repeated' : null
}

/** Whether the rule names this very instant. */
export function isTick(when: When, instant: Date): boolean {
  return tickAfter(when, new Date(instant.getTime() - 1))?.at.getTime() === instant.getTime()
}

/** @throws BadCronError for a rule that cannot be read, or that names nothing after `now` */
export function checkWhen(when: When, now: Date): void {
  if (tickAfter(when, now)) return
  const field = 'at' in when ? 'at' : 'cron'
  const why = 'at' in when ? 'has passed' : 'names no day that comes within nine years'
  throw new BadCronError('never', field, why, field)
}

function* everyAfter({ everySeconds, anchor }: EveryWhen, after: Date): Generator<Tick> {
  const everyMs = everySeconds * 1_000
  const passed = Math.floor((after.getTime() - anchor.getTime()) / everyMs)
  for (let nth = Math.max(0, passed + 1); ; nth++) {
    yield { at: new Date(anchor.getTime() + nth * everyMs), reading: null }
  }
}

/**
 * The expression is walked over readings of the clock, as if the zone's clock never changed; the zone then says when its clock shows each. A time of a
 * day counts once a day, whatever the clock does; of an interval every instant counts at which the clock shows it.
 */
function* cronAfter(when: CronWhen, after: Date): Generator<Tick> {
  const expression = readCron(when.cron)
  const zone = zoneOf(when.zone)
  const next = walkerOf(expression)
  const from = after.getTime() / MINUTE_MS
  const again: Tick[] = []
  let last = from
  let shown: Date | null = new Date(firstReading(zone, Math.floor(from)) * MINUTE_MS)
  for (;;) {
    shown = within(next(shown), Math.max(shown.getTime(), last * MINUTE_MS))
    if (shown === null) break
    const reading = shown.getTime() / MINUTE_MS
    const instants = expression.isFixed ? [zone.instantOf(reading)] : zone.instantsOf(reading)
    for (const [nth, instant] of instants.entries()) {
      if (instant === null || instant <= last) continue
      const tick = { at: new Date(instant * MINUTE_MS), reading }
      // It is shown for the second time: readings that come after it in the walk may come before it in time.
      if (nth > 0) again.push(tick)
      else {
        while (again[0] !== undefined && again[0].at < tick.at) yield again.shift() as Tick
        last = instant
        yield tick
      }
    }
  }
  yield* again
}

/** The earliest reading of the zone's clock that may stand for an instant from then on: soon it may be set back. */
function firstReading(zone: Zone, instant: number): number {
  return instant + Math.min(zone.offset(instant), zone.offset(instant + LONGEST_SET_BACK)) - 1
}

function within(found: Date | null, from: number): Date | null {
  return found !== null && found.getTime() - from <= NEVER_MS ? found : null
}
