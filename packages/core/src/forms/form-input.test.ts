import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { ValidationError } from '../errors.ts'
import type { Json } from '../json/json.ts'
import { readForm } from './form-input.ts'
import { formSchema } from './form-schema.ts'
import { formTemplates } from './templates.ts'

type Loose = { readonly [key: string]: Json }

const show = [
  { name: 'text', as: 'text', at: '/text' },
  {
    name: 'pair',
    as: 'compare',
    render: { as: 'text' },
    sides: [
      { id: 'a', at: '/a' },
      { id: 'b', at: '/b' },
    ],
  },
  {
    name: 'three',
    as: 'compare',
    render: { as: 'text' },
    sides: ['a', 'b', 'c'].map((id) => ({ id, at: `/${id}` })),
  },
  { name: 'list', as: 'compare', render: { as: 'text' }, each: '/list' },
] satisfies Json[]
const options = [{ value: 'low' }, { value: 'high' }]
const form = (...questions: Loose[]): Loose => ({
  name: 'f',
  title: 'F',
  show,
  questions: questions.map((question, place) => ({ id: `q${place}`, title: 'Q', ...question })),
})

/** Faults as `path rule`, and every path is one of a form that was refused. */
function faultsOf(input: unknown): string[] {
  try {
    readForm(input)
    return []
  } catch (refusal) {
    if (!(refusal instanceof ValidationError)) throw refusal
    return refusal.issues.map(({ path, rule }) => `${path} ${rule}`)
  }
}

