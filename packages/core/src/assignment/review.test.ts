import { ADJUDICATE, ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'

const BACK = { verdict: 'return', comment: 'Look at the second word' } as const
const FINE = { verdict: 'accept' } as const

async function reviewed(options: Parameters<typeof openEngine>[0] = {}) {
  const world = await openEngine(options)
  const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
  const task = await world.task()
  const annotation = await world.does(ann, { label: 'nl' })
  const review = await world.does(ben, BACK)
  return { world, ann, ben, task, annotation, review }
}

describe('review', () => {
  it('sends the work back to the same person at once, with the comment', async () => {
    const { world, ann, task, annotation, review } = await reviewed()
    expect(review).toMatchObject({ status: 'submitted', attempt: 1 })
    expect(await world.held(ann)).toMatchObject({
      assignmentId: annotation.assignmentId,
      status: 'assigned',
      attempt: 2,
      returnComment: BACK.comment,
      result: { label: 'nl' },
    })
    expect(await world.tasks.get(task.taskId)).toMatchObject({ currentStepId: 'annotate', returns: 1 })
    const facts = await world.factsOf(task.taskId)
    expect(facts.slice(-2).map(({ type, data }) => [type, data])).toMatchObject([
      [
        'task_status_changed',
        { assignmentId: review.assignmentId, status: 'submitted', from: 'in_progress' },
      ],
      ['task_assigned', { assignmentId: annotation.assignmentId, from: 'submitted', attempt: 2 }],
    ])
  })

  it('comes back to the same reviewer when the work is done again, and to nobody else', async () => {
    const { world, ann, ben, review } = await reviewed()
    const cem = await world.person('Cem')
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({ reasons: { noFreeSlot: 1 } })
    await world.finish(ann, await world.held(ann), { label: 'de' })
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({ reasons: { noFreeSlot: 1 } })
    expect(await world.held(ben)).toMatchObject({
      assignmentId: review.assignmentId,
      attempt: 2,
      stepId: 'review',
    })
  })

  it('lets a place that rests go on resting through a return', async () => {
    const world = await openEngine({
      steps: [ANNOTATE, { ...REVIEW, assignmentsRequired: 2, cooldownMinutes: 30 }],
    })
    const [ann, ben, cem, dan] = await Promise.all(
      ['Ann', 'Ben', 'Cem', 'Dan'].map((name) => world.person(name)),
    )
    if (!ann || !ben || !cem || !dan) throw new Error('Four people make the story')
    const task = await world.task()
    await world.does(ann, { label: 'nl' })
    const { assignmentId } = await world.claimAndStart(cem)
    await world.engine.reject({ assignmentId, by: world.by(cem), code: 'other' })
    await world.does(ben, BACK)
    await world.minutes(10)
    await world.finish(ann, await world.held(ann), { label: 'de' })

    expect(await world.tasks.get(task.taskId)).toMatchObject({ currentStepId: 'review' })
    expect(await world.engine.claimNext({ userId: dan.userId })).toMatchObject({
      reasons: { coolingDown: 1 },
    })
    await world.minutes(21)
    expect(await world.engine.claimNext({ userId: dan.userId })).toMatchObject({ kind: 'claimed' })
  })

  it('forgets the rest of a place that ended while its step was not the current one', async () => {
    const world = await openEngine({
      steps: [ANNOTATE, { ...REVIEW, assignmentsRequired: 2, cooldownMinutes: 30 }],
    })
    const [ann, ben, cem] = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => world.person(name)))
    if (!ann || !ben || !cem) throw new Error('Three people make the story')
    await world.task()
    await world.does(ann, { label: 'nl' })
    const { assignmentId } = await world.claimAndStart(cem)
    await world.engine.reject({ assignmentId, by: world.by(cem), code: 'other' })
    await world.does(ben, BACK)
    await world.minutes(31)
    await world.engine.expireDue()

    const { tasks } = world.stores
    expect(await tasks.listDue(world.clock.now(), 10)).toEqual([])
    await world.finish(ann, await world.held(ann), { label: 'de' })
    const dan = await world.person('Dan')
    expect(await world.engine.claimNext({ userId: dan.userId })).toMatchObject({ kind: 'claimed' })
  })

  it('completes the task when it accepts, and tells everybody with a row', async () => {
    const { world, ann, ben, task } = await reviewed()
    await world.finish(ann, await world.held(ann), { label: 'de' })
    await world.finish(ben, await world.held(ben), FINE)
    expect(await world.tasks.get(task.taskId)).toMatchObject({ status: 'completed', currentStepId: null })
    const last = (await world.factsOf(task.taskId)).slice(-2)
    expect(last).toMatchObject([
      { type: 'task_status_changed', data: { stepId: 'review', status: 'submitted' } },
      { type: 'task_completed', affectedUserIds: [ann.userId, ben.userId] },
    ])
    const results = await world.results()
    expect(results).toMatchObject([
      { outcome: { label: 'de' }, submissions: [{ stepId: 'annotate' }, { stepId: 'review' }] },
    ])
  })

  it('goes on to adjudication when returns are spent', async () => {
    const steps = [ANNOTATE, REVIEW, { ...ADJUDICATE, when: 'rejectedByReview' as const }]
    const { world, ann, ben, task } = await reviewed({ steps, config: { maxReturns: 1 } })
    const cem = await world.person('Cem')
    await world.finish(ann, await world.held(ann), { label: 'de' })
    await world.finish(ben, await world.held(ben), BACK)
    expect(await world.tasks.get(task.taskId)).toMatchObject({ currentStepId: 'adjudicate', returns: 1 })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { excludedByStep: 1 },
    })
    await world.does(cem, { label: 'fy' })
    expect(await world.results()).toMatchObject([{ outcome: { label: 'fy' } }])
  })

  it('settles on nothing if it rejects the work for good and nobody adjudicates', async () => {
    const { world, ann, ben, task } = await reviewed({ config: { maxReturns: 1 } })
    await world.finish(ann, await world.held(ann), { label: 'de' })
    await world.finish(ben, await world.held(ben), BACK)
    expect(await world.tasks.get(task.taskId)).toMatchObject({ status: 'completed' })
    expect(await world.results()).toMatchObject([
      { outcome: null, submissions: [{ result: { label: 'de' } }, { result: BACK }] },
    ])
  })

  it('skips adjudication when the work was accepted', async () => {
    const world = await openEngine({ steps: [ANNOTATE, REVIEW, { ...ADJUDICATE, when: 'rejectedByReview' }] })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    await world.does(ben, FINE)
    expect(await world.tasks.get(taskId)).toMatchObject({ status: 'completed' })
  })

  it('waits for somebody who is away, and gives it to them when they are back', async () => {
    const world = await openEngine()
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    await world.task()
    const { assignmentId } = await world.does(ann, { label: 'nl' })
    await world.people.change(ann.userId, { status: 'away' })
    await world.does(ben, BACK)
    expect(await world.engine.get(assignmentId)).toMatchObject({ status: 'submitted', attempt: 1 })
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({
      reasons: { reservedFor: 1 },
    })
    await world.people.change(ann.userId, { status: 'active' })
    await world.clock.advance(5_000)
    await world.engine.expireDue()
    expect(await world.held(ann)).toMatchObject({ assignmentId, attempt: 2, returnComment: BACK.comment })
  })

  it.each([
    ['suspended before', 'suspend', 'before'],
    ['suspended after', 'suspend', 'after'],
    ['removed before', 'remove', 'before'],
    ['removed after', 'remove', 'after'],
  ] as const)('waits for nobody who is %s the return', async (_, how, order) => {
    const world = await openEngine()
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const leave = async (): Promise<void> => {
      if (how === 'suspend') await world.people.change(ann.userId, { status: 'suspended' })
      else await world.projects.removeMember(world.projectId, ann.userId)
    }
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    if (order === 'before') await leave()
    else await world.people.change(ann.userId, { status: 'away' })
    await world.does(ben, BACK)
    if (order === 'after') await leave()
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({
      kind: 'claimed',
      task: { taskId },
    })
  })

  it('waits for no reviewer who was removed while the work is done again', async () => {
    const { world, ann, ben, task } = await reviewed()
    const cem = await world.person('Cem')
    await world.projects.removeMember(world.projectId, ben.userId)
    await world.projects.addMember(world.projectId, ben.userId)
    await world.people.change(ben.userId, { status: 'away' })
    await world.finish(ann, await world.held(ann), { label: 'de' })
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({
      kind: 'claimed',
      task: { taskId: task.taskId },
      assignment: { stepId: 'review' },
    })
  })

  it('lets a manager end the wait, and says until when it would last', async () => {
    const world = await openEngine({ config: { holdMinutes: 60 } })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    await world.people.change(ann.userId, { status: 'away' })
    await world.does(ben, BACK)
    const until = new Date(world.clock.now().getTime() + 3_600_000)
    const { candidates } = await world.engine.candidates({ taskId, userId: cem.userId })
    expect(candidates.find(({ userId }) => userId === cem.userId)?.reasons).toEqual([
      { code: 'reservedFor', until },
    ])
    const { version } = await world.tasks.get(taskId)
    await expect(world.tasks.endReservations(taskId, version - 1)).rejects.toMatchObject({
      code: 'version_conflict',
    })
    await world.tasks.endReservations(taskId, version)
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({ kind: 'claimed' })
    expect(await world.tasks.endReservations(taskId)).toMatchObject({ taskId, status: 'open' })
  })

  it('opens the slot for others after the hold time, but never for the reviewer', async () => {
    const world = await openEngine({ config: { holdMinutes: 60 } })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    await world.task()
    await world.does(ann, { label: 'nl' })
    await world.people.change(ann.userId, { status: 'away' })
    await world.does(ben, BACK)
    await world.minutes(59)
    await world.engine.expireDue()
    expect(await world.engine.claimNext({ userId: cem.userId })).toMatchObject({ kind: 'nothing' })
    await world.minutes(1)
    await world.engine.expireDue()
    expect(await world.engine.claimNext({ userId: ben.userId })).toMatchObject({
      reasons: { excludedByStep: 1 },
    })
    await world.does(cem, { label: 'de' })
    await world.finish(ben, await world.held(ben), FINE)
    const results = await world.results()
    expect(results[0]?.outcome).toEqual({ label: 'de' })
    expect(results[0]?.submissions.map(({ userId }) => userId)).toEqual([cem.userId, ben.userId])
  })

  it('takes the work of other reviewers who have not finished, and gives it back to them afterwards', async () => {
    const world = await openEngine({ steps: [ANNOTATE, { ...REVIEW, assignmentsRequired: 2 }] })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    const other = await world.claimAndStart(cem)
    await world.does(ben, BACK)
    expect(await world.engine.get(other.assignmentId)).toMatchObject({
      status: 'expired',
      endReason: 'task_returned',
    })
    await world.finish(ann, await world.held(ann), { label: 'de' })
    expect(await world.held(cem)).toMatchObject({ assignmentId: other.assignmentId, attempt: 2 })
    await world.finish(cem, await world.held(cem), FINE)
    expect(await world.tasks.get(taskId)).toMatchObject({ status: 'open', currentStepId: 'review' })
    await world.finish(ben, await world.held(ben), FINE)
    expect(await world.tasks.get(taskId)).toMatchObject({ status: 'completed' })
  })

  it('moves the quality of those whose work it judges', async () => {
    const { world, ann, ben } = await reviewed()
    expect(await world.people.qualityOf(ann.userId)).toMatchObject([
      { stepType: 'annotation', score: 0.4, samples: 1 },
    ])
    await world.finish(ann, await world.held(ann), { label: 'de' })
    await world.finish(ben, await world.held(ben), FINE)
    expect(await world.people.qualityOf(ann.userId)).toMatchObject([{ score: 0.5, samples: 2 }])
    expect(await world.people.qualityOf(ben.userId)).toEqual([])
  })

  it('refuses a result without a verdict, naming the place', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task()
    await world.does(ann, { label: 'nl' })
    const review = await world.claimAndStart(ben)
    await expect(world.submitAs(ben, review, { label: 'nl' })).rejects.toMatchObject({
      code: 'validation_failed',
      issues: [{ path: 'result.verdict' }],
    })
  })
})
