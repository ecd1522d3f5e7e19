const HOUR_MS = 3_600_000

/** Days are at most so long, in hours, whatever a zone does with its clocks; and a date may be left out. */
const LONGEST = 50

/** The day of the zone at that moment, as `2026-11-30`. */
function dayIn(format: Intl.DateTimeFormat, ms: number): string {
  return format.format(ms)
}

/**
 * The first moment of the next day of the zone, in ms since the epoch: where clocks jump over midnight the moment of the jump, where it comes twice the first.
 * @throws RangeError for a zone that is not known
 */
export function nextMidnight(zone: string, ms: number): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const today = dayIn(format, ms)
  let hours = 1
  while (dayIn(format, ms + hours * HOUR_MS) === today && hours < LONGEST) hours++
  let [low, high] = [ms + (hours - 1) * HOUR_MS, ms + hours * HOUR_MS]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (dayIn(format, middle) === today) low = middle
    else high = middle
  }
  return high
}
