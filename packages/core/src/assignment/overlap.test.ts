import { ADJUDICATE, ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { ValidationError } from '../errors.ts'
import type { NewForm } from '../forms/form.ts'
import type { Json } from '../json/json.ts'
import type { User } from '../people/person.ts'
import { replayOverlap } from '../quality/overlap.ts'
import type { NewOverlap } from '../workflow/workflows.ts'

const FORM: NewForm = {
  name: 'rating',
  title: 'Rating',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    {
      id: 'rating',
      type: 'choice',
      title: 'Rating',
      shuffle: true,
      options: [{ value: 'good' }, { value: 'fair' }, { value: 'bad' }],
    },
    { id: 'tags', type: 'multi', title: 'Tags', required: false, options: [{ value: 'x' }, { value: 'y' }] },
    { id: 'note', type: 'text', title: 'Note', required: false },
  ],
}
const UNTIL: NewOverlap['until'] = [{ question: 'rating', posterior: 0.9 }]
const OVERLAP: NewOverlap = { min: 2, max: 4, until: UNTIL }
const LABEL = { ...ANNOTATE, form: FORM, assignmentsRequired: OVERLAP }
const good: Json = { rating: 'good' }
const bad: Json = { rating: 'bad' }

async function world(steps: Parameters<typeof openEngine>[0] = {}) {
  const engine = await openEngine({ steps: [LABEL], ...steps })
  const people: User[] = []
  for (const name of ['Ann', 'Ben', 'Cem', 'Dan', 'Eva', 'Fay']) people.push(await engine.person(name))
  const manager = { ...engine.admin, role: 'manager' as const, memberships: new Set([engine.projectId]) }
  return { ...engine, at: (place: number) => people[place] as User, manager }
}

async function issuesOf(call: Promise<unknown>): Promise<string[]> {
  const refusal: unknown = await call.catch((error: unknown) => error)
  if (!(refusal instanceof ValidationError)) throw refusal
  return refusal.issues.map(({ path, message }) => `${path} ${message}`)
}

