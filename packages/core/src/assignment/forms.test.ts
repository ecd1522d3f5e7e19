import { ADJUDICATE, ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { ValidationError } from '../errors.ts'
import type { Form, NewForm } from '../forms/form.ts'
import { formTemplates } from '../forms/templates.ts'
import type { Json } from '../json/json.ts'

const template = (name: string): NewForm => formTemplates.find((form) => form.name === name) as NewForm
const RUBRIC = template('rubric')
const PAYLOAD = RUBRIC.example?.payload ?? null
const grades = (more: object = {}): Json => ({
  correct: 3,
  complete: 5,
  clear: 5,
  constraints: true,
  ...more,
})

/** What a call is refused with, as `path rule`. */
async function faultsOf(call: Promise<unknown>): Promise<string[]> {
  try {
    await call
  } catch (refusal) {
    if (refusal instanceof ValidationError)
      return refusal.issues.map(({ path, rule }) => (rule === undefined ? path : `${path} ${rule}`))
    throw refusal
  }
  throw new Error('It was not refused')
}

describe('steps with forms', () => {
  it.each(formTemplates.map((form) => [form.name, form] as const))(
    'lead a task of %s through annotation, review and adjudication',
    async (_, form) => {
      const world = await openEngine({
        steps: [
          { ...ANNOTATE, assignmentsRequired: 2, form },
          { ...REVIEW, form: RUBRIC },
          { ...ADJUDICATE, when: 'rejectedByReview' },
        ],
        config: { maxReturns: 0 },
      })
      const { payload, result = {} } = form.example ?? { payload: null }
      const people = [
        await world.person('Ann'),
        await world.person('Ben'),
        await world.person('Cem'),
        await world.person('Dan'),
      ]
      const [ann, ben, cem, dan] = people
      if (!ann || !ben || !cem || !dan) throw new Error('Four people make the story')
      await world.task({ payload: { ...(PAYLOAD as object), ...(payload as object) } })
      await world.does(ann, result)
      await world.does(ben, result)
      const review = { verdict: 'return', comment: 'No', ...(RUBRIC.example?.result as object) }
      await world.does(cem, review)
      await world.does(dan, result)
      const [done] = await world.results()
      expect(done).toMatchObject({ outcome: result, settled: true })
      expect(done?.submissions.map((one) => one.result)).toEqual([result, result, review, result])
    },
  )

  it('make the forms that come with them, and name those that are there', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, form: RUBRIC }, REVIEW, ADJUDICATE] })
    const [annotate, review, adjudicate] = world.workflow.steps
    const form = (await world.stores.forms.findLatest('rubric')) as Form
    expect([annotate?.formId, review?.formId, adjudicate?.formId]).toEqual([form.formId, null, form.formId])
    const again = await world.workflows.add({
      name: 'Again',
      steps: [
        { ...ANNOTATE, formId: form.formId },
        { ...REVIEW, form: RUBRIC },
      ],
    })
    expect(again.steps.map(({ formId }) => formId)).toEqual([form.formId, form.formId])
  })

  it('are refused with forms that are not there, not whole, or not theirs to have', async () => {
    const { workflows, stores } = await openEngine()
    const add = (step: object): Promise<string[]> =>
      faultsOf(workflows.add({ name: 'Wrong', steps: [{ ...ANNOTATE, ...step }] }))
    expect(await add({ formId: '01900000-0000-7000-8000-00000000ffff' })).toEqual(['steps[0].formId'])
    expect(await add({ form: { ...RUBRIC, questions: [] } })).toEqual(['steps[0].form.questions tooFew'])
    expect(await add({ form: { ...RUBRIC, example: { payload: {} } } })).toEqual([
      'steps[0].form.example.payload.question required',
      'steps[0].form.example.payload.answer required',
    ])
    expect(await add({ form: RUBRIC, agreeOn: '/correct' })).toEqual(['steps[0].agreeOn'])
    expect(await add({ form: RUBRIC, formId: '01900000-0000-7000-8000-00000000ffff' })).toEqual([
      'steps[0].formId',
    ])
    expect(await stores.forms.list({}, { limit: 9 })).toEqual([])
  })

  it('refuse a submission with every fault by question and rule, and the hold goes on', async () => {
    const world = await openEngine({
      steps: [
        { ...ANNOTATE, form: RUBRIC },
        { ...REVIEW, form: template('critique') },
      ],
    })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task({
      payload: { ...(PAYLOAD as object), messages: [{ role: 'user', content: '?' }], output: 'x' },
    })
    const held = await world.claimAndStart(ann)
    expect(
      await faultsOf(world.submitAs(ann, held, grades({ correct: 9, mood: 1, constraints: false }))),
    ).toEqual(['result.correct option', 'result.broken required', 'result.mood unknownQuestion'])
    expect(await world.engine.get(held.assignmentId)).toMatchObject({
      status: 'in_progress',
      result: null,
      attempt: 1,
    })
    await world.submitAs(ann, held, grades())
    const review = await world.claimAndStart(ben)
    expect(await faultsOf(world.submitAs(ben, review, { verdict: 'accept', pass: true }))).toEqual([
      'result.critique required',
    ])
    expect(await faultsOf(world.submitAs(ben, review, { verdict: 'maybe', mood: 1, pass: true }))).toEqual([
      'result.critique required',
      'result.mood unknownQuestion',
      'result.verdict option',
    ])
    expect(await faultsOf(world.submitAs(ben, review, { comment: 1 }))).toContain('result.comment type')
    expect(await faultsOf(world.submitAs(ben, review, { comment: 1 }))).toContain('result.verdict required')
    await world.submitAs(ben, review, {
      verdict: 'accept',
      comment: 'Good',
      pass: true,
      critique: 'Nothing at all to be said.',
    })
    expect(await world.results()).toMatchObject([{ outcome: grades(), settled: true }])
  })

  it('take free words beside a result, which are not compared and which judges see without names', async () => {
    const world = await openEngine({
      steps: [
        { ...ANNOTATE, assignmentsRequired: 2, form: { ...RUBRIC, comment: true } },
        { ...REVIEW, form: { ...RUBRIC, name: 'own', comment: true } },
        { ...ADJUDICATE, when: 'disagreement' },
      ],
      config: { maxReturns: 1 },
    })
    const people = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')] as const
    const [ann, ben, cem] = people
    await world.task({ payload: PAYLOAD })
    const submit = async (person: (typeof people)[number], result: Json, comment?: string) => {
      const { assignmentId } = await world.claimAndStart(person)
      return world.engine.submit({ assignmentId, by: world.by(person), result, comment })
    }
    const said = await submit(ann, grades(), 'The second sentence is odd.')
    expect(said).toMatchObject({ comment: 'The second sentence is odd.', result: grades() })
    expect(await submit(ben, grades(), '')).toMatchObject({ comment: null })
    const review = await world.claimAndStart(cem)
    const byCem = { assignmentId: review.assignmentId, by: world.by(cem) }
    const { submissions } = await world.engine.work(review.assignmentId, world.by(cem))
    expect(new Set(submissions.map(({ comment }) => comment))).toEqual(
      new Set(['The second sentence is odd.', null]),
    )
    const seen = await world.engine.view(said.assignmentId, world.by(cem))
    expect(seen).toMatchObject({ userId: null, comment: 'The second sentence is odd.' })
    const verdict = { verdict: 'return', comment: 'Look again', ...(grades() as object) }
    expect(await faultsOf(world.engine.submit({ ...byCem, result: verdict, comment: 'x' }))).toEqual([
      'comment unknownField',
    ])
    await world.engine.submit({ ...byCem, result: verdict })
    const again = await world.held(ann)
    expect(again).toMatchObject({ returnComment: 'Look again', comment: 'The second sentence is odd.' })
    expect((await world.engine.work(again.assignmentId, world.by(ann))).start).toEqual(grades())
    await world.finish(ann, again, grades())
    await world.finish(ben, await world.held(ben), grades())
    await world.finish(cem, await world.held(cem), { ...verdict, verdict: 'accept' })
    const [result] = await world.results()
    expect(result).toMatchObject({ outcome: grades(), settled: true })
    expect(result?.submissions.map(({ slotNo, comment }) => [slotNo, comment])).toEqual([
      [1, null],
      [2, null],
      [1, null],
    ])
  })

  it.each([
    ['whose form does not ask for them', [{ ...ANNOTATE, form: { ...RUBRIC, comment: false } }]],
    ['without a form', [ANNOTATE]],
  ])('refuse free words by name at a step %s', async (_, steps) => {
    const world = await openEngine({ steps })
    const ann = await world.person('Ann')
    await world.task({ payload: PAYLOAD })
    const { assignmentId } = await world.claimAndStart(ann)
    const call = { assignmentId, by: world.by(ann), comment: 'x' }
    const refused = ['comment unknownField']
    expect(await faultsOf(world.engine.submit({ ...call, result: grades() }))).toEqual(refused)
    expect(await faultsOf(world.engine.saveDraft({ ...call, answers: grades() }))).toEqual(refused)
    const tooLong = { ...call, comment: 'x'.repeat(10_001) }
    expect(await faultsOf(world.engine.submit({ ...tooLong, result: grades() }))).toEqual(['comment'])
  })

  it('let a form say by which codes a task may be skipped, and that words are needed', async () => {
    const form = { ...RUBRIC, skip: { codes: ['unclear', 'other'] as const, commentRequired: true } }
    const world = await openEngine({ steps: [{ ...ANNOTATE, form }] })
    const ann = await world.person('Ann')
    await world.task({ payload: PAYLOAD })
    const { assignmentId } = await world.claim(ann)
    const reject = (code: 'unclear' | 'broken_item', comment?: string): Promise<unknown> =>
      world.engine.reject({ assignmentId, by: world.by(ann), code, comment })
    expect(await faultsOf(reject('broken_item', 'x'))).toEqual(['code option'])
    expect(await faultsOf(reject('unclear', ' '))).toEqual(['comment required'])
    expect(await faultsOf(reject('broken_item'))).toEqual(['code option', 'comment required'])
    expect(await reject('unclear', 'Which answer?')).toMatchObject({ status: 'rejected' })
  })
})

