import { ANNOTATE, openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { ValidationError } from '../errors.ts'
import type { NewForm } from '../forms/form.ts'
import type { FormId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { User } from '../people/person.ts'
import type { Aggregate } from './aggregation.ts'
import { fitUseCases, isDue, refitDue } from './fit-use-cases.ts'
import { LabelGatherer } from './labels.ts'

const FORM: NewForm = {
  name: 'judged',
  title: 'Judged',
  show: [
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'left', at: '/left' },
        { id: 'right', at: '/right' },
      ],
    },
  ],
  questions: [
    {
      id: 'rating',
      type: 'choice',
      title: 'Rating',
      required: false,
      options: [{ value: 'good' }, { value: 'bad' }],
    },
    {
      id: 'better',
      type: 'pairwise',
      title: 'Better',
      of: 'answers',
      tie: true,
      bothBad: true,
      required: false,
      criteria: [
        { id: 'style', title: 'Style' },
        { id: 'facts', title: 'Facts' },
      ],
    },
    { id: 'note', type: 'text', title: 'Note', required: false },
  ],
}
const PAYLOAD = { left: 'L', right: 'R' }

async function world(overlap = 3) {
  const engine = await openEngine({ steps: [{ ...ANNOTATE, form: FORM, assignmentsRequired: overlap }] })
  const people: User[] = []
  for (const name of ['Ann', 'Ben', 'Cem', 'Dan']) people.push(await engine.person(name))
  const { transactions, clock } = engine.deps
  const deps = { transactions, clock }
  return {
    ...engine,
    people,
    fitDeps: deps,
    fits: fitUseCases(deps),
    /** A task that the first people answered so. */
    async answered(answers: readonly Json[], wish: Parameters<typeof engine.task>[0] = {}) {
      const task = await engine.task({ payload: PAYLOAD, ...wish })
      for (const [place, answer] of answers.entries()) await engine.does(people[place] as User, answer)
      return task
    },
  }
}

async function all(aggregates: AsyncIterable<Aggregate>): Promise<Aggregate[]> {
  const read: Aggregate[] = []
  for await (const one of aggregates) read.push(one)
  return read
}

async function issuesOf(call: Promise<unknown>): Promise<string[]> {
  const refusal: unknown = await call.catch((error: unknown) => error)
  if (!(refusal instanceof ValidationError)) throw refusal
  return refusal.issues.map(({ path, message }) => `${path} ${message}`)
}

const rated = (...ratings: readonly string[]): Json[] => ratings.map((rating) => ({ rating }))

