import { expect, it } from 'vitest'
import { liveOf, shelvesOf } from '../worlds/reading.ts'
import { after, anAssignment, aStep, newId, withAssignment } from '../worlds/samples.ts'
import { LEASE_MS, type TaskWorld } from './task-world.ts'

/** Claims: the best free slot, once, for whoever may have it. */
export function taskClaimCases(
  world: () => TaskWorld,
  open: (...asked: [steps?: Parameters<typeof TaskWorld.in>[1]]) => Promise<TaskWorld>,
): void {
  it('writes a new assignment into the slot it takes', async () => {
    const { clock, stores } = world()
    const work = await world().task()
    const ann = newId<'UserId'>()
    await clock.advance(61_000)
    const claimed = await world().claim(ann)
    const expected = anAssignment(work, world().workflow, ann, {
      assignmentId: claimed?.assignment.assignmentId ?? newId(),
      assignedAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + LEASE_MS),
    })
    expect(claimed).toEqual({ assignment: expected, task: work.task, from: null })
    expect(await stores.tasks.findWork(work.task.taskId)).toEqual(withAssignment(work, expected))
  })

  it('gives nothing if nothing is', async () => {
    expect(await world().claim(newId(), [])).toBeUndefined()
    const { task } = await world().task()
    const shelves = await world().openShelves()
    expect(await world().claim(newId(), shelves)).toMatchObject({ task: { taskId: task.taskId } })
    expect(await world().claim(newId(), shelves)).toBeUndefined()
  })

  it('takes the highest priority, then what is open longest, then the smallest taskId, over all shelves', async () => {
    const skilled = { requiredSkills: [{ anyOf: ['da'], minLevel: 1, dropAfterMinutes: null }] }
    const [third, fourth] = [
      world().work({ ...skilled, stepOpenedAt: after(2) }),
      world().work({ stepOpenedAt: after(2) }),
    ]
    await world().keep(fourth, third)
    const fifth = await world().task({ priority: -1 })
    const second = await world().task({ stepOpenedAt: after(1), ...skilled })
    const first = await world().task({ priority: 5, stepOpenedAt: after(50) })
    const ann = newId<'UserId'>()
    for (const work of [first, second, third, fourth, fifth]) {
      expect((await world().claim(ann))?.task.taskId).toBe(work.task.taskId)
    }
  })

  it('takes from the shelves it is given alone, in whatever order they come', async () => {
    const low = await world().task({ priority: -3 })
    const high = await world().task({ priority: 3 })
    await world().task({ priority: 9 })
    const shelves = await shelvesOf(world().stores, world().project.projectId)
    const open = shelves
      .filter(({ priority }) => priority < 9)
      .sort((a, b) => a.priority - b.priority)
      .map(({ shelfId }) => ({ shelfId, openedUntil: null, excludedSteps: [], leaseMs: LEASE_MS }))
    const ann = newId<'UserId'>()
    expect((await world().claim(ann, open))?.task.taskId).toBe(high.task.taskId)
    expect((await world().claim(ann, open))?.task.taskId).toBe(low.task.taskId)
    expect(await world().claim(ann, open)).toBeUndefined()
  })

  it('takes only what opened by the moment asked for, that moment included', async () => {
    const old = await world().task({ stepOpenedAt: after(4) })
    await world().task({ stepOpenedAt: after(5) })
    const ann = newId<'UserId'>()
    expect(await world().claim(ann, await world().openShelves({ openedUntil: after(3) }))).toBeUndefined()
    const until = await world().openShelves({ openedUntil: after(4) })
    expect((await world().claim(ann, until))?.task.taskId).toBe(old.task.taskId)
    expect(await world().claim(ann, until)).toBeUndefined()
  })

  it.each(['assigned', 'accepted', 'in_progress', 'submitted', 'rejected'] as const)(
    'passes over a step on which the person has a row that is %s',
    async (status) => {
      const wide = await open([aStep('annotate', { assignmentsRequired: 2 })])
      const ann = newId<'UserId'>()
      const work = wide.work()
      await wide.keep(withAssignment(work, anAssignment(work, wide.workflow, ann, { status })))
      const next = await wide.task({ stepOpenedAt: after(1) })
      expect((await wide.claim(ann))?.task.taskId).toBe(next.task.taskId)
      expect((await wide.claim(newId()))?.task.taskId).toBe(work.task.taskId)
    },
  )

  it.each(['expired', 'reassigned'] as const)(
    'revives the row of a person whose hold was %s',
    async (status) => {
      const ann = newId<'UserId'>()
      const work = world().work()
      const row = anAssignment(work, world().workflow, ann, {
        status,
        attempt: 3,
        version: 7,
        acceptedAt: after(1),
        startedAt: after(2),
        releaseReason: 'lunch',
        endReason: 'task_returned',
        endedAt: after(3),
        result: 'da',
        comment: 'sent back once',
        draft: { label: 'da' },
        draftComment: 'not sure',
        flag: { comment: 'cut off' },
        flaggedAt: after(2),
      })
      await world().keep(withAssignment(work, row))
      await world().clock.advance(5_000)
      const claimed = await world().claim(ann)
      expect(claimed?.from).toBe(status)
      expect(claimed?.assignment).toEqual({
        ...row,
        status: 'assigned',
        attempt: 4,
        version: 8,
        assignedAt: world().clock.now(),
        acceptedAt: null,
        startedAt: null,
        releaseReason: null,
        endReason: null,
        endedAt: null,
        result: null,
        comment: null,
        expiresAt: new Date(world().clock.now().getTime() + LEASE_MS),
      })
      expect((await world().stores.tasks.findWork(work.task.taskId))?.assignments).toEqual([
        claimed?.assignment,
      ])
    },
  )

  it.each([
    ['assigned', true],
    ['in_progress', true],
    ['submitted', true],
    ['rejected', false],
    ['expired', false],
    ['reassigned', false],
  ] as const)('minds a row on an excluded step that is %s: %s', async (status, excluded) => {
    const ann = newId<'UserId'>()
    const work = world().work({ currentStepId: 'review' })
    const row = anAssignment(work, world().workflow, ann, { stepId: 'annotate', status })
    await world().keep(withAssignment(work, row))
    const shelves = await world().openShelves({ excludedSteps: ['annotate'] })
    expect((await world().claim(ann, shelves)) === undefined).toBe(excluded)
    expect((await world().claim(newId(), shelves)) === undefined).toBe(!excluded)
  })

  it('minds only the steps it is told to', async () => {
    const ann = newId<'UserId'>()
    const work = world().work({ currentStepId: 'review' })
    const row = anAssignment(work, world().workflow, ann, { stepId: 'annotate', status: 'submitted' })
    await world().keep(withAssignment(work, row))
    expect(await world().claim(ann)).toBeDefined()
  })

  it('gives an overlapping step to as many different people as it asks for, and to no more', async () => {
    const wide = await open([aStep('annotate', { assignmentsRequired: 3 })])
    const { task } = await wide.task()
    const shelves = await wide.openShelves()
    const people = Array.from({ length: 4 }, () => newId<'UserId'>())
    const slots: (number | undefined)[] = []
    for (const person of people) {
      slots.push((await wide.claim(person, shelves))?.assignment.slotNo)
      expect(await wide.claim(person, shelves)).toBeUndefined()
    }
    expect(slots).toEqual([1, 2, 3, undefined])
    expect((await wide.stores.tasks.findWork(task.taskId))?.assignments).toHaveLength(3)
  })

  it('never gives one slot to two of many who claim at the same time, and leaves none over', async () => {
    const wide = await open([aStep('annotate', { assignmentsRequired: 2 })])
    const works = Array.from({ length: 6 }, () => wide.work())
    await wide.keep(...works)
    const shelves = await wide.openShelves()
    const people = Array.from({ length: 16 }, () => newId<'UserId'>())
    const claims = await Promise.all(people.map((person) => wide.claim(person, shelves)))
    const taken = claims.flatMap((claim) =>
      claim ? [`${claim.task.taskId} ${claim.assignment.slotNo}`] : [],
    )
    expect(taken).toHaveLength(12)
    expect(new Set(taken).size).toBe(12)
    for (const { task } of works) {
      const work = await wide.stores.tasks.findWork(task.taskId)
      expect(work?.slots.map(({ state }) => state)).toEqual(['held', 'held'])
      expect(new Set(work?.assignments.map(({ userId }) => userId)).size).toBe(2)
    }
  })

  it('lets nobody past a limit that is checked under the lock, however many claim for one person', async () => {
    const ann = await world().person()
    await world().keep(...Array.from({ length: 8 }, () => world().work()))
    const shelves = await world().openShelves()
    const { persistence, clock } = world()
    await Promise.all(
      Array.from({ length: 8 }, () =>
        persistence.transaction(async ({ people, inboxes, claims }) => {
          await people.lock([ann.userId])
          if ((await liveOf({ inboxes }, ann.userId)).length >= 3) return
          await claims.claim([{ userId: ann.userId, shelves, assignmentId: newId() }], clock.now())
        }),
      ),
    )
    expect(await liveOf(world().stores, ann.userId)).toHaveLength(3)
  })

  it('never gives one person two steps of a task that exclude each other, also not at the same time', async () => {
    const ann = await world().person()
    const work = world().work({ currentStepId: 'review' })
    const slots = [
      ...work.slots,
      ...world()
        .work()
        .slots.map((slot) => ({ ...slot, taskId: work.task.taskId })),
    ]
    await world().keep({ ...work, slots })
    const row = anAssignment(work, world().workflow, ann.userId, { stepId: 'annotate' })
    const shelves = await world().openShelves({ excludedSteps: ['annotate'] })
    const push = world().persistence.transaction(async ({ people, tasks }) => {
      await people.lock([ann.userId])
      const before = await tasks.lockWork(work.task.taskId)
      if (before?.assignments.length === 0)
        await tasks.saveWorks([{ before, after: withAssignment(before, row) }])
    })
    const [claimed] = await Promise.all([world().claim(ann.userId, shelves), push])
    const rows = (await world().stores.tasks.findWork(work.task.taskId))?.assignments ?? []
    expect(rows).toHaveLength(1)
    expect(rows[0]?.stepId).toBe(claimed ? 'review' : 'annotate')
  })

  it('leaves the slot free when the transaction of a claim throws', async () => {
    const work = await world().task()
    const shelves = await world().openShelves()
    const broken = world().persistence.transaction(async ({ claims }) => {
      await claims.claim([{ userId: newId(), shelves, assignmentId: newId() }], after(0))
      throw new Error('changed its mind')
    })
    await expect(broken).rejects.toThrow('changed its mind')
    expect(await world().stores.tasks.findWork(work.task.taskId)).toEqual(work)
    expect(await world().claim(newId(), shelves)).toBeDefined()
  })

  it.each(['cooling', 'reserved', 'done', 'held'] as const)('gives out no slot that is %s', async (state) => {
    const work = world().work()
    const rest = { state, reservedFor: state === 'reserved' ? newId<'UserId'>() : null, wakeAt: after(-5) }
    await world().keep({ ...work, slots: work.slots.map((slot) => ({ ...slot, ...rest })) })
    expect(await world().claim(newId())).toBeUndefined()
  })
}
