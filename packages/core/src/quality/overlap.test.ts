import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answers, FormQuestion, NewForm } from '../forms/form.ts'
import type { AdaptiveOverlap } from '../forms/until.ts'
import type { FormId, TaskId, UserId } from '../ids.ts'
import type { Belief } from './believed.ts'
import { haveClique } from './cliques.ts'
import { outcomeBelieved } from './outcome.ts'
import { decideOverlap, type OverlapQuestion, replayOverlap } from './overlap.ts'

const RATING: FormQuestion = {
  id: 'rating',
  type: 'choice',
  title: 'Rating',
  options: [{ value: 'good' }, { value: 'fair' }, { value: 'bad' }],
}
const NEAR: FormQuestion = {
  id: 'near',
  type: 'scale',
  title: 'Near',
  min: 1,
  max: 9,
  required: false,
  agree: { by: 'ordinal', within: 1 },
}
const BETTER: FormQuestion = {
  id: 'better',
  type: 'pairwise',
  title: 'Better',
  of: 'sides',
  tie: true,
  criteria: [
    { id: 'style', title: 'Style' },
    { id: 'facts', title: 'Facts' },
  ],
}
const FORM: NewForm = {
  name: 'rated',
  title: 'Rated',
  show: [
    {
      name: 'sides',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/a' },
        { id: 'b', at: '/b' },
      ],
    },
  ],
  questions: [RATING, NEAR, BETTER],
}

const PEOPLE = ['ann', 'ben', 'cem', 'dan', 'eva'] as unknown as readonly UserId[]

function asked(
  until: AdaptiveOverlap['until'],
  answers: readonly Answers[],
  more: Partial<OverlapQuestion> = {},
): OverlapQuestion {
  return {
    taskId: 'task' as TaskId,
    stepId: 'label',
    form: { ...FORM, formId: 'form' as FormId },
    overlap: { min: 2, max: 5, until },
    slots: answers.length,
    submissions: answers.map((one, place) => ({
      slotNo: place + 1,
      userId: PEOPLE[place] as UserId,
      answers: one,
    })),
    beliefs: [],
    now: new Date(0),
    givesUp: false,
    ...more,
  }
}

