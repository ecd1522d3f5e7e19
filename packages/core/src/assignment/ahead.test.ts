import { MemoryPresenceStore } from '@muster/adapters-memory'
import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { AssignmentId } from '../ids.ts'
import type { User } from '../people/person.ts'
import { personalQueueUseCases } from '../queue/personal.ts'
import { projectPeopleUseCases } from '../queue/project-people.ts'

type Options = Parameters<typeof openEngine>[0]

/** Somebody at work on one of three tasks, who may hold the next one ahead. */
async function atWork(options: Options = {}, wish: Parameters<Engine['person']>[1] = {}) {
  const world = await openEngine({
    steps: [ANNOTATE, REVIEW],
    config: { leaseMinutes: 30, cooldownMinutes: 15 },
    ...options,
  })
  const ann = await world.person('Ann', wish)
  await world.addTasks({}, {}, {})
  const inSight = await world.claimAndStart(ann)
  const next = (person: User = ann, ahead = true) => world.engine.claimNext({ userId: person.userId, ahead })
  const ahead = async (person: User = ann) => {
    const claim = await next(person)
    if (claim.kind === 'nothing') throw new Error(`Nothing: ${JSON.stringify(claim.reasons)}`)
    return claim.assignment
  }
  const seconds = (count: number) => world.clock.advance(count * 1_000)
  const after = (count: number) => new Date(world.clock.now().getTime() + count * 1_000)
  const by = (assignmentId: AssignmentId) => ({ assignmentId, by: world.by(ann) })
  const told = async () => (await world.facts()).flatMap(({ type, data }) => [{ type, ...data }])
  return { world, ann, inSight, next, ahead, seconds, after, by, told }
}

type Engine = Awaited<ReturnType<typeof openEngine>>

