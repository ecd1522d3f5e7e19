import { Cron } from 'croner'
import { BadCronError } from '../errors.ts'

/** The fields of an expression, in their order. */
const CRON_FIELDS = ['minute', 'hour', 'day', 'month', 'weekday'] as const
/** One of them. */
export type CronField = (typeof CRON_FIELDS)[number]

/** One item of a field's list. Weekdays count from Sunday, which is 0. */
export type CronItem =
  /** Every value, or every `step`-th from the lowest on. */
  | { readonly kind: 'every'; readonly step: number }
  /** From the first value to the last, both included; a value alone is both. */
  | { readonly kind: 'span'; readonly from: number; readonly to: number; readonly step: number }
  | { readonly kind: 'lastDay' }
  | { readonly kind: 'lastWorkday' }
  /** The working day nearest to that day, within its month. */
  | { readonly kind: 'nearestWorkday'; readonly day: number }
  /** The n-th of that weekday in a month; 0: the last. */
  | { readonly kind: 'nthWeekday'; readonly weekday: number; readonly nth: number }

/** An expression that was read. */
export interface CronExpression {
  /** In five fields, a nickname spelt out. */
  readonly text: string
  readonly fields: Readonly<Record<CronField, readonly CronItem[]>>
  /** Whether minute and hour name times of a day: no `*`, `?` or `/` in either. Else it is an interval. */
  readonly isFixed: boolean
}

interface Range {
  readonly least: number
  readonly most: number
  /** By the number from `least` on. */
  readonly names: readonly string[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const RANGES: Readonly<Record<CronField, Range>> = {
  minute: { least: 0, most: 59, names: [] },
  hour: { least: 0, most: 23, names: [] },
  day: { least: 1, most: 31, names: [] },
  month: { least: 1, most: 12, names: MONTHS },
  weekday: { least: 0, most: 7, names: WEEKDAYS },
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
}

const MOST_CHARACTERS = 200

/**
 * Reads five fields: minute, hour, day, month, weekday. Less is let through than croner takes, so that an expression means the same wherever it is read.
 * @throws BadCronError naming the field and what is wrong there
 */
export function readCron(given: string): CronExpression {
  if (given.length > MOST_CHARACTERS)
    throw new BadCronError('bad_cron', 'cron', `has more than ${MOST_CHARACTERS} characters`)
  const trimmed = given.trim()
  const text = trimmed.startsWith('@') ? spelledOut(trimmed) : trimmed
  const parts = text.split(/\s+/)
  if (parts.length !== CRON_FIELDS.length)
    throw new BadCronError(
      'bad_cron',
      'cron',
      `must have five fields (minute, hour, day, month, weekday), not ${text === '' ? 0 : parts.length}`,
    )
  const fields = Object.fromEntries(
    CRON_FIELDS.map((field, place) => [field, readField(field, parts[place] ?? '')]),
  ) as Record<CronField, CronItem[]>
  return { text: parts.join(' ').toUpperCase(), fields, isFixed: !/[*?/]/.test(`${parts[0]} ${parts[1]}`) }
}

function spelledOut(nickname: string): string {
  const text = NICKNAMES[nickname.toLowerCase()]
  if (text !== undefined) return text
  const known = Object.keys(NICKNAMES).join(', ')
  throw new BadCronError('bad_cron', 'cron', `names no shorthand: there are ${known}`)
}

function readField(field: CronField, text: string): CronItem[] {
  const items = text.toUpperCase().split(',')
  if (items.length > 1 && items.includes('LW'))
    refuse(field, text, 'has LW in a list, where it must stand alone')
  return items.map((item) => {
    if (item === '') throw new BadCronError('bad_cron', field, 'has an empty item in its list')
    return readItem(field, item)
  })
}

function readItem(field: CronField, item: string): CronItem {
  const special = field === 'day' ? readDay(item) : field === 'weekday' ? readWeekday(item) : undefined
  if (special !== undefined) return special
  const [span = '', step, ...more] = item.split('/')
  if (more.length > 0) refuse(field, item, 'has more than one step')
  const isEvery = span === '*' || span === '?'
  if (step === undefined) return isEvery ? { kind: 'every', step: 1 } : spanOf(field, span, item, 1)
  const { least, most } = RANGES[field]
  const size = field === 'weekday' ? WEEKDAYS.length : most - least + 1
  if (!/^\d{1,2}$/.test(step) || Number(step) < 1 || Number(step) > size)
    refuse(field, item, `has a step that is not from 1 to ${size}`)
  if (isEvery) return { kind: 'every', step: Number(step) }
  if (!span.includes('-'))
    refuse(field, item, 'has a step behind a single value: write it behind * or a range')
  return spanOf(field, span, item, Number(step))
}

function spanOf(field: CronField, span: string, item: string, step: number): CronItem {
  const ends = span.split('-')
  if (ends.length > 2) refuse(field, item, 'is no range')
  const [from = 0, to = from] = ends.map((end) => valueIn(field, end, item))
  if (from > to) refuse(field, item, 'is a range that ends before it begins')
  return { kind: 'span', from, to, step }
}

function valueIn(field: CronField, text: string, item: string): number {
  const { least, most, names } = RANGES[field]
  const named = names.indexOf(text)
  if (named !== -1) return named + least
  if (!/^\d{1,2}$/.test(text)) refuse(field, item, 'is not understood')
  const value = Number(text)
  if (value < least || value > most) refuse(field, item, `is not from ${least} to ${most}`)
  return value
}

function readDay(item: string): CronItem | undefined {
  if (item === 'L') return { kind: 'lastDay' }
  if (item === 'LW') return { kind: 'lastWorkday' }
  if (item.startsWith('L-')) refuse('day', item, 'counts back from the last day, which is not offered')
  const day = /^(\d{1,2})W$/.exec(item)?.[1]
  return day === undefined ? undefined : { kind: 'nearestWorkday', day: valueIn('day', day, item) }
}

function readWeekday(item: string): CronItem | undefined {
  const [, of, nth] = /^([0-7]|[A-Z]{3})#([1-5L])$/.exec(item) ?? []
  if (of === undefined || nth === undefined) return undefined
  const weekday = valueIn('weekday', of, item) % WEEKDAYS.length
  return { kind: 'nthWeekday', weekday, nth: nth === 'L' ? 0 : Number(nth) }
}

function refuse(field: CronField, item: string, why: string): never {
  throw new BadCronError('bad_cron', field, `${why}: ${item}`)
}

/** Finds the next reading that matches on a clock that never changes, given as if it showed UTC. Zones are no matter of the walk: see `ticks.ts`. */
export function walkerOf({ text }: Pick<CronExpression, 'text'>): (after: Date) => Date | null {
  // Of the named zone UTC croner asks Intl at every step, which takes four times as long.
  const cron = new Cron(text, { utcOffset: 0, paused: true, mode: '5-part' })
  return (after) => cron.nextRun(after)
}
