import type { ShelfCount } from '@muster/core/ports'
import { expect, it } from 'vitest'
import { shelvesOf } from '../worlds/reading.ts'
import { after, anAssignment, aStep, newId, withAssignment } from '../worlds/samples.ts'
import { ended, LEASE_MS, type TaskWorld } from './task-world.ts'

/** What stands on which shelf, where in it, and how it is counted. */
export function taskShelfCases(
  world: () => TaskWorld,
  open: (...asked: [steps?: Parameters<typeof TaskWorld.in>[1]]) => Promise<TaskWorld>,
): void {
  it('finds a slot again once it is free, at its old place in the line', async () => {
    const [ann, bob] = [newId<'UserId'>(), newId<'UserId'>()]
    const first = await world().task()
    const second = await world().task({ stepOpenedAt: after(1) })
    expect((await world().claim(ann))?.task.taskId).toBe(first.task.taskId)
    await world().change(first.task.taskId, (work) => ended(work, ann, 'expired'))
    expect((await world().claim(bob))?.task.taskId).toBe(first.task.taskId)
    expect((await world().claim(ann))?.task.taskId).toBe(second.task.taskId)
  })

  it('finds a task at its new place once its priority has changed', async () => {
    const [first, second] = [await world().task(), await world().task()]
    await world().change(second.task.taskId, (work) => ({ ...work, task: { ...work.task, priority: 1 } }))
    expect((await world().claim(newId()))?.task.taskId).toBe(second.task.taskId)
    expect((await world().claim(newId()))?.task.taskId).toBe(first.task.taskId)
  })

  it('finds a task on the shelf of its new step once it has moved on, and on none once it is over', async () => {
    const { task } = await world().task()
    await world().change(task.taskId, (work) => ({
      task: { ...work.task, currentStepId: 'review', stepOpenedAt: after(3) },
      slots: [
        ...work.slots.map((slot) => ({ ...slot, state: 'done' as const })),
        ...world().work({ currentStepId: 'review', taskId: task.taskId }).slots,
      ],
      assignments: work.assignments,
    }))
    const shelves = await shelvesOf(world().stores, world().project.projectId)
    expect(shelves.map(({ stepId }) => stepId)).toEqual(['review'])
    expect((await world().claim(newId()))?.assignment).toMatchObject({ stepId: 'review', stepType: 'review' })
    await world().change(task.taskId, (work) => ({
      ...work,
      task: { ...work.task, status: 'cancelled', currentStepId: null },
    }))
    expect(await shelvesOf(world().stores, world().project.projectId)).toEqual([])
  })

  it('puts steps on one shelf that are alike in all that decides, and on others what is not', async () => {
    const da = { anyOf: ['da'], minLevel: 2, dropAfterMinutes: 10 }
    const stepped = await open([
      aStep('annotate', { requiredSkills: [da] }),
      aStep('review', { stepType: 'review' }),
      aStep('probe', { stepType: 'automatic', jobType: 'probe:scenario' }),
    ])
    const { projectId, workflowId } = stepped.project
    await stepped.keep(stepped.work(), stepped.work({ stepOpenedAt: after(9), payload: 1 }))
    await stepped.task({ priority: 4 })
    const own = { anyOf: ['nb', 'sv'], minLevel: 1, dropAfterMinutes: null }
    await stepped.task({ requiredSkills: [own] })
    await stepped.task({ currentStepId: 'review' })
    await stepped.task({ currentStepId: 'probe' })
    await stepped.task({ status: 'completed', currentStepId: null })
    const shelves = await shelvesOf(stepped.stores, projectId, newId())
    const annotate = {
      projectId,
      workflowId,
      stepId: 'annotate',
      stepType: 'annotation',
      requirements: [da],
      priority: 0,
    }
    expect(shelves).toHaveLength(4)
    expect(shelves).toEqual(
      expect.arrayContaining([
        expect.objectContaining(annotate),
        expect.objectContaining({ ...annotate, priority: 4 }),
        expect.objectContaining({ ...annotate, requirements: [da, own] }),
        expect.objectContaining({ ...annotate, stepId: 'review', stepType: 'review', requirements: [] }),
      ]),
    )
    const reviews = (await shelvesOf(stepped.stores, projectId)).filter(
      ({ stepType }) => stepType === 'review',
    )
    expect(reviews.map(({ stepId }) => stepId)).toEqual(['review'])
    expect(await shelvesOf(stepped.stores)).toEqual([])
  })

  it('counts why the tasks of a shelf are not for this person, each under all that holds', async () => {
    const wide = await open([
      aStep('annotate', { assignmentsRequired: 2 }),
      aStep('review', { stepType: 'review' }),
    ])
    const [ann, bob] = [newId<'UserId'>(), newId<'UserId'>()]
    const row = (status: Parameters<typeof anAssignment>[3], stepId = 'annotate') => {
      const work = wide.work()
      return withAssignment(work, anAssignment(work, wide.workflow, ann, { ...status, stepId }))
    }
    const cooling = (work: ReturnType<typeof row>, free: boolean) => ({
      ...work,
      slots: work.slots.map((slot) =>
        slot.slotNo === 1 || !free ? { ...slot, state: 'cooling' as const, wakeAt: after(9) } : slot,
      ),
    })
    const full = wide.work()
    const taken = [1, 2].reduce(
      (work, slotNo) => withAssignment(work, anAssignment(work, wide.workflow, newId(), { slotNo })),
      full,
    )
    const reserved = wide.work({ stepOpenedAt: after(8) })
    await wide.keep(
      wide.work({ stepOpenedAt: after(7) }),
      row({ status: 'accepted' }),
      row({ status: 'submitted' }),
      row({ status: 'rejected' }),
      row({ status: 'expired' }),
      row({ status: 'submitted' }, 'review'),
      cooling(row({ status: 'rejected' }), false),
      cooling(wide.work(), true),
      taken,
      {
        ...reserved,
        slots: reserved.slots.map((slot) => ({
          ...slot,
          state: 'reserved' as const,
          reservedFor: ann,
          wakeAt: after(9),
        })),
      },
      wide.work({ currentStepId: 'review' }),
    )
    const shelves = (await shelvesOf(wide.stores, wide.project.projectId)).filter(
      ({ stepId }) => stepId === 'annotate',
    )
    const shelfId = shelves[0]?.shelfId ?? -1
    const asked = [{ shelfId, openedUntil: after(7), excludedSteps: ['review'], leaseMs: LEASE_MS }]
    const expected: ShelfCount = {
      shelfId,
      open: 10,
      openedUntil: 9,
      noFreeSlot: 1,
      reservedFor: 1,
      coolingDown: 1,
      alreadyAssigned: 2,
      rejectedBefore: 2,
      excludedByStep: 1,
      own: 5,
      ownFree: 4,
    }
    expect(await wide.stores.claims.countShelves(ann, asked)).toEqual([expected])
    expect(
      await wide.stores.claims.countShelves(
        bob,
        asked.map((one) => ({ ...one, openedUntil: null })),
      ),
    ).toEqual([
      {
        ...expected,
        openedUntil: 10,
        alreadyAssigned: 0,
        rejectedBefore: 0,
        excludedByStep: 0,
        own: 0,
        ownFree: 0,
      },
    ])
    expect(await wide.stores.claims.countShelves(ann, [])).toEqual([])
  })
}
