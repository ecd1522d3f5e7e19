import { expect, it } from 'vitest'
import { filtersOf, mayMove, movedOf, strangersOf } from './data.ts'

const chosen = (at: Readonly<Record<string, string>>, ids?: readonly string[]) => ({
  projectId: 'p1',
  filters: filtersOf({ page: 'tasks', ...at }),
  ids,
  count: 1,
})

it('moves the open ones of what is in sight, and never others', () => {
  expect(movedOf(chosen({ waits: 'missingSkill', order: 'asc' }))).toEqual({
    projectId: 'p1',
    status: ['open'],
    waits: 'missingSkill',
  })
  expect(movedOf(chosen({ status: 'all', step: 's' }))).toEqual({
    projectId: 'p1',
    status: ['open'],
    stepId: 's',
  })
  expect(movedOf(chosen({ q: 'x' }, ['t1']))).toEqual({ projectId: 'p1', taskIds: ['t1'] })
  for (const status of ['completed', 'cancelled']) {
    expect(mayMove(filtersOf({ page: 'tasks', status }))).toBe(false)
    expect(() => movedOf(chosen({ status }))).toThrow(`tasks that are ${status} cannot be changed`)
  }
})

it('names what the address asks for and the page does not know', () => {
  expect(strangersOf({ page: 'tasks', project: 'p', item: 'i', q: 'x', status: 'open' })).toEqual([])
  expect(strangersOf({ page: 'tasks', stepId: 's', status: 'done' })).toEqual(['stepId', 'status'])
})
