import { expect, it } from 'vitest'
import { told } from './told.ts'

const at = { projectId: 'p1', seq: 1, occurredAt: '2026-03-02T12:00:00Z' }
const nameOf = (userId: string): string | undefined => ({ u1: 'Olena' })[userId]

it('says in words what happened, and leads to what it is of', () => {
  const data = { taskId: 'abcdefgh-12345678', userId: 'u1', stepId: 'label', status: 'submitted' }
  expect(told({ ...at, type: 'task_status_changed', data }, nameOf)).toEqual({
    words: 'Olena submitted task 12345678 at label',
    to: { page: 'task', project: 'p1', item: 'abcdefgh-12345678' },
  })
  const run = { runId: 'r-00000001', status: 'running', from: 'paused' }
  expect(told({ ...at, type: 'run_status_changed', data: run }, nameOf).words).toBe('Run 00000001 goes on')
})

it('names nobody whom it does not know, and says something of facts that are new to it', () => {
  const data = { taskId: 't', userId: 'u2', stepId: 'label' }
  expect(told({ ...at, type: 'task_flagged', data }, nameOf).words).toBe('Somebody flagged task t')
  expect(told({ ...at, type: 'moon_rose', data: {} }, nameOf)).toEqual({ words: 'moon rose', to: undefined })
})
