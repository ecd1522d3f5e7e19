import { describe, expect, test } from 'vitest'
import type { FormQuestion } from './form.ts'
import { judgeGold } from './gold.ts'

const questions: readonly FormQuestion[] = [
  { id: 'label', type: 'choice', title: 'Label', options: [{ value: 'a' }, { value: 'b' }] },
  { id: 'rating', type: 'scale', title: 'Rating', min: 1, max: 5, agree: { by: 'ordinal', within: 1 } },
  { id: 'why', type: 'text', title: 'Why' },
]
const form = { questions }

describe('A known answer', () => {
  test('judges each question that it answers by its comparator', () => {
    const judged = judgeGold(form, { label: 'a', rating: 3 }, { label: 'b', rating: 4, why: 'so' })
    expect(judged).toEqual({
      right: false,
      answers: [
        { question: 'label', right: false, known: 'a', given: 'b' },
        { question: 'rating', right: true, known: 3, given: 4 },
      ],
    })
  })

  test('finds a submission right that agrees on every question, whatever else it says', () => {
    expect(judgeGold(form, { rating: 3 }, { label: 'b', rating: 2 }).right).toBe(true)
  })

  test('finds a question wrong that was left out', () => {
    const judged = judgeGold(form, { label: 'a' }, { rating: 1 })
    expect(judged).toEqual({
      right: false,
      answers: [{ question: 'label', right: false, known: 'a', given: undefined }],
    })
  })

  test('judges nothing by free words, by questions of other forms, or by what is no object', () => {
    const nothing = { right: null, answers: [] }
    expect(judgeGold(form, { why: 'because' }, { why: 'because' })).toEqual(nothing)
    expect(judgeGold(form, { other: 1, constructor: 1 }, { other: 1 })).toEqual(nothing)
    expect(judgeGold(form, ['a'], { label: 'a' })).toEqual(nothing)
  })
})
