import { SeededRandom, VirtualClock } from '@muster/testing'
import { expect, it } from 'vitest'
import { BusyError, UnavailableError, WrongSchemaError } from '../../errors.ts'
import { BACK_AFTER_MS } from '../../logging/outages.ts'
import { Outage } from './outage.ts'

function setup() {
  const said: string[] = []
  const say = (level: string) => (_: unknown, message: string) => void said.push(`${level}: ${message}`)
  const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const clock = new VirtualClock()
  const deps = { clock, random: new SeededRandom(1), logger }
  return { said, clock, outage: (what: string) => new Outage(what, deps) }
}

it('tries again what is away, saying so once and once that it is back', async () => {
  const { said, clock, outage } = setup()
  const taking = outage('Taking')
  for (let tries = 1; tries <= 3; tries++) {
    const pause = taking.pause(new UnavailableError('away'), new AbortController().signal)
    await clock.advance(2_100)
    await pause
  }
  taking.over()
  await clock.advance(BACK_AFTER_MS)
  expect(said).toEqual([
    'warn: away (told again when it works)',
    'debug: persistence is still away',
    'debug: persistence is still away',
    expect.stringMatching(/^info: persistence works again, after \d+(\.\d)? s and 3 failures$/),
  ])
})

it('tells of a backend that is busy only once a loop has waited its turn again and again', async () => {
  const { said, clock, outage } = setup()
  const taking = outage('Taking')
  for (let tries = 1; tries <= 6; tries++) {
    const pause = taking.pause(new BusyError('All are in use'), new AbortController().signal)
    await clock.advance(2_100)
    await pause
  }
  taking.over()
  await clock.advance(BACK_AFTER_MS)
  expect(said).toEqual([
    ...Array<string>(4).fill('debug: Taking waits its turn'),
    'warn: Taking failed (All are in use) (told again when it works)',
    'debug: Taking is still away',
    expect.stringMatching(/^info: Taking works again, after \d+(\.\d)? s and 2 failures$/),
  ])
})

it('gives up on what only a person can put right, which the first of all loops says', async () => {
  const { said, clock, outage } = setup()
  const stop = new AbortController()
  let ended = 0
  const pauses = ['Taking', 'Recording'].map(async (what) => {
    await outage(what).pause(new WrongSchemaError('There is no such function: migrate'), stop.signal)
    ended++
  })
  await clock.advance(3_600_000)
  expect(ended).toBe(0)
  expect(said).toEqual([
    'error: Taking is given up: There is no such function: migrate',
    'debug: Recording is given up: There is no such function: migrate',
  ])
  stop.abort()
  await Promise.all(pauses)
  await outage('Late').pause(new WrongSchemaError('There is no such function: migrate'), stop.signal)
})
