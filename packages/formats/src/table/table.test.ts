import { describe, expect, it } from 'vitest'
import { fixture, readAll, valuesOf } from '../fixtures.test.support.ts'

const ROWS = [
  { text: 'He said "yes";\nthen left', label: 'ja', score: '0,75' },
  { text: 'Straße, 10 €', label: 'nein', score: '1' },
  { text: '=1+1', label: '', score: '0,5' },
  { text: ' leading, and comma', label: 'ja', score: '1.234,5' },
]

describe('a table', () => {
  it.each([
    'comma.utf8-bom.crlf.csv',
    'cr-only.mac.csv',
    'semicolon.de.utf8-bom.csv',
    'sep-line.csv',
    'tab.utf16le-bom.txt',
  ])('gives the same rows from %s, cells as they are', async (name) => {
    const found = await readAll(fixture(`tables/${name}`))
    expect(valuesOf(found, 'task').map(({ payload }) => payload)).toEqual(ROWS)
    expect(found.records.map(({ externalId }) => externalId)).toEqual(['q-1', 'q-2', '007', 'q-4'])
  })

  it('is read as windows-1252 if it is said to be, and refused with the offset of the byte if not', async () => {
    const bytes = fixture('tables/semicolon.de.cp1252.csv')
    const found = await readAll(bytes, { encoding: 'windows-1252' })
    expect(valuesOf(found, 'task').map(({ payload }) => payload)).toEqual(ROWS)
    const { findings } = await readAll(bytes)
    const offset = bytes.indexOf(0xdf)
    expect(findings).toMatchObject([
      { code: 'not_utf8', message: expect.stringContaining(`at byte ${offset};`) },
    ])
  })

  it('names the byte whichever pieces it comes in', async () => {
    const text = `a\n${'€'.repeat(50)}`
    const bytes = Buffer.concat([Buffer.from(text), Buffer.from([0xe2, 0x82]), Buffer.from('!\n')])
    const { findings } = await readAll(bytes, {}, 'csv')
    expect(findings).toMatchObject([
      { message: expect.stringContaining(`at byte ${Buffer.byteLength(text)};`) },
    ])
  })

  it('begins each row at its own line, whatever lies within quotes', async () => {
    const { records } = await readAll('a\n"1\n2\r\n3"\nx\n\ny\n', {}, 'csv')
    expect(records.map(({ line }) => line)).toEqual([2, 5, 7])
    const named = await readAll('sep=|\na|b\n"1\n2"|3\nx|y\n')
    expect(named.records.map(({ line }) => line)).toEqual([3, 5])
  })

  it('names the line where a quote was opened, not the last', async () => {
    const { findings } = await readAll(fixture('tables/broken.unclosed-quote.csv'))
    expect(findings).toMatchObject([{ code: 'bad_csv', line: 2 }])
    const later = await readAll('a,b\n"x ""y"" z","1\n2"\nq,"open\nfine,1\n')
    expect(later.findings).toMatchObject([{ code: 'bad_csv', line: 4 }])
  })

  it('refuses rows of another width by line, and reads the others', async () => {
    const { records, findings } = await readAll(fixture('tables/broken.ragged.csv'))
    expect(records.map(({ externalId }) => externalId)).toEqual(['q-1'])
    expect(findings).toMatchObject([{ line: 3 }, { line: 4 }])
  })

  it('types columns that are said to have one, with the decimal sign that is said', async () => {
    const types = { score: 'number', ok: 'boolean', tags: 'json' } as const
    const text = 'score;ok;tags;id\n1.234,5;TRUE;"[1]";007\n;0;;8\n'
    const found = await readAll(text, { types, decimal: ',' })
    expect(valuesOf(found, 'task').map(({ payload }) => payload)).toEqual([
      { score: 1234.5, ok: true, tags: [1], id: '007' },
      { score: null, ok: false, tags: null, id: '8' },
    ])
    const { findings } = await readAll('score;x\n0,75;\n9007199254740993;\n', { types: { score: 'number' } })
    expect(findings).toMatchObject([
      { code: 'bad_shape', line: 2, place: 'score' },
      { code: 'bad_shape', line: 3, place: 'score' },
    ])
  })

  it('nests dotted names only if asked to, and takes gold and priority by name', async () => {
    const text = 'user.name,gold.label,priority,externalId\nAda,yes,3,q-1\nBob,,,q-2\n'
    const found = await readAll(text)
    expect(valuesOf(found, 'task')).toEqual([
      { payload: { 'user.name': 'Ada' }, gold: { label: 'yes' }, priority: 3 },
      { payload: { 'user.name': 'Bob' } },
    ])
    const nested = await readAll('user.name,user.age\nAda,7\n', { nest: true })
    expect(valuesOf(nested, 'task')).toEqual([{ payload: { user: { name: 'Ada', age: '7' } } }])
  })

  it.each([false, true])('keeps names that objects inherit from as members, nested: %s', async (nest) => {
    const names = ['__proto__', 'a.__proto__.p', 'constructor.prototype.p', 'gold.__proto__', 'toString']
    const text = `${names.join(',')}\n1,2,3,4,5\n`
    const [task] = valuesOf(await readAll(text, { nest, types: {} }, 'csv'), 'task')
    expect(JSON.stringify(task)).toBe(
      nest
        ? '{"payload":{"__proto__":"1","a":{"__proto__":{"p":"2"}},"constructor":{"prototype":{"p":"3"}},"toString":"5"},"gold":{"__proto__":"4"}}'
        : '{"payload":{"__proto__":"1","a.__proto__.p":"2","constructor.prototype.p":"3","toString":"5"},"gold":{"__proto__":"4"}}',
    )
    expect(Reflect.get({}, 'p')).toBeUndefined()
    expect(Reflect.get(Object, 'p')).toBeUndefined()
  })

  it.each(['a,a.b', 'a.b,a', 'a.b.c,a.b'])(
    'refuses columns of which one lies in another: %s',
    async (header) => {
      const { records, findings } = await readAll(`${header}\n1,2\n3,4\n`, { nest: true }, 'csv')
      expect(records).toEqual([])
      expect(findings).toMatchObject([{ level: 'error', code: 'header_repeated', line: 1 }])
    },
  )

  it('refuses a number in a cell of JSON that no double holds, and takes its digits if it may', async () => {
    const text = 'id,tags\n1,"{""n"":12345678901234567890}"\n2,"[1e999]"\n3,"[7]"\n'
    const types = { tags: 'json' } as const
    const { records, findings } = await readAll(text, { types })
    expect(records.map(({ value }) => value)).toEqual([{ payload: { id: '3', tags: [7] } }])
    expect(findings).toMatchObject([
      { code: 'number_unsafe', line: 2, place: 'tags/n' },
      { code: 'number_unsafe', line: 3, place: 'tags/0' },
    ])
    const digits = await readAll(text, { types, numbers: 'string' })
    expect(valuesOf(digits, 'task').map(({ payload }) => payload)).toEqual([
      { id: '1', tags: { n: '12345678901234567890' } },
      { id: '2', tags: ['1e999'] },
      { id: '3', tags: [7] },
    ])
  })

  it('takes ids from a column that is named, and refuses those that are too long or missing', async () => {
    const { records, findings } = await readAll(`key,x\nk1,1\n${'k'.repeat(201)},2\n,3\n`, { idFrom: 'key' })
    expect(records.map(({ externalId }) => externalId)).toEqual(['k1'])
    expect(findings.map(({ code, line }) => [code, line])).toEqual([
      ['id_too_long', 3],
      ['id_missing', 4],
    ])
  })
})

