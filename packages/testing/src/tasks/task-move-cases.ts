import type { TaskId, UserId } from '@muster/core'
import type { KeptMove, TaskMove } from '@muster/core/ports'
import { expect, it } from 'vitest'
import { after, newId } from '../worlds/samples.ts'
import { ended, type TaskWorld } from './task-world.ts'

/** The moves of a task, which are kept with it. */
export function taskMoveCases(
  world: () => TaskWorld,
  open: (...asked: [steps?: Parameters<typeof TaskWorld.in>[1]]) => Promise<TaskWorld>,
): void {
  const movesOf = (taskId: TaskId, userId?: UserId): Promise<KeptMove[]> =>
    world().stores.overviews.listMoves(taskId, { limit: 50 }, userId)

  it('keeps the moves of a change in their order, and gives them a part at a time', async () => {
    const { persistence, stores } = world()
    const { task } = await world().task()
    const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()]
    const move = (wish: Partial<TaskMove>): TaskMove => ({ ...NOTHING, taskId: task.taskId, ...wish })
    const pushed = {
      how: 'push',
      decisionId: newId(),
      userId: ann,
      assignmentId: newId<'AssignmentId'>(),
    } as const
    const moves = [
      move({ ...pushed, stepId: 'annotate', attempt: 1, to: 'assigned', by: ben, reason: 'Zoë’s “words”' }),
      move({
        userId: ben,
        stepId: 'annotate',
        attempt: 3,
        from: 'expired',
        to: 'assigned',
        how: 'pull',
        before: 4,
      }),
      move({ kind: 'priority', from: '0', to: '7', at: after(3) }),
    ]
    await persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(task.taskId)
      if (before) await tasks.saveWorks([{ before, after: before, moves }])
    })
    const kept = await movesOf(task.taskId)
    expect(kept.map(({ no: _no, ...one }) => one)).toEqual(moves)
    expect(kept.map(({ no }) => no)).toEqual(kept.map(({ no }) => no).sort((a, b) => a - b))
    const [first, second] = kept
    expect(
      await stores.overviews.listMoves(task.taskId, { limit: 1, after: { no: first?.no ?? 0 } }),
    ).toEqual([second])
    expect(await movesOf(task.taskId, ben)).toEqual([second])
    const given = (userId?: UserId) => stores.overviews.listGiven(task.taskId, { limit: 5 }, userId)
    expect(await given()).toEqual([second, first])
    expect(await given(ann)).toEqual([first])
    expect(
      await stores.overviews.listGiven(task.taskId, { limit: 5, after: { no: second?.no ?? 0 } }),
    ).toEqual([first])
    expect(await movesOf(newId())).toEqual([])
  })

  it('says how long tasks stood at the steps that they have left', async () => {
    const { persistence, stores } = world()
    const [left, cancelled, still] = [
      (await world().task({ createdAt: after(0) })).task,
      (await world().task({ createdAt: after(0), status: 'cancelled', currentStepId: null })).task,
      (await world().task({ createdAt: after(0) })).task,
    ]
    const moved = (taskId: TaskId, at: Date, from: string | null, to: string | null): TaskMove => ({
      ...NOTHING,
      taskId,
      kind: 'step',
      at,
      stepId: from,
      from,
      to,
    })
    const keep = (taskId: TaskId, moves: readonly TaskMove[]): Promise<void> =>
      persistence.transaction(async ({ tasks }) => {
        const before = await tasks.lockWork(taskId)
        if (before) await tasks.saveWorks([{ before, after: before, moves }])
      })
    await keep(left.taskId, [
      { ...NOTHING, taskId: left.taskId, at: after(1), from: 'expired', to: 'assigned' },
      moved(left.taskId, after(2), 'annotate', 'review'),
      moved(left.taskId, after(5), 'review', 'annotate'),
      moved(left.taskId, after(9), 'annotate', null),
    ])
    await keep(cancelled.taskId, [
      moved(cancelled.taskId, after(1), 'annotate', 'review'),
      moved(cancelled.taskId, after(3), 'review', null),
    ])
    const second = after(1).getTime() - after(0).getTime()
    const stays = async (...taskIds: readonly TaskId[]): Promise<string[]> =>
      (await stores.overviews.listStays(taskIds))
        .map(({ stepId, ms }) => `${stepId} ${ms / second}`)
        .toSorted()
    expect(await stays(left.taskId)).toEqual(['annotate 2', 'annotate 4', 'review 3'])
    expect(await stays(cancelled.taskId, still.taskId, newId())).toEqual(['annotate 1'])
    expect(await stays()).toEqual([])
  })

  it('keeps no move of a transaction that fails', async () => {
    const { persistence } = world()
    const { task } = await world().task()
    const failing = persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(task.taskId)
      const moves = [{ ...NOTHING, taskId: task.taskId }]
      if (before) await tasks.saveWorks([{ before, after: before, moves }])
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await movesOf(task.taskId)).toEqual([])
  })

  it('keeps a claim as the move of a pull, with what the row was before', async () => {
    const { task } = await world().task()
    const ann = newId<'UserId'>()
    const claimed = await world().claim(ann)
    await world().change(task.taskId, (work) => ended(work, ann, 'expired'))
    await world().claim(ann)
    const pull = {
      taskId: task.taskId,
      kind: 'assignment',
      assignmentId: claimed?.assignment.assignmentId,
      stepId: claimed?.assignment.stepId,
      userId: ann,
      to: 'assigned',
      by: ann,
      how: 'pull',
      before: 0,
      reason: null,
      decisionId: null,
      at: world().clock.now(),
    }
    expect(await movesOf(task.taskId)).toMatchObject([
      { ...pull, attempt: 1, from: null },
      { ...pull, attempt: 2, from: 'expired' },
    ])
  })

  it('counts the open steps before the one that a claim takes, alone and together with others', async () => {
    const here = await open()
    const ann = newId<'UserId'>()
    // Ann has done the first two, of which the other slots stand open before what is left for her.
    const works = [1, 2, 3, 4, 5].map((minute) => here.work({ stepOpenedAt: after(minute) }))
    await here.keep(...works)
    const low = await here.task({ priority: -1 })
    for (const _ of [1, 2]) {
      const claimed = await here.claim(ann)
      const taskId = claimed?.task.taskId ?? newId<'TaskId'>()
      await here.change(taskId, (work) => ended(work, ann, 'rejected'))
    }
    const before = async (taskId: TaskId): Promise<(number | null)[]> =>
      (await here.stores.overviews.listGiven(taskId, { limit: 9 })).map((move) => move.before)
    const third = await here.claim(ann)
    expect(third?.task.taskId).toBe(works[2]?.task.taskId)
    expect(await before(third?.task.taskId ?? newId())).toEqual([2])
    const shelves = await here.openShelves()
    await here.persistence.transaction(async ({ people, projects, claims }) => {
      await people.lock([])
      await projects.holdGates([here.project.projectId])
      const ben = newId<'UserId'>()
      await claims.claim(
        [
          { userId: ann, shelves, assignmentId: newId() },
          { userId: ben, shelves, assignmentId: newId() },
        ],
        here.clock.now(),
      )
    })
    // Ben got the first, before or after Ann was served.
    expect(await before(works[0]?.task.taskId ?? newId())).toEqual([0, 0])
    const fourth = (await before(works[3]?.task.taskId ?? newId()))[0]
    expect([1, 2]).toContain(fourth)
    expect(await before(low.task.taskId)).toEqual([])
  })
}

const NOTHING: Omit<TaskMove, 'taskId'> = {
  at: after(1),
  kind: 'assignment',
  assignmentId: null,
  stepId: null,
  userId: null,
  attempt: null,
  from: null,
  to: null,
  by: null,
  how: null,
  reason: null,
  decisionId: null,
  before: null,
}
