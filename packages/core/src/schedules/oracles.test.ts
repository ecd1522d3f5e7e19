import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BadCronError } from '../errors.ts'
import { checkWhen, ticksAfter } from './ticks.ts'

const MINUTE_MS = 60_000
const DAY = 24 * 60

interface Case {
  readonly name: string
  readonly cron: string
  readonly zone: string
  readonly from: string
  readonly expected: readonly string[] | 'refused'
}

interface Fires {
  readonly expressions: readonly string[]
  readonly changes: Readonly<Record<string, readonly number[]>>
  readonly samples: Readonly<Record<string, readonly (readonly [place: number, from: number, ...number[]])[]>>
  readonly sums: Readonly<Record<string, readonly (readonly [whole: 0 | 1, count: number, hash: number])[]>>
}

const cases = fixture<{ readonly fixtures: readonly Case[] }>('dst').fixtures
const fires = fixture<Fires>('cron')
const zones = Object.keys(fires.samples)

/** All pairs take minutes: without `MUSTER_WORLDS=full`, some of the expressions of each zone, others in the next. */
const isChosen = (place: number, zone: string, every: number): boolean =>
  (place + zones.indexOf(zone)) % (process.env['MUSTER_WORLDS'] === 'full' ? 1 : every) === 0

describe('A rule in time', () => {
  it.each(cases.filter(({ expected }) => expected === 'refused'))('is refused: $name', (refused) => {
    expect(() => checkWhen(refused, new Date(refused.from))).toThrow(BadCronError)
  })

  it.each(cases.filter(({ expected }) => expected !== 'refused'))(
    'comes as worked out by hand: $name',
    ({ cron, zone, from, expected }) => {
      const found = take(ticksAfter({ cron, zone }, new Date(from)), expected.length)
      expect(found.map(({ at }) => at.toISOString().replace(':00.000Z', 'Z'))).toEqual(expected)
    },
  )

  it.each(zones)('comes next as two other programs say, in %s', (zone) => {
    const samples = fires.samples[zone] ?? []
    for (const [place, from, ...distances] of samples.filter(([place]) => isChosen(place, zone, 10))) {
      let at = from
      const expected = distances.map((distance) => (at += distance))
      const cron = fires.expressions[place] ?? ''
      const found = take(ticksAfter({ cron, zone }, new Date(from * MINUTE_MS)), expected.length)
      expect({ cron, from, found: found.map(minute) }).toEqual({ cron, from, found: expected })
    }
  })

  it.each(zones)(
    'comes as often as they say through all changes of the clock in ten years, in %s',
    (zone) => {
      for (const [place, [whole, count, hash]] of (fires.sums[zone] ?? []).entries()) {
        if (!isChosen(place, zone, 100)) continue
        const cron = fires.expressions[place] ?? ''
        const sum = sumOf(cron, zone, whole === 1)
        expect({ cron, ...sum }).toEqual({ cron, count, hash })
      }
    },
  )
})

/** Small mistakes in finding the next tick, which the cases must find. */
const MISTAKES: Readonly<Record<string, (cron: string, zone: string, from: Date) => Iterable<Date>>> = {
  *'a day taken for 24 hours'(cron, zone, from) {
    const [first] = take(ticksAfter({ cron, zone }, from), 1)
    for (let day = 0; first !== undefined; day++) yield new Date(first.at.getTime() + day * DAY * MINUTE_MS)
  },
  *'a fixed list taken for an interval'(cron, zone, from) {
    const interval = cron.replace(/(?<=^[\d,]+ )[\d,]+(?= )/, (hours) => hours.replaceAll(/\d+/g, '$&-$&/1'))
    for (const { at } of ticksAfter({ cron: interval, zone }, from)) yield at
  },
  *'the zone of the machine'(cron, _zone, from) {
    for (const { at } of ticksAfter({ cron, zone: 'UTC' }, from)) yield at
  },
}

describe('The cases find', () => {
  it.each(Object.entries(MISTAKES))('%s', (_, mistaken) => {
    const wrong = cases.filter(({ cron, zone, from, expected }) => {
      if (expected === 'refused') return false
      const found = take(mistaken(cron, zone, new Date(from)), expected.length)
      return found.map((at) => at.toISOString().replace(':00.000Z', 'Z')).join() !== expected.join()
    })
    expect(wrong.length).toBeGreaterThan(0)
  })
})

/** How many ticks there are in the windows of the fixtures, and the FNV-1a hash of their minutes, least significant byte first. */
function sumOf(
  cron: string,
  zone: string,
  whole: boolean,
): { readonly count: number; readonly hash: number } {
  let [count, hash] = [0, 0x811c9dc5]
  for (const [start, end] of whole ? [TEN_YEARS] : windowsOf(cron, zone)) {
    for (const tick of ticksAfter({ cron, zone }, new Date(start * MINUTE_MS))) {
      const at = minute(tick)
      if (at > end) break
      count++
      for (const shift of [0, 8, 16, 24]) hash = Math.imul(hash ^ ((at >>> shift) & 255), 0x01000193)
    }
  }
  return { count, hash: hash >>> 0 }
}

const TEN_YEARS = [Date.UTC(2016, 0, 1) / MINUTE_MS, Date.UTC(2026, 0, 1) / MINUTE_MS] as const

function windowsOf(cron: string, zone: string): (readonly [start: number, end: number])[] {
  const a = minutesADay(cron)
  const half = a > 24 ? 4 * 60 : 30 * 60
  const changes = (fires.changes[zone] ?? []).filter(
    (_, nth) => a <= 2 || nth % 4 === zones.indexOf(zone) % 4,
  )
  return [
    ...changes.map((at) => [at - half, at + half] as const),
    [Date.UTC(2024, 1, 28) / MINUTE_MS, Date.UTC(2024, 1, 28) / MINUTE_MS + 2 * DAY] as const,
  ]
}

/** Members of the minute × members of the hour. */
function minutesADay(cron: string): number {
  const [minutes = '', hours = ''] = cron.split(' ')
  return membersOf(minutes, 60) * membersOf(hours, 24)
}

function membersOf(field: string, size: number): number {
  const members = new Set<number>()
  for (const item of field.split(',')) {
    const [span = '', step = '1'] = item.split('/')
    const [from = 0, to = from] = /[*?]/.test(span) ? [0, size - 1] : span.split('-').map(Number)
    for (let member = from; member <= to; member += Number(step)) members.add(member)
  }
  return members.size
}

function minute({ at }: { readonly at: Date }): number {
  return at.getTime() / MINUTE_MS
}

function take<Item>(items: Iterable<Item>, most: number): Item[] {
  const taken: Item[] = []
  if (most === 0) return taken
  for (const item of items) {
    taken.push(item)
    if (taken.length === most) break
  }
  return taken
}

function fixture<Content>(name: string): Content {
  const file = new URL(`../../fixtures/schedules/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Content
}
