import { describe, expect, it } from 'vitest'
import { fixture, readAll, valuesOf } from '../fixtures.test.support.ts'
import { canonical, contentId } from './canonical.ts'

const payloads = async (text: string): Promise<unknown[]> =>
  valuesOf(await readAll(text, {}, 'json'), 'task').map(({ payload }) => payload)

describe('JSON', () => {
  it.each([
    ['a list', '[{"a":1},\n {"a":"]}"}]\n'],
    ['a value a line', '{"a":1}\n\n{"a":"]}"}\n'],
    ['values behind each other', '{\n "a": 1\n}\n{ "a":\n "]}" }'],
    ['values on one line, the first cut by a line', '{"a":\n1} {"a":"]}"}'],
  ])('is read from %s, whatever the file is called', async (_, text) => {
    expect(await payloads(text)).toEqual([{ a: 1 }, { a: ']}' }])
  })

  it('tells line and column of a fault, and reads the other lines', async () => {
    const { records, findings } = await readAll('{"a":1}\n{"a":,}\n{"a":3}\n')
    expect(records).toHaveLength(2)
    expect(findings).toMatchObject([
      { code: 'bad_json', line: 2, message: expect.stringContaining('column 6') },
    ])
    const list = await readAll('[{"a":1},\n{"a":tru},\n{"a":3}]')
    expect(list.records).toHaveLength(2)
    expect(list.findings).toMatchObject([{ code: 'bad_json', line: 2, place: '/1/a' }])
  })

  it('says that a file was cut, at the line where its last value begins', async () => {
    const { records, findings } = await readAll('[{"a":1},\n{"a":2,\n"b":')
    expect(records).toHaveLength(1)
    expect(findings).toMatchObject([{ code: 'truncated', line: 2 }])
    expect((await readAll('[{"a":1}')).findings).toMatchObject([{ code: 'truncated' }])
    expect((await readAll('[{"a":1}] x')).findings).toMatchObject([{ code: 'bad_json' }])
    expect((await readAll('[{"a":1} {"a":2}]')).findings).toMatchObject([{ code: 'bad_json' }])
  })

  it('refuses integers that a double does not hold, with their place, unless they may be text', async () => {
    const bytes = fixture('hf-datasets/train.jsonl')
    expect((await readAll(bytes)).findings).toMatchObject([{ code: 'number_unsafe', line: 2, place: '/big' }])
    const exact = await readAll(bytes, { numbers: 'string' })
    expect(valuesOf(exact, 'task')[1]?.payload).toMatchObject({ big: '9007199254740993' })
    expect(await payloads('{"a":0.12345678901234567890,"b":1e23,"c":"9007199254740993"}')).toEqual([
      { a: 0.12345678901234568, b: 1e23, c: '9007199254740993' },
    ])
    expect((await readAll('{"a":1e999}')).findings).toMatchObject([{ code: 'number_unsafe', place: '/a' }])
  })

  it('refuses U+0000 and half of a pair, and knows them from their escaped backslash', async () => {
    expect((await readAll('{"a":"\\u0000"}')).findings).toMatchObject([{ code: 'bad_unicode', place: '/a' }])
    expect((await readAll('{"a":"\\ud83d"}')).findings).toMatchObject([{ code: 'bad_unicode', place: '/a' }])
    expect(await payloads('{"a":"\\ud83d\\ude00 \\\\u0000"}')).toEqual([{ a: '😀 \\u0000' }])
  })

  it('refuses what nests deeper than 64', async () => {
    const deep = `{"a":${'['.repeat(100_000)}`
    expect((await readAll(deep)).findings).toMatchObject([{ code: 'too_deep' }])
    expect(await payloads(`{"a":${'['.repeat(60)}${']'.repeat(60)}}`)).toHaveLength(1)
  })

  it('keeps a member that is called __proto__', async () => {
    const [payload] = await payloads('{"__proto__":{"a":NaN},"b":1}')
    expect(Object.keys(payload as object)).toEqual(['__proto__', 'b'])
  })

  it('takes lines that are shaped like our own interface apart', async () => {
    const found = await readAll(
      '{"payload":{"q":1},"externalId":"t","priority":2,"gold":{"a":"x"}}\n{"payload":{"q":2},"scenarioId":"s"}\n',
    )
    expect(found.records).toMatchObject([
      { kind: 'task', externalId: 't', value: { payload: { q: 1 }, priority: 2, gold: { a: 'x' } } },
      { kind: 'scenario', value: { scenarioId: 's', payload: { q: 2 } } },
    ])
    const whole = await readAll('{"payload":{"q":1},"other":1}')
    expect(valuesOf(whole, 'task')).toEqual([{ payload: { payload: { q: 1 }, other: 1 } }])
  })

  it('names labels by the card of the data set', async () => {
    const classLabels = { label: ['geography', 'maths'] }
    const found = await readAll(fixture('hf-datasets/train.jsonl'), { classLabels, split: 'train' })
    expect(valuesOf(found, 'task')[0]?.payload).toMatchObject({
      label: 'geography',
      _source: { split: 'train' },
    })
  })

  it('gives equal values equal ids', () => {
    expect(canonical({ b: [1, { y: null, x: 'é' }], a: 1e21 })).toBe('{"a":1e+21,"b":[1,{"x":"é","y":null}]}')
    expect(contentId({ a: 1, b: 2 })).toBe(contentId({ b: 2, a: 1 }))
    expect(contentId({ a: 1 })).toMatch(/^sha256:[\da-f]{32}$/)
  })
})