describe('overlap', () => {
  it('believes newcomers four times of five, and asks until the likeliest answer is likely enough', () => {
    const two = decideOverlap(
      asked([{ question: 'rating', posterior: 0.9 }], [{ rating: 'good' }, { rating: 'good' }]),
    )
    // Odds of 0.8 against 0.1, twice, from even shares of three answers.
    const share = 64 / 66
    expect(two.decision.until[0]?.posterior?.['good']).toBeCloseTo(share, 12)
    expect(two.decision).toMatchObject({ added: false, slots: 2, until: [{ holds: true, fit: null }] })
    const split = decideOverlap(
      asked([{ question: 'rating', posterior: 0.9 }], [{ rating: 'good' }, { rating: 'bad' }]),
    )
    expect(split.decision).toMatchObject({ added: true, until: [{ holds: false }] })
    expect(split.decision.until[0]?.posterior?.['good']).toBeCloseTo(8 / 17, 12)
  })

  it('uses the newest fit and what gold has shown since', () => {
    const beliefs: Belief[] = [
      {
        question: 'rating',
        fit: { number: 3, prevalence: [0.5, 0.25, 0.25] },
        people: [
          {
            userId: 'ann' as UserId,
            fitted: { accuracy: 0.95, labels: 95 },
            since: { right: 0, wrong: 100 },
          },
        ],
      },
    ]
    const { decision, input } = decideOverlap(
      asked([{ question: 'rating', posterior: 0.9 }], [{ rating: 'good' }, { rating: 'bad' }], { beliefs }),
    )
    expect(decision.until[0]).toMatchObject({
      fit: 3,
      answers: [
        { slotNo: 1, answer: 'good', accuracy: 0.475 },
        { slotNo: 2, answer: 'bad', accuracy: 0.8 },
      ],
    })
    expect(input.prevalence).toEqual({ rating: [0.5, 0.25, 0.25] })
    expect(JSON.stringify(decision)).not.toContain('ann')
  })

  it('never asks more than max, nor once it gives up', () => {
    const split = [{ rating: 'good' }, { rating: 'bad' }]
    const until = [{ question: 'rating', posterior: 0.9 }]
    const overlap = { min: 2, max: 2, until }
    expect(decideOverlap(asked(until, split, { overlap })).decision.added).toBe(false)
    expect(decideOverlap(asked(until, split, { givesUp: true })).decision).toMatchObject({
      added: false,
      gaveUp: true,
    })
  })

  it('needs answers that each agree with each other, and more than half of all', () => {
    const near = (...values: readonly number[]): boolean =>
      !decideOverlap(
        asked(
          [{ question: 'near', agreeing: 3 }],
          values.map((value) => ({ near: value })),
        ),
      ).decision.added
    expect(near(1, 2, 3)).toBe(false)
    expect(near(1, 2, 2)).toBe(true)
    expect(near(1, 5, 2, 2)).toBe(true)
    expect(
      decideOverlap(
        asked([{ question: 'near', agreeing: 2 }], [{ near: 1 }, { near: 1 }, { near: 5 }, { near: 9 }]),
      ).decision.added,
    ).toBe(true)
  })

  it('holds of a question that most were not asked', () => {
    const until = [
      { question: 'near', agreeing: 2 },
      { question: 'near', posterior: 0.99 },
    ]
    expect(decideOverlap(asked(until, [{}, { near: 1 }, {}])).decision.added).toBe(false)
    expect(decideOverlap(asked(until, [{ near: 1 }, { near: 9 }, {}])).decision.added).toBe(true)
  })

  it('judges each criterion of a pairwise question apart', () => {
    const until = [{ question: 'better', posterior: 0.8 }]
    const { decision } = decideOverlap(
      asked(until, [{ better: { style: 'a', facts: 'a' } }, { better: { style: 'a', facts: 'b' } }]),
    )
    expect(decision).toMatchObject({
      added: true,
      until: [
        { question: 'better', criterion: 'style', holds: true },
        { question: 'better', criterion: 'facts', holds: false },
      ],
    })
    const results = [{ better: { style: 'a', facts: 'a' } }, { better: { style: 'a', facts: 'b' } }]
    const posteriors = { 'better.style': { a: 0.9, b: 0.1 }, 'better.facts': { a: 0.4, b: 0.6 } }
    expect(outcomeBelieved(FORM, results, posteriors)).toEqual({ better: { style: 'a', facts: 'b' } })
  })

  it('decides the same in any order of slots, to the bit, and again from its record', () => {
    const answer = fc.constantFrom('good', 'fair', 'bad')
    const person = fc.record({ rating: answer, near: fc.integer({ min: 1, max: 9 }) })
    const known = fc.record({ accuracy: fc.double({ min: 0, max: 1, noNaN: true }), labels: fc.nat(100) })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(person, known), { minLength: 2, maxLength: 5 }),
        fc.infiniteStream(fc.nat()),
        (given, order) => {
          const until = [
            { question: 'rating', posterior: 0.9 },
            { question: 'near', agreeing: 2 },
          ]
          const people = given.map(([answers, fitted], place) => ({
            answers,
            belief: { userId: PEOPLE[place] as UserId, fitted, since: { right: 1, wrong: place } },
          }))
          const decide = (order: readonly (typeof people)[number][]) =>
            decideOverlap({
              ...asked(until, []),
              slots: order.length,
              submissions: order.map(({ answers, belief }, place) => ({
                slotNo: place + 1,
                userId: belief.userId,
                answers,
              })),
              beliefs: [
                {
                  question: 'rating',
                  fit: { number: 1, prevalence: [0.2, 0.3, 0.5] },
                  people: order.map(({ belief }) => belief),
                },
              ],
            })
          const one = decide(people)
          const keys = people.map(() => order.next().value as number)
          const other = decide(
            people.toSorted((a, b) => (keys[people.indexOf(a)] ?? 0) - (keys[people.indexOf(b)] ?? 0)),
          )
          const known = ({ decision }: typeof one) =>
            decision.until.map(({ holds, posterior }) => ({ holds, posterior }))
          expect(known(other)).toEqual(known(one))
          expect(other.decision.added).toBe(one.decision.added)
          const kept = JSON.parse(JSON.stringify(one)) as typeof one
          const { until: again, added } = replayOverlap(kept, FORM)
          expect({ until: again, added }).toEqual({ until: kept.decision.until, added: kept.decision.added })
        },
      ),
    )
  })

  it('finds things that are each alike, as trying all does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
        fc.integer({ min: 1, max: 6 }),
        (count, edges, size) => {
          const alike = (one: number, other: number): boolean =>
            edges[Math.min(one, other) * 8 + Math.max(one, other)] === true
          const all = Array.from({ length: 2 ** count }, (_, set) =>
            [...Array(count).keys()].filter((place) => (set >> place) & 1),
          )
          const found = all.some(
            (set) =>
              set.length >= size &&
              set.every((one) => set.every((other) => one === other || alike(one, other))),
          )
          expect(haveClique(count, size, alike)).toBe(found)
        },
      ),
    )
  })
})