describe('answers of several people', () => {
  const twoOf = (form: NewForm) =>
    openEngine({
      steps: [
        { ...ANNOTATE, assignmentsRequired: 2, form },
        { ...ADJUDICATE, when: 'disagreement' },
      ],
    })

  it('disagree by the comparators of their questions, and not by what is never compared', async () => {
    const world = await twoOf(template('summary-quality'))
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const payload = template('summary-quality').example?.payload ?? null
    const rate = (coherence: number): Json => ({ coherence, consistency: 5, fluency: 5, relevance: 5 })
    const near = await world.task({ payload })
    await world.does(ann, rate(3))
    await world.does(ben, rate(4))
    expect(await world.tasks.get(near.taskId)).toMatchObject({ status: 'completed' })
    const far = await world.task({ payload })
    await world.does(ann, rate(3))
    await world.does(ben, rate(5))
    expect(await world.tasks.get(far.taskId)).toMatchObject({ status: 'open', currentStepId: 'adjudicate' })
  })

  it('come to an outcome by question, which is settled only without a null', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 3, form: RUBRIC }] })
    const people = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => world.person(name)))
    await world.task({ payload: PAYLOAD })
    for (const [place, person] of people.entries()) await world.does(person, grades({ clear: place + 1 }))
    expect(await world.results()).toMatchObject([
      { outcome: { correct: 3, complete: 5, clear: null, constraints: true }, settled: false },
    ])
  })
})

