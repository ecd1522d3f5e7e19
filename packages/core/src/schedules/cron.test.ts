import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadCronError } from '../errors.ts'
import { readCron } from './cron.ts'
import { ticksAfter } from './ticks.ts'

const DAY_MS = 24 * 60 * 60_000

describe('An expression', () => {
  it.each([
    ['60 * * * *', 'minute', /not from 0 to 59/],
    ['* 24 * * *', 'hour', /not from 0 to 23/],
    ['* * 0 * *', 'day', /not from 1 to 31/],
    ['* * * 13 *', 'month', /not from 1 to 12/],
    ['* * * * 8', 'weekday', /not from 0 to 7/],
    ['0 17-9 * * *', 'hour', /ends before it begins/],
    ['* * * * SAT-SUN', 'weekday', /ends before it begins/],
    ['*/0 * * * *', 'minute', /step/],
    ['0 */25 * * *', 'hour', /step/],
    ['5/15 * * * *', 'minute', /behind a single value/],
    ['0,,5 * * * *', 'minute', /empty item/],
    ['*/5/2 * * * *', 'minute', /more than one step/],
    ['1-2-3 * * * *', 'minute', /no range/],
    ['0 0 L-3 * *', 'day', /not offered/],
    ['0 0 LW,1 * *', 'day', /stand alone/],
    ['0 0 32W * *', 'day', /not from 1 to 31/],
    ['0 0 * * 1#6', 'weekday', /not understood/],
    ['0 0 * * FOO#1', 'weekday', /not understood/],
    ['H * * * *', 'minute', /not understood/],
    ['0 0 % * *', 'day', /not understood/],
    ['0 0 * * 5L', 'weekday', /not understood/],
    ['* * * *', 'cron', /five fields.*not 4/],
    ['0 * * * * *', 'cron', /five fields.*not 6/],
    ['', 'cron', /not 0/],
    ['@every 5m', 'cron', /shorthand/],
    ['@reboot', 'cron', /shorthand/],
    ['* '.repeat(101), 'cron', /200 characters/],
  ])('is refused by its field and a reason: %s', (text, field, why) => {
    const read = (): unknown => readCron(text)
    expect(read).toThrow(BadCronError)
    expect(read).toThrow(
      expect.objectContaining({ code: 'bad_cron', details: { field, why: expect.stringMatching(why) } }),
    )
  })

  it('names times of a day unless its minute or hour is open', () => {
    const isFixed = (text: string): boolean => readCron(text).isFixed
    expect(['30 2 * * *', '15,45 2-4 * * *', '0 0 */2 * *', '@daily'].map(isFixed)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['30 * * * *', '? 2 * * *', '0-30/10 2 * * *', '@hourly'].map(isFixed)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  it('comes on the days and at the times that it names, as each of them says by itself', () => {
    fc.assert(
      fc.property(anExpression(), fc.integer({ min: 0, max: 3_000 }), (parts, day) => {
        const from = Date.UTC(2023, 0, 1) + day * DAY_MS
        const found: number[] = []
        for (const { at } of ticksAfter({ cron: parts.join(' '), zone: 'UTC' }, new Date(from - 1))) {
          if (at.getTime() >= from + 40 * DAY_MS) break
          found.push(at.getTime())
        }
        expect(found).toEqual(namedIn(parts, from, 40))
      }),
      { numRuns: 40 },
    )
  })
})

type Parts = readonly [minute: string, hour: string, day: string, month: string, weekday: string]

/** Few times a day, so that all of forty days are few. */
function anExpression(): fc.Arbitrary<Parts> {
  const list = (...items: string[]): fc.Arbitrary<string> =>
    fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 3 }).map((some) => some.join())
  return fc.tuple(
    list('0', '30', '59', '7-9', '20-50/15'),
    list('0', '23', '2-4', '0-23/9', '*/12'),
    fc.oneof(fc.constantFrom('*', '?', 'LW'), list('1', '13', '31', '5-9', '*/7', 'L', '15W', '1W', '30W')),
    fc.oneof(fc.constant('*'), list('2', 'JAN-MAR', '*/5', 'dec')),
    fc.oneof(fc.constantFrom('*', '?'), list('0', '7', 'MON-FRI', '5-7', '*/3', 'TUE#1', '5#5', 'SUN#L')),
  )
}

/** Walked minute by minute, each item read anew. */
function namedIn([minutes, hours, days, months, weekdays]: Parts, from: number, count: number): number[] {
  const found: number[] = []
  for (let day = 0; day < count; day++) {
    const date = new Date(from + day * DAY_MS)
    const isDay = days.split(',').some((item) => isDayOf(item, date))
    const isWeekday = weekdays.split(',').some((item) => isWeekdayOf(item, date))
    const [anyDay, anyWeekday] = [/^[*?]$/.test(days), /^[*?]$/.test(weekdays)]
    const matches = anyDay || anyWeekday ? isDay && isWeekday : isDay || isWeekday
    if (!matches || !has(months, date.getUTCMonth() + 1, 1, MONTHS)) continue
    for (let hour = 0; hour < 24; hour++) {
      if (!has(hours, hour, 0, [])) continue
      for (let minute = 0; minute < 60; minute++)
        if (has(minutes, minute, 0, [])) found.push(date.getTime() + (hour * 60 + minute) * 60_000)
    }
  }
  return found
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

function has(field: string, value: number, least: number, names: readonly string[]): boolean {
  const number = (text: string): number =>
    names.includes(text.toUpperCase()) ? names.indexOf(text.toUpperCase()) + least : Number(text)
  return field.split(',').some((item) => {
    const [span = '', step = '1'] = item.split('/')
    const [from = '', to = from] = /[*?]/.test(span) ? [String(least), '99'] : span.split('-')
    return value >= number(from) && value <= number(to) && (value - number(from)) % Number(step) === 0
  })
}

function isDayOf(item: string, date: Date): boolean {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const weekdayOf = (of: number): number => new Date(Date.UTC(year, month, of)).getUTCDay()
  const isWorkday = (of: number): boolean => of >= 1 && of <= last && weekdayOf(of) % 6 !== 0
  if (item === 'L') return day === last
  if (item === 'LW') return day === [last, last - 1, last - 2].find(isWorkday)
  if (!item.endsWith('W')) return has(item, day, 1, [])
  const wanted = Number.parseInt(item, 10)
  if (wanted > last) return false
  return day === [0, -1, 1, -2, 2].map((by) => wanted + by).find(isWorkday)
}

function isWeekdayOf(item: string, date: Date): boolean {
  const [day, weekday] = [date.getUTCDate(), date.getUTCDay()]
  const [of = '', nth] = item.split('#')
  if (nth === undefined)
    return has(item, weekday, 0, DAYS) || (weekday === 0 && has(item.replace('*', '0-6'), 7, 0, DAYS))
  if (!has(of, weekday, 0, DAYS)) return false
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return nth === 'L' ? day + 7 > last : Math.ceil(day / 7) === Number(nth)
}