describe('an assignment that is held ahead', () => {
  it('is claimed as any other, for 45 s, and says so in its row, the queue and the fact', async () => {
    const { world, ann, ahead, after, told, inSight } = await atWork()
    expect(inSight.ahead).toBe(false)
    const held = await ahead()
    expect(held).toMatchObject({ status: 'assigned', ahead: true, expiresAt: after(45), attempt: 1 })
    expect((await told()).at(-1)).toMatchObject({ type: 'task_assigned', ahead: true })
    const { transactions, clock } = world
    const { items } = await personalQueueUseCases({ transactions, clock }).list({ userId: ann.userId })
    expect(items.map((entry) => [entry.assignmentId, entry.ahead])).toEqual([
      [inSight.assignmentId, false],
      [held.assignmentId, true],
    ])
  })

  it('is the one that is held already, however often it is asked for at once', async () => {
    const { world, ann, next, ahead } = await atWork()
    const answers = await Promise.all(Array.from({ length: 5 }, () => next()))
    const held = await ahead()
    for (const answer of answers)
      expect(answer).toMatchObject({ kind: 'claimed', assignment: { assignmentId: held.assignmentId } })
    expect(await world.live(ann)).toBe(2)
  })

  it('is refused to somebody who works on nothing, and nothing is claimed', async () => {
    const { world, next } = await atWork()
    const ben = await world.person('Ben')
    await expect(next(ben)).rejects.toMatchObject({ code: 'conflict', details: { ahead: true } })
    expect(await world.live(ben)).toBe(0)
    expect(await next(ben, false)).toMatchObject({ kind: 'claimed', assignment: { ahead: false } })
  })

  it('counts against the limit, and a limit of one leaves room for none', async () => {
    const { world, ann, ahead } = await atWork({}, { maxConcurrentAssignments: 2 })
    await ahead()
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({ reasons: { atLimit: 3 } })
    const one = await atWork({}, { maxConcurrentAssignments: 1 })
    expect(await one.next()).toMatchObject({ kind: 'nothing', reasons: { atLimit: 3 } })
  })

  it.each(['start', 'accept'] as const)(
    'is ordinary from %s on, with the lease of its step',
    async (move) => {
      const { world, ahead, after, by, told, seconds } = await atWork()
      const held = await ahead()
      await seconds(40)
      const row = await world.engine[move]({ ...by(held.assignmentId), attempt: 1 })
      expect(row).toMatchObject({ ahead: false, expiresAt: after(1_800) })
      expect((await told()).at(-1)).not.toHaveProperty('ahead')
      expect((await ahead()).assignmentId).not.toBe(held.assignmentId)
    },
  )

  it('is ordinary once a draft of its attempt is kept', async () => {
    const { world, ahead, by, after } = await atWork()
    const held = await ahead()
    await world.engine.saveDraft({ ...by(held.assignmentId), answers: { label: 'nl' }, attempt: 1 })
    expect(await world.engine.get(held.assignmentId)).toMatchObject({ ahead: false, expiresAt: after(1_800) })
  })

  it.each(['released', 'lapsed'] as const)(
    'leaves no trace when %s unseen: its slot is free at once',
    async (how) => {
      const { world, ann, ahead, by, told, seconds } = await atWork({ steps: [ANNOTATE] })
      const ben = await world.person('Ben')
      const held = await ahead()
      const before = await world.tasks.get(held.taskId)
      if (how === 'released') await world.engine.release({ ...by(held.assignmentId), attempt: 1 })
      else {
        await seconds(45)
        await world.engine.expireDue()
      }
      const [work] = [await world.stores.tasks.findWork(held.taskId)]
      expect(work?.slots).toMatchObject([{ state: 'free', wakeAt: null }])
      expect(work?.task).toMatchObject({ cooldownUntil: null, stepOpenedAt: before.stepOpenedAt })
      expect(await world.engine.get(held.assignmentId)).toMatchObject({
        status: 'reassigned',
        endReason: 'unseen',
        ahead: false,
        rejectedAt: null,
        expiresAt: null,
      })
      const type = how === 'released' ? 'task_status_changed' : 'task_unavailable'
      expect((await told()).at(-1)).toMatchObject({
        type,
        status: 'reassigned',
        reason: 'unseen',
        ahead: true,
      })
      expect((await world.claim(ben)).taskId).toBe(held.taskId)
      const [person] = await world.stores.decisions.listPeople(world.projectId, 'annotation', [ann.userId])
      expect(person?.lastAssignedAt).toEqual(world.project.createdAt)
    },
  )

  it('comes again to the same person, one attempt later', async () => {
    const { world, ahead, by } = await atWork()
    const held = await ahead()
    await world.engine.release(by(held.assignmentId))
    expect(await ahead()).toMatchObject({
      assignmentId: held.assignmentId,
      attempt: 2,
      ahead: true,
      endReason: null,
    })
    await expect(world.engine.start({ ...by(held.assignmentId), attempt: 1 })).rejects.toMatchObject({
      code: 'lease_lost',
    })
  })

  it('is held on by a heartbeat on what its person works on, and by nothing else', async () => {
    const { world, inSight, ahead, after, by, seconds } = await atWork()
    const held = await ahead()
    await seconds(30)
    const version = (await world.engine.get(held.assignmentId)).version
    await world.engine.heartbeat({ ...by(inSight.assignmentId), attempt: 1 })
    expect(await world.engine.get(held.assignmentId)).toMatchObject({ expiresAt: after(45), version })
    await expect(world.engine.heartbeat(by(held.assignmentId))).rejects.toMatchObject({ code: 'conflict' })
    await seconds(44)
    expect(await world.engine.expireDue()).toBe(0)
    await ahead()
    await seconds(1)
    await world.engine.heartbeat(by(inSight.assignmentId))
    await world.engine.expireDue()
    expect(await world.engine.get(held.assignmentId)).toMatchObject({ endReason: 'unseen' })
  })

  it('is claimed anew when the one that was held has lapsed, though nobody swept', async () => {
    const { ahead, seconds } = await atWork()
    const held = await ahead()
    await seconds(46)
    expect(await ahead()).toMatchObject({ assignmentId: held.assignmentId, attempt: 2 })
  })

  it('is declined for good like any other', async () => {
    const { world, ahead, by } = await atWork({ steps: [ANNOTATE] })
    const held = await ahead()
    await world.engine.reject({ ...by(held.assignmentId), code: 'unclear' })
    expect(await world.engine.get(held.assignmentId)).toMatchObject({
      status: 'rejected',
      endReason: null,
      ahead: false,
    })
    expect((await world.stores.tasks.findWork(held.taskId))?.slots).toMatchObject([{ state: 'cooling' }])
  })

  it('ends with its task, and with its person, for that reason', async () => {
    const { world, ann, ahead } = await atWork()
    const first = await ahead()
    await world.tasks.cancel(first.taskId)
    expect(await world.engine.get(first.assignmentId)).toMatchObject({
      endReason: 'task_cancelled',
      ahead: false,
    })
    const second = await ahead()
    await world.people.change(ann.userId, { status: 'suspended' })
    expect(await world.engine.get(second.assignmentId)).toMatchObject({
      status: 'reassigned',
      endReason: 'unseen',
      ahead: false,
    })
  })

  it('is nothing that its person had, declined or was sent back, once it was not seen', async () => {
    const { world, ann, ahead, by } = await atWork({ steps: [ANNOTATE] })
    const held = await ahead()
    await world.engine.release(by(held.assignmentId))
    const { transactions, clock } = world
    const people = projectPeopleUseCases({ transactions, clock, presence: new MemoryPresenceStore() })
    const { recent, lastDay } = await people.memberOf(world.projectId, ann.userId)
    expect(lastDay).toMatchObject({ returned: 0, declined: 0, submitted: 0 })
    expect(recent.map(({ assignmentId }) => assignmentId)).not.toContain(held.assignmentId)
  })

  it('has the lease of its step where that is shorter', async () => {
    const { ahead, after } = await atWork({ config: { leaseMinutes: 0.5 } })
    expect((await ahead()).expiresAt).toEqual(after(30))
  })

  it('may be a control, which comes again after it was not seen', async () => {
    const { world, ann, inSight, ahead, by } = await atWork({ steps: [ANNOTATE] })
    world.deps.random.next = () => 0
    await world.projects.change(world.projectId, {
      quality: { controls: { stepId: 'annotate', rate: 0.5 } },
    })
    const [control] = await world.addTasks({ purpose: 'control', gold: { label: 'nl' } })
    for (const attempt of [1, 2]) {
      const held = await ahead()
      expect(held).toMatchObject({ taskId: control?.taskId, attempt, ahead: true })
      await world.engine.release(by(held.assignmentId))
    }
    const work = await world.stores.tasks.findWork(control?.taskId ?? inSight.taskId)
    expect(work?.slots).toHaveLength(1)
    const row = await ahead()
    await world.finish(ann, row, { label: 'nl' })
    expect(await world.engine.get(row.assignmentId)).toMatchObject({ status: 'submitted', attempt: 3 })
  })
})