describe('tasks', () => {
  it('are added only if every people step can show their payload, and their gold is a part of a result', async () => {
    const world = await openEngine({
      steps: [
        { ...ANNOTATE, form: RUBRIC },
        { ...REVIEW, form: template('critique') },
      ],
    })
    expect(await faultsOf(world.addTasks({ payload: { question: 'Q', answer: 7 } }))).toEqual([
      'tasks[0].payload.answer type',
      'tasks[0].payload.messages required',
      'tasks[0].payload.output required',
    ])
    const payload = { question: 'Q', answer: 'A', messages: [{ role: 'user', content: '?' }], output: 'x' }
    expect(await faultsOf(world.addTasks({ payload }, { payload, gold: { correct: 6, mood: 1 } }))).toEqual([
      'tasks[1].gold.correct option',
      'tasks[1].gold.mood unknownQuestion',
    ])
    await world.addTasks({ payload, gold: { correct: 4 } })
  })

  it('measure people by the questions that their gold answers', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, form: RUBRIC }] })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const qualityOf = async (person: typeof ann): Promise<number | undefined> =>
      (await world.people.qualityOf(person.userId)).find(({ stepType }) => stepType === 'annotation')?.score
    await world.task({ payload: PAYLOAD, gold: { correct: 3, constraints: true } })
    await world.does(ann, grades({ clear: 1 }))
    await world.task({ payload: PAYLOAD, gold: { correct: 4 } })
    await world.does(ben, grades())
    expect(await qualityOf(ann)).toBeGreaterThan((await qualityOf(ben)) ?? 1)
  })

  it('may have a form of their own, which stands in for that of annotation and of what inherits it', async () => {
    const world = await openEngine({
      steps: [
        { ...ANNOTATE, assignmentsRequired: 2, form: RUBRIC },
        { ...ADJUDICATE, when: 'disagreement' },
      ],
    })
    const own = await world.workflows.add({ name: 'Own', steps: [{ ...ANNOTATE, form: template('safety') }] })
    const formId = own.steps[0]?.formId ?? null
    const { payload, result } = template('safety').example ?? { payload: null }
    expect(await faultsOf(world.addTasks({ payload: PAYLOAD, formId }))).toEqual([
      'tasks[0].payload.conversation required',
    ])
    const unknown = '01900000-0000-7000-8000-00000000ffff' as typeof formId
    expect(await faultsOf(world.addTasks({ payload, formId: unknown }))).toEqual(['tasks[0].formId'])
    expect(await world.task({ payload, formId })).toMatchObject({ formId })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const held = await world.claimAndStart(ann)
    expect(await faultsOf(world.submitAs(ann, held, grades()))).toContain('result.rating required')
    await world.submitAs(ann, held, { rating: 'safe', attack: false })
    await world.does(ben, { rating: 'needless_refusal', attack: false })
    expect(await faultsOf(world.does(cem, grades()))).toContain('result.rating required')
    await world.submitAs(cem, await world.held(cem), result ?? null)
    expect(await world.results()).toMatchObject([{ outcome: result, settled: true }])
  })
})
