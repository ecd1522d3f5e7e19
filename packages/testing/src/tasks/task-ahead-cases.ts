import type { UserId } from '@muster/core'
import { expect, it } from 'vitest'
import { after, anAssignment, newId, withAssignment } from '../worlds/samples.ts'
import { ended, type TaskWorld, taskHeldBy } from './task-world.ts'

/** What is held ahead: one of each person, and nothing that anybody counts. */
export function taskAheadCases(world: () => TaskWorld): void {
  const claim = async (userId: UserId, ahead = true) => {
    const { persistence, clock } = world()
    const shelves = await world().openShelves()
    return persistence.transaction(async ({ people, claims }) => {
      await people.lock([userId])
      const [claimed] = await claims.claim([{ userId, shelves, assignmentId: newId(), ahead }], clock.now())
      return claimed?.assignment
    })
  }

  it('holds one ahead, and lists it until it is in sight', async () => {
    const { stores } = world()
    const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()]
    await world().keep(world().work(), world().work(), world().work())
    const ordinary = await claim(ann, false)
    expect(ordinary).toMatchObject({ ahead: false })
    expect(await stores.claims.listAhead([ann, ben])).toEqual([])
    const held = await claim(ann)
    expect(held).toMatchObject({ ahead: true, status: 'assigned' })
    expect(await stores.claims.listAhead([ben, ann])).toEqual([held])
    expect(await stores.inboxes.findAssignment(held?.assignmentId ?? newId())).toEqual(held)
    await world().change(held?.taskId ?? newId(), (work) => ({
      ...work,
      assignments: work.assignments.map((row) => ({ ...row, ahead: false })),
    }))
    expect(await stores.claims.listAhead([ann])).toEqual([])
    expect(await claim(ann)).toMatchObject({ ahead: true })
  })

  it('lets nobody hold two ahead, whoever claims, and the slot stays free', async () => {
    const { stores, project } = world()
    const ann = newId<'UserId'>()
    await world().keep(world().work(), world().work())
    const held = await claim(ann)
    await expect(claim(ann)).rejects.toMatchObject({ code: 'conflict' })
    expect(await stores.claims.listAhead([ann])).toEqual([held])
    const open = await stores.tasks.listOpenWork(project.projectId, 9)
    expect(open.flatMap(({ slots }) => slots.map(({ state }) => state))).toEqual(['free'])
  })

  it('claims ahead for some of many at once, and not for the others', async () => {
    const { stores, clock } = world()
    const people = Array.from({ length: 4 }, () => newId<'UserId'>())
    await world().keep(...people.map(() => world().work()))
    const shelves = await world().openShelves()
    const claims = people.map((userId, nth) => ({
      userId,
      shelves,
      assignmentId: newId<'AssignmentId'>(),
      ...(nth % 2 === 0 && { ahead: true }),
    }))
    const claimed = await stores.claims.claim(claims, clock.now())
    expect(claimed.map((one) => one?.assignment.ahead)).toEqual([true, false, true, false])
    const listed = await stores.claims.listAhead(people)
    expect(listed.map(({ userId }) => userId).toSorted()).toEqual(
      people.filter((_one, nth) => nth % 2 === 0).toSorted(),
    )
  })

  it('revives a row as it is asked for: held ahead, or in sight', async () => {
    const ann = newId<'UserId'>()
    const work = world().work()
    const row = anAssignment(work, world().workflow, ann, { status: 'reassigned', endReason: 'unseen' })
    await world().keep(withAssignment(work, row))
    expect(await claim(ann)).toMatchObject({ ahead: true, attempt: 2, endReason: null })
    await world().change(work.task.taskId, (now) => ({
      ...ended(now, ann, 'reassigned'),
      assignments: [{ ...row, attempt: 2, endReason: 'unseen' }],
    }))
    expect(await claim(ann, false)).toMatchObject({ ahead: false, attempt: 3 })
  })

  it('tells nobody that somebody was given what they have not seen', async () => {
    const { stores, project } = world()
    const ann = await world().person()
    await taskHeldBy(world(), ann.userId, { assignedAt: after(3), status: 'submitted' })
    const sentBack = { returnComment: 'look again' }
    await taskHeldBy(world(), ann.userId, { assignedAt: after(7), ahead: true, ...sentBack })
    const unseen = { status: 'reassigned', endReason: 'unseen' } as const
    await taskHeldBy(world(), ann.userId, { assignedAt: after(9), ...unseen, ...sentBack })
    const [person] = await stores.decisions.listPeople(project.projectId, 'annotation', [ann.userId])
    expect(person).toMatchObject({ live: 1, lastAssignedAt: after(3) })
    const asked = {
      projectId: project.projectId,
      userIds: [ann.userId],
      since: after(0),
      givenSince: after(0),
    }
    expect(await stores.inboxes.activity(asked)).toMatchObject([{ live: 1, returned: 0, declined: 0 }])
  })
}
