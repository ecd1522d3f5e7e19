import { describe, expect, it } from 'vitest'
import type { Json } from '../json/json.ts'
import { answerSchema } from './answer-schema.ts'
import { checkPart, checkResult, prefilledOf } from './check-result.ts'
import type { FormQuestion, NewForm } from './form.ts'
import { sidesOf } from './sides.ts'
import { formTemplates } from './templates.ts'

const asked = (...questions: FormQuestion[]): NewForm => ({
  name: 'f',
  title: 'F',
  show: [
    { name: 'text', as: 'text', at: '/text' },
    { name: 'pair', as: 'compare', render: { as: 'text' }, each: '/pair', idAt: '' },
  ],
  questions,
})
const template = (name: string): NewForm => formTemplates.find((form) => form.name === name) as NewForm
const faultsOf = (form: NewForm, payload: Json, result: unknown): string[] =>
  checkResult(form, payload, result).map(({ path, rule }) => `${path} ${rule}`)

describe('a result', () => {
  it('is refused with all its faults at once, each with its question, rule, place and words', () => {
    const { example } = template('pairwise')
    expect(
      checkResult(template('pairwise'), example?.payload, { overall: 'bothBad', margin: 'clearly', x: 1 }),
    ).toEqual([
      {
        path: 'result.margin',
        question: 'margin',
        rule: 'hidden',
        message: 'must be absent: it is asked only where overall is a or b',
      },
      { path: 'result.x', question: 'x', rule: 'unknownQuestion', message: 'is no question of the form' },
    ])
  })

  it.each<readonly [what: string, result: unknown, fault: string]>([
    ['no object', [], 'result type'],
    ['null', null, 'result type'],
    ['what JSON cannot keep', { correct: 1n }, 'result.correct type'],
    ['a list of 1 001', { broken: Array.from({ length: 1001 }, () => 'x') }, 'result.broken tooMany'],
    [
      '20 001 values',
      Object.fromEntries(
        Array.from({ length: 21 }, (_, n) => [`q${n}`, Array.from({ length: 999 }, () => 1)]),
      ),
      'result tooMany',
    ],
    ['more than 1 MiB', { reason: 'x'.repeat(1_048_577) }, 'result tooLong'],
  ])('is refused before its schema if it is %s', (_, result, fault) => {
    expect(faultsOf(template('rubric'), null, result)).toEqual([fault])
  })

  it('counts characters as code points, in texts and in marks', () => {
    const form = asked(
      { id: 'word', type: 'text', title: 'W', maxLength: 2, pattern: '\\p{L}+|😀+' },
      { id: 'marks', type: 'spans', title: 'M', of: 'text', labels: [{ value: 'x' }] },
    )
    const payload = { text: '😀b', pair: ['a', 'b'] }
    const mark = (end: number): Json => ({ word: '😀😀', marks: [{ start: 0, end, label: 'x' }] })
    expect(faultsOf(form, payload, mark(2))).toEqual([])
    expect(faultsOf(form, payload, mark(3))).toEqual(['result.marks[0].end withinText'])
    expect(faultsOf(form, payload, { word: '😀😀😀', marks: [] })).toEqual(['result.word tooLong'])
    expect(faultsOf(form, payload, { word: '1', marks: [] })).toEqual(['result.word pattern'])
  })

  it('does not take what every object has for an answer', () => {
    const form = asked(
      { id: 'constructor', type: 'yesNo', title: 'C' },
      { id: 'valueOf', type: 'text', title: 'V', showIf: { question: 'constructor', is: true } },
    )
    expect(faultsOf(form, null, {})).toEqual(['result.constructor required'])
    expect(faultsOf(form, null, { constructor: false })).toEqual([])
    expect(faultsOf(form, null, { constructor: true })).toEqual(['result.valueOf required'])
  })

  it('is held to the sides of its task, whatever they are called', () => {
    const form = asked(
      { id: 'better', type: 'pairwise', title: 'B', of: 'pair', tie: true },
      { id: 'order', type: 'ranking', title: 'O', of: 'pair' },
      { id: 'good', type: 'multi', title: 'G', of: 'pair' },
      { id: 'best', type: 'choice', title: 'B', of: 'pair' },
    )
    const payload = { text: '', pair: ['__proto__', 'b'] }
    const result = { better: 'tie', order: ['b', '__proto__'], good: ['__proto__'], best: 'b' }
    expect(faultsOf(form, payload, result)).toEqual([])
    expect(
      faultsOf(form, payload, {
        ...result,
        better: 'bothBad',
        order: ['b', 'b'],
        good: ['__proto__', '__proto__'],
        best: 'c',
      }),
    ).toEqual([
      'result.better unknownSide',
      'result.order notPermutation',
      'result.good repeated',
      'result.best unknownSide',
    ])
    expect(faultsOf(form, payload, { ...result, order: ['b'] })).toEqual(['result.order notPermutation'])
  })

  it('of a review has its verdict and comment beside the answers, by the schema that is published', () => {
    const form = template('rubric')
    const faults = (result: Json): string[] =>
      checkResult(form, form.example?.payload, result, { review: true }).map(
        ({ question, rule }) => `${question} ${rule}`,
      )
    const answers = (form.example?.result ?? {}) as { readonly [id: string]: Json }
    expect(faults({ ...answers, verdict: 'accept' })).toEqual([])
    expect(faults({ ...answers, verdict: 'return', comment: 'Again' })).toEqual([])
    expect(faults({ ...answers, verdict: 'no', comment: 'x'.repeat(10_001) })).toEqual([
      'verdict option',
      'comment tooLong',
    ])
    expect(faults(answers)).toEqual(['verdict required'])
    expect(faultsOf(form, form.example?.payload ?? null, { ...answers, verdict: 'accept' })).toEqual([
      'result.verdict unknownQuestion',
    ])
    const schema = answerSchema({ ...form, formId: 'f' as never }, {}, { review: true })
    expect(schema).toMatchObject({
      $id: 'urn:muster:form:f:review',
      properties: { verdict: { enum: ['accept', 'return'] }, comment: { maxLength: 10_000 }, correct: {} },
      required: ['verdict', 'correct', 'complete', 'clear', 'constraints'],
    })
    expect(answerSchema({ ...form, formId: 'f' as never })['properties']).not.toHaveProperty('verdict')
  })

  it('has a published schema that names the sides of a task, if asked for one', () => {
    const form = template('ranking')
    const properties = (schema: object): Record<string, object> =>
      (schema as { properties: Record<string, object> }).properties
    expect(properties(answerSchema(form))['unacceptable']).toMatchObject({
      items: { type: 'string' },
      maxItems: 20,
    })
    expect(
      properties(answerSchema(form, sidesOf(form, form.example?.payload ?? null)))['unacceptable'],
    ).toMatchObject({
      items: { type: 'string', enum: ['m1', 'm2', 'm3'] },
      maxItems: 3,
    })
  })
})

describe('a part of a result', () => {
  it('lacks what it likes, and may answer a question whose condition it says nothing of', () => {
    const form = template('pairwise')
    const faults = (part: Json): string[] =>
      checkPart(form, form.example?.payload, part).map(({ question, rule }) => `${question} ${rule}`)
    expect(faults({})).toEqual([])
    expect(faults({ margin: 'clearly' })).toEqual([])
    expect(faults({ margin: 'clearly', overall: 'tie' })).toEqual(['margin hidden'])
    expect(faults({ margin: 'very' })).toEqual(['margin option'])
    expect(faults({ criteria: { helpful: 'a' } })).toContain('criteria required')
  })

  it('is filled in from the payload if it is valid', () => {
    const form = template('classification')
    const filled = (predicted: Json): unknown => prefilledOf(form, { message: 'Hello Ann', predicted })
    expect(filled({ label: 'billing', entities: [{ start: 6, end: 9, label: 'person' }] })).toEqual({
      label: 'billing',
      entities: [{ start: 6, end: 9, label: 'person' }],
    })
    expect(
      filled({ label: 'nonsense', entities: [{ start: 6, end: 99, label: 'person' }], urgent: false }),
    ).toEqual({ urgent: false })
  })
})