describe('a form', () => {
  it.each<readonly [what: string, given: Json, faults: readonly string[]]>([
    ['an unknown type', form({ type: 'slider' }), ['questions[0].type option']],
    [
      'an unknown way of showing',
      { ...form({ type: 'yesNo' }), show: [{ name: 'x', as: 'video', at: '' }] },
      ['show[0].as option'],
    ],
    ['an unknown field', form({ type: 'yesNo', colour: 'red' }), ['questions[0].colour unknownField']],
    [
      'a field that is missing',
      { ...form({ type: 'yesNo' }), title: undefined as never },
      ['title required'],
    ],
    ['no questions', form(), ['questions tooFew']],
    ['51 questions', form(...Array.from({ length: 51 }, () => ({ type: 'yesNo' }))), ['questions tooMany']],
    [
      'a name twice',
      { ...form({ type: 'yesNo' }), show: [...show, show[0] as Json] },
      ['show[4].name repeated'],
    ],
    [
      'an id twice',
      form({ type: 'yesNo', id: 'x' }, { type: 'yesNo', id: 'x' }),
      ['questions[1].id repeated'],
    ],
    ['an id of a review', form({ type: 'yesNo', id: 'verdict' }), ['questions[0].id option']],
    [
      'a pointer that is none',
      { ...form({ type: 'yesNo' }), show: [{ name: 'x', as: 'text', at: 'text' }] },
      ['show[0].at text'],
    ],
    [
      'options without a value',
      form({ type: 'choice', options: [{ title: 'x' }, { value: 'y' }] }),
      ['questions[0].options[0].value required'],
    ],
    ['no options', form({ type: 'choice' }), ['questions[0].options required']],
    [
      'a value twice',
      form({ type: 'multi', options: [...options, { value: 'low' }] }),
      ['questions[0].options[2].value repeated'],
    ],
    [
      'a key twice',
      form({
        type: 'choice',
        options: [
          { value: 'a', key: 'x' },
          { value: 'b', key: 'x' },
        ],
      }),
      ['questions[0].options[1].key repeated'],
    ],
    ['sides of nothing', form({ type: 'ranking', of: 'nothing' }), ['questions[0].of unknownName']],
    ['sides of a text', form({ type: 'ranking', of: 'text' }), ['questions[0].of unknownName']],
    [
      'marks on a compare',
      form({ type: 'spans', of: 'pair', labels: [{ value: 'x' }] }),
      ['questions[0].of unknownName'],
    ],
    ['a pair of three', form({ type: 'pairwise', of: 'three' }), ['questions[0].of tooMany']],
    [
      'a side named tie',
      {
        ...form({ type: 'yesNo' }),
        show: [
          {
            name: 'p',
            as: 'compare',
            render: { as: 'text' },
            sides: [
              { id: 'tie', at: '/a' },
              { id: 'b', at: '/b' },
            ],
          },
        ],
      },
      ['show[0].sides[0].id option'],
    ],
    [
      'both sides and each',
      { ...form({ type: 'yesNo' }), show: [{ ...(show[1] as Loose), each: '/x' }] },
      ['show[0].each required'],
    ],
    [
      'a comparator of another type',
      form({ type: 'choice', options, agree: 'set' }),
      ['questions[0].agree comparator'],
    ],
    [
      'ordinal sides',
      form({ type: 'choice', of: 'pair', agree: 'ordinal' }),
      ['questions[0].agree comparator'],
    ],
    [
      'a bound of another comparator',
      form({ type: 'scale', min: 1, max: 5, agree: { by: 'ordinal', atLeast: 0.5 } }),
      ['questions[0].agree.atLeast unknownField'],
    ],
    [
      'an ordinal choice shuffled',
      form({ type: 'choice', options, agree: 'ordinal', shuffle: true }),
      ['questions[0].shuffle shuffle'],
    ],
    ['a scale upside down', form({ type: 'scale', min: 5, max: 1 }), ['questions[0].max min']],
    ['102 places', form({ type: 'scale', min: 0, max: 101 }), ['questions[0].step tooMany']],
    ['a maximum between steps', form({ type: 'scale', min: 0, max: 1, step: 0.3 }), ['questions[0].max max']],
    [
      'a label of no place',
      form({ type: 'scale', min: 1, max: 5, labels: { '6': 'x' } }),
      ['questions[0].labels.6 option'],
    ],
    ['a pattern without a length', form({ type: 'text', pattern: 'a+' }), ['questions[0].pattern pattern']],
    [
      'a pattern that looks back',
      form({ type: 'text', pattern: '(a)\\1', maxLength: 10 }),
      ['questions[0].pattern pattern'],
    ],
    [
      'a condition on a later question',
      form({ type: 'yesNo', showIf: { question: 'q1', is: true } }, { type: 'yesNo' }),
      ['questions[0].showIf.question laterQuestion'],
    ],
    [
      'a condition on itself',
      form({ type: 'yesNo', showIf: { question: 'q0', is: true } }),
      ['questions[0].showIf.question laterQuestion'],
    ],
    [
      'a condition of no kind',
      form({ type: 'yesNo' }, { type: 'yesNo', showIf: { question: 'q0', equals: true } }),
      ['questions[1].showIf option'],
    ],
    [
      'a condition that can never hold',
      form(
        { type: 'choice', options },
        {
          type: 'yesNo',
          showIf: {
            any: [
              { question: 'q0', is: 'middle' },
              { question: 'q0', atLeast: 1 },
            ],
          },
        },
      ),
      ['questions[1].showIf.any[0].is neverHolds', 'questions[1].showIf.any[1].atLeast neverHolds'],
    ],
    [
      'a condition beyond a scale',
      form(
        { type: 'scale', min: 1, max: 5 },
        { type: 'yesNo', showIf: { not: { question: 'q0', atLeast: 6 } } },
      ),
      ['questions[1].showIf.not.atLeast neverHolds'],
    ],
    [
      'a condition six deep',
      form(
        { type: 'yesNo' },
        {
          type: 'yesNo',
          showIf: [1, 2, 3, 4, 5].reduce<Json>((not) => ({ not }), { question: 'q0', is: true }),
        },
      ),
      ['questions[1].showIf.not.not.not.not.not tooDeep'],
    ],
    [
      'a keyword of no schema',
      form({ type: 'json', schema: { $ref: '#' } }),
      ['questions[0].schema.$ref unknownField'],
    ],
    [
      'a schema that says nonsense',
      form({ type: 'json', schema: { items: { minimum: 'a', type: 'text' } } }),
      ['questions[0].schema.items.minimum type', 'questions[0].schema.items.type type'],
    ],
    [
      'a schema nine deep',
      form({ type: 'json', schema: Array.from({ length: 8 }).reduce<Loose>((not) => ({ not }), {}) }),
      ['questions[0].schema.not.not.not.not.not.not.not.not tooDeep'],
    ],
    [
      'a schema that costs too much',
      form({ type: 'json', schema: { type: 'array', uniqueItems: true, items: { type: 'object' } } }),
      ['questions[0].schema tooCostly'],
    ],
    [
      'patterns in a list without end',
      form({
        type: 'json',
        schema: { items: { items: { type: 'string', maxLength: 500, pattern: 'a+b+' } } },
      }),
      ['questions[0].schema tooCostly'],
    ],
    [
      'columns of a text',
      {
        ...form({ type: 'yesNo' }),
        show: [{ name: 'x', as: 'text', at: '', columns: [{ at: '', title: 'x' }] }],
      },
      ['show[0].columns unknownField'],
    ],
    [
      'half a diff',
      { ...form({ type: 'yesNo' }), show: [{ name: 'x', as: 'diff', at: '', beforeAt: '/a' }] },
      ['show[0].afterAt required'],
    ],
    ['64 KiB', { ...form({ type: 'yesNo' }), example: { payload: 'x'.repeat(65_536) } }, [' tooLong']],
  ])('refuses %s by path and rule', (_, given, faults) => {
    expect(faultsOf(given)).toEqual(faults)
  })

  it('says what is admitted, in words', () => {
    expect(() => readForm(form({ type: 'slider' }))).toThrow(
      'questions[0].type needs type, one of choice, multi, yesNo, scale, number, text, ranking, pairwise, spans, json',
    )
    expect(() =>
      readForm(form({ type: 'choice', options }, { type: 'yesNo', showIf: { question: 'q0', is: 'x' } })),
    ).toThrow('questions[1].showIf.is can never hold: q0 is a choice that is never answered so')
  })

  it('may name its questions as what every object has', () => {
    const taken = readForm(
      form(
        { type: 'yesNo', id: 'constructor' },
        { type: 'yesNo', id: 'toString', showIf: { question: 'constructor', is: true } },
      ),
    )
    expect(taken.questions.map(({ id }) => id)).toEqual(['constructor', 'toString'])
  })

  it('drops the name of its meta-schema, by which an editor found it', () => {
    const one = form({ type: 'yesNo' })
    expect(readForm({ ...one, $schema: 'urn:muster:form' })).toEqual(one)
  })
})

