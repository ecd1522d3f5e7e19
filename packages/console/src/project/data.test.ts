import { expect, it } from 'vitest'
import { payloadsOf, submittedADay } from './data.ts'

it('takes payloads a line or as a list, and names the first line that is no JSON', () => {
  expect(payloadsOf(' {"a":1}\n\n"b"\n')).toEqual({ payloads: [{ a: 1 }, 'b'] })
  expect(payloadsOf('[\n{"a":1},\n2]')).toEqual({ payloads: [{ a: 1 }, 2] })
  expect(payloadsOf('[1]\n[2]')).toEqual({ payloads: [[1], [2]] })
  expect(payloadsOf('{"a":1}\nno')).toEqual({ payloads: [], fault: 'Line 2 is no JSON.' })
  expect(payloadsOf(' ')).toEqual({ payloads: [] })
})

it('sends the digits of a number as they were typed, so that the server refuses what it would change', () => {
  for (const text of [
    '{"id":1234567890123456789}\n{"id":1e999}',
    '[{"id":1234567890123456789},{"id":1e999}]',
  ])
    expect(JSON.stringify(payloadsOf(text).payloads)).toBe('[{"id":1234567890123456789},{"id":1e999}]')
})

it('counts every day of a stretch, those without a submission too', () => {
  const row = (stepId: string, at: string, submitted: number) =>
    ({ stepId, stepType: 'annotation', at, submitted, returned: 0 }) as const
  const days = submittedADay({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-04T00:00:00.000Z',
    step: 86_400,
    jobs: [],
    steps: [row('label', '2026-01-01T00:00:00.000Z', 2), row('review', '2026-01-03T00:00:00.000Z', 1)],
  })
  expect(days.times).toHaveLength(3)
  expect(days.series).toEqual([
    { title: 'label', values: [2, 0, 0] },
    { title: 'review', values: [0, 0, 1] },
  ])
  expect(days.total).toBe(3)
})
