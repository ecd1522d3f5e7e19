import { expect, it } from 'vitest'
import type { ToldFact } from '../feed/told.ts'
import { marksOf } from './data.ts'

const BEGAN = Date.parse('2026-11-29T12:00:00Z')
const fact = (second: number, type: string, data: object): ToldFact =>
  ({ type, data, occurredAt: new Date(BEGAN + second * 1_000).toISOString() }) as unknown as ToldFact

it('marks changes of state and pace, and not that a run was made', () => {
  const facts = [
    fact(300, 'run_changed', { maxJobsPerSecond: null }),
    fact(200, 'run_changed', { maxJobsPerSecond: 40 }),
    fact(150, 'task_added', {}),
    fact(60, 'run_status_changed', { status: 'running' }),
    fact(0, 'run_status_changed', { status: 'pending' }),
  ]
  expect(marksOf(facts, 10)).toEqual([
    { at: BEGAN + 60_000, title: 'running' },
    { at: BEGAN + 200_000, title: '40/s' },
    { at: BEGAN + 300_000, title: 'no pace' },
  ])
})

it('keeps the last of changes that lie too close for their words', () => {
  const facts = [
    fact(9, 'run_status_changed', { status: 'running' }),
    fact(5, 'run_status_changed', { status: 'paused' }),
    fact(1, 'run_status_changed', { status: 'running' }),
    fact(0, 'run_status_changed', { status: 'pending' }),
  ]
  expect(marksOf(facts, 10_000)).toEqual([{ at: BEGAN + 9_000, title: 'running' }])
})