describe('fits', () => {
  it('rest on the answers of tasks that have gone on, and are believed from then on', async () => {
    const here = await world()
    // Ann and Ben agree with each other; Cem does not.
    for (let round = 0; round < 4; round++) {
      await here.answered(rated('good', 'good', 'bad'))
      await here.answered(rated('bad', 'bad', 'good'))
    }
    const [ann, ben, cem] = here.people as [User, User, User]
    const of = { question: 'rating' }
    const fit = await here.fits.refit(here.projectId, of)
    expect(fit).toMatchObject({
      number: 1,
      question: 'rating',
      settled: 8,
      converged: true,
      method: 'oneCoin',
    })
    expect(fit.prevalence[0]).toBeCloseTo(0.5, 9)
    const accuracy = new Map(fit.skills.map((skill) => [skill.userId, skill.accuracy]))
    expect(accuracy.get(ann.userId)).toBeGreaterThan(0.9)
    expect(accuracy.get(ben.userId)).toBeGreaterThan(0.9)
    expect(accuracy.get(cem.userId)).toBeLessThan(0.4)
    const again = await here.fits.refit(here.projectId, of)
    expect(again).toMatchObject({ number: 2, skills: fit.skills, prevalence: fit.prevalence })
    const listed = await here.fits.fits(here.projectId, {}, { limit: 1 })
    expect(listed.items).toEqual([again])
    const rest = await here.fits.fits(here.projectId, {}, { cursor: listed.nextCursor ?? '' })
    expect(rest).toEqual({ items: [fit], nextCursor: null })
    const formId = fit.formId
    const key = { projectId: here.projectId, stepId: 'annotate', formId }
    const [belief] = await here.stores.fits.believe(key, ['rating'], [cem.userId])
    expect(belief).toMatchObject({ fit: { number: 2 }, people: [{ fitted: { labels: 8 } }] })
  })

  it('are the same to the bit in whatever order tasks and people come', () => {
    const part = { key: 'q', question: 'q', criterion: null, classes: ['a', 'b', 'c'] }
    const tasks = Array.from({ length: 40 }, (_, nth) => ({
      taskId: `task ${String(nth).padStart(3, '0')}` as never,
      externalId: null,
      gold: nth % 7 === 0 ? 'a' : null,
      payload: null,
      isControl: nth % 14 === 0,
      answers: [1, 2, 3].map((person) => ({
        userId: `person ${(person * nth) % 5}` as never,
        answer: part.classes[(person * nth * nth) % 3] ?? null,
      })),
    }))
    const labels = (given: typeof tasks) => {
      const gatherer = new LabelGatherer(part)
      for (const task of given) gatherer.add(task)
      return gatherer.labels()
    }
    const one = labels(tasks)
    const other = labels(tasks.toReversed())
    expect(other.people).toEqual(one.people)
    expect(other.tasks).toEqual(one.tasks)
    const rows = ({ given }: typeof one) =>
      [...given.items].map((item, at) => `${item} ${given.people[at]} ${given.answers[at]}`).sort()
    expect(rows(other)).toEqual(rows(one))
  })

  it('are due after 50 new tasks and a tenth of all, and are made by one process at a time', async () => {
    expect([isDue(49, 0), isDue(50, 0), isDue(550, 500), isDue(1000, 910), isDue(1000, 900)]).toEqual([
      false,
      true,
      false,
      false,
      true,
    ])
    const here = await world(1)
    for (let task = 0; task < 49; task++) await here.answered(rated('good'))
    expect(await refitDue(here.fitDeps)).toBe(0)
    await here.answered(rated('bad'))
    const fitted = await Promise.all([refitDue(here.fitDeps), refitDue(here.fitDeps)])
    expect(fitted[0] + fitted[1]).toBe(1)
    expect(await refitDue(here.fitDeps)).toBe(0)
    const { items } = await here.fits.fits(here.projectId, {}, {})
    expect(items).toMatchObject([{ number: 1, settled: 50 }])
  })

  it('say so of nobody, of one person and of all the same, and never anything that is no number', async () => {
    const here = await world(1)
    const empty = await here.fits.refit(here.projectId, { question: 'rating' })
    expect(empty).toMatchObject({ settled: 0, prevalence: [0.5, 0.5], skills: [], converged: true })
    await here.answered([{}])
    await here.answered(rated('good'))
    const one = await here.fits.refit(here.projectId, { question: 'rating' })
    expect(one).toMatchObject({ settled: 1, skills: [{ labels: 1 }] })
    expect(JSON.stringify(one)).not.toContain('null')
    const lines = await all(here.fits.aggregates(here.projectId, { question: 'rating' }))
    expect(lines).toMatchObject([
      { value: null, posterior: null, answers: {} },
      { value: 'good', answers: { good: 1 } },
    ])
    expect(await here.fits.strengths(here.projectId, { criterion: 'style' })).toMatchObject({
      models: [],
      games: 0,
      chances: [],
    })
  })
})

