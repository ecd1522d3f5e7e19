import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { NewForm } from '../forms/form.ts'
import { formTemplates } from '../forms/templates.ts'
import type { Json } from '../json/json.ts'
import type { Assignment } from './assignment.ts'

const RUBRIC = formTemplates.find(({ name }) => name === 'rubric') as NewForm

/** Somebody at work, who hands in with ten seconds to think again. */
async function atWork(options: Parameters<typeof openEngine>[0] = {}, payload?: Json) {
  const world = await openEngine({ steps: [ANNOTATE, REVIEW], config: { leaseMinutes: 0.5 }, ...options })
  const ann = await world.person('Ann')
  const { taskId } = await world.task(payload === undefined ? {} : { payload })
  const row = await world.claimAndStart(ann)
  const handIn = (of: Assignment, label = 'nl', undoSeconds = 10) =>
    world.engine.submit({ assignmentId: of.assignmentId, by: world.by(ann), result: { label }, undoSeconds })
  const move = { assignmentId: row.assignmentId, by: world.by(ann) }
  const seconds = (count: number) => world.clock.advance(count * 1_000)
  const after = (count: number) => new Date(world.clock.now().getTime() + count * 1_000)
  return { world, ann, taskId, row, handIn, move, seconds, after }
}

describe('a submission that can be taken back', () => {
  it('waits with its lease a minute longer, says no fact, and goes through as of when it was handed in', async () => {
    const { world, row, handIn, seconds, after, taskId } = await atWork()
    const facts = await world.factsOf(taskId)
    const [handedInAt, submitsAt] = [world.clock.now(), after(10)]
    expect(await handIn(row)).toMatchObject({
      status: 'in_progress',
      version: row.version + 1,
      submitsAt,
      handedInAt,
      submittedAt: null,
      expiresAt: after(70),
    })
    expect(await world.factsOf(taskId)).toEqual(facts)
    await seconds(9.999)
    expect(await world.engine.expireDue()).toBe(0)
    await seconds(0.001)
    expect(await world.engine.expireDue()).toBe(1)
    expect(await world.engine.get(row.assignmentId)).toMatchObject({
      status: 'submitted',
      submittedAt: handedInAt,
      result: { label: 'nl' },
      submitsAt: null,
      handedIn: null,
      handedInAt: null,
      draft: null,
    })
    const [changed] = (await world.factsOf(taskId)).slice(facts.length)
    expect(changed).toMatchObject({
      type: 'task_status_changed',
      data: { from: 'in_progress', status: 'submitted' },
    })
    expect((await world.tasks.get(taskId)).currentStepId).toBe('review')
  })

  it('is a draft again once it is taken back, and never goes through', async () => {
    const { world, ann, row, handIn, move, seconds } = await atWork()
    await handIn(row)
    await seconds(9)
    const back = await world.engine.takeBack({ ...move, attempt: 1 })
    expect(back).toMatchObject({
      status: 'in_progress',
      submitsAt: null,
      draft: { label: 'nl' },
      draftVersion: 1,
    })
    expect((await world.engine.work(row.assignmentId, world.by(ann))).draft?.answers).toEqual({ label: 'nl' })
    expect(await world.engine.takeBack(move)).toEqual(back)
    await seconds(20)
    await world.engine.expireDue()
    expect(await world.engine.get(row.assignmentId)).toMatchObject({ status: 'in_progress' })
  })

  it('cannot be taken back once its moment has come, though nobody swept', async () => {
    const { world, row, handIn, move, seconds } = await atWork()
    await handIn(row)
    await seconds(10)
    await expect(world.engine.takeBack(move)).rejects.toMatchObject({
      code: 'invalid_transition',
      details: { from: 'submitted' },
    })
    expect(await world.engine.get(row.assignmentId)).toMatchObject({ status: 'submitted' })
  })

  it('goes through however late anybody looks, though its lease has run out', async () => {
    const { world, row, handIn, taskId } = await atWork()
    await handIn(row)
    await world.minutes(90)
    expect((await world.tasks.view(taskId, world.admin)).assignments).toMatchObject([{ status: 'submitted' }])
    expect(await world.engine.get(row.assignmentId)).toMatchObject({ attempt: 1 })
  })

  it('goes through before a cancellation that comes after its moment, and is a draft after one that comes before', async () => {
    const { world, ann, row, handIn, seconds, taskId } = await atWork()
    const other = await world.task()
    const [late] = [await world.claimAndStart(ann)]
    await handIn(row)
    await handIn(late, 'af', 30)
    await seconds(10)
    await world.tasks.cancel(taskId)
    await world.tasks.cancel(other.taskId)
    expect(await world.engine.get(row.assignmentId)).toMatchObject({ status: 'submitted' })
    expect(await world.engine.get(late.assignmentId)).toMatchObject({
      status: 'expired',
      draft: { label: 'af' },
      submitsAt: null,
      handedIn: null,
    })
  })

  it.each(['suspended', 'removed', 'released', 'reassigned', 'paused'] as const)(
    'is a draft if its person is %s meanwhile',
    async (how) => {
      const { world, ann, row, handIn, move, seconds } = await atWork()
      await handIn(row)
      const bob = await world.person('Bob')
      if (how === 'suspended') await world.people.change(ann.userId, { status: 'suspended' })
      if (how === 'removed') await world.projects.removeMember(world.projectId, ann.userId)
      if (how === 'released') await world.engine.release(move)
      if (how === 'reassigned')
        await world.engine.reassign({ assignmentId: row.assignmentId, userId: bob.userId, reason: 'busy' })
      if (how === 'paused')
        await world.quality.pause({ projectId: world.projectId, userId: ann.userId, reason: 'too fast' })
      await seconds(30)
      await world.engine.expireDue()
      expect(await world.engine.get(row.assignmentId)).toMatchObject({
        status: 'reassigned',
        result: null,
        draft: { label: 'nl' },
        submitsAt: null,
      })
    },
  )

  it.each(['suspended', 'suspended by a directory', 'removed', 'paused', 'drifting'] as const)(
    'has gone through if its moment was over before its person was %s, though nobody swept',
    async (how) => {
      const { world, ann, row, handIn, seconds } = await atWork()
      const gold = how === 'drifting' ? await world.task({ gold: { label: 'nl' } }) : undefined
      const wrong = gold && (await world.claimAndStart(ann))
      await handIn(row)
      await seconds(12)
      const { externalId, displayName } = await world.people.change(ann.userId, { externalId: 'ann' })
      if (how === 'suspended') await world.people.change(ann.userId, { status: 'suspended' })
      if (how === 'suspended by a directory')
        await world.people.upsert({ externalId: externalId ?? '', displayName, status: 'suspended' })
      if (how === 'removed') await world.projects.removeMember(world.projectId, ann.userId)
      if (how === 'paused')
        await world.quality.pause({ projectId: world.projectId, userId: ann.userId, reason: 'too fast' })
      if (wrong !== undefined) {
        const pause = { good: 0.9, bad: 0.5, alarm: 0.1, minimum: 1 }
        await world.projects.change(world.projectId, { quality: { pause } })
        await handIn(wrong, 'de', 0)
        const { watch } = await world.quality.person(world.projectId, ann.userId)
        if (watch.paused?.reason !== 'drift') throw new Error('they are not paused')
      }
      expect(await world.engine.get(row.assignmentId)).toMatchObject({
        status: 'submitted',
        result: { label: 'nl' },
      })
    },
  )

  it('is checked at once, and refused like any', async () => {
    const { world, move } = await atWork({ steps: [{ ...ANNOTATE, form: RUBRIC }] }, RUBRIC.example?.payload)
    await expect(
      world.engine.submit({ ...move, result: { correct: 3 }, undoSeconds: 5 }),
    ).rejects.toMatchObject({
      code: 'validation_failed',
      issues: expect.arrayContaining([expect.objectContaining({ rule: 'required' })]),
    })
    for (const undoSeconds of [-1, 31, 2.5, '3' as never])
      await expect(world.engine.submit({ ...move, result: {}, undoSeconds })).rejects.toMatchObject({
        code: 'validation_failed',
        issues: [expect.objectContaining({ path: 'undoSeconds' })],
      })
    expect(await world.engine.get(move.assignmentId)).toMatchObject({ submitsAt: null })
  })

  it('is replaced by a later one, which may go through at once', async () => {
    const { world, row, handIn, seconds, after } = await atWork()
    await handIn(row)
    await seconds(5)
    const [handedInAt, submitsAt] = [world.clock.now(), after(10)]
    expect(await handIn(row, 'af')).toMatchObject({
      submitsAt,
      handedIn: { result: { label: 'af' } },
      handedInAt,
    })
    expect(await handIn(row, 'da', 0)).toMatchObject({
      status: 'submitted',
      result: { label: 'da' },
      submitsAt: null,
    })
    await seconds(10)
    expect(await world.engine.expireDue()).toBe(0)
  })

  it('takes no draft while it waits, and tells why', async () => {
    const { world, row, handIn, move } = await atWork()
    const { submitsAt } = await handIn(row)
    await expect(world.engine.saveDraft({ ...move, answers: {} })).rejects.toMatchObject({
      code: 'conflict',
      details: { status: 'in_progress', submitsAt },
    })
  })

  it('keeps its place against the limit, until the next claim would fail by that alone', async () => {
    const { world, ann, row, handIn } = await atWork({ config: { maxConcurrentPerUser: 2 } })
    const others = await world.addTasks({}, {})
    const second = await world.claimAndStart(ann)
    await handIn(row)
    await handIn(second, 'af')
    expect((await world.engine.get(row.assignmentId)).status).toBe('in_progress')
    const third = await world.claim(ann)
    expect(others.map(({ taskId }) => taskId)).toContain(third.taskId)
    for (const { assignmentId } of [row, second])
      expect(await world.engine.get(assignmentId)).toMatchObject({ status: 'submitted' })
  })

  it('stays one that can be taken back if the claim fails by something else, too', async () => {
    const { world, ann, row, handIn, move } = await atWork({ config: { maxConcurrentPerUser: 1 } })
    await world.task({ requiredSkills: [{ anyOf: ['nl'], minLevel: 3 }] })
    await handIn(row)
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      kind: 'nothing',
      reasons: { atLimit: 2, missingSkill: 1 },
    })
    expect(await world.engine.takeBack(move)).toMatchObject({ status: 'in_progress', draft: { label: 'nl' } })
  })

  it('acts as a return does when a review goes through, and as a submission against gold', async () => {
    const { world, ann, row, handIn, taskId, seconds } = await atWork()
    await handIn(row)
    await seconds(10)
    await world.engine.expireDue()
    const bob = await world.person('Bob')
    const review = await world.claimAndStart(bob)
    await world.engine.submit({
      assignmentId: review.assignmentId,
      by: world.by(bob),
      result: { verdict: 'return', comment: 'look again' },
      undoSeconds: 10,
    })
    expect((await world.tasks.get(taskId)).currentStepId).toBe('review')
    await seconds(10)
    await world.engine.expireDue()
    expect(await world.held(ann)).toMatchObject({
      status: 'assigned',
      attempt: 2,
      returnComment: 'look again',
    })
  })
})
