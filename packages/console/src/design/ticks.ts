import { clockTime, dayOf, formatted } from './time.ts'

/** Where an axis is named, and how. */
export interface Tick {
  readonly at: number
  readonly title: string
}

/** Ticks of an axis at most. */
const MOST = 5
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Steps of a clock and a calendar that people count by, in ms. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 30, 90].map((days) => days * DAY_MS),
]

/** Round numbers from one to another, five at most. */
export function valueTicks(from: number, to: number, titleOf: (value: number) => string): Tick[] {
  const rough = (to - from) / (MOST - 1)
  if (!(rough > 0)) return [{ at: from, title: titleOf(from) }]
  const size = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((times) => times * size >= rough * (1 - 1e-9)) ?? 10) * size
  const ticks: Tick[] = []
  for (let nth = Math.ceil(from / step - 1e-9); nth * step <= to + step * 1e-9; nth++) {
    // 3 × 0.1 is not quite 0.3.
    const at = Number((nth * step).toPrecision(12))
    ticks.push({ at, title: titleOf(at) })
  }
  return ticks
}

const minuteOf = formatted({ hour: '2-digit', minute: '2-digit' })

/** Round times of this place from one instant to another, in ms; about five at most. */
export function timeTicks(from: number, to: number): Tick[] {
  const step =
    STEPS_MS.find((each) => (to - from) / each < MOST) ?? Math.ceil((to - from) / MOST / DAY_MS) * DAY_MS
  const titleOf = step >= DAY_MS ? dayOf : step >= MINUTE_MS ? minuteOf : clockTime
  const first = new Date(from)
  const dayAt = (days: number): number =>
    new Date(first.getFullYear(), first.getMonth(), first.getDate() + days).getTime()
  const midnight = dayAt(0)
  const ticks: Tick[] = []
  for (let nth = step >= DAY_MS ? 0 : Math.ceil((from - midnight) / step); ; nth++) {
    // Days are not all as long as each other.
    const at = step >= DAY_MS ? dayAt((nth * step) / DAY_MS) : midnight + nth * step
    if (at > to) return ticks
    if (at >= from) ticks.push({ at, title: titleOf(new Date(at)) })
  }
}
