import {
  type Agreement,
  alpha,
  cohen,
  fleiss,
  percent,
  rankingAgreement,
  type Span,
  spanAgreement,
} from '@muster/statistics'
import { SeededRandom } from '@muster/testing'
import { ANNOTATE, FORM_OF_ALL_KINDS, openEngine, REVIEW, someAnswers } from '@muster/testing/worlds'
import { beforeAll, describe, expect, it } from 'vitest'
import { agree } from '../forms/agreement.ts'
import type { Answers, Form } from '../forms/form.ts'
import { formUseCases } from '../forms/form-use-cases.ts'
import type { UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { User } from '../people/person.ts'
import type { AgreementRequest, AgreementValue } from '../quality.ts'

type World = Awaited<ReturnType<typeof openEngine>>

/** What everybody said of each task. */
type Said = readonly { readonly userId: UserId; readonly answers: Answers }[]

let world: World
let form: Form
let people: User[]
const said: Said[] = []

beforeAll(async () => {
  world = await openEngine()
  form = await formUseCases(world.deps).add(FORM_OF_ALL_KINDS)
  const workflow = await world.workflows.add({
    name: 'All kinds',
    steps: [{ ...ANNOTATE, formId: form.formId, assignmentsRequired: 3 }],
  })
  await world.projects.change(world.projectId, { workflowId: workflow.workflowId })
  people = []
  for (const name of ['Ann', 'Ben', 'Cem']) people.push(await world.person(name))
  const random = new SeededRandom(3)
  for (let nth = 0; nth < 24; nth++) {
    await world.task({ requiredSkills: nth < 9 ? [{ anyOf: ['law'], dropAfterMinutes: 0 }] : [] })
    const answers: { userId: UserId; answers: Answers }[] = []
    for (const person of people) {
      const result = someAnswers(random) as Answers
      await world.does(person, result)
      answers.push({ userId: person.userId, answers: result })
    }
    said.push(answers)
  }
})

const itemsOf = <Value>(question: string, among: readonly Said[] = said): Value[][] =>
  among.map((task) =>
    task.flatMap(({ answers }) => (answers[question] === undefined ? [] : [answers[question] as Value])),
  )

async function read(request: AgreementRequest): Promise<AgreementValue> {
  const [value, ...more] = await world.quality.agreement(world.projectId, request)
  if (value === undefined || more.length > 0) throw new Error(`There are ${more.length + 1} values, not one`)
  return value
}

/** A value as the statistics of the answers themselves have it; sums of billionths are held to 8 places. */
const seen = ({ value, low, high, reason, items, answers, raters }: AgreementValue) =>
  shown({ value, low, high, reason, items, answers, raters })
const wanted = ({ value, interval, reason, items, answers }: Agreement) =>
  shown({
    value,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    reason,
    items,
    answers,
    raters: 3,
  })
const shown = (
  of: Pick<AgreementValue, 'value' | 'low' | 'high' | 'reason' | 'items' | 'answers' | 'raters'>,
) => ({
  ...of,
  value: of.value?.toFixed(8),
  low: of.low?.toFixed(6),
  high: of.high?.toFixed(6),
})

describe('agreement', () => {
  const questionOf = (id: string) => {
    const found = form.questions.find((question) => question.id === id)
    if (found === undefined) throw new Error(`There is no question ${id}`)
    return found
  }

  it.each(['kind', 'good', 'grade', 'tags', 'weight', 'words', 'order', 'marks'])(
    'gives the percent of %s that the answers themselves give',
    async (question) => {
      const of = questionOf(question)
      const given = percent(itemsOf<Json>(question), { agree: (one, other) => agree(of, one, other) })
      expect(seen(await read({ question, coefficient: 'percent' }))).toEqual(wanted(given))
    },
  )

  it('gives the α of names, ranks, numbers, amounts and sets that the answers themselves give', async () => {
    const of = (question: string, more: AgreementRequest = {}) =>
      read({ question, coefficient: 'alpha', ...more })
    expect(seen(await of('kind'))).toEqual(wanted(alpha(itemsOf<string>('kind'))))
    expect(seen(await of('good'))).toEqual(wanted(alpha(itemsOf<boolean>('good'))))
    expect(seen(await of('grade'))).toEqual(
      wanted(alpha(itemsOf<number>('grade'), { difference: 'ordinal' })),
    )
    expect(seen(await of('weight'))).toEqual(
      wanted(alpha(itemsOf<number>('weight'), { difference: 'interval' })),
    )
    expect(seen(await of('weight', { difference: 'ratio' }))).toEqual(
      wanted(alpha(itemsOf<number>('weight'), { difference: 'ratio' })),
    )
    expect(seen(await of('tags'))).toEqual(
      wanted(alpha(itemsOf<readonly string[]>('tags'), { difference: 'set' })),
    )
  })

  it('gives Fleiss’ κ, F1, IoU and τ that the answers themselves give', async () => {
    const table = itemsOf<string>('kind').map((item) =>
      ['1', 'two'].map((kind) => item.filter((answer) => answer === kind).length),
    )
    expect(seen(await read({ question: 'kind', coefficient: 'fleiss' }))).toEqual(wanted(fleiss(table)))
    const spans = spanAgreement(itemsOf<readonly Span[]>('marks'))
    expect(seen(await read({ question: 'marks', coefficient: 'f1' }))).toEqual(wanted(spans.f1))
    expect(seen(await read({ question: 'marks', coefficient: 'iou' }))).toEqual(wanted(spans.iou))
    const rankings = itemsOf<readonly string[]>('order').map((item) =>
      item.map((ranking) => ranking.map((side) => [side])),
    )
    expect(seen(await read({ question: 'order', coefficient: 'tau' }))).toEqual(
      wanted(rankingAgreement(rankings)),
    )
  })

  it('gives the level that is asked for', async () => {
    const given = alpha(itemsOf<string>('kind'), { level: 0.8 })
    expect(seen(await read({ question: 'kind', coefficient: 'alpha', level: 0.8 }))).toEqual(wanted(given))
  })

  it('gives agreement on the tasks that require a skill', async () => {
    const values = await world.quality.agreement(world.projectId, { question: 'kind', by: 'skill' })
    expect(values.map(({ group, coefficient }) => [group, coefficient])).toEqual([
      [{ skill: 'law' }, 'percent'],
      [{ skill: 'law' }, 'fleiss'],
      [{ skill: 'law' }, 'alpha'],
    ])
    const [, , ofLaw] = values
    expect(seen(ofLaw as AgreementValue)).toEqual(wanted(alpha(itemsOf<string>('kind', said.slice(0, 9)))))
  })

  it('gives Cohen’s κ and percent of each pair, weighted by rank where answers have one', async () => {
    const values = await world.quality.agreement(world.projectId, {
      question: 'grade',
      by: 'pair',
      coefficient: 'cohen',
      weights: 'quadratic',
    })
    const ids = people.map(({ userId }) => userId).sort()
    expect(values.map(({ group }) => group)).toEqual([
      { a: ids[0], b: ids[1] },
      { a: ids[0], b: ids[2] },
      { a: ids[1], b: ids[2] },
    ])
    const of = (task: Said, userId: UserId | undefined) =>
      Number(task.find((one) => one.userId === userId)?.answers['grade'])
    const table = [1, 2, 3].map((one) =>
      [1, 2, 3].map(
        (other) => said.filter((task) => of(task, ids[0]) === one && of(task, ids[1]) === other).length,
      ),
    )
    const kappa = cohen(table, { weights: 'quadratic' })
    expect(values[0]).toMatchObject({ items: 24, raters: 2, answers: 48, reason: null })
    expect(values[0]?.value).toBeCloseTo(kappa.value ?? Number.NaN, 12)
    expect(values[0]?.low).toBeCloseTo(kappa.interval?.low ?? Number.NaN, 12)
  })

  it('says of a text how far pairs agree, and of what is not compared nothing', async () => {
    const pairs = await world.quality.agreement(world.projectId, { question: 'words', by: 'pair' })
    expect(pairs.map(({ coefficient, items }) => [coefficient, items])).toEqual([
      ['percent', 24],
      ['percent', 24],
      ['percent', 24],
    ])
    expect(await world.quality.agreement(world.projectId, { question: 'notes' })).toEqual([])
  })

  it('shows pairs in a matrix, those with few common tasks by their number alone', async () => {
    const matrix = await world.quality.matrix(world.projectId, { stepId: 'annotate', question: 'good' })
    expect(matrix.people).toEqual(people.map(({ userId }) => userId).sort())
    expect(matrix.cells).toHaveLength(3)
    for (const { items, percent: share, cohen: kappa } of matrix.cells) {
      expect(share === null).toBe(items < 10)
      expect(kappa === null).toBe(items < 10)
    }
    expect(matrix.cells.some(({ items }) => items >= 10)).toBe(true)
    const sets = await world.quality.matrix(world.projectId, { stepId: 'annotate', question: 'tags' })
    expect(sets.cells.map(({ cohen: kappa }) => kappa)).toEqual([null, null, null])
    expect(sets.cells.every(({ percent: share }) => share !== null)).toBe(true)
  })

  it('refuses what there is none of, by name', async () => {
    const refused = (request: AgreementRequest) => world.quality.agreement(world.projectId, request)
    await expect(refused({ stepId: 'other' })).rejects.toMatchObject({
      issues: [{ path: 'stepId', message: 'names no step of the project' }],
    })
    await expect(refused({ question: 'other' })).rejects.toMatchObject({ issues: [{ path: 'question' }] })
    await expect(refused({ coefficient: 'cohen' })).rejects.toMatchObject({
      issues: [{ path: 'coefficient' }],
    })
    await expect(refused({ question: 'tags', coefficient: 'fleiss' })).rejects.toMatchObject({
      issues: [{ path: 'coefficient' }],
    })
    await expect(refused({ level: 1 })).rejects.toMatchObject({ issues: [{ path: 'level' }] })
    await expect(world.quality.agreement(people[0]?.userId as never)).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('agreement that cannot be', () => {
  it('is a stated answer: nobody answered, one person did, or all said the same', async () => {
    const scarce = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }, REVIEW] })
    const values = async () => {
      const found = await scarce.quality.agreement(scarce.projectId, { stepId: 'annotate' })
      return Object.fromEntries(
        found.map(({ coefficient, value, low, high, reason, items, raters }) => [
          coefficient,
          { value, low, high, reason, items, raters },
        ]),
      )
    }
    const nothing = { value: null, low: null, high: null, items: 0, raters: 0 }
    const everywhere = (reason: string) => ({
      percent: { ...nothing, reason },
      fleiss: { ...nothing, reason },
      alpha: { ...nothing, reason },
    })
    expect(await values()).toEqual(everywhere('empty'))
    const [ann, ben] = [await scarce.person('Ann'), await scarce.person('Ben')]
    await scarce.task()
    await scarce.does(ann, { label: 'nl' })
    expect(await values()).toEqual(everywhere('empty'))
    await scarce.does(ben, { label: 'nl' })
    const noVariation = { value: null, low: null, high: null, reason: 'no_variation', items: 1, raters: 2 }
    expect(await values()).toEqual({
      percent: { value: 1, low: null, high: null, reason: null, items: 1, raters: 2 },
      fleiss: noVariation,
      alpha: noVariation,
    })
    const [pair] = await scarce.quality.agreement(scarce.projectId, { by: 'pair', coefficient: 'cohen' })
    expect(pair).toMatchObject({ value: null, reason: 'no_variation', items: 1 })
  })

  it('says that one person alone answered', async () => {
    const alone = await openEngine({ steps: [ANNOTATE] })
    await alone.task()
    await alone.does(await alone.person('Ann'), { label: 'nl' })
    const found = await alone.quality.agreement(alone.projectId)
    expect(found.map(({ coefficient, reason, items }) => [coefficient, reason, items])).toEqual([
      ['percent', 'one_rater', 0],
      ['fleiss', 'one_rater', 0],
      ['alpha', 'one_rater', 0],
    ])
  })

  it('takes 1 and "1" for two answers, and long ones for what they are', async () => {
    const odd = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }] })
    const [ann, ben] = [await odd.person('Ann'), await odd.person('Ben')]
    const long = 'x'.repeat(5_000)
    for (const [one, other] of [
      [1, '1'],
      [long, long],
      [long, `${long}y`],
      [
        { b: 1, a: 2 },
        { a: 2, b: 1 },
      ],
      ['\n', '\n'],
    ] as const) {
      await odd.task()
      await odd.does(ann, { label: one })
      await odd.does(ben, { label: other })
    }
    const [share] = await odd.quality.agreement(odd.projectId, { coefficient: 'percent' })
    expect(share).toMatchObject({ items: 5, value: 0.6 })
    const [pair] = await odd.quality.agreement(odd.projectId, { coefficient: 'percent', by: 'pair' })
    expect(pair).toMatchObject({ items: 5, value: 0.6 })
  })
})
