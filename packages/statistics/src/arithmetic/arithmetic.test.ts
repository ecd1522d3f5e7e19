import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { FUNCTIONS } from './arithmetic.fixtures.test.support.ts'

describe('special functions', () => {
  it.each(outcomesOf('special', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('special', FUNCTIONS)).toEqual([])
  })
})
