import { expect, it } from 'vitest'
import { optionFaults } from './options.ts'

it('counts the characters of a name as Muster does: a pair of surrogates is one', () => {
  expect(optionFaults({ models: { a: '🦊'.repeat(200) } })).toEqual([])
  const message = 'must be a name of 1 to 200 characters'
  expect(optionFaults({ models: { a: '🦊'.repeat(201), b: '' } })).toEqual([
    { path: 'models.a', message },
    { path: 'models.b', message },
  ])
})
