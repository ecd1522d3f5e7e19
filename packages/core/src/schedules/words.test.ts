import { expect, it } from 'vitest'
import { sayWhen } from './words.ts'

it.each([
  ['30 2 * * MON-FRI', 'every weekday at 02:30 in Berlin'],
  ['15,45 2 * * *', 'every day at 02:15 and 02:45 in Berlin'],
  ['0 9 * * MON,FRI', 'every Monday and Friday at 09:00 in Berlin'],
  ['0 9 1,15 * *', 'on day 1 and day 15 of the month at 09:00 in Berlin'],
  ['0 0 13 * 5', 'on day 13 of the month or every Friday at 00:00 in Berlin'],
  ['0 9 LW DEC *', 'on the last working day of the month at 09:00 in December in Berlin'],
  ['0 10 * * 2#2', 'on the second Tuesday of the month at 10:00 in Berlin'],
  ['0 10 * * FRI#L', 'on the last Friday of the month at 10:00 in Berlin'],
  ['0 9 15W * *', 'on the working day nearest to day 15 of the month at 09:00 in Berlin'],
  ['* * * * *', 'every minute in Berlin'],
  ['*/15 * * * *', 'every 15 minutes in Berlin'],
  ['30 * * * *', 'at minute 30 of every hour in Berlin'],
  ['*/15 9-17 * * 1-5', 'every 15 minutes of hours 9 to 17, every weekday in Berlin'],
  ['@hourly', 'at minute 0 of every hour in Berlin'],
])('says %s in words', (cron, words) => {
  expect(sayWhen({ cron, zone: 'Europe/Berlin' })).toBe(words)
})

it('says rules without a zone in words', () => {
  const noon = new Date('2026-11-29T12:00:00Z')
  expect(sayWhen({ everySeconds: 90, anchor: noon })).toBe(
    'every 90 seconds, counted from 2026-11-29T12:00:00.000Z',
  )
  expect(sayWhen({ at: noon })).toBe('once, at 2026-11-29T12:00:00.000Z')
  expect(sayWhen({ cron: '0 0 * * *', zone: 'America/New_York' })).toBe('every day at 00:00 in New York')
})
