import { aStep, aWorkflow } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { type History, nextStep, resultsAgree, reviewedStep, type Submission } from './next-step.ts'

const ANNOTATE = aStep('annotate')
const REVIEW = aStep('review', { stepType: 'review' })
const CHECK = aStep('check', { stepType: 'automatic', jobType: 'check' })
const ON_DISAGREEMENT = aStep('settle', { stepType: 'adjudication', when: 'disagreement' })
const ON_REJECTION = aStep('decide', { stepType: 'adjudication', when: 'rejectedByReview' })

function history(submissions: readonly Submission[], wish: Partial<History> = {}): History {
  return { submissions, returnsSpent: false, complete: new Set(), ...wish }
}

const labels = (...given: readonly string[]): Submission[] =>
  given.map((label) => ({ stepId: 'annotate', result: { label } }))

describe('nextStep', () => {
  it('begins with the first step and ends after the last', () => {
    const workflow = aWorkflow([ANNOTATE, REVIEW])
    expect(nextStep(workflow, null, history([]))).toBe(ANNOTATE)
    expect(nextStep(workflow, 'annotate', history(labels('nl')))).toBe(REVIEW)
    expect(nextStep(workflow, 'review', history(labels('nl')))).toBeUndefined()
  })

  it('skips a step whose condition does not hold', () => {
    const workflow = aWorkflow([ANNOTATE, ON_DISAGREEMENT, REVIEW])
    expect(nextStep(workflow, 'annotate', history(labels('nl', 'nl')))).toBe(REVIEW)
    expect(nextStep(workflow, 'annotate', history(labels('nl', 'af')))).toBe(ON_DISAGREEMENT)
  })

  it('compares the nearest earlier annotation step alone', () => {
    const second = aStep('again')
    const workflow = aWorkflow([ANNOTATE, second, ON_DISAGREEMENT])
    const split = [...labels('nl', 'af'), { stepId: 'again', result: { label: 'nl' } }]
    expect(nextStep(workflow, 'again', history(split))).toBeUndefined()
  })

  it('passes over what is complete as it is', () => {
    const workflow = aWorkflow([ANNOTATE, REVIEW, CHECK])
    expect(nextStep(workflow, 'annotate', history([], { complete: new Set(['review']) }))).toBe(CHECK)
  })

  it('goes to the adjudication of rejected work only when returns are spent and the last verdict is return', () => {
    const workflow = aWorkflow([ANNOTATE, REVIEW, CHECK, ON_REJECTION])
    const verdicts = (...given: readonly string[]): Submission[] =>
      given.map((verdict) => ({ stepId: 'review', result: { verdict } }))
    const after = (submissions: readonly Submission[], returnsSpent: boolean) =>
      nextStep(workflow, 'review', history(submissions, { returnsSpent }))
    expect(after(verdicts('accept', 'return'), true)).toBe(ON_REJECTION)
    expect(after(verdicts('return', 'accept'), true)).toBe(CHECK)
    expect(after(verdicts('accept', 'return'), false)).toBe(CHECK)
    expect(nextStep(workflow, 'check', history(verdicts('accept')))).toBeUndefined()
  })
})

describe('reviewedStep', () => {
  it('is the nearest earlier step that people did and that is no review', () => {
    const workflow = aWorkflow([ANNOTATE, ON_DISAGREEMENT, REVIEW, aStep('second', { stepType: 'review' })])
    const done = new Set(['annotate', 'review'])
    expect(reviewedStep(workflow, 'second', done)).toBe(ANNOTATE)
    expect(reviewedStep(workflow, 'second', new Set([...done, 'settle']))).toBe(ON_DISAGREEMENT)
    expect(reviewedStep(workflow, 'annotate', done)).toBeUndefined()
  })
})

describe('agree', () => {
  it('compares labels if all have one, else the whole', () => {
    expect(resultsAgree([{ label: 'nl', sure: true }, { label: 'nl' }], null)).toBe(true)
    expect(resultsAgree([{ label: 'nl' }, { tag: 'nl' }], null)).toBe(false)
    expect(resultsAgree([{ label: null }, { label: null, more: 1 }], null)).toBe(true)
    expect(
      resultsAgree(
        [
          { a: [1, { b: 2 }], c: 3 },
          { c: 3, a: [1, { b: 2 }] },
        ],
        null,
      ),
    ).toBe(true)
    expect(resultsAgree(['nl', 'nl', 'af'], null)).toBe(false)
    expect(resultsAgree([], null)).toBe(true)
  })

  it('compares what the step points at, and nothing else', () => {
    const [one, other] = [
      { category: 'x', note: '1', 'a/b': [{ '~': 1 }] },
      { category: 'x', note: '2', 'a/b': [{ '~': 1 }] },
    ]
    expect(resultsAgree([one, other], '/category')).toBe(true)
    expect(resultsAgree([one, other], '/note')).toBe(false)
    expect(resultsAgree([one, other], '/a~1b/0/~0')).toBe(true)
    expect(resultsAgree([one, other], '')).toBe(false)
    expect(resultsAgree([{ label: 'nl', sure: 1 }, { label: 'nl' }], '')).toBe(false)
  })

  it('takes a value that is missing for none that is there', () => {
    expect(resultsAgree([{ category: 'x' }, {}], '/category')).toBe(false)
    expect(resultsAgree([{}, { category: 'x' }], '/category')).toBe(false)
    expect(resultsAgree([{ category: null }, {}], '/category')).toBe(false)
    expect(resultsAgree([{}, 'nothing', [1], null], '/category')).toBe(true)
    expect(resultsAgree([['nl'], ['nl', 'af']], '/0')).toBe(true)
    expect(resultsAgree([['nl'], ['nl']], '/length')).toBe(true)
    expect(resultsAgree([{}, { toString: 1 }], '/toString')).toBe(false)
  })
})
