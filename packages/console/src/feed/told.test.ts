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

it('says of many tasks or runs at once what alike facts say of each', () => {
  const task = { taskId: 't', userId: 'u1', stepId: 'label', status: 'submitted', priority: 2 }
  const words = (type: string, data: object, many: number): string =>
    told({ ...at, type, data: { ...data } }, nameOf, many).words
  expect(words('task_completed', task, 40)).toBe('40 tasks are complete')
  expect(words('task_status_changed', task, 3)).toBe('Olena submitted 3 tasks at label')
  expect(words('task_status_changed', { ...task, status: 'expired' }, 1)).toBe(
    'Olena lost task t at label: its lease ended',
  )
  expect(words('run_status_changed', { runId: 'r', status: 'cancelled', from: 'running' }, 2)).toBe(
    '2 runs were cancelled',
  )
  expect(told({ ...at, type: 'task_completed', data: task }, nameOf, 2).to).toEqual({
    page: 'tasks',
    project: 'p1',
  })
})

it('says what was compared and decided', () => {
  expect(told({ ...at, type: 'comparison_created', data: { comparisonId: 'c' } }, nameOf).words).toBe(
    'Two models were compared',
  )
  const gate = { gateId: 'g', decision: 'NO-GO' }
  expect(told({ ...at, type: 'gate_decided', data: gate }, nameOf).words).toBe('A gate said NO-GO')
})

it('says how many an operation moved, and how many it passed over', () => {
  const data = { subject: 'jobs', action: 'retry', state: 'done', done: 3, skipped: { not_failed: 2 } }
  expect(told({ ...at, type: 'operation_done', data }, nameOf)).toEqual({
    words: '3 jobs were tried again at once, 2 passed over',
    to: { page: 'jobs', project: 'p1' },
  })
})

it('leads to the schedule that somebody changed, and to the import that ended', () => {
  const change = { scheduleId: 's', name: 'Nightly', change: 'paused', by: null }
  expect(told({ ...at, type: 'schedule_changed', data: change }, nameOf)).toEqual({
    words: 'The schedule Nightly was paused',
    to: { page: 'schedules', project: 'p1', item: 's' },
  })
  const ended = { importId: 'i', status: 'refused', dryRun: true }
  expect(told({ ...at, type: 'import_ended', data: ended }, nameOf)).toEqual({
    words: 'An import, a dry run, ended: refused',
    to: { page: 'imports', project: 'p1', item: 'i' },
  })
})

it('leads to budgets and prices', () => {
  const data = { budgetId: 'b', runId: null, day: null, model: 'big', change: 'added' }
  const to = (type: string) => told({ ...at, type, data }, nameOf).to
  for (const type of ['budget_warned', 'budget_reached', 'budget_changed'])
    expect(to(type)).toEqual({ page: 'usage', project: 'p1', show: 'budgets' })
  expect(to('price_missing')).toMatchObject({ page: 'usage', show: 'prices' })
})
