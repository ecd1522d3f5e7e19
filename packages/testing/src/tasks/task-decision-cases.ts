import type { JobId, TaskId } from '@muster/core'
import type { RecordedBatch, RecordedDecision } from '@muster/core/ports'
import { expect, it } from 'vitest'
import { after, anAssignment, aStep, aUser, newId, withAssignment } from '../worlds/samples.ts'
import { type TaskWorld, taskHeldBy } from './task-world.ts'

/** Whom a task could go to, how that was decided, and what is due. */
export function taskDecisionCases(
  world: () => TaskWorld,
  open: (
    ...asked: [Parameters<typeof TaskWorld.in>[1], Parameters<typeof TaskWorld.in>[2]?]
  ) => Promise<TaskWorld>,
): void {
  it('knows of the people who could be given a step what rules and strategies ask', async () => {
    const { stores, project } = world()
    const ann = await world().person({ skills: { da: 3 }, maxConcurrentAssignments: 4 })
    const bob = await world().person({ status: 'away' })
    const boss = await world().person({ role: 'manager' })
    const outsider = aUser()
    await stores.people.add(outsider)
    await taskHeldBy(world(), ann.userId, { assignedAt: after(5) })
    await taskHeldBy(await open(undefined), ann.userId, { assignedAt: after(7), status: 'in_progress' })
    await taskHeldBy(world(), ann.userId, { assignedAt: after(6), status: 'submitted' })
    await taskHeldBy(world(), boss.userId, { assignedAt: after(2), status: 'expired' })
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
    expect(await stores.decisions.listPeople(project.projectId, 'annotation')).toEqual([knownAnn, knownBob])
    const named = [outsider.userId, boss.userId, newId<'UserId'>(), ann.userId]
    expect(await stores.decisions.listPeople(project.projectId, 'adjudication', named)).toEqual([
      { ...knownAnn, quality: 0.5 },
      { ...nothing, userId: boss.userId, status: 'active', lastAssignedAt: after(2) },
      { ...nothing, userId: outsider.userId, status: 'active', isMember: false },
    ])
    expect(await stores.decisions.listPeople(project.projectId, 'annotation', [])).toEqual([])
  })

  it('remembers what a strategy keeps for a step, and lets one decide at a time', async () => {
    const { persistence, project } = world()
    const turn = () =>
      persistence.transaction(async ({ decisions }) => {
        const state = await decisions.lockStrategyState(project.projectId, 'annotate', 'round_robin')
        const { turns } = (state ?? { turns: 0 }) as { turns: number }
        await decisions.saveStrategyState(project.projectId, 'annotate', 'round_robin', { turns: turns + 1 })
        return state
      })
    expect(await turn()).toBeNull()
    await Promise.all(Array.from({ length: 8 }, turn))
    expect(await turn()).toEqual({ turns: 9 })
    const others = await persistence.transaction(async ({ decisions }) => [
      await decisions.lockStrategyState(project.projectId, 'annotate', 'capacity_based'),
      await decisions.lockStrategyState(project.projectId, 'review', 'round_robin'),
      await decisions.lockStrategyState(newId(), 'annotate', 'round_robin'),
    ])
    expect(others).toEqual([null, null, null])
    const { decisions } = persistence.stores
    expect(await decisions.strategyState(project.projectId, 'annotate', 'round_robin')).toEqual({ turns: 10 })
    expect(await decisions.strategyState(project.projectId, 'annotate', 'weighted')).toBeNull()
  })

  it('keeps decisions with what they came from, and lists those of a task newest first', async () => {
    const taskId = newId<'TaskId'>()
    const decided = (minute: number, what: TaskId = taskId): RecordedDecision => ({
      decisionId: newId(),
      batchId: null,
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
    const { decisions } = world().stores
    for (const decision of [first, third, second, decided(9, newId())])
      await decisions.recordDecision(decision)
    expect(await decisions.listDecisions(taskId, 10)).toEqual([third, second, first])
    expect(await decisions.listDecisions(taskId, 2)).toEqual([third, second])
    const found = await decisions.findDecisions([first.decisionId, newId(), third.decisionId])
    expect(found.toSorted((a, b) => a.decidedAt.getTime() - b.decidedAt.getTime())).toEqual([first, third])
  })

  it('keeps a batch with what it came from, and those of its choices that were given as decisions on their tasks', async () => {
    const [one, other] = [newId<'TaskId'>(), newId<'TaskId'>()]
    const choice = (taskId: TaskId): RecordedBatch['choices'][number] => ({
      decisionId: newId(),
      taskId,
      stepId: 'annotate',
      strategy: 'round_robin',
      chosen: newId(),
    })
    const batch: RecordedBatch = {
      batchId: newId(),
      projectId: world().project.projectId,
      decidedAt: after(4),
      input: { people: { annotation: [{ live: 3, name: 'Zoë' }] }, places: [] },
      choices: [choice(one), choice(other), choice(one), choice(other)],
    }
    const { decisions } = world().stores
    expect(await decisions.findBatch(batch.batchId)).toBeUndefined()
    await decisions.recordBatch(batch)
    expect(await decisions.findBatch(batch.batchId)).toEqual(batch)
    expect(await decisions.listDecisions(one, 10)).toEqual([])
    await decisions.recordChoices(batch, batch.choices.slice(0, 2))
    await decisions.recordChoices(batch, batch.choices.slice(2, 3))
    await decisions.recordChoices(batch, [])
    const [first, second, third] = batch.choices.map(({ decisionId, ...decision }) => ({
      decisionId,
      batchId: batch.batchId,
      decidedAt: after(4),
      decision: { ...decision, candidates: [] },
      input: null,
    }))
    expect(await decisions.listDecisions(one, 10)).toEqual([third, first])
    expect(await decisions.listDecisions(other, 10)).toEqual([second])
  })

  it('lists tasks of which something ends by itself, by the moment of the first, up to now', async () => {
    const ann = newId<'UserId'>()
    const leased = async (minute: number) =>
      (await taskHeldBy(world(), ann, { expiresAt: after(minute) })).taskId
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

  it('lists a task on which something waits by when it goes through, and not by its lease', async () => {
    const ann = newId<'UserId'>()
    const { tasks, inboxes } = world().stores
    const waiting = async (minute: number) =>
      (
        await taskHeldBy(world(), ann, {
          status: 'in_progress',
          expiresAt: after(2),
          submitsAt: after(minute),
          handedIn: { result: { label: 'nl' }, comment: null },
          handedInAt: after(1),
        })
      ).taskId
    const [later, first] = [await waiting(6), await waiting(4)]
    await taskHeldBy(world(), ann, { expiresAt: after(9) })
    expect(await tasks.listDue(after(3), 10)).toEqual([])
    expect(await tasks.listDue(after(6), 10)).toEqual([first, later])
    expect(await inboxes.listWaiting(ann)).toEqual([first, later])
    expect(await inboxes.listWaiting(newId())).toEqual([])

    await world().change(first, (work) => ({
      ...work,
      assignments: work.assignments.map((one) => ({
        ...one,
        submitsAt: null,
        handedIn: null,
        handedInAt: null,
      })),
    }))
    expect(await inboxes.listWaiting(ann)).toEqual([later])
    expect(await tasks.listDue(after(6), 10)).toEqual([first, later])
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
    const other = await taskHeldBy(wide, newId(), { expiresAt: after(3) })
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
    await stores.workers.openWorker({ workerId, leaseUntil: new Date(now.getTime() + 60_000), now })
    const deliveries = await stores.workers.feed({ limit: 3, types: ['probe:scenario'], now })
    const begun = await stores.workers.begin({ deliveries, workerId, now })
    const startOf = (id: JobId): number => begun.find(({ jobId }) => jobId === id)?.start ?? 0
    const error = { code: 'odd', message: 'It went oddly', retryable: false }
    await stores.workers.settle({
      outcomes: [
        { kind: 'failed', jobId: failing.jobId, start: startOf(failing.jobId), error },
        { kind: 'completed', jobId: done.jobId, start: startOf(done.jobId), result: { label: 'da' } },
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
}

interface Probe {
  readonly taskId: TaskId
  readonly jobId: JobId
}
