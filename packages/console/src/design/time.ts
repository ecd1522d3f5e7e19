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

/** An instant as hours, minutes and seconds of this place. */
export function clockTime(instant: Date): string {
  return instant.toLocaleTimeString('en-GB')
}

/** The instant in full, for the title of a time that is told relative to now. */
export function fullTime(instant: Date): string {
  return instant.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long' })
}