describe('the meta-schema', () => {
  it('takes each form that the rules take', () => {
    const isForm = new Ajv2020({ strict: false }).compile(formSchema)
    const verdicts = { taken: 0, refused: 0 }
    const onlyOurs: Json[] = []
    for (const template of formTemplates) {
      for (const changed of changesOf(template as unknown as Json)) {
        const taken = faultsOf(changed).length === 0
        if (taken && !isForm(changed)) onlyOurs.push(changed)
        verdicts[taken ? 'taken' : 'refused'] += 1
      }
    }
    expect(onlyOurs).toEqual([])
    expect(verdicts.taken).toBeGreaterThan(100)
    expect(verdicts.refused).toBeGreaterThan(100)
  })
})

/** The form with each of its members in turn taken away, emptied, or made a number. */
function* changesOf(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    if (key === 'example') continue
    const inner = (value as Loose)[key] ?? null
    const put = (one: Json): Json => {
      if (!Array.isArray(value)) return { ...(value as Loose), [key]: one }
      return (value as Json[]).map((item, place) => (String(place) === key ? one : item))
    }
    if (!Array.isArray(value))
      yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    for (const odd of ['', 7, [], {}] satisfies Json[]) yield put(odd)
    for (const changed of changesOf(inner)) yield put(changed)
  }
}
