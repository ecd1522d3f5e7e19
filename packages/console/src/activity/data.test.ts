import { expect, it } from 'vitest'
import type { ToldFact } from '../feed/told.ts'
import { told } from '../feed/told.ts'
import { folded, matches, subjectsOf, withGaps } from './data.ts'

const fact = (seq: number, type: string, data: object): ToldFact => ({
  seq,
  type,
  projectId: 'p',
  occurredAt: '2026-03-02T12:00:00Z',
  data: { ...data },
})

it('folds facts that follow each other and differ in their subject alone', () => {
  const completed = (seq: number) => fact(seq, 'task_completed', { taskId: `0000-0000000${seq}` })
  const lines = folded(
    [completed(5), completed(4), fact(3, 'queue_paused', {}), completed(2)],
    (one) => told(one, () => undefined).words,
  )
  expect(lines.map(({ id, facts }) => [id, facts.length])).toEqual([
    ['5', 2],
    ['3', 1],
    ['2', 1],
  ])
})

it('counts whom a line tells of, and puts a line where numbers are passed over', () => {
  const completed = (seq: number, taskId: string) => fact(seq, 'task_completed', { taskId })
  const words = (one: ToldFact) => told(one, () => undefined).words
  const two = folded([completed(9, 't-0000000a'), completed(8, 't-0000000b')], words)
  expect(two.map(subjectsOf)).toEqual([2])
  expect(folded([completed(9, 't'), completed(8, 't')], words).map(subjectsOf)).toEqual([1])
  expect(folded([fact(3, 'queue_paused', {}), fact(2, 'queue_paused', {})], words).map(subjectsOf)).toEqual([
    1,
  ])
  const lines = withGaps(folded([completed(9, 't'), fact(8, 'queue_paused', {}), completed(2, 't')], words))
  expect(lines.map(({ id, missing }) => [id, missing])).toEqual([
    ['9', undefined],
    ['8', undefined],
    ['gap 8', 5],
    ['2', undefined],
  ])
})

it('takes what comes live by the same filters as what is read', () => {
  const moved = fact(1, 'task_status_changed', { taskId: 't', userId: 'u' })
  expect(matches(moved, {})).toBe(true)
  expect(matches(moved, { kind: 'tasks', person: 'u', task: 't' })).toBe(true)
  expect(matches(moved, { kind: 'runs' })).toBe(false)
  expect(matches(fact(2, 'task_added', { taskIds: ['t'] }), { task: 't' })).toBe(true)
  expect(matches(moved, { run: 'r' })).toBe(false)
})
