import { expect, it } from 'vitest'
import { hrefOf, routeOf } from './route.ts'

it('reads the route that it writes, whatever a filter holds', () => {
  const to = { page: 'tasks', project: 'p1', q: 'a&b=c#d?e', waits: 'skill' } as const
  expect(routeOf(hrefOf(to))).toEqual(to)
  expect(hrefOf({ page: 'work', item: undefined, show: '' })).toBe('#/work')
})

it('leads to Work without a page, and nowhere with a page that there is not', () => {
  expect(routeOf('').page).toBe('work')
  expect(routeOf('#/').page).toBe('work')
  expect(routeOf('#/nothing?project=p1')).toEqual({ page: 'missing', project: 'p1' })
  expect(routeOf('#/queue?page=work&show=done')).toEqual({ page: 'queue', show: 'done' })
})
