import type { TaskId } from '@muster/core'
import type { Slot, TaskWork } from '@muster/core/ports'
import type { RecordedOverlap } from '@muster/core/quality'
import { expect, it } from 'vitest'
import { after, aSlot, NINE, newId } from '../worlds/samples.ts'
import type { TaskWorld } from './task-world.ts'

/** Cases of slots that come and go while a step is open, and of why. */
export function taskOverlapCases(world: () => TaskWorld): void {
  const decided = (taskId: TaskId, minutes: number): RecordedOverlap => ({
    decisionId: newId(),
    decision: {
      taskId,
      stepId: 'annotate',
      kind: 'overlap',
      decidedAt: after(minutes),
      slots: 1,
      until: [
        {
          question: 'rating',
          holds: false,
          posterior: { good: 0.1 + 0.2, bad: 0.7 },
          fit: 7,
          answers: [{ slotNo: 1, answer: 'bad', accuracy: 1 / 3 }],
        },
      ],
      added: true,
      gaveUp: false,
    },
    input: {
      overlap: { min: 1, max: 3, until: [{ question: 'rating', posterior: 0.9 }] },
      formId: newId<'FormId'>(),
      prevalence: { rating: [1 / 7, 6 / 7] },
    },
  })
  const save = (
    taskId: TaskId,
    change: (work: TaskWork) => TaskWork,
    kept: readonly RecordedOverlap[] = [],
  ) =>
    world().persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(taskId)
      if (before === undefined) throw new Error(`There is no task ${taskId}`)
      await tasks.saveWorks([{ before, after: change(before), decided: kept }])
    })
  const slotsOf = async (taskId: TaskId): Promise<readonly Slot[]> =>
    (await world().stores.tasks.findWork(taskId))?.slots ?? []

  it('adds a slot with what it was decided from, lets it be claimed, and drops it again', async () => {
    const { task } = await world().task()
    const { taskId } = task
    const held = aSlot(taskId, 1, { state: 'reserved', reservedFor: newId<'UserId'>() })
    const added = aSlot(taskId, 2, { giveUpAt: after(60), reopened: true })
    const kept = decided(taskId, 1)
    await save(taskId, (work) => ({ ...work, slots: [held, added] }), [kept])
    expect(await slotsOf(taskId)).toEqual([held, added])
    expect(await world().stores.tasks.listOverlaps(taskId, 10)).toEqual([kept])
    await save(taskId, (work) => ({ ...work, slots: [held] }))
    expect(await slotsOf(taskId)).toEqual([held])
    const ann = await world().person()
    expect(await world().claim(ann.userId)).toBeUndefined()
    await save(taskId, (work) => ({ ...work, slots: [held, added] }))
    expect((await world().claim(ann.userId))?.assignment).toMatchObject({ taskId, slotNo: 2 })
    // Held, it is still known until when it is waited for, and who asked for it.
    expect((await slotsOf(taskId))[1]).toMatchObject({ state: 'held', giveUpAt: after(60), reopened: true })
  })

  it('lists decisions on overlap newest first, and takes them back with what they came with', async () => {
    const { taskId } = (await world().task()).task
    const kept = [decided(taskId, 1), decided(taskId, 3), decided(taskId, 2)]
    for (const one of kept) await save(taskId, (work) => work, [one])
    const failed = world().persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(taskId)
      if (before) await tasks.saveWorks([{ before, after: before, decided: [decided(taskId, 9)] }])
      throw new Error('No')
    })
    await expect(failed).rejects.toThrow('No')
    const { tasks } = world().stores
    expect(await tasks.listOverlaps(taskId, 10)).toEqual([kept[1], kept[2], kept[0]])
    expect(await tasks.listOverlaps(taskId, 1)).toEqual([kept[1]])
    expect(await tasks.listOverlaps(newId<'TaskId'>(), 10)).toEqual([])
  })

  it('is due once all that is left of a step are slots that were added and waited for long enough', async () => {
    const { taskId } = (await world().task()).task
    const due = (minutes: number) => world().stores.tasks.listDue(after(minutes), 10)
    const done = aSlot(taskId, 1, { state: 'done', assignmentId: newId<'AssignmentId'>() })
    await save(taskId, (work) => ({ ...work, slots: [done, aSlot(taskId, 2, { giveUpAt: after(60) })] }))
    expect(await due(59)).toEqual([])
    expect(await due(60)).toEqual([taskId])
    const third = aSlot(taskId, 3, { giveUpAt: after(70) })
    await save(taskId, (work) => ({ ...work, slots: [...work.slots, third] }))
    expect(await due(60)).toEqual([])
    expect(await due(70)).toEqual([taskId])
    await save(taskId, (work) => ({
      ...work,
      slots: [done, { ...third, state: 'held', assignmentId: newId<'AssignmentId'>() }],
    }))
    expect(await due(99)).toEqual([])
  })

  it('keeps how steps ended', async () => {
    const { task } = await world().task()
    const overlapEnds = { annotate: { held: true, posterior: { rating: { good: 1 / 3, bad: 2 / 3 } } } }
    await save(task.taskId, (work) => ({ ...work, task: { ...work.task, version: 2, overlapEnds } }))
    expect((await world().stores.tasks.find(task.taskId))?.overlapEnds).toEqual(overlapEnds)
    const [listed] = await world().stores.tasks.list({ projectId: task.projectId }, { limit: 1 })
    expect(listed?.overlapEnds).toEqual(overlapEnds)
    expect(listed?.createdAt).toEqual(NINE)
  })
}
