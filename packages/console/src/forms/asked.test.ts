import { type Answers, checkResult, type FormQuestion, formTemplates } from '@muster/core/forms'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedOf, holds, ownQuestions, resultOf, stopsOf } from './asked.ts'

/** An answer that a question may get, whatever the task; undefined where only a task can say. */
function answerTo(question: FormQuestion): fc.Arbitrary<unknown> {
  switch (question.type) {
    case 'yesNo':
      return fc.boolean()
    case 'scale':
      return fc.integer({ min: question.min, max: question.max })
    case 'number':
      return fc.integer({ min: question.min ?? 0, max: question.max ?? 9 })
    case 'text':
      return fc.constant('long enough to be said of anything')
    case 'choice':
      return question.options
        ? fc.constantFrom(...question.options.map(({ value }) => value))
        : fc.constant(undefined)
    case 'multi':
      return question.options
        ? fc.subarray(
            question.options.map(({ value }) => value),
            { minLength: 1 },
          )
        : fc.constant(undefined)
    case 'pairwise':
      return question.criteria ? fc.constant(undefined) : fc.constantFrom('a', 'b', 'tie', 'bothBad')
    case 'ranking':
    case 'spans':
    case 'json':
      return fc.constant(undefined)
  }
}

describe('what is asked', () => {
  it.each(formTemplates.map((form) => [form.name, form] as const))(
    'is what the server asks, for any answers: %s',
    (_name, form) => {
      const answers = fc.record(
        Object.fromEntries(form.questions.map((question) => [question.id, answerTo(question)])),
        { requiredKeys: [] },
      )
      fc.assert(
        fc.property(answers, (drawn) => {
          const given = Object.fromEntries(Object.entries(drawn).filter(([, answer]) => answer !== undefined))
          const asked = new Set(askedOf(form.questions, given).map(({ id }) => id))
          const kept = resultOf(form.questions, given)
          // Of a result with nothing hidden in it, the server misses exactly what is asked and not answered.
          const faults = checkResult(form, undefined, kept as Answers)
          const missed = faults.filter(({ rule, path }) => rule === 'required' && /^result\.\w+$/.test(path))
          const open = form.questions.filter(
            ({ id, required }) => required !== false && asked.has(id) && kept[id] === undefined,
          )
          expect(new Set(missed.map(({ question }) => question))).toEqual(new Set(open.map(({ id }) => id)))
          expect(faults.filter(({ rule }) => rule === 'hidden')).toEqual([])
          for (const question of form.questions) {
            if (asked.has(question.id) || given[question.id] === undefined) continue
            const faulty = checkResult(form, undefined, {
              ...kept,
              [question.id]: given[question.id],
            } as Answers)
            expect(faulty.some(({ rule, question: id }) => rule === 'hidden' && id === question.id)).toBe(
              true,
            )
          }
        }),
        { numRuns: 100 },
      )
    },
  )

  it('holds no condition on a question without an answer, but that it has none', () => {
    expect(holds({ question: 'a', is: 'x' }, {})).toBe(false)
    expect(holds({ not: { question: 'a', is: 'x' } }, {})).toBe(true)
    expect(holds({ question: 'a', answered: false }, {})).toBe(true)
    expect(holds({ question: 'a', has: 'x' }, { a: ['x', 'y'] })).toBe(true)
    expect(
      holds(
        {
          all: [
            { question: 'a', atLeast: 2 },
            { question: 'a', atMost: 3 },
          ],
        },
        { a: 3 },
      ),
    ).toBe(true)
    expect(holds({ any: [{ question: 'a', in: [1, 2] }] }, { a: 3 })).toBe(false)
  })

  it('stops at every criterion of a comparison by criteria', () => {
    const [pairwise] = formTemplates.filter(({ name }) => name === 'pairwise')
    const stops = stopsOf(askedOf(pairwise?.questions ?? [], { overall: 'a' }))
    expect(stops.map(({ question, criterion }) => criterion ?? question.id)).toEqual([
      'overall',
      'helpful',
      'accurate',
      'deep',
      'concise',
      'margin',
      'reason',
    ])
  })

  it('asks a review for its verdict, and for words only if the work is sent back', () => {
    const questions = ownQuestions(null, 'review')
    expect(askedOf(questions, { verdict: 'accept' }).map(({ id }) => id)).toEqual(['verdict'])
    expect(resultOf(questions, { verdict: 'return', comment: 'Look again' })).toEqual({
      verdict: 'return',
      comment: 'Look again',
    })
    expect(resultOf(questions, { verdict: 'accept', comment: 'Look again' })).toEqual({ verdict: 'accept' })
  })
})
