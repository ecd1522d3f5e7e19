import { ADJUDICATE, ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { NewForm } from '../forms/form.ts'
import { formTemplates } from '../forms/templates.ts'
import type { Json } from '../json/json.ts'

const template = (name: string): NewForm => formTemplates.find((form) => form.name === name) as NewForm
const PAIRWISE = template('pairwise')
const PAYLOAD = {
  ...(PAIRWISE.example?.payload as object),
  models: { a: 'secret one', b: 'secret two' },
} as Json
const prefer = (overall: 'a' | 'b' | 'tie', more: object = {}): Json => ({
  overall,
  ...(overall !== 'tie' && { margin: 'clearly' }),
  ...more,
})

const three = async (steps: Parameters<typeof openEngine>[0]) => {
  const world = await openEngine(steps)
  const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
  return { world, ann, ben, cem }
}

describe('the order of sides', () => {
  it('is drawn for a task and turned for each slot, so that each side stands first equally often', async () => {
    const { world, ann, ben } = await three({
      steps: [{ ...ANNOTATE, assignmentsRequired: 2, form: PAIRWISE }],
    })
    const first = { a: 0, b: 0 }
    for (let n = 0; n < 200; n++) {
      await world.task({ payload: PAYLOAD })
      const orders = []
      for (const person of [ann, ben]) {
        const { assignmentId, presentation } = await world.claimAndStart(person)
        const [one] = presentation?.sides['answers'] ?? []
        orders.push(presentation?.sides['answers'])
        first[one as 'a' | 'b'] += person === ann ? 1 : 0
        await world.engine.submit({ assignmentId, by: world.by(person), result: prefer('a') })
      }
      expect(orders.map((order) => order?.toReversed())).toEqual([orders[1], orders[0]])
    }
    expect(first.a + first.b).toBe(200)
    expect(Math.min(first.a, first.b)).toBeGreaterThan(70)
    const [result] = await world.results()
    expect(
      result?.submissions.map(({ slotNo, presentation }) => [slotNo, presentation?.sides['answers']?.length]),
    ).toEqual([
      [1, 2],
      [2, 2],
    ])
  })

  it('stays with a row when it is given again, also in another slot', async () => {
    const { world, ann, ben } = await three({
      steps: [{ ...ANNOTATE, assignmentsRequired: 2, form: PAIRWISE }],
    })
    await world.task({ payload: PAYLOAD })
    const held = await world.claim(ann)
    const other = await world.claim(ben)
    expect(other.presentation).not.toEqual(held.presentation)
    await world.engine.release({ assignmentId: held.assignmentId, by: world.by(ann) })
    await world.engine.release({ assignmentId: other.assignmentId, by: world.by(ben) })
    const [benAgain, annAgain] = [await world.claim(ben), await world.claim(ann)]
    expect([annAgain.assignmentId, annAgain.presentation]).toEqual([held.assignmentId, held.presentation])
    expect([benAgain.assignmentId, benAgain.presentation]).toEqual([other.assignmentId, other.presentation])
    await world.minutes(120)
    await world.engine.expireDue()
    expect((await world.claim(ann)).presentation).toEqual(held.presentation)
  })
})

describe('the work on an assignment', () => {
  it('has the form, what is shown in the order drawn, and answers to start with, in one call', async () => {
    const { world, ann } = await three({ steps: [{ ...ANNOTATE, form: PAIRWISE }] })
    await world.task({ payload: PAYLOAD })
    const held = await world.claim(ann)
    const work = await world.engine.work(held.assignmentId, world.by(ann))
    expect(work).toMatchObject({
      assignment: held,
      form: { name: 'pairwise', version: 1 },
      start: {},
      draft: null,
      submissions: [],
      contested: [],
    })
    const [conversation, answers] = work.show
    expect(conversation).toMatchObject({ name: 'conversation', as: 'chat', value: [{ role: 'user' }] })
    expect(answers?.sides?.map(({ id }) => id)).toEqual(held.presentation?.sides['answers'])
    expect(answers).toMatchObject({ as: 'compare', render: { as: 'markdown' } })
    expect(JSON.stringify(work)).not.toContain('secret')
  })

  it('starts a question with a valid answer of the payload, and says so', async () => {
    const { world, ann } = await three({ steps: [{ ...ANNOTATE, form: template('classification') }] })
    await world.task({ payload: { message: 'Hi', predicted: { label: 'praise', urgent: 'no' } } })
    const { assignmentId, presentation } = await world.claim(ann)
    expect(presentation?.prefilled).toEqual(['label'])
    expect((await world.engine.work(assignmentId, world.by(ann))).start).toEqual({ label: 'praise' })
  })

  it('shows an adjudicator the submissions without names, the contested questions, and the outcome to start with', async () => {
    const { world, ann, ben, cem } = await three({
      steps: [
        { ...ANNOTATE, assignmentsRequired: 2, form: PAIRWISE },
        { ...ADJUDICATE, when: 'disagreement' },
      ],
    })
    await world.task({ payload: PAYLOAD })
    const reason = { criteria: { helpful: 'a', accurate: 'a', deep: 'a', concise: 'a' } }
    await world.does(ann, prefer('a', reason))
    await world.does(ben, prefer('b', reason))
    const held = await world.claim(cem)
    const work = await world.engine.work(held.assignmentId, world.by(cem))
    expect(work.contested).toEqual(['overall'])
    expect(work.start).toEqual({ ...reason, margin: 'clearly' })
    expect(work.submissions.map(({ assignmentId }) => assignmentId)).toEqual(held.presentation?.submissions)
    expect(work.submissions).toHaveLength(2)
    expect(JSON.stringify(work)).not.toContain(ann.userId)
    await expect(world.engine.work(held.assignmentId, world.by(ann))).rejects.toThrow('not for you to see')
  })

  it('shows a reviewer without a form what the step under review shows', async () => {
    const { world, ann, ben } = await three({ steps: [{ ...ANNOTATE, form: PAIRWISE }, REVIEW] })
    await world.task({ payload: PAYLOAD })
    await world.does(ann, prefer('tie'))
    const { assignmentId } = await world.claim(ben)
    const work = await world.engine.work(assignmentId, world.by(ben))
    expect(work).toMatchObject({ form: null, presentation: null, submissions: [{ result: prefer('tie') }] })
    expect(work.show.map(({ name }) => name)).toEqual(['conversation', 'answers'])
  })

  it('is the payload as it is, where no form says otherwise', async () => {
    const { world, ann } = await three({ steps: [ANNOTATE] })
    await world.task({ payload: PAYLOAD })
    const { assignmentId } = await world.claim(ann)
    expect(await world.engine.work(assignmentId, world.by(ann))).toMatchObject({
      form: null,
      show: [{ name: 'payload', as: 'json', value: PAYLOAD }],
    })
  })
})

describe('a task with a form', () => {
  it('shows those who do not manage the project only what its pointers name', async () => {
    const { world, ann } = await three({ steps: [{ ...ANNOTATE, form: PAIRWISE }, REVIEW] })
    const { taskId } = await world.task({ payload: PAYLOAD, externalId: 'gpt against claude' })
    const claim = await world.engine.claimNext({ userId: ann.userId })
    const view = await world.tasks.view(taskId, world.by(ann))
    for (const seen of [claim.kind === 'claimed' ? claim.task : undefined, view.task]) {
      expect(seen).toMatchObject({ payload: PAIRWISE.example?.payload, externalId: null })
      expect(JSON.stringify(seen)).not.toContain('secret')
    }
    expect((await world.tasks.view(taskId, world.admin)).task).toMatchObject({
      payload: PAYLOAD,
      externalId: 'gpt against claude',
    })
  })
})
