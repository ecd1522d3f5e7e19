import type { Claimed, ClaimRequest } from '@muster/core/ports'
import { DEFAULT_ASSIGNMENT_CONFIG } from '@muster/core/rules'
import { expect, it } from 'vitest'
import { liveOf, shelvesOf } from '../worlds/reading.ts'
import { after, anAssignment, aStep, newId, withAssignment } from '../worlds/samples.ts'
import { type TaskWorld, taskHeldBy } from './task-world.ts'

/** What claims of several people are decided by, and how they are served together. */
export function taskSurveyCases(
  world: () => TaskWorld,
  open: (
    ...asked: [Parameters<typeof TaskWorld.in>[1], Parameters<typeof TaskWorld.in>[2]?]
  ) => Promise<TaskWorld>,
): void {
  it('surveys what claims are decided by: the people, their projects, the gates, and the shelves that are not empty', async () => {
    const config = { ...DEFAULT_ASSIGNMENT_CONFIG, maxConcurrentPerUser: 2, leaseMinutes: 1.5 }
    const other = await open(undefined, { assignment: config })
    const foreign = await open(undefined)
    const { stores, project } = world()
    const ann = await world().person({ skills: { da: 3 }, maxConcurrentAssignments: 4, status: 'away' })
    const bob = await other.person()
    await stores.people.addMember(other.project.projectId, ann.userId)
    await taskHeldBy(world(), ann.userId, { status: 'in_progress' })
    await taskHeldBy(foreign, ann.userId)
    await taskHeldBy(other, ann.userId, { status: 'submitted' })
    const skilled = { requiredSkills: [{ anyOf: ['da'], minLevel: 2, dropAfterMinutes: 5 }] }
    await world().task({ priority: 3, ...skilled })
    await other.task({ priority: 9, currentStepId: 'review' })
    await other.task({ priority: 1, status: 'cancelled', currentStepId: null })
    await foreign.task()
    await stores.projects.setPaused(other.project.projectId, true)

    const survey = (...requests: ClaimRequest[]) =>
      world().persistence.transaction(({ claims }) => claims.surveyClaims(requests))
    const all = await survey(
      { userId: bob.userId, projectId: null },
      { userId: ann.userId, projectId: null },
      { userId: ann.userId, projectId: newId() },
      { userId: newId(), projectId: null },
    )
    expect(all.claimants.map((one) => ({ ...one, memberships: one.memberships.toSorted() }))).toEqual([
      {
        userId: ann.userId,
        status: 'away',
        skills: { da: 3 },
        live: 2,
        ownLimit: 4,
        memberships: [project.projectId, other.project.projectId],
      },
      {
        userId: bob.userId,
        status: 'active',
        skills: {},
        live: 0,
        ownLimit: null,
        memberships: [other.project.projectId],
      },
    ])
    const [here, there] = [
      { projectId: project.projectId, config: DEFAULT_ASSIGNMENT_CONFIG, gateOpen: true },
      { projectId: other.project.projectId, config, gateOpen: false },
    ]
    expect(all.projects).toEqual([here, there])
    expect(all.shelves).toMatchObject([
      { projectId: other.project.projectId, stepId: 'review', stepType: 'review', priority: 9 },
      {
        projectId: project.projectId,
        workflowId: world().workflow.workflowId,
        stepId: 'annotate',
        requirements: skilled.requiredSkills,
        priority: 3,
      },
      { projectId: project.projectId, stepId: 'annotate', requirements: [], priority: 0 },
      { projectId: other.project.projectId, stepId: 'annotate', requirements: [], priority: 0 },
    ])
    const known = await shelvesOf(stores, project.projectId, other.project.projectId)
    expect(new Set(all.shelves.map(({ shelfId }) => shelfId))).toEqual(
      new Set(known.map(({ shelfId }) => shelfId)),
    )

    // A project that is named is surveyed, whoever is a member of it; membership is the caller's to judge.
    const named = await survey({ userId: bob.userId, projectId: foreign.project.projectId })
    expect(named.projects.map(({ projectId }) => projectId)).toEqual([foreign.project.projectId])
    expect(new Set(named.shelves.map(({ projectId }) => projectId))).toEqual(
      new Set([foreign.project.projectId]),
    )
    await stores.projects.setPaused(null, true)
    const shut = await survey({ userId: ann.userId, projectId: null })
    expect(shut.projects.map(({ gateOpen }) => gateOpen)).toEqual([false, false])
    expect(await survey()).toEqual({ claimants: [], projects: [], shelves: [] })
  })

  it('keeps people as they were surveyed to the end of the transaction, however many claim for one', async () => {
    const ann = await world().person()
    await world().keep(...Array.from({ length: 6 }, () => world().work()))
    const { persistence, clock } = world()
    const shelves = await world().openShelves()
    await Promise.all(
      Array.from({ length: 8 }, () =>
        persistence.transaction(async ({ claims }) => {
          const { claimants } = await claims.surveyClaims([{ userId: ann.userId, projectId: null }])
          if ((claimants[0]?.live ?? 0) >= 3) return
          const claim = { userId: ann.userId, shelves, assignmentId: newId<'AssignmentId'>() }
          await claims.claim([claim], clock.now())
        }),
      ),
    )
    expect(await liveOf(world().stores, ann.userId)).toHaveLength(3)
  })

  it('holds the gates of what it surveyed: a pause waits for those who are about to claim', async () => {
    const ann = await world().person()
    const order: string[] = []
    const surveyed = Promise.withResolvers<void>()
    const claiming = world().persistence.transaction(async ({ tasks, claims }) => {
      await claims.surveyClaims([{ userId: ann.userId, projectId: null }])
      surveyed.resolve()
      // As many round trips as a pause that does not wait would need to overtake.
      for (let trip = 0; trip < 20; trip += 1) await tasks.find(newId())
      order.push('claimed')
    })
    await surveyed.promise
    const { projectId } = world().project
    const pausing = world()
      .stores.projects.setPaused(projectId, true)
      .then(() => order.push('paused'))
    await Promise.all([claiming, pausing])
    expect(order).toEqual(['claimed', 'paused'])
  })

  it('answers several claims each at its place, with nothing if nothing is for it', async () => {
    const [ann, bob, cid] = [newId<'UserId'>(), newId<'UserId'>(), newId<'UserId'>()]
    const [best, next] = [await world().task({ priority: 2 }), await world().task({ priority: 1 })]
    const done = withAssignment(
      next,
      anAssignment(next, world().workflow, bob, { status: 'expired', attempt: 2 }),
    )
    await world().change(next.task.taskId, () => done)
    const shelves = await world().openShelves()
    const low = shelves.slice(-1)
    const claimed = await claimedBy([
      [cid, []],
      [bob, low],
      [ann, shelves],
    ])
    expect(claimed.map((one) => one && [one.task.taskId, one.from, one.assignment.attempt])).toEqual([
      undefined,
      [next.task.taskId, 'expired', 3],
      [best.task.taskId, null, 1],
    ])
    expect(await claimedBy([])).toEqual([])
    const kept = await world().stores.inboxes.findAssignment(claimed[1]?.assignment.assignmentId ?? newId())
    expect(kept).toEqual(claimed[1]?.assignment)
  })

  it('serves several claims as if one after another: nobody gets less than what stays free for them', async () => {
    const wide = await open([aStep('annotate', { assignmentsRequired: 2 })])
    const works = [4, 3, 2, 1].map((priority) => wide.work({ priority, stepOpenedAt: after(priority) }))
    await wide.keep(...works)
    const shelves = await wide.openShelves()
    const people = Array.from({ length: 9 }, () => newId<'UserId'>())
    const claimed = await claimedBy(
      people.map((userId) => [userId, shelves] as const),
      wide,
    )
    const given = claimed.flatMap((one) => (one ? [one.task.priority] : []))
    expect(given.toSorted((a, b) => a - b)).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
    expect(claimed.filter((one) => one === undefined)).toHaveLength(1)
    expect(new Set(claimed.map((one) => one && `${one.task.taskId} ${one.assignment.slotNo}`)).size).toBe(9)
  })

  it('never gives one slot to two of several groups that claim at the same time, and leaves none over', async () => {
    await world().keep(...Array.from({ length: 12 }, () => world().work()))
    const shelves = await world().openShelves()
    const groups = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => newId<'UserId'>()))
    const claimed = await Promise.all(
      groups.map((people) => claimedBy(people.map((userId) => [userId, shelves] as const))),
    )
    const taken = claimed.flat().flatMap((one) => (one ? [one.task.taskId] : []))
    expect(taken).toHaveLength(12)
    expect(new Set(taken).size).toBe(12)
  })

  it('leaves a task that somebody has locked as it is until they are done', async () => {
    const { task } = await world().task()
    const shelves = await world().openShelves()
    const locked = Promise.withResolvers<void>()
    const holding = world().persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(task.taskId)
      locked.resolve()
      for (let trip = 0; trip < 20; trip += 1) await tasks.find(newId())
      expect(await tasks.findWork(task.taskId)).toEqual(before)
    })
    await locked.promise
    const [claimed] = await Promise.all([claimedBy([[newId<'UserId'>(), shelves]]), holding])
    const { assignments = [] } = (await world().stores.tasks.findWork(task.taskId)) ?? {}
    expect(assignments).toEqual(claimed[0] ? [claimed[0].assignment] : [])
  })

  function claimedBy(
    claims: readonly (readonly [
      Claimed['assignment']['userId'],
      Awaited<ReturnType<TaskWorld['openShelves']>>,
    ])[],
    where: TaskWorld = world(),
  ): Promise<(Claimed | undefined)[]> {
    const asked = claims.map(([userId, shelves]) => ({
      userId,
      shelves,
      assignmentId: newId<'AssignmentId'>(),
    }))
    return where.persistence.transaction(async ({ people, projects, claims }) => {
      await people.lock(asked.map(({ userId }) => userId))
      await projects.holdGates([where.project.projectId])
      return claims.claim(asked, where.clock.now())
    })
  }
}
