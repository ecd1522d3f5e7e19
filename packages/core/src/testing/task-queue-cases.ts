import { expect, it } from 'vitest'
import type { Assignment } from '../assignment/assignment.ts'
import type { QueueFilter, QueueKey, QueueRow, RecordedDecision } from '../assignment/ports.ts'
import type { JobId, TaskId } from '../ids.ts'
import type { TaskWorld } from './task-world.ts'
import { after, anAssignment, aStep, aUser, newId, withAssignment } from './worlds.ts'

/** What a person has, whom a task could go to, and what is due. */
export function taskQueueCases(
  world: () => TaskWorld,
  open: (
    ...asked: [Parameters<typeof TaskWorld.in>[1], Parameters<typeof TaskWorld.in>[2]?]
  ) => Promise<TaskWorld>,
): void {
  /** Keeps a task on which the person has a row. */
  async function row(
    where: TaskWorld,
    userId: Assignment['userId'],
    wish: Partial<Assignment> = {},
    priority = 0,
  ): Promise<Assignment> {
    const work = where.work({
      priority,
      ...(wish.stepId === undefined ? {} : { currentStepId: wish.stepId }),
    })
    const assignment = anAssignment(work, where.workflow, userId, wish)
    await where.keep(withAssignment(work, assignment))
    return assignment
  }

  it('lists a personal queue with the priority of the task, the name of the project and the time the step takes', async () => {
    const slow = await open([aStep('annotate', { estimatedDurationMinutes: 2.5 })], { name: 'Språk' })
    const ann = newId<'UserId'>()
    const assignment = await row(slow, ann, {}, 7)
    await row(slow, newId())
    const expected: QueueRow = {
      assignment,
      projectName: 'Språk',
      priority: 7,
      estimatedDurationMinutes: 2.5,
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
    for (const status of states) await row(world(), ann, { status })
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
    const here = await row(world(), ann)
    const review = await row(world(), ann, { stepId: 'review' })
    const there = await row(other, ann)
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
        await row(beta, ann, { assignedAt: after(9) }, -1),
        await row(beta, ann, { assignedAt: after(3) }, 0),
        await row(beta, ann, { assignedAt: after(3) }, 0),
        await row(gamma, ann, { assignedAt: after(1) }, 5),
        await row(alpha, ann, { assignedAt: after(4) }, 6),
      ]
      const indexOf = ({ assignment }: QueueRow) =>
        rows.findIndex(({ assignmentId }) => assignmentId === assignment.assignmentId)
      const filter = { userId: ann, sort, order }
      const all = await listed(filter)
      expect(all.map(indexOf)).toEqual(expected)
      for (const [place, last] of all.entries()) {
        const rest = await world().stores.tasks.listQueue(filter, { limit: 2, after: keyOf(last, sort) })
        expect(rest.map(indexOf)).toEqual(expected.slice(place + 1, place + 3))
      }
    },
  )

  it('counts what is live by project, and names it', async () => {
    const other = await open(undefined, { name: 'Other' })
    const ann = newId<'UserId'>()
    const live = [
      await row(world(), ann, { status: 'assigned' }),
      await row(world(), ann, { status: 'accepted' }),
      await row(world(), ann, { status: 'in_progress' }),
      await row(other, ann, { status: 'in_progress' }),
    ].map(({ assignmentId }) => assignmentId)
    for (const status of ['submitted', 'rejected', 'expired', 'reassigned'] as const)
      await row(world(), ann, { status })
    const { tasks } = world().stores
    const stats = await tasks.queueStats(ann)
    expect(stats).toHaveLength(2)
    expect(stats).toEqual(
      expect.arrayContaining([
        { projectId: world().project.projectId, projectName: 'Languages', pending: 2, inProgress: 1 },
        { projectId: other.project.projectId, projectName: 'Other', pending: 0, inProgress: 1 },
      ]),
    )
    expect((await tasks.liveOf(ann)).toSorted()).toEqual(live)
    expect(await tasks.liveOf(ann, other.project.projectId)).toEqual(live.slice(3))
    expect(await tasks.queueStats(newId())).toEqual([])
    expect(await tasks.liveOf(newId())).toEqual([])
  })

  it('knows of the people who could be given a step what rules and strategies ask', async () => {
    const { stores, project } = world()
    const ann = await world().person({ skills: { da: 3 }, maxConcurrentAssignments: 4 })
    const bob = await world().person({ status: 'away' })
    const boss = await world().person({ role: 'manager' })
    const outsider = aUser()
    await stores.people.add(outsider)
    await row(world(), ann.userId, { assignedAt: after(5) })
    await row(await open(undefined), ann.userId, { assignedAt: after(7), status: 'in_progress' })
    await row(world(), ann.userId, { assignedAt: after(6), status: 'submitted' })
    await row(world(), boss.userId, { assignedAt: after(2), status: 'expired' })
    const score = { userId: ann.userId, projectId: project.projectId, score: 0.8, samples: 3 }
    await stores.people.saveQuality({ ...score, stepType: 'annotation' })
    await stores.people.saveQuality({ ...score, stepType: 'review', score: 0.1 })
    const nothing = {
      live: 0,
      ownLimit: null,
      quality: 0.5,
      lastAssignedAt: null,
      skills: {},
      isMember: true,
    }
    const [knownAnn, knownBob] = [
      {
        userId: ann.userId,
        status: 'active',
        skills: { da: 3 },
        isMember: true,
        live: 2,
        ownLimit: 4,
        quality: 0.8,
        lastAssignedAt: after(7),
      },
      { ...nothing, userId: bob.userId, status: 'away' },
    ]
    expect(await stores.tasks.listPeople(project.projectId, 'annotation')).toEqual([knownAnn, knownBob])
    const named = [outsider.userId, boss.userId, newId<'UserId'>(), ann.userId]
    expect(await stores.tasks.listPeople(project.projectId, 'adjudication', named)).toEqual([
      { ...knownAnn, quality: 0.5 },
      { ...nothing, userId: boss.userId, status: 'active', lastAssignedAt: after(2) },
      { ...nothing, userId: outsider.userId, status: 'active', isMember: false },
    ])
    expect(await stores.tasks.listPeople(project.projectId, 'annotation', [])).toEqual([])
  })

  it('remembers what a strategy keeps for a step, and lets one decide at a time', async () => {
    const { persistence, project } = world()
    const turn = () =>
      persistence.transaction(async ({ tasks }) => {
        const state = await tasks.lockStrategyState(project.projectId, 'annotate', 'round_robin')
        const { turns } = (state ?? { turns: 0 }) as { turns: number }
        await tasks.saveStrategyState(project.projectId, 'annotate', 'round_robin', { turns: turns + 1 })
        return state
      })
    expect(await turn()).toBeNull()
    await Promise.all(Array.from({ length: 8 }, turn))
    expect(await turn()).toEqual({ turns: 9 })
    const others = await persistence.transaction(async ({ tasks }) => [
      await tasks.lockStrategyState(project.projectId, 'annotate', 'capacity_based'),
      await tasks.lockStrategyState(project.projectId, 'review', 'round_robin'),
      await tasks.lockStrategyState(newId(), 'annotate', 'round_robin'),
    ])
    expect(others).toEqual([null, null, null])
  })

  it('keeps decisions with what they came from, and lists those of a task newest first', async () => {
    const taskId = newId<'TaskId'>()
    const decided = (minute: number, what: TaskId = taskId): RecordedDecision => ({
      decisionId: newId(),
      decidedAt: after(minute),
      decision: {
        taskId: what,
        stepId: 'annotate',
        strategy: 'capacity_based',
        chosen: newId(),
        candidates: [
          {
            userId: newId(),
            eligible: false,
            reasons: [
              { code: 'coolingDown', until: after(99) },
              { code: 'atLimit', live: 3, limit: 3 },
            ],
            score: null,
            parts: {},
          },
          { userId: newId(), eligible: true, reasons: [], score: 0.25, parts: { capacity: 0.25 } },
        ],
      },
      input: { people: [{ live: 3, name: 'Zoë' }], state: null },
    })
    const [first, third, second] = [decided(1), decided(3), decided(2)]
    const { tasks } = world().stores
    for (const decision of [first, third, second, decided(9, newId())]) await tasks.recordDecision(decision)
    expect(await tasks.listDecisions(taskId, 10)).toEqual([third, second, first])
    expect(await tasks.listDecisions(taskId, 2)).toEqual([third, second])
  })

  it('lists tasks of which something ends by itself, by the moment of the first, up to now', async () => {
    const ann = newId<'UserId'>()
    const leased = async (minute: number) => (await row(world(), ann, { expiresAt: after(minute) })).taskId
    const resting = async (state: 'cooling' | 'reserved', minute: number) => {
      const work = world().work()
      await world().keep({
        ...work,
        slots: work.slots.map((slot) => ({ ...slot, state, wakeAt: after(minute) })),
      })
      return work.task.taskId
    }
    const [third, first, second] = [await leased(7), await leased(3), await resting('cooling', 5)]
    const [fourth] = [await resting('reserved', 8), await leased(9)]
    const { tasks } = world().stores
    expect(await tasks.listDue(after(8), 10)).toEqual([first, second, third, fourth])
    expect(await tasks.listDue(after(8), 2)).toEqual([first, second])
    expect(await tasks.listDue(after(2), 10)).toEqual([])

    await world().change(first, (work) => ({
      ...work,
      slots: work.slots.map((slot) => ({ ...slot, state: 'cooling', assignmentId: null, wakeAt: after(6) })),
      assignments: work.assignments.map((one) => ({ ...one, status: 'expired', expiresAt: null })),
    }))
    await world().change(second, (work) => ({
      ...work,
      slots: work.slots.map((slot) => ({ ...slot, state: 'free', wakeAt: null })),
    }))
    expect(await tasks.listDue(after(8), 10)).toEqual([first, third, fourth])
  })

  it('lists a task that has several things due once, by the first of them', async () => {
    const wide = await open([aStep('annotate', { assignmentsRequired: 3 })])
    const work = [2, 90].reduce(
      (so, minute, index) =>
        withAssignment(
          so,
          anAssignment(so, wide.workflow, newId(), { slotNo: index + 1, expiresAt: after(minute) }),
        ),
      wide.work(),
    )
    const slots = work.slots.map((slot) =>
      slot.state === 'free' ? { ...slot, state: 'cooling' as const, wakeAt: after(4) } : slot,
    )
    const other = await row(wide, newId(), { expiresAt: after(3) })
    await wide.keep({ ...work, slots })
    expect(await wide.stores.tasks.listDue(after(2), 10)).toEqual([work.task.taskId])
    expect(await wide.stores.tasks.listDue(after(5), 10)).toEqual([work.task.taskId, other.taskId])
  })

  it('lists open tasks whose job is settled, completed ones first, with what it gave', async () => {
    const steps = [aStep('probe', { stepType: 'automatic', jobType: 'probe:scenario' })]
    const automatic = await open(steps)
    const { stores, clock, project } = automatic
    const [failing, done, running] = [
      await automatic.task(),
      await automatic.task(),
      await automatic.task(),
    ].map(({ task }) => ({ taskId: task.taskId, jobId: newId<'JobId'>() })) as [Probe, Probe, Probe]
    await automatic.persistence.transaction(({ jobs }) =>
      jobs.add(
        [failing, done, running].map(({ taskId, jobId }) => ({
          jobId,
          projectId: project.projectId,
          taskId,
          type: 'probe:scenario',
          payload: {},
          priority: 0,
          maxAttempts: 1,
          availableAt: clock.now(),
          createdBy: null,
          createdAt: clock.now(),
        })),
      ),
    )
    for (const { taskId, jobId } of [failing, done, running]) {
      await automatic.change(taskId, (work) => ({ ...work, task: { ...work.task, jobId } }))
    }
    expect(await stores.tasks.listAutomaticDone(10)).toEqual([])

    const workerId = newId<'WorkerId'>()
    const now = clock.now()
    await stores.jobs.openWorker({ workerId, leaseUntil: new Date(now.getTime() + 60_000), now })
    const deliveries = await stores.jobs.feed({ limit: 3, types: ['probe:scenario'], workerId, now })
    await stores.jobs.begin({ deliveries, workerId, now })
    const error = { code: 'odd', message: 'It went oddly', retryable: false }
    await stores.jobs.settle({
      outcomes: [
        { kind: 'failed', jobId: failing.jobId, attempt: 1, error },
        { kind: 'completed', jobId: done.jobId, attempt: 1, result: { label: 'da' } },
      ],
      workerId,
      now,
    })
    const [first, second] = [
      { taskId: done.taskId, state: 'completed', result: { label: 'da' } },
      { taskId: failing.taskId, state: 'failed', result: null },
    ]
    expect(await stores.tasks.listAutomaticDone(10)).toEqual([first, second])
    expect(await stores.tasks.listAutomaticDone(1)).toEqual([first])

    await automatic.change(done.taskId, (work) => ({
      ...work,
      task: { ...work.task, status: 'completed', currentStepId: null, jobId: null, completedAt: now },
    }))
    expect(await stores.tasks.listAutomaticDone(10)).toEqual([second])
  })

  function listed(filter: QueueFilter): Promise<QueueRow[]> {
    return world().stores.tasks.listQueue(filter, { limit: 50 })
  }
}

interface Probe {
  readonly taskId: TaskId
  readonly jobId: JobId
}

/** Where a queue goes on behind `row`: by its priority, by the moment it was given in ms, or by its project's name. */
function keyOf({ assignment, priority, projectName }: QueueRow, sort: QueueFilter['sort']): QueueKey {
  const { assignedAt, assignmentId } = assignment
  return { by: { priority, age: assignedAt.getTime(), project: projectName }[sort], assignedAt, assignmentId }
}
