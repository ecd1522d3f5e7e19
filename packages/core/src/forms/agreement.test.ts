import { describe, expect, it } from 'vitest'
import type { Json } from '../json/json.ts'
import { distance } from './agreement.ts'
import { type FormQuestion, keysOf, type NewForm } from './form.ts'
import { outcomeOf } from './outcome.ts'
import { drawnPresentation, presentationOf } from './presentation.ts'
import { formTemplates } from './templates.ts'

type Loose = { readonly type: string; readonly [key: string]: Json }
const asked = (question: Loose): FormQuestion =>
  ({ id: 'q', title: 'Q', ...question }) as unknown as FormQuestion
const options = ['a', 'b', 'c', 'd'].map((value) => ({ value }))
const marks = (...spans: [number, number][]): Json =>
  spans.map(([start, end]) => ({ start, end, label: 'x' }))

describe('the distance of two answers', () => {
  it.each<readonly [what: string, question: Loose, a: Json, b: Json, expected: number | null]>([
    ['choices', { type: 'choice', options }, 'a', 'b', 1],
    ['ordinal choices', { type: 'choice', options, agree: 'ordinal' }, 'a', 'c', 2 / 3],
    ['places of a scale', { type: 'scale', min: 1, max: 5 }, 2, 5, 3 / 4],
    ['numbers between bounds', { type: 'number', min: 0, max: 100 }, 20, 70, 0.5],
    ['numbers without bounds', { type: 'number' }, 20, 70, null],
    ['a set and a part of it', { type: 'multi', options }, ['a', 'b'], ['a'], 1 - 0.5 * (2 / 3)],
    ['sets that overlap', { type: 'multi', options }, ['a', 'b'], ['b', 'c'], 1 - (1 / 3) * (1 / 3)],
    ['sets without a common option', { type: 'multi', options }, ['a'], ['b'], 1],
    ['two empty sets', { type: 'multi', options }, [], [], 0],
    ['marks', { type: 'spans', of: 't', labels: [{ value: 'x' }] }, marks([0, 4]), marks([2, 6]), 0.5],
    [
      'marks that one person made twice',
      { type: 'spans', of: 't', labels: [{ value: 'x' }] },
      marks([0, 4], [1, 3]),
      marks([0, 4]),
      0,
    ],
    ['rankings', { type: 'ranking', of: 'p' }, ['a', 'b', 'c'], ['a', 'c', 'b'], 1 / 3],
    ['a tie and an order', { type: 'ranking', of: 'p', ties: true }, [['a', 'b']], [['a'], ['b']], 0.5],
    ['texts that are compared', { type: 'text', agree: 'text' }, 'A  b', 'a b', 0],
    ['texts that are not', { type: 'text' }, 'a', 'b', null],
  ])('of %s', (_, question, a, b, expected) => {
    const got = distance(asked(question), a, b)
    expect(got === null ? null : got.toFixed(12)).toBe(expected === null ? null : expected.toFixed(12))
  })
})

describe('the outcome of a step', () => {
  const rubric = formTemplates.find(({ name }) => name === 'rubric') as NewForm

  it('has the outcome of each question that is compared, and null for those without a majority', () => {
    const grades = (correct: number, clear: number): Record<string, Json> => ({
      correct,
      complete: 5,
      clear,
      constraints: true,
      reason: 'x',
    })
    expect(outcomeOf(rubric, [grades(3, 1), grades(3, 3), grades(4, 5)])).toEqual({
      correct: 3,
      complete: 5,
      clear: null,
      constraints: true,
    })
  })

  it('is null if nothing has a majority, or nobody answered', () => {
    const form: NewForm = { ...rubric, questions: rubric.questions.slice(0, 1) }
    expect(outcomeOf(form, [{ correct: 1 }, { correct: 5 }])).toBeNull()
    expect(outcomeOf(form, [])).toBeNull()
  })

  it('puts sides that are equal into the order of the form, unless they may tie', () => {
    const question = {
      id: 'q',
      title: 'Q',
      type: 'ranking',
      of: 'p',
      agree: { by: 'ranking', atLeast: 0.3 },
    } as const
    const sides = ['c', 'b', 'a'].map((id) => ({ id, at: `/${id}` }))
    const form: NewForm = {
      name: 'f',
      title: 'F',
      show: [{ name: 'p', as: 'compare', render: { as: 'text' }, sides }],
      questions: [question],
    }
    const results = [{ q: ['a', 'b', 'c'] }, { q: ['b', 'a', 'c'] }]
    expect(outcomeOf(form, results)).toEqual({ q: ['b', 'a', 'c'] })
    const tied = { ...form, questions: [{ ...question, ties: true }] }
    expect(
      outcomeOf(
        tied,
        results.map(({ q }) => ({ q: q.map((side) => [side]) })),
      ),
    ).toEqual({ q: [['b', 'a'], ['c']] })
  })
})

describe('the order that is shown', () => {
  it('is drawn once for a task, and turned for each further slot', () => {
    const form = formTemplates.find(({ name }) => name === 'ranking') as NewForm
    const draws = [0.9, 0.1]
    const base = drawnPresentation(form, form.example?.payload ?? null, {
      next: () => draws.shift() ?? 0,
    })
    expect(base).toEqual({ sides: { candidates: ['m2', 'm1', 'm3'] }, options: {}, prefilled: [] })
    expect(presentationOf(base, 1)).toEqual(base)
    expect(presentationOf(base, 3).sides).toEqual({ candidates: ['m3', 'm2', 'm1'] })
  })
})

it('gives options without a key of their own the first free digit', () => {
  expect(keysOf([{ key: '1' }, {}, { key: 'x' }, {}])).toEqual(['1', '2', 'x', '3'])
  expect(keysOf(Array.from({ length: 10 }, () => ({}))).at(-1)).toBeNull()
})
