import { expect, it } from 'vitest'
import { priorityOf } from './priority.ts'

it('takes whole numbers from −1000 to 1000 for a priority, and nothing else', () => {
  expect(['0', '-1000', ' 7 '].map(priorityOf)).toEqual([0, -1_000, 7])
  for (const text of ['', ' ', '1.5', '1001', 'high']) expect(priorityOf(text)).toBeUndefined()
})