describe('adaptive overlap', () => {
  it('asks two people and no more if their answers are likely enough', async () => {
    const here = await world()
    const { taskId } = await here.task()
    await here.does(here.at(0), good)
    expect(await here.tasks.view(taskId, here.manager)).toMatchObject({
      overlap: [{ stepId: 'annotate', slots: 2, min: 2, max: 4, posterior: null, until: [{ holds: null }] }],
    })
    await here.does(here.at(1), good)
    const view = await here.tasks.view(taskId, here.manager)
    expect(view.task.status).toBe('completed')
    expect(view.overlap).toMatchObject([{ slots: 2, until: [{ ...UNTIL[0], holds: true }] }])
    expect(view.overlap?.[0]?.posterior?.['rating']?.['good']).toBeCloseTo(64 / 66, 12)
    const [done] = await here.results()
    expect(done).toMatchObject({ outcome: { rating: 'good' }, settled: true })
    expect(done?.posterior?.['rating']?.['good']).toBeCloseTo(64 / 66, 12)
    expect((await here.facts()).map(({ type }) => type)).not.toContain('task_overlap_added')
  })

  it('asks one more, in the queue where the task stands, as long as it does not hold, and never more than max', async () => {
    const here = await world()
    const first = await here.task()
    await here.minutes(1)
    const second = await here.task()
    await here.does(here.at(0), good)
    await here.does(here.at(1), bad)
    // The slot that was added comes before the task that was added later.
    const row = await here.claim(here.at(2))
    expect(row.taskId).toBe(first.taskId)
    const seen = await here.tasks.view(first.taskId, here.by(here.at(2)))
    expect(seen.overlap).toBeUndefined()
    expect(seen.task.overlapEnds).toBeNull()
    expect(seen.steps[0]?.assignmentsRequired).toBe(2)
    const slots = (await here.stores.tasks.findWork(first.taskId))?.slots
    expect(slots?.map(({ presentation }) => presentation?.options['rating']?.[0]).sort()).toEqual([
      'bad',
      'fair',
      'good',
    ])
    await here.finish(here.at(2), row, { rating: 'fair' })
    await here.does(here.at(3), { rating: 'fair' })
    const view = await here.tasks.view(first.taskId, here.manager)
    expect(view.task).toMatchObject({ status: 'completed', overlapEnds: { annotate: { held: false } } })
    expect(view.overlap).toMatchObject([{ slots: 4, until: [{ holds: false }] }])
    const added = (await here.facts()).filter(({ type }) => type === 'task_overlap_added')
    expect(added).toMatchObject([
      { audience: 'managers', data: { taskId: first.taskId, stepId: 'annotate', slots: 3, max: 4 } },
      { audience: 'managers', data: { taskId: first.taskId, stepId: 'annotate', slots: 4, max: 4 } },
    ])
    // The likeliest answer stands, though half of four people gave it.
    const [done] = await here.results()
    expect(done).toMatchObject({ taskId: first.taskId, outcome: { rating: 'fair' }, settled: true })
    const kept = await here.stores.tasks.listOverlaps(first.taskId, 10)
    expect(new Set(kept.map(({ decision }) => `${decision.slots} ${decision.added}`))).toEqual(
      new Set(['2 true', '3 true', '4 false']),
    )
    for (const { decision, input } of kept) {
      const { until, added: more } = decision
      expect(replayOverlap({ decision, input }, FORM)).toEqual({ until, added: more })
    }
    expect((await here.stores.tasks.findWork(second.taskId))?.slots).toHaveLength(2)
  })

  it('asks k who agree with any comparator, and names the questions that until lacks', async () => {
    const tags = (...chosen: readonly string[]): Json => ({ rating: 'good', tags: chosen })
    const overlap = { min: 1, max: 3, until: [{ question: 'tags', agreeing: 2 }] }
    const here = await world({
      steps: [{ ...LABEL, assignmentsRequired: overlap }],
    })
    const { taskId } = await here.task()
    await here.does(here.at(0), tags('x'))
    await here.does(here.at(1), tags('y'))
    await here.does(here.at(2), tags('x'))
    expect(await here.tasks.get(taskId)).toMatchObject({
      status: 'completed',
      overlapEnds: { annotate: { held: true } },
    })
    const refused = (assignmentsRequired: unknown, form: NewForm | null = FORM) =>
      issuesOf(
        here.workflows.add({
          name: 'Ways',
          steps: [
            { ...ANNOTATE, ...(form && { form }), assignmentsRequired: assignmentsRequired as NewOverlap },
          ],
        }),
      )
    expect(await refused(OVERLAP, null)).toEqual([
      'steps[0].assignmentsRequired.until needs a form: the step has none',
    ])
    const until = [
      { question: 'nothing', posterior: 0.9 },
      { question: 'tags', posterior: 0.9 },
      { question: 'rating', agreeing: 5 },
    ]
    expect(await refused({ ...OVERLAP, until })).toEqual([
      'steps[0].assignmentsRequired.until[0].question names no question of the form',
      expect.stringMatching(/^steps\[0\]\.assignmentsRequired\.until\[1\]\.posterior needs a question/),
      'steps[0].assignmentsRequired.until[2].agreeing can never hold: at most 4 people are asked',
    ])
    expect(await refused({ min: 3, max: 2, until: UNTIL })).toEqual([
      'steps[0].assignmentsRequired.max must be at least min, 3',
    ])
    expect(await refused({ min: 1, max: 2 })).toEqual([
      expect.stringMatching(/^steps\[0\]\.assignmentsRequired\.until /),
    ])
    expect(await refused({ min: 1, max: 2, until: [{ question: 'rating', posterior: 1 }] })).toEqual([
      expect.stringMatching(/^steps\[0\]\.assignmentsRequired\.until\[0\]\.posterior /),
    ])
    expect(await refused('two')).toEqual([
      'steps[0].assignmentsRequired must be a whole number from 1 to 100, or { min, max, until }',
    ])
    expect(await refused({ ...OVERLAP, until: [...UNTIL, ...UNTIL] })).toEqual([
      'steps[0].assignmentsRequired.until[1] repeats a rule of the question',
    ])
  })

  it('refuses a task whose own form lacks a question that until names', async () => {
    const here = await world()
    const other = await here.workflows.add({
      name: 'Other',
      steps: [{ ...ANNOTATE, form: { ...FORM, name: 'other', questions: FORM.questions.slice(1) } }],
    })
    const formId = other.steps[0]?.formId ?? null
    expect(await issuesOf(here.tasks.add(here.projectId, [{ payload: { text: 'T' }, formId }]))).toEqual([
      'tasks[0].formId does not fit the step annotate, whose assignmentsRequired.until[0].question names no question of the form',
    ])
  })

  it('waits for people no longer than it was told, and completes the step as it is', async () => {
    const overlap = { ...OVERLAP, giveUpAfterMinutes: 60 }
    const here = await world({
      steps: [
        { ...LABEL, assignmentsRequired: overlap },
        { ...ADJUDICATE, when: 'disagreement' },
      ],
    })
    const { taskId } = await here.task()
    await here.does(here.at(0), good)
    await here.does(here.at(1), bad)
    await here.minutes(59)
    await here.engine.expireDue()
    expect((await here.stores.tasks.findWork(taskId))?.slots).toHaveLength(3)
    await here.minutes(1)
    expect(await here.engine.expireDue()).toBe(1)
    expect(await here.engine.expireDue()).toBe(0)
    const work = await here.stores.tasks.findWork(taskId)
    expect(work?.task).toMatchObject({
      currentStepId: 'adjudicate',
      overlapEnds: { annotate: { held: false } },
    })
    expect(work?.slots.filter(({ stepId }) => stepId === 'annotate')).toHaveLength(2)
    const [last] = await here.stores.tasks.listOverlaps(taskId, 1)
    expect(last?.decision).toMatchObject({ slots: 2, added: false, gaveUp: true })
    await here.does(here.at(2), good)
    expect(await here.results()).toMatchObject([{ outcome: { rating: 'good' }, posterior: null }])
    expect(await here.tasks.get(taskId)).toMatchObject({ status: 'completed' })
  })

  it('does not give up while somebody holds the slot, and skips adjudication where until held', async () => {
    const overlap = { ...OVERLAP, giveUpAfterMinutes: 30 }
    const here = await world({
      steps: [
        { ...LABEL, assignmentsRequired: overlap, leaseMinutes: 120 },
        { ...ADJUDICATE, when: 'disagreement' },
      ],
    })
    const { taskId } = await here.task()
    await here.does(here.at(0), good)
    await here.does(here.at(1), bad)
    const row = await here.claimAndStart(here.at(2))
    await here.minutes(60)
    await here.engine.expireDue()
    await here.submitAs(here.at(2), row, good)
    await here.does(here.at(3), good)
    // Three of four disagree with nobody but one: until held, so there is no disagreement.
    expect(await here.tasks.get(taskId)).toMatchObject({
      status: 'completed',
      overlapEnds: { annotate: { held: true } },
    })
  })

  it('asks anew when work that a review sent back is in again, with the slots there are', async () => {
    const here = await world({ steps: [LABEL, REVIEW] })
    const { taskId } = await here.task()
    await here.does(here.at(0), good)
    await here.does(here.at(1), good)
    await here.does(here.at(4), { verdict: 'return', comment: 'Look again' })
    await here.finish(here.at(0), await here.held(here.at(0)), good)
    await here.finish(here.at(1), await here.held(here.at(1)), bad)
    const work = await here.stores.tasks.findWork(taskId)
    expect(work?.task.currentStepId).toBe('annotate')
    expect(work?.slots.filter(({ stepId }) => stepId === 'annotate')).toHaveLength(3)
    await here.does(here.at(2), good)
    await here.does(here.at(3), good)
    expect(await here.tasks.get(taskId)).toMatchObject({
      currentStepId: 'review',
      overlapEnds: { annotate: { held: true } },
    })
    await here.finish(here.at(4), await here.held(here.at(4)), { verdict: 'accept' })
    expect(await here.tasks.get(taskId)).toMatchObject({ status: 'completed' })
    const decided = await here.stores.tasks.listOverlaps(taskId, 10)
    expect(new Set(decided.map(({ decision }) => decision.slots))).toEqual(new Set([2, 3, 4]))
  })

  it('asks one more than max if a manager has the work of somebody done once more', async () => {
    const overlap = { min: 1, max: 2, until: UNTIL, giveUpAfterMinutes: 30 }
    const here = await world({
      steps: [{ ...LABEL, assignmentsRequired: overlap }, REVIEW],
    })
    const { taskId } = await here.task()
    const since = here.clock.now()
    await here.does(here.at(0), good)
    await here.does(here.at(1), good)
    const { projectId } = here
    const reopened = await here.quality.reopen({ projectId, userId: here.at(0).userId, since })
    expect(reopened).toEqual({ taskIds: [taskId] })
    expect((await here.tasks.view(taskId, here.manager)).overlap).toMatchObject([{ slots: 3, max: 3 }])
    await here.does(here.at(2), bad)
    expect(await here.tasks.get(taskId)).toMatchObject({ currentStepId: 'review' })
    await here.quality.reopen({ projectId, userId: here.at(2).userId, since })
    await here.does(here.at(3), bad)
    expect((await here.tasks.view(taskId, here.manager)).overlap).toMatchObject([{ slots: 4, max: 4 }])
    const told = (await here.facts()).filter(({ type }) => type === 'task_overlap_added')
    expect(told.map(({ data }) => data)).toMatchObject([
      { slots: 2, max: 2 },
      { slots: 3, max: 3 },
      { slots: 4, max: 4 },
    ])
    await here.quality.reopen({ projectId, userId: here.at(2).userId, since })
    // Nobody comes: it is no longer waited for, like any slot that was added.
    await here.minutes(31)
    await here.engine.expireDue()
    const work = await here.stores.tasks.findWork(taskId)
    expect(work?.task.currentStepId).toBe('review')
    expect(work?.slots.filter(({ stepId }) => stepId === 'annotate')).toHaveLength(4)
    for (const { decision, input } of await here.stores.tasks.listOverlaps(taskId, 10)) {
      const { until, added } = decision
      expect(replayOverlap({ decision, input }, FORM)).toEqual({ until, added })
    }
  })

  it('asks beyond the one that a manager asked for, up to the raised max', async () => {
    const here = await world({ steps: [{ ...LABEL, assignmentsRequired: { ...OVERLAP, max: 3 } }, REVIEW] })
    const { taskId } = await here.task()
    const since = here.clock.now()
    await here.does(here.at(0), good)
    await here.does(here.at(1), good)
    await here.quality.reopen({ projectId: here.projectId, userId: here.at(0).userId, since })
    await here.does(here.at(2), bad)
    // Three were as many as might be asked, had the manager not asked for one.
    expect((await here.tasks.get(taskId)).currentStepId).toBe('annotate')
    await here.does(here.at(3), bad)
    expect((await here.tasks.get(taskId)).currentStepId).toBe('review')
    const kept = await here.stores.tasks.listOverlaps(taskId, 10)
    expect(kept.map(({ decision, input }) => [decision.slots, decision.added, input.overlap.max])).toEqual([
      [4, false, 4],
      [3, true, 4],
      [2, false, 3],
    ])
  })

  it('gives a slot out again that its person rejected, and takes nothing more of a cancelled task', async () => {
    const here = await world()
    const { taskId } = await here.task()
    await here.does(here.at(0), good)
    await here.does(here.at(1), bad)
    const { assignmentId } = await here.claim(here.at(2))
    await here.engine.reject({ assignmentId, by: here.by(here.at(2)), code: 'unclear' })
    await here.does(here.at(3), { rating: 'fair' })
    expect((await here.stores.tasks.findWork(taskId))?.slots.map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
      'free',
    ])
    await here.tasks.cancel(taskId)
    expect((await here.stores.tasks.findWork(taskId))?.slots.at(-1)?.state).toBe('reserved')
  })
})
