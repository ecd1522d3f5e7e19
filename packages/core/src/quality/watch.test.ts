import { SeededRandom } from '@muster/testing'
import { ANNOTATE, type Engine, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { TaskId } from '../ids.ts'
import type { User } from '../people/person.ts'
import { freshWatch, watchAfter, watchResumed } from './watch.ts'

const PAUSE = { good: 0.92, bad: 0.65, alarm: 4.6, minimum: 5 }
const at = (nth: number): Date => new Date(Date.UTC(2026, 0, 5, 9, nth))

/** The watch on somebody who answers so: 1 right, 0 wrong. */
function watched(
  answers: readonly (0 | 1)[],
  isControl = false,
  policy: Parameters<typeof watchAfter>[2] = { pause: PAUSE },
) {
  return answers.reduce(
    (watch, answer, nth) => watchAfter(watch, { right: answer === 1, isControl, now: at(nth) }, policy),
    freshWatch('p' as never, 'u' as never),
  )
}

describe('a watch', () => {
  it('sums evidence in millionths, and says since when somebody is suspect', () => {
    expect(watched([1, 1, 0])).toMatchObject({
      judged: 3,
      right: 2,
      sum: 1_475_907,
      suspectSince: at(2),
      cleanSince: at(1),
    })
    expect(watched([0, 1])).toMatchObject({ sum: 1_128_506, suspectSince: at(0), cleanSince: null })
    expect(watched([0, 1, 1, 1, 1, 1])).toMatchObject({ sum: 0, suspectSince: null, cleanSince: at(5) })
  })

  it('pauses at the alarm, not before as many were judged as must be', () => {
    expect(watched([0, 0, 0, 0]).paused).toBeNull()
    expect(watched([0, 0, 0, 0, 1]).paused).toEqual({ since: at(4), reason: 'drift', by: null, words: null })
    expect(watched([0, 0, 0, 0, 1], false, {}).paused).toBeNull()
  })

  it('pauses who does not pass the first controls, once', () => {
    const policy = { controls: { stepId: 'a', rate: 0, onboarding: { count: 3, passAt: 0.6 } } }
    expect(watched([1, 0], true, policy).paused).toBeNull()
    expect(watched([1, 0, 1], true, policy).paused).toBeNull()
    expect(watched([1, 0, 0], false, policy).paused).toBeNull()
    const failed = watched([1, 0, 0], true, policy)
    expect(failed.paused).toMatchObject({ since: at(2), reason: 'onboarding' })
    const again = watchAfter(
      watchResumed(failed, at(3)),
      { right: false, isControl: true, now: at(4) },
      policy,
    )
    expect(again).toMatchObject({ controls: 4, paused: null })
  })

  it('pauses a person of 95 % within 50 answers in at most 1 %, and finds a fall to chance soon', () => {
    const random = new SeededRandom(11)
    let paused = 0
    const TRIALS = 3_000
    for (let trial = 0; trial < TRIALS; trial++) {
      const answers = Array.from({ length: 50 }, (): 0 | 1 => (random.next() < 0.95 ? 1 : 0))
      if (watched(answers).paused !== null) paused += 1
    }
    expect(paused / TRIALS).toBeLessThanOrEqual(0.01)

    const delays: number[] = []
    for (let trial = 0; trial < 1_000; trial++) {
      let watch = watched(Array.from({ length: 30 }, (): 0 | 1 => (random.next() < 0.95 ? 1 : 0)))
      if (watch.paused !== null) continue
      let answers = 0
      for (; watch.paused === null; answers++)
        watch = watchAfter(
          watch,
          { right: random.next() < 0.5, isControl: false, now: at(answers) },
          { pause: PAUSE },
        )
      delays.push(answers)
    }
    delays.sort((one, other) => one - other)
    expect(delays[Math.floor(delays.length / 2)]).toBeLessThanOrEqual(8)
    expect(delays[Math.floor(delays.length * 0.95)]).toBeLessThanOrEqual(20)
  })
})

async function open(steps = [ANNOTATE, REVIEW]): Promise<{ world: Engine; ann: User; ben: User }> {
  const world = await openEngine({ steps })
  await world.projects.change(world.projectId, { quality: { pause: {} } })
  return { world, ann: await world.person('Ann'), ben: await world.person('Ben') }
}

/** Answers five known tasks wrong. */
async function driftsOff(world: Engine, person: User): Promise<void> {
  await world.addTasks(...Array.from({ length: 5 }, () => ({ priority: 5, gold: { label: 'nl' } })))
  for (let nth = 0; nth < 5; nth++) await world.does(person, { label: 'de' })
}

describe('somebody who drifts off', () => {
  it('is given nothing more, their open work goes back, and the managers are told', async () => {
    const { world, ann, ben } = await open()
    const { projectId, engine } = world
    await world.addTasks({}, {}, {})
    const held = await world.claimAndStart(ann)
    await engine.saveDraft({ assignmentId: held.assignmentId, by: world.by(ann), answers: { label: 'n' } })
    await driftsOff(world, ann)

    expect(await engine.get(held.assignmentId)).toMatchObject({
      status: 'reassigned',
      endReason: 'quality_paused',
      releaseReason: null,
      draft: { label: 'n' },
    })
    expect(await engine.claimNext({ userId: ann.userId })).toMatchObject({
      kind: 'nothing',
      reasons: { qualityPaused: 8 },
    })
    const { taskId } = held
    const decision = await engine.candidates({ taskId, userId: ann.userId })
    expect(decision.candidates.find(({ userId }) => userId === ann.userId)?.reasons).toContainEqual({
      code: 'qualityPaused',
      since: world.clock.now(),
      reason: 'drift',
    })
    await expect(engine.assign({ taskId, userId: ann.userId })).rejects.toMatchObject({
      code: 'no_eligible_person',
    })
    await engine.assignBatch({ projectId })
    expect(await world.live(ann)).toBe(0)
    expect(await world.live(ben)).toBeGreaterThan(0)

    const facts = await world.facts()
    const [paused, ...more] = facts.filter(({ type }) => type === 'person_paused')
    expect(more).toEqual([])
    expect(paused).toMatchObject({
      audience: 'affected',
      affectedUserIds: [ann.userId],
      data: { userId: ann.userId, projectId, reason: 'drift' },
    })
  })

  it('is shown to managers with what was known and said, and what they did since', async () => {
    const { world, ann } = await open()
    await driftsOff(world, ann)
    const quality = await world.quality.person(world.projectId, ann.userId)
    expect(quality.known).toEqual([
      {
        stepId: 'annotate',
        question: 'label',
        right: 0,
        wrong: 5,
        answers: [{ known: 'nl', given: 'de', right: false, times: 5 }],
      },
    ])
    expect(quality.accuracy).toMatchObject([{ value: 0, low: 0, answers: 5 }])
    expect(quality.watch).toMatchObject({ judged: 5, right: 0, paused: { reason: 'drift', by: null } })
    expect(quality.suspect).toHaveLength(5)
    await expect(world.quality.person(world.projectId, world.admin.userId)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is given work again when a manager lifts it, and what spoke against them begins anew', async () => {
    const { world, ann } = await open()
    await driftsOff(world, ann)
    const move = { projectId: world.projectId, userId: ann.userId, reason: 'We spoke' }
    await world.task()
    expect(await world.quality.resume(move)).toMatchObject({
      sum: 0,
      suspectSince: null,
      paused: null,
      judged: 5,
    })
    expect(await world.quality.resume(move)).toMatchObject({ paused: null })
    const at = world.clock.now()
    const paused = { since: at, reason: 'drift', by: null, words: null }
    const { pauses } = await world.quality.person(move.projectId, move.userId)
    expect(pauses).toEqual([{ ...paused, lifted: { at, by: null, words: 'We spoke' } }])
    expect(await world.claim(ann)).toMatchObject({ status: 'assigned' })
    const facts = await world.facts()
    expect(facts.filter(({ type }) => type === 'person_resumed')).toHaveLength(1)
  })

  it('does not have their work back when a review returns it: others may', async () => {
    const { world, ann, ben } = await open()
    await driftsOff(world, ann)
    await world.does(ben, { verdict: 'return' })
    expect(await world.live(ann)).toBe(0)
  })

  it('has the tasks done once more that are still open, if a manager says so', async () => {
    const { world, ann, ben } = await open()
    await driftsOff(world, ann)
    const cem = await world.person('Cem')
    const reviewing = await world.claim(ben)
    await expect(
      world.quality.reopen({ projectId: world.projectId, userId: ben.userId }),
    ).rejects.toMatchObject({
      code: 'conflict',
    })
    const by = world.admin.userId
    const { taskIds } = await world.quality.reopen({ projectId: world.projectId, userId: ann.userId, by })
    expect(taskIds).toHaveLength(5)
    const moves = await world.stores.overviews.listMoves(taskIds[0] as TaskId, { limit: 50 }, undefined)
    expect(moves.filter(({ kind }) => kind === 'step')).toMatchObject([
      { from: 'annotate', to: 'review', by: ann.userId },
      { from: 'review', to: 'annotate', by },
    ])
    expect(await world.engine.get(reviewing.assignmentId)).toMatchObject({
      status: 'expired',
      endReason: 'task_returned',
    })
    const again = await world.does(cem, { label: 'nl' })
    expect(again).toMatchObject({ stepId: 'annotate', slotNo: 2 })
    const work = await world.stores.tasks.findWork(again.taskId)
    expect(work?.task.currentStepId).toBe('review')
  })
})

describe('a pause by hand', () => {
  it('holds without a policy, and ends what the person holds', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    await world.addTasks({}, {})
    const held = await world.claim(ann)
    const move = {
      projectId: world.projectId,
      userId: ann.userId,
      reason: 'Too fast',
      by: world.admin.userId,
    }
    const paused = { since: world.clock.now(), reason: 'manager', by: world.admin.userId, words: 'Too fast' }
    expect(await world.quality.pause(move)).toMatchObject({ paused })
    expect(await world.quality.pause({ ...move, reason: 'Again' })).toMatchObject({ paused })
    expect(await world.engine.get(held.assignmentId)).toMatchObject({ endReason: 'quality_paused' })
    const moves = await world.stores.overviews.listMoves(held.taskId, { limit: 50 }, undefined)
    expect(moves.at(-1)).toMatchObject({ to: 'reassigned', by: move.by, reason: 'quality_paused' })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { qualityPaused: 2 },
    })
    await world.minutes(1)
    const lift = { ...move, reason: 'We spoke' }
    await expect(world.quality.resume({ ...lift, reason: '' })).rejects.toMatchObject({
      issues: [{ path: 'reason' }],
    })
    await world.quality.resume(lift)
    const lifted = { at: world.clock.now(), by: world.admin.userId, words: 'We spoke' }
    await world.minutes(1)
    await world.quality.pause({ ...move, reason: 'Too fast again' })
    await world.quality.resume({ ...lift, by: undefined })
    const { pauses, watch } = await world.quality.person(move.projectId, move.userId)
    expect(watch.paused).toBeNull()
    expect(pauses).toMatchObject([
      { reason: 'manager', words: 'Too fast again', lifted: { at: world.clock.now(), by: null } },
      { ...paused, lifted },
    ])
    const told = (await world.facts()).filter(({ type }) => type.startsWith('person_'))
    expect(told.map(({ type, data }) => [type, 'by' in data ? data.by : undefined])).toEqual([
      ['person_paused', world.admin.userId],
      ['person_resumed', world.admin.userId],
      ['person_paused', world.admin.userId],
      ['person_resumed', null],
    ])
    await expect(world.quality.pause({ ...move, reason: '' })).rejects.toMatchObject({
      issues: [{ path: 'reason' }],
    })
    await expect(world.quality.pause({ ...move, userId: world.admin.userId })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('says of a policy how often it would pause the good, and refuses one that cannot be', async () => {
    const world = await openEngine()
    const { wrongPauses } = await world.projects.change(world.projectId, {
      quality: { pause: { minimum: 3 } },
    })
    expect(wrongPauses.map(({ accuracy, within }) => [accuracy, within])).toEqual([
      [0.92, 50],
      [0.95, 50],
    ])
    expect(wrongPauses[0]?.chance).toBeGreaterThan(wrongPauses[1]?.chance ?? 1)
    await expect(
      world.projects.change(world.projectId, { quality: { pause: { good: 0.5, bad: 0.6 } } }),
    ).rejects.toMatchObject({ issues: [{ path: 'quality.pause.bad' }] })
    await expect(
      world.projects.change(world.projectId, { quality: { controls: { stepId: 'review', rate: 0.1 } } }),
    ).rejects.toMatchObject({ issues: [{ path: 'quality.controls.stepId' }] })
  })
})

describe('a crash between a pause and the end of holds', () => {
  it('leaves nothing: the next sweep ends what the person holds', async () => {
    const { world, ann } = await open()
    await world.addTasks({}, {})
    const held = await world.claim(ann)
    await world.transactions.transaction(async ({ quality }) => {
      const watch = await quality.lockWatch(world.projectId, ann.userId)
      const paused = { since: world.clock.now(), reason: 'drift' as const, by: null, words: null }
      await quality.saveWatch({ ...watch, paused })
    })
    await world.engine.expireDue()
    expect(await world.engine.get(held.assignmentId)).toMatchObject({
      status: 'reassigned',
      endReason: 'quality_paused',
    })
  })
})
