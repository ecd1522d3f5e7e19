import { AlreadyAssignedError, ConflictError, type Json } from '@muster/core'
import type { WorkChange } from '@muster/core/ports'
import { jsonIssues } from '@muster/core/support'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyCharacter } from '../stores/any-character.ts'
import { shelvesOf } from '../worlds/reading.ts'
import { after, anAssignment, aSlot, aUser, newId, withAssignment } from '../worlds/samples.ts'
import { PATIENT, type TaskWorld } from './task-world.ts'

/** Orders that were drawn, as they are kept. */
const SHOWN = { sides: { answers: ['b', 'a'] }, options: { q: ['y', 'x'] }, prefilled: ['q'] }

/** What is written comes back, whole, once, in order. */
export function taskRowCases(world: () => TaskWorld, other: () => Promise<TaskWorld>): void {
  it('gives a task and all that hangs on it back as it was kept', async () => {
    const { workflow, stores } = world()
    const [ann, bob] = [aUser(), aUser()]
    const bare = world().work({
      priority: -7,
      payload: {
        text: 'Søren spiser æbler 🦊',
        list: [1, -2.5, 1e21, { deep: [null, true] }],
        '': 'empty key',
      },
      gold: { label: 'da' },
      requiredSkills: [{ anyOf: ['da', 'nb'], minLevel: 4, dropAfterMinutes: 1.5 }],
      externalId: 'row/1 "quoted"',
      version: 3,
      cooldownUntil: after(7),
      stepOpenedAt: after(2),
      returns: 1,
      createdAt: after(1),
    })
    const work = withAssignment(
      withAssignment(
        bare,
        anAssignment(bare, workflow, ann.userId, {
          status: 'expired',
          endedAt: after(6),
          draft: { label: 'nb' },
          draftComment: 'not sure 🦊',
          draftVersion: 2,
          draftSavedAt: after(3),
        }),
      ),
      anAssignment(bare, workflow, bob.userId, {
        status: 'submitted',
        attempt: 2,
        version: 5,
        assignedAt: after(1),
        acceptedAt: after(2),
        startedAt: after(3),
        submittedAt: after(4),
        rejectReason: { code: 'other', comment: 'naïve' },
        releaseReason: 'lunch',
        endReason: 'task_returned',
        returnComment: 'look again',
        result: ['da', { sure: 0.1 }],
        comment: 'hard to read',
        presentation: SHOWN,
        flag: { comment: 'cut off 🦊' },
        flaggedAt: after(5),
        previousAssignmentId: newId(),
        overrideReason: 'nobody else',
      }),
    )
    await world().keep(work)
    expect(await stores.tasks.find(work.task.taskId)).toEqual(work.task)
    expect(await stores.tasks.findWork(work.task.taskId)).toEqual(work)
    await world().change(work.task.taskId, (kept) => ({
      ...kept,
      assignments: kept.assignments.map((row) =>
        row.userId === ann.userId
          ? {
              ...row,
              submitsAt: after(7),
              handedIn: { result: null, comment: 'sûr 🦊' },
              handedInAt: after(6.5),
            }
          : row,
      ),
    }))
    for (const { assignmentId, userId } of work.assignments) {
      const waits = {
        submitsAt: after(7),
        handedIn: { result: null, comment: 'sûr 🦊' },
        handedInAt: after(6.5),
      }
      const kept = await stores.inboxes.findAssignment(assignmentId)
      expect(kept).toMatchObject(userId === ann.userId ? waits : { submitsAt: null, handedIn: null })
    }
    await world().change(work.task.taskId, () => work)
    for (const assignment of work.assignments) {
      expect(await stores.inboxes.findAssignment(assignment.assignmentId)).toEqual(assignment)
    }
  })

  it('knows nothing of tasks and assignments that were never kept', async () => {
    const { tasks, inboxes } = world().stores
    expect(await tasks.find(newId())).toBeUndefined()
    expect(await tasks.findWork(newId())).toBeUndefined()
    expect(await inboxes.findAssignment(newId())).toBeUndefined()
    const locked = await world().persistence.transaction((stores) => stores.tasks.lockWork(newId()))
    expect(locked).toBeUndefined()
  })

  it('gives any JSON back by value, as payload, gold, result and draft', PATIENT, async () => {
    const json = fc
      .jsonValue({ stringUnit: anyCharacter, maxDepth: 3 })
      .filter((value) => jsonIssues(value).length === 0)
      .map((value) => JSON.parse(JSON.stringify(value)) as Json)
    await fc.assert(
      fc.asyncProperty(fc.array(json, { minLength: 1, maxLength: 8 }), async (values) => {
        const works = values.map((value) => {
          const work = world().work({ payload: value, gold: value })
          const row = anAssignment(work, world().workflow, newId(), {
            status: 'rejected',
            result: value,
            draft: value,
          })
          return withAssignment(work, row)
        })
        await world().keep(...works)
        const kept = await world().persistence.transaction(({ tasks }) =>
          tasks.lockWorks(works.map(({ task }) => task.taskId)),
        )
        expect(kept).toEqual(works)
      }),
      { numRuns: 15 },
    )
  })

  it('gives what cannot be changed by changing what was handed over', async () => {
    const payload = { list: [1] }
    const work = world().work({ payload })
    await world().keep(work)
    payload.list.push(2)
    expect((await world().stores.tasks.find(work.task.taskId))?.payload).toEqual({ list: [1] })
  })

  it('refuses an externalId that the project has, and keeps nothing of the call', async () => {
    await world().task({ externalId: 'one' })
    const [fine, taken] = [world().work({ externalId: 'two' }), world().work({ externalId: 'one' })]
    await expect(world().keep(fine, taken)).rejects.toBeInstanceOf(ConflictError)
    expect(await world().stores.tasks.find(fine.task.taskId)).toBeUndefined()
    expect(await shelvesOf(world().stores, world().project.projectId)).toHaveLength(1)
  })

  it('refuses an externalId that one call repeats, and lets one of two racing calls have it', async () => {
    const wish = { externalId: 'one' }
    await expect(world().keep(world().work(wish), world().work(wish))).rejects.toBeInstanceOf(ConflictError)
    const race = await Promise.allSettled([
      world().keep(world().work(wish)),
      world().keep(world().work(wish)),
    ])
    expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(
      await world().stores.tasks.list({ projectId: world().project.projectId }, { limit: 9 }),
    ).toHaveLength(1)
  })

  it('finds tasks by externalId, in their project alone', async () => {
    const [{ task: one }, { task: two }] = [
      await world().task({ externalId: 'one' }),
      await world().task({ externalId: 'two' }),
    ]
    await world().task({})
    await (await other()).task({ externalId: 'one' })
    const { stores, project } = world()
    const { projectId } = project
    const found = await stores.tasks.listByExternalId(projectId, ['two', 'none', 'one'])
    expect(found.map(({ taskId }) => taskId).sort()).toEqual([one.taskId, two.taskId].sort())
    expect(await stores.tasks.listByExternalId(projectId, [])).toEqual([])
    const listed = await stores.tasks.list({ projectId, externalId: 'one' }, { limit: 9 })
    expect(listed.map(({ taskId }) => taskId)).toEqual([one.taskId])
    expect(await stores.tasks.list({ projectId, externalId: 'none' }, { limit: 9 })).toEqual([])
    const completed = { projectId, externalId: 'one', status: ['completed'] as const }
    expect(await stores.tasks.list(completed, { limit: 9 })).toEqual([])
  })

  it('lets another project use the same externalId', async () => {
    await world().task({ externalId: 'one' })
    await (await other()).task({ externalId: 'one' })
  })

  it('writes changed rows and new ones, and leaves the rest as it was', async () => {
    const { workflow, stores } = world()
    const [ann, bob] = [newId<'UserId'>(), newId<'UserId'>()]
    const work = await world().task()
    const { task } = work
    await world().give(task.taskId, anAssignment(work, workflow, ann))
    const changed = await world().change(task.taskId, (now) => ({
      task: { ...now.task, version: 2, currentStepId: 'review', stepOpenedAt: after(9), returns: 1 },
      slots: [
        ...now.slots.map((slot) => ({ ...slot, state: 'done' as const })),
        aSlot(task.taskId, 1, {
          stepId: 'review',
          state: 'reserved',
          reservedFor: bob,
          presentation: SHOWN,
          wakeAt: after(30),
        }),
      ],
      assignments: now.assignments.map((row) => ({
        ...row,
        status: 'submitted' as const,
        expiresAt: null,
        submittedAt: after(8),
        result: { label: 'da' },
      })),
    }))
    expect(await stores.tasks.findWork(task.taskId)).toEqual(changed)
  })

  it('takes back a move of a task two of whose slots are kept for one person', async () => {
    const { stores, persistence } = world()
    const ann = newId<'UserId'>()
    const { task } = await world().task()
    const kept = await world().change(task.taskId, (now) => ({
      ...now,
      slots: ['label', 'review'].map((stepId) =>
        aSlot(task.taskId, 1, { stepId, state: 'reserved', reservedFor: ann, wakeAt: after(9) }),
      ),
    }))
    const failed = new Error('What came after the move failed')
    const move = persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(task.taskId)
      if (!before) throw new Error('No such task')
      const slots = before.slots.map((slot) => ({ ...slot, wakeAt: null }))
      await tasks.saveWorks([{ before, after: { ...before, slots } }])
      throw failed
    })
    await expect(move).rejects.toBe(failed)
    expect(await stores.tasks.findWork(task.taskId)).toEqual(kept)
    expect(await stores.inboxes.listHeldOrReserved(ann)).toEqual([task.taskId])
  })

  it('refuses a second row for one person on one step, names the first, and leaves nothing', async () => {
    const { workflow } = world()
    const ann = newId<'UserId'>()
    const bare = await world().task()
    const { task } = bare
    const kept = await world().give(task.taskId, anAssignment(bare, workflow, ann, { status: 'rejected' }))
    const second = world().change(task.taskId, (work) => ({
      ...work,
      task: { ...work.task, version: 99 },
      slots: work.slots.map((slot) => ({ ...slot, state: 'held' as const })),
      assignments: [...work.assignments, anAssignment(work, workflow, ann)],
    }))
    const error = await second.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(AlreadyAssignedError)
    expect(error).toMatchObject({ details: { assignment: kept.assignments[0] } })
    expect(await world().stores.tasks.findWork(task.taskId)).toEqual(kept)
  })

  it('lets one of several that give one person the same step at the same time win', async () => {
    const { workflow, stores } = world()
    const ann = newId<'UserId'>()
    const bare = await world().task()
    const { task } = bare
    const race = await Promise.allSettled(
      [1, 2, 3, 4].map(() => world().give(task.taskId, anAssignment(bare, workflow, ann))),
    )
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await stores.tasks.findWork(task.taskId))?.assignments).toHaveLength(1)
  })

  it('lets nobody else change a task between locking and saving it', async () => {
    const { task } = await world().task()
    await Promise.all(
      Array.from({ length: 10 }, () =>
        world().change(task.taskId, (work) => ({
          ...work,
          task: { ...work.task, version: work.task.version + 1 },
        })),
      ),
    )
    expect((await world().stores.tasks.find(task.taskId))?.version).toBe(11)
  })

  it('leaves nothing of a transaction that throws after saving', async () => {
    const { workflow, stores, persistence } = world()
    const before = await world().task()
    const shelves = await world().openShelves()
    const broken = persistence.transaction(async ({ tasks }) => {
      const work = await tasks.lockWork(before.task.taskId)
      if (!work) return
      const given = withAssignment(work, anAssignment(work, workflow, newId()))
      await tasks.saveWorks([{ before: work, after: { ...given, task: { ...work.task, priority: 5 } } }])
      await tasks.add([world().work({ priority: 6, externalId: 'never' })])
      throw new Error('changed its mind')
    })
    await expect(broken).rejects.toThrow('changed its mind')
    expect(await stores.tasks.findWork(before.task.taskId)).toEqual(before)
    expect(await world().openShelves()).toEqual(shelves)
    await world().task({ externalId: 'never' })
  })

  it('locks several tasks by id, and writes what changed of each, all or nothing', async () => {
    const { persistence, workflow } = world()
    const works = [await world().task(), await world().task(), await world().task()]
    const taskIds = works.map(({ task }) => task.taskId)
    const given = await persistence.transaction(async ({ tasks }) => {
      const locked = await tasks.lockWorks([...taskIds.toReversed(), newId()])
      expect(locked.map(({ task }) => task.taskId)).toEqual([...taskIds].sort())
      const changes = locked.map((before) => {
        const row = anAssignment(before, workflow, newId())
        const { task, ...rest } = withAssignment(before, row)
        return { before, after: { task: { ...task, priority: 7, version: task.version + 1 }, ...rest } }
      })
      await tasks.saveWorks(changes)
      return changes.map(({ after: changed }) => changed)
    })
    const kept = () => persistence.transaction(({ tasks }) => tasks.lockWorks(taskIds))
    expect(await kept()).toEqual(given)

    const second = given.map((before): WorkChange => {
      const [row] = before.assignments
      if (row === undefined) throw new Error('a row was given')
      const { task } = before
      const priority = { ...before, task: { ...task, priority: 1, version: task.version + 1 } }
      if (before !== given.at(-1)) return { before, after: priority }
      return { before, after: withAssignment(priority, anAssignment(before, workflow, row.userId)) }
    })
    await expect(persistence.transaction(({ tasks }) => tasks.saveWorks(second))).rejects.toMatchObject({
      code: 'already_assigned',
    })
    expect(await kept()).toEqual(given)
    await persistence.transaction(({ tasks }) => tasks.saveWorks([]))
    expect(await persistence.transaction(({ tasks }) => tasks.lockWorks([]))).toEqual([])
  })

  it('lists tasks newest first by status and step, a slice at a time', async () => {
    const { projectId } = world().project
    const [old, review, done, cancelled, young] = [
      await world().task({ createdAt: after(0) }),
      await world().task({ createdAt: after(1), currentStepId: 'review' }),
      await world().task({ createdAt: after(1), status: 'completed', currentStepId: null }),
      await world().task({ createdAt: after(2), status: 'cancelled', currentStepId: null }),
      await world().task({ createdAt: after(3) }),
    ].map(({ task }) => task.taskId)
    await (await other()).task()
    const listed = async (
      filter: Partial<Parameters<typeof tasks.list>[0]> = {},
      slice: Parameters<typeof tasks.list>[1] = { limit: 10 },
    ) => (await tasks.list({ projectId, ...filter }, slice)).map(({ taskId }) => taskId)
    const { tasks } = world().stores
    expect(await listed()).toEqual([young, cancelled, done, review, old])
    expect(await listed({ status: ['open'] })).toEqual([young, review, old])
    expect(await listed({ status: ['completed', 'cancelled'] })).toEqual([cancelled, done])
    expect(await listed({ stepId: 'review' })).toEqual([review])
    expect(await listed({}, { limit: 2, after: { createdAt: after(1), id: done ?? '' } })).toEqual([
      review,
      old,
    ])
    expect(
      await listed({ status: ['open'] }, { limit: 1, after: { createdAt: after(3), id: young ?? '' } }),
    ).toEqual([review])
  })

  it('forgets drafts of holds that ended before and were not saved since, at most so many at once', async () => {
    const { workflow, stores } = world()
    const drafted = (wish: Parameters<typeof anAssignment>[3]) => {
      const work = world().work()
      const row = anAssignment(work, workflow, newId(), {
        draft: { label: 'da' },
        draftComment: 'not sure',
        draftVersion: 3,
        draftSavedAt: after(1),
        ...wish,
      })
      return withAssignment(work, row)
    }
    const old = (['expired', 'rejected', 'reassigned'] as const).map((status) =>
      drafted({ status, endedAt: after(2) }),
    )
    const kept = [
      drafted({ status: 'in_progress' }),
      drafted({ status: 'expired', endedAt: after(10) }),
      drafted({ status: 'expired', endedAt: after(2), draftSavedAt: after(10) }),
      // A row from before either was noted.
      drafted({ status: 'expired', draftSavedAt: null }),
    ]
    await world().keep(...old, ...kept)
    const prune = (limit: number) => stores.tasks.pruneDrafts(after(10), limit)
    expect([await prune(2), await prune(2), await prune(2)]).toEqual([2, 1, 0])
    for (const { task, assignments } of old) {
      const [row] = assignments
      const left = { ...row, draft: null, draftComment: null, draftSavedAt: null }
      expect((await stores.tasks.findWork(task.taskId))?.assignments).toEqual([left])
    }
    for (const work of kept) expect(await stores.tasks.findWork(work.task.taskId)).toEqual(work)
  })

  it('lists tasks by whether some assignment on them is flagged, newest first, a slice at a time', async () => {
    const { workflow, project, stores } = world()
    const { projectId } = project
    const flagged = (at: number, externalId: string | null) => {
      const work = world().work({ createdAt: after(at), externalId })
      const plain = withAssignment(work, anAssignment(work, workflow, newId()))
      const row = anAssignment(plain, workflow, newId(), { flag: { comment: 'odd' }, flaggedAt: after(9) })
      return withAssignment(plain, row)
    }
    const [old, young] = [flagged(1, 'old'), flagged(3, null)]
    const plain = world().work({ createdAt: after(2), externalId: 'plain' })
    await world().keep(old, plain, young)
    const listed = async (
      filter: Omit<Parameters<typeof stores.tasks.list>[0], 'projectId'>,
      slice: Parameters<typeof stores.tasks.list>[1] = { limit: 9 },
    ) => (await stores.tasks.list({ projectId, ...filter }, slice)).map(({ taskId }) => taskId)
    const [oldId, plainId, youngId] = [old, plain, young].map(({ task }) => task.taskId)
    expect(await listed({ flagged: true })).toEqual([youngId, oldId])
    expect(await listed({ flagged: false })).toEqual([plainId])
    expect(await listed({})).toEqual([youngId, plainId, oldId])
    expect(await listed({ flagged: true, externalId: 'old' })).toEqual([oldId])
    expect(await listed({ flagged: true, externalId: 'plain' })).toEqual([])
    expect(await listed({ flagged: false, externalId: 'plain' })).toEqual([plainId])
    expect(await listed({ flagged: true, status: ['completed'] })).toEqual([])
    const behindYoung = { limit: 1, after: { createdAt: after(3), id: youngId ?? '' } }
    expect(await listed({ flagged: true }, behindYoung)).toEqual([oldId])
  })

  it('lists completed work by taskId with all that was submitted, a slice at a time', async () => {
    const { projectId } = world().project
    const works = [1, 2, 3].map((n) => {
      const work = world().work()
      const row = anAssignment(work, world().workflow, newId(), { status: 'submitted', result: { n } })
      const { task, ...rest } = withAssignment(work, row)
      return {
        task: { ...task, status: 'completed' as const, currentStepId: null, completedAt: after(n) },
        ...rest,
      }
    })
    await world().keep(...works.toReversed(), world().work())
    const { tasks } = world().stores
    expect(await tasks.listCompletedWork(projectId, { limit: 2 })).toEqual(works.slice(0, 2))
    const last = { taskId: works[1]?.task.taskId ?? newId<'TaskId'>() }
    expect(await tasks.listCompletedWork(projectId, { limit: 2, after: last })).toEqual(works.slice(2))
  })

  it('lists open work with a free slot by priority, then longest open, then taskId, to the limit', async () => {
    const { projectId } = world().project
    const late = await world().task({ stepOpenedAt: after(5) })
    const urgent = await world().task({ priority: 3, stepOpenedAt: after(9) })
    const [one, two] = [world().work(), world().work()]
    await world().keep(two, one)
    const full = await world().task({ priority: 9 })
    await world().give(full.task.taskId, anAssignment(full, world().workflow, newId()))
    await world().task({ status: 'cancelled', currentStepId: null, priority: 9 })
    expect(await world().stores.tasks.listOpenWork(projectId, 10)).toEqual([urgent, one, two, late])
    expect(await world().stores.tasks.listOpenWork(projectId, 2)).toEqual([urgent, one])
  })
}
