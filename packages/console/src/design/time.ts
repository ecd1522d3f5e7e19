const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** The last minutes of a lease are said in words. */
export const SHORT_LEASE_MS = 300_000

/** A span of time to two units, such as `1 h 20 min`. */
export function duration(ms: number): string {
  const at = Math.max(0, Math.round(ms / SECOND_MS)) * SECOND_MS
  if (at < MINUTE_MS) return `${at / SECOND_MS} s`
  if (at < HOUR_MS) return two(at, MINUTE_MS, 'min', SECOND_MS, 's')
  if (at < DAY_MS) return two(at, HOUR_MS, 'h', MINUTE_MS, 'min')
  return two(at, DAY_MS, 'd', HOUR_MS, 'h')
}

function two(ms: number, one: number, unit: string, other: number, less: string): string {
  const rest = Math.floor((ms % one) / other)
  return `${Math.floor(ms / one)} ${unit}${rest === 0 ? '' : ` ${rest} ${less}`}`
}

/** A whole number in groups of three, with narrow spaces. */
export function figure(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** A number with as many places as it needs to be told from others like it: `0.44`, `39.6`, `1 204`. */
export function decimal(value: number, places = Math.abs(value) < 10 ? 2 : 1): string {
  if (Math.abs(value) >= 1_000) return figure(value)
  const text = value.toFixed(places)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A difference with its sign. */
export function signed(value: number | null): string {
  if (value === null) return '–'
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${exact(Math.abs(value))}`
}

/** A figure to three digits, as differences need them: 0.0042 is not 0. */
export function exact(value: number | null): string {
  if (value === null) return '–'
  const size = Math.abs(value)
  if (size >= 1_000) return figure(value)
  if (size !== 0 && size < 0.001) return value.toExponential(1)
  return size < 1 ? decimal(value, size < 0.1 ? 4 : 3) : decimal(value)
}

/** A part of one in percent; what is not all is never said to be 100 %. */
export function percent(part: number): string {
  const whole = Math.round(part * 100)
  if (whole === 100 && part < 1) return '99\u202f%'
  if (whole === 0 && part > 0) return '<\u202f1\u202f%'
  return `${whole}\u202f%`
}

/** Counted no further than there: `10 000+`. */
export const MOST_COUNTED = 10_000

/** How many, exact up to {@link MOST_COUNTED}. */
export function count(value: number): string {
  return value > MOST_COUNTED ? `${figure(MOST_COUNTED)}+` : figure(value)
}

/** A time as it lies before or after now, both to one unit: `3 min ago`, `in 2 h`. */
export function ago(then: Date, now: number): string {
  const ms = now - then.getTime()
  const size = Math.abs(ms)
  if (size < 2 * SECOND_MS) return 'now'
  const unit = [DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS].find((each) => size >= each) ?? SECOND_MS
  const span = duration(Math.floor(size / unit) * unit)
  return ms > 0 ? `${span} ago` : `in ${span}`
}

/** An instant as hours, minutes and seconds of this place. */
export const clockTime: (instant: Date) => string = formatted({ timeStyle: 'medium' })

/** An instant as a day of this place, without its year. */
export const dayOf: (instant: Date) => string = formatted({ day: 'numeric', month: 'short' })

/** The instant in full, for the title of a time that is told relative to now. */
export const fullTime: (instant: Date) => string = formatted({ dateStyle: 'full', timeStyle: 'long' })

/** Writes instants in one way. To make its format takes longer than to draw a row, so it is made once, when it is first asked for. */
export function formatted(how: Intl.DateTimeFormatOptions): (instant: Date) => string {
  let format: Intl.DateTimeFormat | undefined
  return (instant) => {
    format ??= new Intl.DateTimeFormat('en-GB', how)
    return format.format(instant)
  }
}
