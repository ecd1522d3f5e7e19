import type { PersonalQueueFilter as QueueFilter, QueueKey, QueueRow } from '@muster/core/inbox'
import { expect, it } from 'vitest'
import { liveOf } from '../worlds/reading.ts'
import { after, anAssignment, aStep, newId, withAssignment } from '../worlds/samples.ts'
import { type TaskWorld, taskHeldBy } from './task-world.ts'

/** What a person has. */
export function taskQueueCases(
  world: () => TaskWorld,
  open: (
    ...asked: [Parameters<typeof TaskWorld.in>[1], Parameters<typeof TaskWorld.in>[2]?]
  ) => Promise<TaskWorld>,
): void {
  it('lists a personal queue with the priority of the task, the name of the project and the time the step takes', async () => {
    const slow = await open([aStep('annotate', { estimatedDurationMinutes: 2.5 })], { name: 'Språk' })
    const ann = newId<'UserId'>()
    const assignment = await taskHeldBy(slow, ann, {}, 7)
    await taskHeldBy(slow, newId())
    const expected: QueueRow = {
      assignment,
      projectName: 'Språk',
      priority: 7,
      estimatedDurationMinutes: 2.5,
      externalId: null,
      workflowId: slow.workflow.workflowId,
      formId: null,
    }
    expect(await listed({ userId: ann, sort: 'priority', order: 'desc' })).toEqual([expected])
  })

  it('lists what is live unless asked for other states', async () => {
    const ann = newId<'UserId'>()
    const states = [
      'assigned',
      'accepted',
      'in_progress',
      'submitted',
      'rejected',
      'expired',
      'reassigned',
    ] as const
    for (const status of states) await taskHeldBy(world(), ann, { status })
    const found = async (status?: QueueFilter['status']) =>
      (await listed({ userId: ann, sort: 'age', order: 'asc', status })).map(
        ({ assignment }) => assignment.status,
      )
    expect(await found()).toEqual(['assigned', 'accepted', 'in_progress'])
    expect(await found(['rejected', 'submitted'])).toEqual(['submitted', 'rejected'])
    expect(await found([])).toEqual([])
  })

  it('narrows a queue to a project and a type of step', async () => {
    const other = await open(undefined)
    const ann = newId<'UserId'>()
    const here = await taskHeldBy(world(), ann)
    const review = await taskHeldBy(world(), ann, { stepId: 'review' })
    const there = await taskHeldBy(other, ann)
    const found = async (filter: Partial<QueueFilter>) =>
      (await listed({ userId: ann, sort: 'age', order: 'asc', ...filter })).map(
        ({ assignment }) => assignment,
      )
    expect(await found({})).toEqual([here, review, there])
    expect(await found({ projectId: other.project.projectId })).toEqual([there])
    expect(await found({ stepType: 'review' })).toEqual([review])
    expect(await found({ stepType: 'review', projectId: other.project.projectId })).toEqual([])
  })

  it.each([
    ['priority', 'desc', [4, 3, 1, 2, 0]],
    ['priority', 'asc', [0, 1, 2, 3, 4]],
    ['age', 'asc', [3, 1, 2, 4, 0]],
    ['age', 'desc', [0, 4, 1, 2, 3]],
    ['project', 'asc', [4, 1, 2, 0, 3]],
    ['project', 'desc', [3, 1, 2, 0, 4]],
  ] as const)(
    'sorts a queue by %s %s, then by age and id, and goes on anywhere',
    async (sort, order, expected) => {
      const [alpha, beta, gamma] = [
        await open(undefined, { name: 'alpha' }),
        await open(undefined, { name: 'beta' }),
        await open(undefined, { name: 'gamma' }),
      ]
      const ann = newId<'UserId'>()
      const rows = [
        await taskHeldBy(beta, ann, { assignedAt: after(9) }, -1),
        await taskHeldBy(beta, ann, { assignedAt: after(3) }, 0),
        await taskHeldBy(beta, ann, { assignedAt: after(3) }, 0),
        await taskHeldBy(gamma, ann, { assignedAt: after(1) }, 5),
        await taskHeldBy(alpha, ann, { assignedAt: after(4) }, 6),
      ]
      const indexOf = ({ assignment }: QueueRow) =>
        rows.findIndex(({ assignmentId }) => assignmentId === assignment.assignmentId)
      const filter = { userId: ann, sort, order }
      const all = await listed(filter)
      expect(all.map(indexOf)).toEqual(expected)
      for (const [place, last] of all.entries()) {
        const rest = await world().stores.inboxes.listQueue(filter, { limit: 2, after: keyOf(last, sort) })
        expect(rest.map(indexOf)).toEqual(expected.slice(place + 1, place + 3))
      }
    },
  )

  it('sorts a queue by when it was handed in, what waits included, and counts that since a moment', async () => {
    const ann = newId<'UserId'>()
    const done = (minute: number, startedAt: Date | null) =>
      taskHeldBy(world(), ann, { status: 'submitted', submittedAt: after(minute), startedAt })
    const rows = [
      await done(5, after(4)),
      await taskHeldBy(world(), ann, {
        status: 'in_progress',
        startedAt: after(7),
        handedIn: { result: 1, comment: null },
        handedInAt: after(9),
        submitsAt: after(9.5),
      }),
      await taskHeldBy(world(), ann, { status: 'assigned' }),
      await done(3, after(2.5)),
    ]
    const status = ['submitted', 'in_progress', 'assigned'] as const
    const filter = { userId: ann, sort: 'submitted', order: 'desc', status } as const
    const all = await listed(filter)
    expect(all.map(({ assignment }) => assignment)).toEqual([1, 0, 3, 2].map((place) => rows[place]))
    const [, second] = all as [QueueRow, QueueRow]
    const rest = await world().stores.inboxes.listQueue(filter, {
      limit: 1,
      after: keyOf(second, 'submitted'),
    })
    expect(rest.map(({ assignment }) => assignment)).toEqual([rows[3]])
    const { inboxes } = world().stores
    expect(await inboxes.submittedStats(ann, after(5))).toEqual({ submitted: 2, medianSeconds: 90 })
    expect(await inboxes.submittedStats(ann, after(0))).toEqual({ submitted: 3, medianSeconds: 60 })
    expect(await inboxes.submittedStats(newId(), after(0))).toEqual({ submitted: 0, medianSeconds: null })
  })

  it('counts what is live by project, and names it', async () => {
    const other = await open(undefined, { name: 'Other' })
    const ann = newId<'UserId'>()
    const live = [
      await taskHeldBy(world(), ann, { status: 'assigned' }),
      await taskHeldBy(world(), ann, { status: 'accepted' }),
      await taskHeldBy(world(), ann, { status: 'in_progress' }),
      await taskHeldBy(other, ann, { status: 'in_progress' }),
    ].map(({ assignmentId }) => assignmentId)
    for (const status of ['submitted', 'rejected', 'expired', 'reassigned'] as const)
      await taskHeldBy(world(), ann, { status })
    const { inboxes } = world().stores
    const stats = await inboxes.queueStats(ann)
    expect(stats).toHaveLength(2)
    expect(stats).toEqual(
      expect.arrayContaining([
        { projectId: world().project.projectId, projectName: 'Languages', pending: 2, inProgress: 1 },
        { projectId: other.project.projectId, projectName: 'Other', pending: 0, inProgress: 1 },
      ]),
    )
    expect((await liveOf({ inboxes }, ann)).toSorted()).toEqual(live)
    expect(await liveOf({ inboxes }, ann, other.project.projectId)).toEqual(live.slice(3))
    expect(await inboxes.queueStats(newId())).toEqual([])
    expect(await liveOf({ inboxes }, newId())).toEqual([])
  })

  it('tells what people did in a project since an instant, and what they hold over all', async () => {
    const other = await open(undefined, { name: 'Elsewhere' })
    const [ann, ben, eve] = [newId<'UserId'>(), newId<'UserId'>(), newId<'UserId'>()]
    const submitted = (startedAt: Date | null, submittedAt: Date, wish: object = {}) =>
      taskHeldBy(world(), ann, {
        status: 'submitted',
        assignedAt: after(10),
        startedAt,
        submittedAt,
        result: { label: 'nl' },
        ...wish,
      })
    await submitted(after(20), after(50))
    await submitted(after(20), after(30), { returnComment: 'Look again' })
    await submitted(null, after(60))
    await submitted(after(1), after(9))
    await submitted(after(20), after(90), { assignedAt: after(2) })
    await taskHeldBy(world(), ann, { status: 'rejected', assignedAt: after(10), rejectedAt: after(20) })
    await taskHeldBy(world(), ann, { status: 'rejected', assignedAt: after(10), rejectedAt: after(9) })
    await taskHeldBy(world(), ann, { status: 'assigned', assignedAt: after(11), result: { label: 'nl' } })
    await taskHeldBy(other, ann, { status: 'in_progress', assignedAt: after(11) })
    await taskHeldBy(world(), ben, { status: 'in_progress', assignedAt: after(11) })
    const { inboxes } = world().stores
    const { projectId } = world().project
    const asked = { projectId, userIds: [ann, ben, eve], since: after(10), givenSince: after(5) }
    const told = await inboxes.activity(asked)
    const none = { live: 0, submitted: 0, medianSeconds: null, returned: 0, declined: 0 }
    expect(told).toHaveLength(3)
    expect(told).toEqual(
      expect.arrayContaining([
        { userId: ann, live: 2, submitted: 3, medianSeconds: 1200, returned: 2, declined: 1 },
        { ...none, userId: ben, live: 1 },
        { ...none, userId: eve },
      ]),
    )
    expect(await inboxes.activity({ ...asked, userIds: [] })).toEqual([])
  })

  it('lists the tasks that a person holds or that wait for them, in one project or all', async () => {
    const [ann, other] = [newId<'UserId'>(), await open(undefined, { name: 'Other' })]
    const held = world().work()
    const reserve = (work: typeof held) => ({
      ...work,
      slots: work.slots.map((slot) => ({
        ...slot,
        state: 'reserved' as const,
        reservedFor: ann,
        wakeAt: after(9),
      })),
    })
    const [kept, foreign] = [reserve(world().work()), reserve(other.work())]
    const ended = world().work()
    await world().keep(
      withAssignment(held, anAssignment(held, world().workflow, ann)),
      kept,
      withAssignment(ended, anAssignment(ended, world().workflow, ann, { status: 'rejected' })),
      world().work(),
    )
    await other.keep(foreign)
    const { inboxes } = world().stores
    const here = [held, kept].map(({ task }) => task.taskId).sort()
    expect(await inboxes.listHeldOrReserved(ann)).toEqual([...here, foreign.task.taskId].sort())
    expect(await inboxes.listHeldOrReserved(ann, world().project.projectId)).toEqual(here)
    expect(await inboxes.listHeldOrReserved(newId())).toEqual([])
  })

  function listed(filter: QueueFilter): Promise<QueueRow[]> {
    return world().stores.inboxes.listQueue(filter, { limit: 50 })
  }
}

/** Where a queue goes on behind `row`: by its priority, by the moment it was given in ms, or by its project's name. */
function keyOf({ assignment, priority, projectName }: QueueRow, sort: QueueFilter['sort']): QueueKey {
  const { assignedAt, assignmentId } = assignment
  return {
    by: {
      priority: priority ?? 0,
      age: assignedAt.getTime(),
      project: projectName,
      submitted: assignment.submittedAt?.getTime() ?? 0,
    }[sort],
    assignedAt,
    assignmentId,
  }
}
