import { SeededRandom, VirtualClock } from '@muster/testing'
import { expect, it } from 'vitest'
import { UnavailableError } from '../errors.ts'
import { Outage } from '../jobs/supply/outage.ts'
import { BACK_AFTER_MS, Outages } from './outages.ts'

const away = (): UnavailableError => new UnavailableError('The database is away')

function world() {
  const clock = new VirtualClock()
  const told: { level: string; fields: object; message: string }[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void told.push({ level, fields, message })
  const logger = { debug: () => {}, info: write('info'), warn: write('warn'), error: write('error') }
  const outages = new Outages({ clock, logger })
  return { clock, logger, outages, told }
}

it('tells an outage once when it begins and once when it has ended, however many loops, requests and probes meet it', async () => {
  const { clock, logger, outages, told } = world()
  const loops = Array.from({ length: 20 }, (_, at) => {
    const deps = { clock, logger, outages, random: new SeededRandom(at) }
    return new Outage(`Chore ${at}`, deps)
  })
  const stop = new AbortController()
  for (let round = 0; round < 10; round++) {
    for (const loop of loops) void loop.pause(away(), stop.signal)
    for (let request = 0; request < 50; request++) outages.failed(away())
    await clock.advance(2_000)
  }
  for (const loop of loops) loop.over()
  await clock.advance(BACK_AFTER_MS)
  expect(told).toMatchObject([
    { level: 'warn', message: expect.stringContaining('The database is away') },
    { level: 'info', fields: { backend: 'persistence', failures: 10 * 70, seconds: 20 } },
  ])
})

it('takes answers between failures for no end', async () => {
  const { clock, outages, told } = world()
  for (let round = 0; round < 20; round++) {
    outages.failed(away())
    outages.worked('persistence')
    await clock.advance(BACK_AFTER_MS - 1)
  }
  expect(outages.away).toEqual(['persistence'])
  await clock.advance(1)
  expect(told.map(({ level }) => level)).toEqual(['warn', 'info'])
  expect(outages.away).toEqual([])
})

it('tells each outage of each backend by itself', async () => {
  const { clock, outages, told } = world()
  for (let time = 0; time < 2; time++) {
    outages.failed(away())
    outages.failed(new UnavailableError('Redis is away', {}, { backend: 'redis' }))
    outages.worked('redis')
    outages.worked('persistence')
    await clock.advance(BACK_AFTER_MS)
  }
  expect(told.filter(({ level }) => level === 'warn')).toHaveLength(4)
  expect(told.filter(({ level }) => level === 'info')).toHaveLength(4)
})

it('takes no answer that asks for another moment for an outage', () => {
  const { outages, told } = world()
  outages.failed(new UnavailableError('Busy', {}, { backend: null }))
  expect(outages.away).toEqual([])
  expect(told).toEqual([])
})

it('tells what has ended by the time that it is closed', () => {
  const { outages, told } = world()
  outages.failed(away())
  outages.worked('persistence')
  outages.close()
  expect(told.map(({ level }) => level)).toEqual(['warn', 'info'])
})
