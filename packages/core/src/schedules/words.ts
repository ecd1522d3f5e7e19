import { type CronField, type CronItem, readCron } from './cron.ts'
import type { When } from './ticks.ts'

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const ORDINALS = ['last', 'first', 'second', 'third', 'fourth', 'fifth']

/** Times of a day that are told one by one, at most. */
const MOST_TIMES = 6

/** A rule in words, such as "every weekday at 02:30 in Berlin". */
export function sayWhen(when: When): string {
  if ('at' in when) return `once, at ${when.at.toISOString()}`
  if ('everySeconds' in when)
    return `every ${when.everySeconds === 1 ? 'second' : `${when.everySeconds} seconds`}, counted from ${when.anchor.toISOString()}`
  const { fields } = readCron(when.cron)
  const days = sayDays(fields)
  const months = isEvery(fields.month)
    ? ''
    : ` in ${listed(fields.month.map((item) => sayItem('month', item)))}`
  return `${sayTimes(fields, days)}${months} in ${when.zone.split('/').at(-1)?.replaceAll('_', ' ')}`
}

/** The times, before or behind the days as one would say them. */
function sayTimes(fields: Readonly<Record<CronField, readonly CronItem[]>>, days: string): string {
  const [minutes, hours] = [singles(fields.minute), singles(fields.hour)]
  if (minutes !== undefined && hours !== undefined && minutes.length * hours.length <= MOST_TIMES) {
    const times = hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`))
    return `${days} at ${listed(times.sort())}`
  }
  const everyDay = days === 'every day' ? '' : `, ${days}`
  const within = isEvery(fields.hour)
    ? ''
    : ` of ${fields.hour.length === 1 && singles(fields.hour) ? 'hour' : 'hours'} ${listed(fields.hour.map((item) => sayItem('hour', item)))}`
  return `${sayMinutes(fields.minute, within === '')}${within}${everyDay}`
}

function sayMinutes(items: readonly CronItem[], ofEveryHour: boolean): string {
  const [only] = items
  if (isEvery(items)) return 'every minute'
  if (items.length === 1 && only?.kind === 'every' && 60 % only.step === 0)
    return `every ${only.step} minutes`
  const named = listed(items.map((item) => sayItem('minute', item)))
  return `at minute ${named}${ofEveryHour ? ' of every hour' : ''}`
}

/** A day counts if it is one of the days, or one of the weekdays, should both be restricted. */
function sayDays({ day, weekday }: Readonly<Record<'day' | 'weekday', readonly CronItem[]>>): string {
  const ofMonth = isEvery(day)
    ? undefined
    : `on ${listed(day.map((item) => sayItem('day', item)))} of the month`
  const ofWeek = isEvery(weekday) ? undefined : sayWeekdays(weekday)
  if (ofMonth === undefined) return ofWeek ?? 'every day'
  return ofWeek === undefined ? ofMonth : `${ofMonth} or ${ofWeek}`
}

function sayWeekdays(items: readonly CronItem[]): string {
  const [only] = items
  if (items.length === 1 && only?.kind === 'span' && only.from === 1 && only.to === 5 && only.step === 1)
    return 'every weekday'
  const nth = items.every(({ kind }) => kind === 'nthWeekday')
  const named = listed(items.map((item) => sayItem('weekday', item)))
  return nth ? `on the ${named} of the month` : `every ${named}`
}

function sayItem(field: CronField, item: CronItem): string {
  switch (item.kind) {
    case 'every':
      return item.step === 1 ? `every ${field}` : `every ${item.step}. ${field}`
    case 'span': {
      const step = item.step === 1 ? '' : ` by ${item.step}`
      const named = sayValue(field, item.from)
      return item.from === item.to ? named : `${named} to ${sayValue(field, item.to)}${step}`
    }
    case 'lastDay':
      return 'the last day'
    case 'lastWorkday':
      return 'the last working day'
    case 'nearestWorkday':
      return `the working day nearest to day ${item.day}`
    case 'nthWeekday':
      return `${ORDINALS[item.nth]} ${WEEKDAYS[item.weekday]}`
  }
}

function sayValue(field: CronField, value: number): string {
  switch (field) {
    case 'month':
      return MONTHS[value - 1] ?? ''
    case 'weekday':
      return WEEKDAYS[value % WEEKDAYS.length] ?? ''
    case 'day':
      return `day ${value}`
    case 'minute':
    case 'hour':
      return String(value)
  }
}

/** The values, if all are named one by one. */
function singles(items: readonly CronItem[]): number[] | undefined {
  const values = items.flatMap((item) => (item.kind === 'span' && item.from === item.to ? [item.from] : []))
  return values.length === items.length ? values : undefined
}

function isEvery(items: readonly CronItem[]): boolean {
  return items.some((item) => item.kind === 'every' && item.step === 1)
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names)
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
