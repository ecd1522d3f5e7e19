import type { FormId, TaskId, User, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Fit, SettledKey } from '@muster/core/quality'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { ANNOTATE, openEngine, REVIEW } from '../worlds/engine-world.ts'
import { after, NINE, newId } from '../worlds/samples.ts'
import { PATIENT } from './task-world.ts'

const FORM: NewForm = {
  name: 'rating',
  title: 'Rating',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    {
      id: 'rating',
      type: 'choice',
      title: 'Rating',
      required: false,
      options: [{ value: 'good' }, { value: 'bad' }],
    },
    { id: 'note', type: 'text', title: 'Note', required: false },
  ],
}

const PREFERENCES: NewForm = {
  name: 'better',
  title: 'Better',
  show: [
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/a' },
        { id: 'b', at: '/b' },
      ],
    },
  ],
  questions: [
    { id: 'better', type: 'pairwise', title: 'Better', of: 'answers', required: false },
    { id: 'note', type: 'text', title: 'Note', required: false },
  ],
}

/** Everything that FitStore promises, case by case. */
export function fitStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a FitStore`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    const aFit = (wish: Partial<Fit> = {}): Omit<Fit, 'number'> => ({
      projectId: newId<'ProjectId'>(),
      stepId: 'label',
      formId: newId<'FormId'>(),
      question: 'rating',
      method: 'oneCoin',
      settled: 100,
      prevalence: [1 / 3, 0.1 + 0.2, 0.7 - 1 / 3],
      rounds: 9,
      converged: true,
      fittedAt: NINE,
      ...wish,
    })
    const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()]

    it('reads what people preferred of completed tasks, a part at a time, and nothing else', async () => {
      const world = await openEngine({
        adapter: { ...adapter, ids: new SequentialIds(2 ** 44) },
        steps: [{ ...ANNOTATE, form: PREFERENCES }, REVIEW],
      })
      const { projectId, workflow } = world
      const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
      const payload = { text: 'One', a: 'A', b: 'B' }
      const tasks = await world.addTasks({ payload }, { payload }, { payload })
      const done = tasks.slice(0, 2).map(({ taskId }) => taskId)
      const sides: unknown[] = []
      for (const result of [{ better: 'a', note: 'Long' }, { note: 'Long' }]) {
        const row = await world.claimAndStart(ann)
        sides.push(row.presentation?.sides)
        await world.submitAs(ann, row, result)
      }
      for (let nth = 0; nth < 2; nth++) await world.does(ben, { verdict: 'accept' })
      const { fits } = adapter.persistence.stores
      const way = { workflowId: workflow.workflowId, formId: null }
      expect(await fits.listWays(projectId)).toEqual([way])
      expect(await fits.listWays(newId())).toEqual([])
      const read = (stepIds: string[], questions: string[], slice: Parameters<typeof fits.readShown>[1]) =>
        fits.readShown({ projectId, stepIds, questions }, slice)
      const [first, second] = [
        {
          ...way,
          taskId: done[0],
          answers: [{ stepId: 'annotate', answers: { better: 'a' }, sides: sides[0] }],
        },
        { ...way, taskId: done[1], answers: [{ stepId: 'annotate', answers: {}, sides: sides[1] }] },
      ]
      expect(await read(['annotate'], ['better'], { limit: 9 })).toEqual([first, second])
      expect(await read(['annotate'], ['better'], { limit: 1 })).toEqual([first])
      expect(
        await read(['annotate'], ['better'], { limit: 1, after: { taskId: done[0] as TaskId } }),
      ).toEqual([second])
      expect(await read(['review', 'annotate'], [], { limit: 1 })).toMatchObject([
        { answers: [{ answers: {} }, { answers: {}, sides: null }] },
      ])
      expect(await read([], ['better'], { limit: 1 })).toMatchObject([{ answers: [] }])
    })

    it('believes by the newest fit of each question, to the bit', async () => {
      const { fits } = adapter.persistence.stores
      const first = aFit()
      const { projectId, stepId, formId } = first
      const key = { projectId, stepId, formId }
      const kept = await adapter.persistence.transaction(async (stores) => [
        await stores.fits.add(first, 0, [{ userId: ann, accuracy: 0.9, labels: 3 }]),
        await stores.fits.add({ ...first, prevalence: [0.25, 0.5, 0.25] }, 0, [
          { userId: ann, accuracy: 2 / 3, labels: 5 },
          { userId: newId<'UserId'>(), accuracy: 0.1, labels: 1 },
        ]),
        await stores.fits.add({ ...first, question: 'other' }, 0, []),
        await stores.fits.add({ ...first, formId: newId<'FormId'>() }, 0, []),
      ])
      expect(kept.map(({ number }) => number)).toEqual([1, 2, 1, 3])
      const nobody = { right: 0, wrong: 0 }
      expect(await fits.believe(key, ['rating', 'none', 'other'], [ann, ben])).toEqual([
        {
          question: 'rating',
          fit: { number: 2, prevalence: [0.25, 0.5, 0.25] },
          people: [
            { userId: ann, fitted: { accuracy: 2 / 3, labels: 5 }, since: nobody },
            { userId: ben, fitted: null, since: nobody },
          ],
        },
        {
          question: 'none',
          fit: null,
          people: [
            { userId: ann, fitted: null, since: nobody },
            { userId: ben, fitted: null, since: nobody },
          ],
        },
        {
          question: 'other',
          fit: { number: 1, prevalence: first.prevalence },
          people: [
            { userId: ann, fitted: null, since: nobody },
            { userId: ben, fitted: null, since: nobody },
          ],
        },
      ])
    })

    it('believes what gold has shown since the fit, and before the first what it has ever shown', async () => {
      const fit = aFit()
      const { projectId, stepId, formId, question } = fit
      const judged = (userId: UserId, right: boolean, times: number): Promise<void> =>
        adapter.persistence.transaction(({ quality }) =>
          quality.addKnown([
            { projectId, stepId, question, userId, known: 'a', given: right ? 'a' : 'b', right, times },
          ]),
        )
      const sinceOf = async (): Promise<unknown[]> => {
        const key = { projectId, stepId, formId }
        const [belief] = await adapter.persistence.stores.fits.believe(key, [question], [ann, ben])
        return belief?.people.map(({ since }) => since) ?? []
      }
      await judged(ann, true, 3)
      await judged(ben, false, 1)
      expect(await sinceOf()).toEqual([
        { right: 3, wrong: 0 },
        { right: 0, wrong: 1 },
      ])
      await adapter.persistence.transaction(({ fits }) =>
        fits.add(fit, 0, [{ userId: ann, accuracy: 0.9, labels: 3 }]),
      )
      await judged(ann, true, 1)
      await judged(ann, false, 2)
      // Nobody has fitted Ben: all that gold has shown of him counts.
      expect(await sinceOf()).toEqual([
        { right: 1, wrong: 2 },
        { right: 0, wrong: 1 },
      ])
    })

    it('lists fits newest first with their skills, a page at a time', async () => {
      const first = aFit()
      const { projectId } = first
      const [cem, dan] = [newId<'UserId'>(), newId<'UserId'>()]
      const skills = [
        { userId: dan, accuracy: 1 / 3, labels: 2 },
        { userId: cem, accuracy: 0.1 + 0.2, labels: 4 },
      ].toSorted((one, other) => (one.userId < other.userId ? 1 : -1))
      await adapter.persistence.transaction(async ({ fits }) => {
        await fits.add(first, 0, skills)
        await fits.add({ ...first, fittedAt: after(2) }, 0, [])
        await fits.add({ ...first, fittedAt: after(1), question: 'other.style' }, 0, [])
        await fits.add({ ...first, fittedAt: after(1), stepId: 'review' }, 0, [])
        await fits.add(aFit(), 0, [])
      })
      const { fits } = adapter.persistence.stores
      const all = await fits.list({ projectId }, { limit: 10 })
      expect(all.map(({ stepId, question, number }) => `${stepId} ${question} ${number}`)).toEqual([
        'label rating 2',
        'review rating 1',
        'label other.style 1',
        'label rating 1',
      ])
      expect(all.at(-1)).toEqual({ ...first, number: 1, skills: skills.toReversed() })
      for (const [place, fit] of all.entries())
        expect(await fits.list({ projectId }, { limit: 10, after: fit })).toEqual(all.slice(place + 1))
      expect(await fits.list({ projectId, stepId: 'review' }, { limit: 10 })).toEqual([all[1]])
      expect(await fits.list({ projectId, question: 'other' }, { limit: 10 })).toEqual([all[2]])
    })

    it('gives a question to fit to one at a time, until then or until it is released', async () => {
      const { projectId, stepId, formId, question } = aFit()
      const key = { projectId, stepId, formId, question }
      const take = (now: Date, until: Date, of = key): Promise<boolean> =>
        adapter.persistence.transaction(({ fits }) => fits.take(of, now, until))
      expect(await take(NINE, after(2))).toBe(true)
      expect(await take(after(1), after(3))).toBe(false)
      expect(await take(after(1), after(3), { ...key, question: 'other' })).toBe(true)
      expect(await take(after(2), after(4))).toBe(true)
      await adapter.persistence.transaction(({ fits }) => fits.release(key))
      expect(await take(after(2), after(4))).toBe(true)
    })

    it(
      'reads the answers of tasks that have gone on from a step, by their form, and counts them',
      PATIENT,
      async () => {
        const { persistence, clock } = adapter
        const world = await openEngine({
          adapter: { persistence, clock, ids: new SequentialIds(2 ** 41) },
          steps: [{ ...ANNOTATE, form: FORM, assignmentsRequired: 2 }, REVIEW],
        })
        const { projectId, workflow } = world
        const formId = workflow.steps[0]?.formId as FormId
        const other = await world.workflows.add({
          name: 'Other',
          steps: [{ ...ANNOTATE, form: { ...FORM, name: 'other' } }],
        })
        const people = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
        const [one, two, reviewer] = people as [User, User, User]
        const done = await world.task({ externalId: 'first', gold: { rating: 'good' } })
        const own = await world.task({ formId: other.steps[0]?.formId ?? null })
        const open = await world.task()
        for (const person of [one, two]) {
          await world.does(person, { rating: person === one ? 'good' : 'bad' })
          await world.does(person, { rating: 'good' })
        }
        await world.does(one, {})
        const key = { projectId, stepId: 'annotate', formId, question: 'rating' }
        const { fits } = persistence.stores
        const read = async (of = key, withPayload = false) =>
          (await fits.readSettled(of, { limit: 9 }, withPayload)).tasks
        const settled = {
          taskId: done.taskId,
          externalId: 'first',
          gold: 'good',
          payload: null,
          isControl: false,
          answers: [
            { userId: one.userId, answer: 'good' },
            { userId: two.userId, answer: 'bad' },
          ],
        }
        expect(await read()).toEqual([settled])
        expect(await read(key, true)).toEqual([{ ...settled, payload: done.payload }])
        expect(await read({ ...key, formId: other.steps[0]?.formId as FormId })).toMatchObject([
          { taskId: own.taskId },
        ])
        expect(await read({ ...key, question: 'note' })).toMatchObject([
          { gold: null, answers: [{ answer: null }, { answer: null }] },
        ])
        expect(await read({ ...key, stepId: 'review' })).toEqual([])
        await world.does(two, { note: 'Nothing' })
        const [, second] = await read()
        expect(second).toMatchObject({ taskId: open.taskId, answers: [{ answer: null }, { answer: null }] })
        // A part at a time, in the order in which tasks were added.
        let next: SettledKey | undefined
        const parts: TaskId[][] = []
        do {
          const part = await fits.readSettled(key, { limit: 1, after: next }, false)
          parts.push(part.tasks.map(({ taskId }) => taskId))
          next = part.next
        } while (next)
        expect(parts.flat()).toEqual([done.taskId, open.taskId])

        const counted = await fits.listCounted({ projectId })
        const rating = counted.filter(({ question }) => question === 'rating')
        expect(new Set(rating)).toEqual(
          new Set([
            // A task without an answer to it says nothing.
            { ...key, settled: 1, atFit: 0 },
            { ...key, formId: other.steps[0]?.formId, settled: 1, atFit: 0 },
          ]),
        )
        await persistence.transaction((stores) => stores.fits.add({ ...aFit(), ...key }, 1, []))
        expect(await fits.listCounted({ projectId })).toContainEqual({ ...key, settled: 1, atFit: 1 })
        const due = await fits.listCounted({ least: 1 })
        expect(due).not.toContainEqual(expect.objectContaining(key))
        expect(due).toContainEqual({ ...key, formId: other.steps[0]?.formId, settled: 1, atFit: 0 })

        // Work that a review sends back no longer counts.
        await world.does(reviewer, { verdict: 'return', comment: 'Again' })
        expect(await read()).toHaveLength(1)
      },
    )
  })
}
