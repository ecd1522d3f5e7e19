import { fileReader } from '@muster/formats'
import { expect, it } from 'vitest'
import { bytesSaid, type Import, lookOfImport, moved } from './data.ts'
import { freshWish, queryOf } from './wish.ts'
import { ENCODINGS, FORMATS, TYPES } from './words.ts'

const query = (wish: object, dryRun = false) => queryOf({ ...freshWish('answers.csv.gz'), ...wish }, dryRun)

it('offers every format that there is', () => {
  expect(FORMATS).toEqual(fileReader.formats)
})

it('says of a fresh wish no more than a name, and of a dry run that it is one', () => {
  const rules = { name: 'answers', mode: 'atomic', onConflict: 'refuse' }
  expect(query({})).toEqual({ query: rules })
  expect(query({}, true)).toEqual({ query: { ...rules, dryRun: 'true' } })
})

it.each([
  ['.csv', '.csv'],
  ['a.b.v2.json', 'a.b.v2'],
  ['2026.11.30', '2026.11.30'],
  ['x'.repeat(300), 'x'.repeat(200)],
])('names %s %s', (file, name) => {
  expect(freshWish(file).name).toBe(name)
})

it('puts what fields say on top of what is typed as JSON', () => {
  const typed = {
    idFrom: ' id ',
    types: { score: 'number', text: '' },
    more: '{"idFrom":"no","keepRest":false}',
  }
  expect(JSON.parse(query(typed).query['mapping'] ?? '')).toEqual({
    idFrom: 'id',
    keepRest: false,
    types: { score: 'number' },
  })
  expect(query({ more: '[]' }).fault).toBe('must be a JSON object')
  expect(query({ more: '{' }).fault).toMatch(/^is no JSON/)
})

it('offers only words that the reader takes', () => {
  const faults = (mapping: object) => fileReader.faults(mapping as never)
  expect(ENCODINGS.slice(1).flatMap(({ value }) => faults({ encoding: value }))).toEqual([])
  expect(faults(JSON.parse(query({ decimal: ',', numbers: 'string' }).query['mapping'] ?? ''))).toEqual([])
  expect(TYPES.map(({ value }) => value)).toEqual(['', 'number', 'boolean', 'json'])
})

it('takes no signal for an import that has ended: it may be late', () => {
  const row = { status: 'completed', dryRun: true, counts: { made: 2 } } as unknown as Import
  const late = { data: { status: 'checking', counts: { made: 1 } } } as never
  expect(moved(row, late)).toBe(row)
  expect(moved({ ...row, status: 'checking' }, late)).toMatchObject({ counts: { made: 1 } })
  expect(lookOfImport(row).word).toBe('checked')
})

it('says sizes to a unit', () => {
  expect([12, 2_048, 3.5 * 1_024 ** 2].map(bytesSaid)).toEqual(['12 bytes', '2 KiB', '3.5 MiB'])
})