describe('aggregates', () => {
  it('make one answer of many by each method, in the order of the tasks', async () => {
    const here = await world()
    for (let round = 0; round < 3; round++) {
      await here.answered(rated('good', 'good', 'bad'))
      await here.answered(rated('bad', 'bad', 'good'))
    }
    const split = await here.answered([{ rating: 'good' }, {}, { rating: 'bad' }], { externalId: 'split' })
    const { projectId } = here
    const valuesBy = async (method: 'majority' | 'weighted' | 'oneCoin' | 'dawidSkene' | 'mace') =>
      (await all(here.fits.aggregates(projectId, { question: 'rating', method }))).map(({ value }) => value)
    const agreed = ['good', 'bad', 'good', 'bad', 'good', 'bad']
    // One of three is no more than half.
    expect(await valuesBy('majority')).toEqual([...agreed, null])
    // Without a fit all are believed alike.
    expect(await valuesBy('weighted')).toEqual([...agreed, null])
    await here.fits.refit(projectId, { question: 'rating' })
    expect(await valuesBy('weighted')).toEqual([...agreed, 'good'])
    for (const method of ['oneCoin', 'dawidSkene'] as const)
      expect(await valuesBy(method)).toEqual([...agreed, 'good'])
    expect((await valuesBy('mace')).slice(0, 6)).toEqual(agreed)
    const lines = await all(here.fits.aggregates(projectId, { question: 'rating' }))
    expect(lines.at(-1)).toMatchObject({
      taskId: split.taskId,
      externalId: 'split',
      answers: { good: 1, bad: 1 },
    })
    const { posterior } = lines[0] as Aggregate
    expect((posterior?.['good'] ?? 0) + (posterior?.['bad'] ?? 0)).toBeCloseTo(1, 12)
    const first = await here.fits.aggregatesPage(projectId, { question: 'rating' }, { limit: 4 })
    const rest = await here.fits.aggregatesPage(
      projectId,
      { question: 'rating' },
      { limit: 4, cursor: first.nextCursor ?? '' },
    )
    expect([...first.items, ...rest.items]).toEqual(lines)
    expect(rest.nextCursor).toBeNull()
  })

  it('name what must be said of the answers that are meant', async () => {
    const { fits, projectId, workflows } = await world()
    const refused = (of: object) => issuesOf(fits.refit(projectId, of))
    expect(await refused({})).toEqual(['question is required: there are better, rating'])
    expect(await refused({ question: 'better' })).toEqual(['criterion is required: there are style, facts'])
    expect(await refused({ question: 'better', criterion: 'none' })).toEqual([
      'criterion must be one of style, facts',
    ])
    expect(await refused({ question: 'rating', criterion: 'style' })).toEqual([
      'criterion is of a question with criteria, which rating is not',
    ])
    expect(await refused({ question: 'note' })).toEqual([
      'question must have answers of this kind: the same few in every task, or a preference',
    ])
    expect(await refused({ question: 'nothing' })).toEqual(['question names no question of the step'])
    expect(await refused({ stepId: 'elsewhere' })).toEqual([
      'stepId names no step of the project that has a form',
    ])
    const other = await workflows.add({
      name: 'Other',
      steps: [{ ...ANNOTATE, form: { ...FORM, name: 'o' } }],
    })
    const formId = other.steps[0]?.formId as FormId
    expect(await refused({ formId, question: 'rating' })).toEqual(['formId names no form of the step'])
    expect(await fits.refit(projectId, { question: 'better', criterion: 'style' })).toMatchObject({
      question: 'better.style',
      prevalence: [0.25, 0.25, 0.25, 0.25],
    })
  })
})

describe('strengths', () => {
  it('rank models by what people preferred, by the names that the payload gives them', async () => {
    const here = await world(1)
    const prefer = (style: string): Json => ({ better: { style, facts: 'tie' } })
    const of = (left: string, right: string, scenarioId: string) => ({
      payload: { ...PAYLOAD, of: { scenarioId, sides: { left, right } } },
    })
    for (let nth = 0; nth < 6; nth++) {
      await here.answered([prefer('left')], of('large', 'small', `s${nth}`))
      await here.answered([prefer('right')], of('small', 'large', `s${nth}`))
      await here.answered([prefer(nth % 2 ? 'left' : 'bothBad')], of('large', 'middle', `t${nth}`))
    }
    await here.answered([prefer('left')], of('large', 'large', 'itself'))
    const asked = { question: 'better', criterion: 'style' }
    const found = await here.fits.strengths(here.projectId, asked)
    expect(found).toMatchObject({ criterion: 'style', games: 18, bothBad: 3, converged: true, level: 0.95 })
    expect(found.models.map(({ model, wins, losses, ties }) => [model, wins, losses, ties])).toEqual([
      ['large', 15, 0, 3],
      ['middle', 0, 3, 3],
      ['small', 0, 12, 0],
    ])
    const [large, middle, small] = found.models
    expect(large?.strength).toBeGreaterThan(middle?.strength ?? 9)
    expect(middle?.strength).toBeGreaterThan(small?.strength ?? 9)
    expect(large?.low).toBeLessThan(large?.strength ?? 0)
    expect(found.chances[0]?.[2]).toBeGreaterThan(0.8)
    const wide = await here.fits.strengths(here.projectId, { ...asked, level: 0.99 })
    expect(wide.models[0]?.low).toBeLessThan(large?.low ?? 0)
    // Without names of models, sides stand for them.
    await here.answered([prefer('left')])
    const sides = (await here.fits.strengths(here.projectId, asked)).models.map(({ model }) => model)
    expect(sides).toEqual(['large', 'left', 'middle', 'right', 'small'])
  })
})