describe('a submission with the wish for the next', () => {
  it('hands in and claims in one go, also at a limit of one', async () => {
    const { world, inSight, by } = await atWork({}, { maxConcurrentAssignments: 1 })
    const done = await world.engine.submitWithNext({
      ...by(inSight.assignmentId),
      result: { label: 'nl' },
      next: {},
    })
    expect(done.assignment).toMatchObject({ status: 'submitted' })
    expect(done.next).toMatchObject({ kind: 'claimed', assignment: { status: 'assigned', ahead: false } })
  })

  it('claims nothing when it is refused', async () => {
    const { world, ann, ahead, by } = await atWork()
    const held = await ahead()
    await expect(
      world.engine.submitWithNext({ ...by(held.assignmentId), result: 1, next: {} }),
    ).rejects.toMatchObject({ code: 'invalid_transition' })
    expect(await world.live(ann)).toBe(2)
  })

  it('says why there is nothing, as a claim does', async () => {
    const { world, inSight, by } = await atWork({ steps: [ANNOTATE] })
    const [second, third] = [
      ...(await world.stores.tasks.list({ projectId: world.projectId }, { limit: 9 })),
    ].filter(({ taskId }) => taskId !== inSight.taskId)
    await world.tasks.cancel(second?.taskId ?? inSight.taskId)
    await world.tasks.change(third?.taskId ?? inSight.taskId, { requiredSkills: [{ anyOf: ['law'] }] })
    const done = await world.engine.submitWithNext({ ...by(inSight.assignmentId), result: 1, next: {} })
    expect(done).toMatchObject({
      assignment: { status: 'submitted' },
      next: { kind: 'nothing', open: 1, reasons: { missingSkill: 1 } },
    })
  })

  it('waits with what can be taken back, which goes through at once if only the limit stands against the next', async () => {
    const { world, inSight, by } = await atWork()
    const wide = { ...by(inSight.assignmentId), result: { label: 'nl' }, undoSeconds: 10, next: {} }
    expect(await world.engine.submitWithNext(wide)).toMatchObject({
      assignment: { status: 'in_progress' },
      next: { kind: 'claimed' },
    })
    expect(await world.engine.get(inSight.assignmentId)).toMatchObject({ status: 'in_progress' })
    const one = await atWork({}, { maxConcurrentAssignments: 1 })
    const narrow = { ...wide, ...one.by(one.inSight.assignmentId) }
    expect((await one.world.engine.submitWithNext(narrow)).next).toMatchObject({ kind: 'claimed' })
    expect(await one.world.engine.get(one.inSight.assignmentId)).toMatchObject({ status: 'submitted' })
  })

  it('is for the holder alone', async () => {
    const { world, inSight } = await atWork()
    const asked = { assignmentId: inSight.assignmentId, by: world.admin, result: 1, next: {} }
    await expect(world.engine.submitWithNext(asked)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await world.engine.get(inSight.assignmentId)).toMatchObject({ status: 'in_progress' })
  })

  it.each([
    [{ stepType: 'nothing' }, 'next.stepType'],
    [{ ahead: true }, 'next.ahead'],
    ['soon', 'next'],
  ])('names the field that is wrong with %j', async (next, path) => {
    const { world, inSight, by } = await atWork()
    await expect(
      world.engine.submitWithNext({ ...by(inSight.assignmentId), result: 1, next: next as never }),
    ).rejects.toMatchObject({ code: 'validation_failed', issues: [{ path }] })
  })
})
