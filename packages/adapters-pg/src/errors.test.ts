import { Conflict } from '@muster/core'
import { expect, it } from 'vitest'
import { toMusterError } from './errors.ts'

it.each([
  ['person_pkey', 'The userId is taken'],
  ['some_index_of_ours', 'There is one like it already'],
])('tells of a taken name (%s) without naming anything internal', (constraint, message) => {
  const vendor = Object.assign(new Error(`duplicate key violates "${constraint}"`), {
    code: '23505',
    constraint,
  })
  const error = toMusterError(vendor)
  expect(error).toBeInstanceOf(Conflict)
  expect(error).toMatchObject({ message, details: {}, cause: vendor })
})
