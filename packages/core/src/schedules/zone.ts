import { BadCronError } from '../errors.ts'

const MINUTE_MS = 60_000

/** The longest gap, in minutes, at whose end a time that it skips is made up. A longer one leaves out a day: Samoa had no 30 December 2011. */
const LONGEST_GAP = 180

/** Offsets have changed at every quarter of an hour, but nowhere in between since 1970. */
const SLOT = 15

/** No zone has changed its clock twice within less than a week since 1970 (tzdata 2025b): one that is the same at both ends of a day is so all day. */
const DAY = 1_440

/** Offsets kept of one zone before they are looked up anew. */
const MOST_KEPT = 20_000

/** A name of the zone database, with its area before a slash; the ones without are UTC and abbreviations, which say nothing of summer time. */
const IANA = /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/

/** A zone's clock, by the zone data of this program. Minutes since 1970 of UTC (instants) or of the zone (walls). */
export class Zone {
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  /** @throws BadCronError for what is no name of the zone database, or is unknown here */
  constructor(name: string) {
    if (!IANA.test(name))
      throw new BadCronError('bad_zone', 'zone', 'must be a name of the zone database, such as Europe/Berlin')
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
      })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new BadCronError('bad_zone', 'zone', `names no zone that is known here: ${name}`)
    }
  }

  /** The zone's clock less UTC at an instant, in minutes. */
  offset(instant: number): number {
    const morning = Math.floor(instant / DAY) * DAY
    const offset = this.#offsetAt(morning)
    return offset === this.#offsetAt(morning + DAY)
      ? offset
      : this.#offsetAt(Math.floor(instant / SLOT) * SLOT)
  }

  /** Looked up, which costs, unless it is known. */
  #offsetAt(instant: number): number {
    const known = this.#offsets.get(instant)
    if (known !== undefined) return known
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of this.#format.formatToParts(instant * MINUTE_MS)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
    const offset = Date.UTC(year, month - 1, day, hour, minute) / MINUTE_MS - instant
    if (this.#offsets.size >= MOST_KEPT) this.#offsets.clear()
    this.#offsets.set(instant, offset)
    return offset
  }

  /** The instants at which the zone's clock shows this, none, one or two of them, in their order. */
  instantsOf(wall: number): number[] {
    const hits = new Set<number>()
    for (const offset of this.#offsetsAround(wall)) {
      const instant = wall - offset
      if (this.offset(instant) === offset) hits.add(instant)
    }
    return [...hits].sort((a, b) => a - b)
  }

  /** The instant of a time that is to come once a day: the first of two; if a gap skips it, the gap's end; null in a gap of a day. */
  instantOf(wall: number): number | null {
    const [first] = this.instantsOf(wall)
    if (first !== undefined) return first
    const offsets = this.#offsetsAround(wall)
    let [before, after] = [wall - Math.max(...offsets) - 1, wall - Math.min(...offsets) + 1]
    const earlier = this.offset(before)
    while (after - before > 1) {
      const between = Math.floor((before + after) / 2)
      if (this.offset(between) === earlier) before = between
      else after = between
    }
    return this.offset(after) - earlier <= LONGEST_GAP ? after : null
  }

  /** Every offset that the zone has within a day of that time. */
  #offsetsAround(wall: number): Set<number> {
    const [before, after] = [this.offset(wall - 1_440), this.offset(wall + 1_440)]
    const near = [wall - 720, wall + 720, wall - before, wall - after].map((instant) => this.offset(instant))
    return new Set([before, after, ...near])
  }
}

const zones = new Map<string, Zone>()
/** Zones that are held ready. */
const MOST_ZONES = 100

/** The zone of this name. @throws BadCronError */
export function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known) return known
  const zone = new Zone(name)
  if (zones.size >= MOST_ZONES) zones.clear()
  zones.set(name, zone)
  return zone
}