/** Bytes at their places, with which hyparquet unpacks for ever. */
const ENDLESS = [
  [538, 100],
  [449, 71],
  [711, 93],
  [50, 130],
  [105, 174],
] as const

describe('a Parquet file', () => {
  it('gives lists, structs, dates and decimals as JSON has them', async () => {
    const found = await readAll(fixture('hf-datasets/duckdb.nested.zstd.parquet'))
    const [first] = valuesOf(found, 'task')
    expect(first?.payload).toMatchObject({
      id: 1,
      text: 'In Paris',
      answers: { text: expect.any(Array), answer_start: expect.any(Array) },
      price: 1.5,
      day: '2026-11-28T00:00:00.000Z',
      happened: '2026-11-28T15:00:00.000Z',
    })
    const exact = await readAll(fixture('hf-datasets/duckdb.nested.zstd.parquet'), { numbers: 'string' })
    expect(valuesOf(exact, 'task')[0]?.payload).toMatchObject({ price: '1.500', id: 1 })
  })

  it('is given up if it was broken so that unpacking it never ends', async () => {
    const bytes = Uint8Array.from(fixture('hf-datasets/train-00000-of-00001.parquet'))
    for (const [at, byte] of ENDLESS) bytes[at] = byte
    const { findings } = await readAll(bytes, { maxSeconds: 1 })
    expect(findings).toMatchObject([
      { level: 'error', code: 'bad_parquet', message: expect.stringMatching(/took more/) },
    ])
  })

  it('keeps the digits of an integer that no double holds, if they may be text', async () => {
    const found = await readAll(fixture('hf-datasets/train-00000-of-00001.parquet'), { numbers: 'string' })
    expect(valuesOf(found, 'task')[2]?.payload).toMatchObject({ id: '9007199254740993' })
    expect(found.findings).toEqual([])
  })
})
