import { expect, it } from 'vitest'
import { type FilterField, filterOf, suggestionsFor } from './filters.ts'

const FIELDS: readonly FilterField[] = [
  { name: 'state', title: 'State', values: ['failed', 'pending', 'completed'], isClosed: true },
  { name: 'error', title: 'Error', values: ['timeout'] },
  { name: 'externalId', title: 'Your own id' },
]

it('reads a name and a value as a filter, and all else as free text', () => {
  expect(filterOf(FIELDS, 'state:failed')).toEqual({ name: 'state', value: 'failed' })
  expect(filterOf(FIELDS, ' error: bad_output ')).toEqual({ name: 'error', value: 'bad_output' })
  expect(filterOf(FIELDS, 'externalId:a:b')).toEqual({ name: 'externalId', value: 'a:b' })
  for (const text of ['state:odd', 'state:', 'nothing:x', 'connect ECONNREFUSED 127.0.0.1:80', ':x'])
    expect(filterOf(FIELDS, text)).toBeUndefined()
})

it('completes names first, then the values of the name', () => {
  const texts = (typed: string): string[] => suggestionsFor(FIELDS, typed).map(({ text }) => text)
  expect(texts('')).toEqual(['state:', 'error:', 'externalId:'])
  expect(texts('e')).toEqual(['error:', 'externalId:'])
  expect(texts('your')).toEqual(['externalId:'])
  expect(texts('state:')).toEqual(['state:failed', 'state:pending', 'state:completed'])
  expect(texts('state:p')).toEqual(['state:pending'])
  expect(texts('none:p')).toEqual([])
})
