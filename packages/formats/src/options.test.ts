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

it('names each member of an option that it has no use for', () => {
  const faults = optionFaults({
    types: { a: 'nmber', b: 'json' },
    classLabels: { a: null, b: ['x'] },
    questions: { a: 5, b: { type: 'multi', textAt: 'text' }, c: { type: 'multi', texts: 'text' } },
  })
  expect(faults).toEqual([
    { path: 'types.a', message: 'must be one of string, number, boolean, json' },
    { path: 'classLabels.a', message: 'must be a list of texts' },
    { path: 'questions.a', message: 'must be an object with type, and maybe textAt and sides' },
    { path: 'questions.c', message: 'must be an object with type, and maybe textAt and sides' },
  ])
})
