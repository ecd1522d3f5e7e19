import { describe, expect, it } from 'vitest'
import { judge, RETRY_SECONDS } from './retrying.ts'

const HOUR = 3_600

describe('a try', () => {
  it.each([200, 201, 204, 299])('delivers with %i', (status) => {
    expect(judge({ status }, 3, 0.5)).toEqual({ outcome: 'delivered' })
  })

  it.each([undefined, 199, 301, 308, 400, 404, 429, 500, 503])('is made again after %s', (status) => {
    expect(judge(status === undefined ? undefined : { status }, 0, 0.5)).toEqual({
      outcome: 'failed',
      retryInMs: 5_000,
    })
  })

  it('ends all tries with 410', () => {
    expect(judge({ status: 410, retryAfterSeconds: 5 }, 0, 0.5)).toEqual({
      outcome: 'failed',
      disable: 'gone',
    })
  })

  it('comes after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, some 75 h in all, and then no more', () => {
    const waits = Array.from({ length: 10 }, (_, failures) => judge({ status: 500 }, failures, 0.5))
    expect(waits.slice(0, 9)).toEqual(
      [5, 300, 1_800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR].map((seconds) => {
        return { outcome: 'failed', retryInMs: seconds * 1_000 }
      }),
    )
    expect(waits[9]).toEqual({ outcome: 'failed', disable: 'exhausted' })
    const hours = RETRY_SECONDS.reduce((sum, seconds) => sum + seconds, 0) / HOUR
    expect(hours).toBeCloseTo(75.6, 1)
  })

  it.each([
    [0, 4_500],
    [1, 5_500],
  ])('is spread by a tenth either way: drawn %d waits %d ms', (drawn, retryInMs) => {
    expect(judge({ status: 500 }, 0, drawn)).toEqual({ outcome: 'failed', retryInMs })
  })

  it.each([
    [1, 5_000],
    [60, 60_000],
    [90 * HOUR, 24 * HOUR * 1_000],
  ])(
    'waits as long as a receiver asks for, %d s, no less than planned and no more than a day',
    (asked, ms) => {
      expect(judge({ status: 503, retryAfterSeconds: asked }, 0, 0.5)).toEqual({
        outcome: 'failed',
        retryInMs: ms,
      })
    },
  )
})
