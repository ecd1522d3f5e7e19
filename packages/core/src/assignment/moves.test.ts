import { type Engine, openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { UserId } from '../ids.ts'
import type { Principal } from '../people/person.ts'
import type { Assignment, AssignmentStatus } from './assignment.ts'
import { ASSIGNMENT_MOVES } from './assignment-lifecycle.ts'
import type { Move } from './assignments.ts'

const MOVES: Readonly<
  Record<string, { to: AssignmentStatus; make: (world: Engine, move: Move) => Promise<Assignment> }>
> = {
  accept: { to: 'accepted', make: ({ engine }, move) => engine.accept(move) },
  start: { to: 'in_progress', make: ({ engine }, move) => engine.start(move) },
  submit: {
    to: 'submitted',
    make: ({ engine }, move) => engine.submit({ ...move, result: { label: 'nl' } }),
  },
  reject: { to: 'rejected', make: ({ engine }, move) => engine.reject({ ...move, code: 'unclear' }) },
  release: { to: 'reassigned', make: ({ engine }, move) => engine.release(move) },
}

/** Somebody's assignment brought into a state by its holder, through the engine alone. */
async function inState(status: AssignmentStatus) {
  const world = await openEngine({ config: { leaseMinutes: 5 } })
  const ann = await world.person('Ann')
  const { taskId } = await world.task()
  const { assignmentId } = await world.claim(ann)
  const move = { assignmentId, by: world.by(ann) }
  if (status === 'accepted') await world.engine.accept(move)
  if (status === 'in_progress' || status === 'submitted') await world.engine.start(move)
  if (status === 'submitted') await world.engine.submit({ ...move, result: { label: 'nl' } })
  if (status === 'rejected') await world.engine.reject({ ...move, code: 'other' })
  if (status === 'reassigned') await world.engine.release(move)
  if (status === 'expired') {
    await world.minutes(5)
    await world.engine.expireDue()
  }
  expect(await world.engine.get(assignmentId)).toMatchObject({ status })
  return { world, ann, taskId, move }
}

describe('the moves of a holder', () => {
  for (const from of Object.keys(ASSIGNMENT_MOVES) as AssignmentStatus[]) {
    for (const [name, { to, make }] of Object.entries(MOVES)) {
      const legal = ASSIGNMENT_MOVES[from].includes(to)
      const lost = from === 'expired' || from === 'reassigned'
      const refused = lost ? { code: 'lease_lost' } : { code: 'invalid_transition', details: { from, to } }
      const expected = legal ? { status: to } : refused
      it(`${name} from ${from}: ${legal ? to : refused.code}`, async () => {
        const { world, move } = await inState(from)
        const answer = await make(world, move).catch((refusal: unknown) => refusal)
        expect(answer).toMatchObject(expected)
      })
    }
  }

  it('raise the version and extend the lease', async () => {
    const { world, move } = await inState('assigned')
    await world.minutes(3)
    const expiresAt = new Date(world.clock.now().getTime() + 5 * 60_000)
    expect(await world.engine.accept(move)).toMatchObject({
      version: 2,
      expiresAt,
      acceptedAt: world.clock.now(),
    })
  })

  it('leave the version as it is when they are only a heartbeat', async () => {
    const { world, move, taskId } = await inState('in_progress')
    const facts = await world.factsOf(taskId)
    await world.minutes(3)
    const expiresAt = new Date(world.clock.now().getTime() + 5 * 60_000)
    expect(await world.engine.heartbeat(move)).toMatchObject({ version: 2, expiresAt })
    expect(await world.factsOf(taskId)).toEqual(facts)
  })

  it('refuse a heartbeat of what is handed in', async () => {
    const { world, move } = await inState('submitted')
    await expect(world.engine.heartbeat(move)).rejects.toMatchObject({ code: 'invalid_transition' })
  })

  it('refuse a version that is no longer so, and say which it is', async () => {
    const { world, move } = await inState('accepted')
    await expect(world.engine.start({ ...move, ifVersion: 1 })).rejects.toMatchObject({
      code: 'version_conflict',
      details: { version: 2 },
    })
  })

  it('keep reason and comment of a rejection, and never bring it back to that person', async () => {
    const { world, ann, move } = await inState('assigned')
    const rejected = await world.engine.reject({ ...move, code: 'unclear', comment: 'Two languages' })
    expect(rejected).toMatchObject({
      rejectReason: { code: 'unclear', comment: 'Two languages' },
      expiresAt: null,
    })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { rejectedBefore: 1 },
    })
  })
})

describe('a hold that has ended', () => {
  it('is found by the move itself, expires, and keeps what was handed in as a draft', async () => {
    const { world, move, taskId } = await inState('in_progress')
    await world.minutes(5)
    const late = world.engine.submit({ ...move, result: { label: 'de' } })
    await expect(late).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await world.engine.get(move.assignmentId)).toMatchObject({
      status: 'expired',
      draft: { label: 'de' },
      result: null,
    })
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      type: 'task_unavailable',
      data: { status: 'expired', from: 'in_progress' },
    })
  })

  it('refuses an older attempt although the same person holds it again', async () => {
    const { world, ann, move } = await inState('expired')
    const again = await world.claim(ann)
    expect(again).toMatchObject({ assignmentId: move.assignmentId, attempt: 2 })
    await expect(world.engine.start({ ...move, attempt: 1 })).rejects.toMatchObject({ code: 'lease_lost' })
    await expect(world.engine.submit({ ...move, attempt: 1, result: { label: 'xx' } })).rejects.toMatchObject(
      { code: 'lease_lost' },
    )
    expect(await world.engine.get(move.assignmentId)).toMatchObject({
      status: 'assigned',
      draft: { label: 'xx' },
    })
    expect(await world.engine.start({ ...move, attempt: 2 })).toMatchObject({ status: 'in_progress' })
  })
})

describe('moves of somebody else', () => {
  const move = async (status: AssignmentStatus = 'assigned') => {
    const state = await inState(status)
    const ben = await state.world.person('Ben')
    const max = await state.world.person('Max', { role: 'manager' })
    return { ...state, ben, max }
  }

  it('are refused to other members', async () => {
    const { world, ben, move: own } = await move()
    await expect(world.engine.accept({ ...own, by: world.by(ben) })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('do not even learn that it exists if they know nothing of the project', async () => {
    const { world, ben, move: own } = await move()
    const by: Principal = { userId: ben.userId, role: 'manager', memberships: new Set() }
    await expect(world.engine.accept({ ...own, by })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are a manager’s too, recorded as such', async () => {
    const { world, max, taskId, move: own } = await move()
    await world.engine.release({ ...own, by: world.by(max), reason: 'wrong person' })
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      type: 'task_status_changed',
      data: { status: 'reassigned', reason: `by manager ${max.userId}: wrong person` },
    })
  })

  it('are a person’s by their id alone, with the rights that the directory gives them', async () => {
    const { world, ann, ben, max, taskId, move: own } = await move()
    const { assignmentId } = own
    expect(await world.engine.accept({ assignmentId, userId: ann.userId })).toMatchObject({
      status: 'accepted',
    })
    const { userId } = ben
    await expect(world.engine.start({ assignmentId, userId })).rejects.toMatchObject({ code: 'forbidden' })
    const nobody = '01890000-0000-7000-8000-000000000000' as UserId
    await expect(world.engine.start({ assignmentId, userId: nobody })).rejects.toMatchObject({
      code: 'not_found',
    })
    await world.engine.release({ assignmentId, userId: max.userId, reason: 'is ill' })
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      data: { status: 'reassigned', reason: `by manager ${max.userId}: is ill` },
    })
  })

  it('are an admin’s without being a member', async () => {
    const { world, move: own } = await move()
    expect(await world.engine.accept({ ...own, by: world.admin })).toMatchObject({ status: 'accepted' })
  })

  it('find a hold that has ended an illegal move, not a lost lease', async () => {
    const { world, max, move: own } = await move('expired')
    await expect(world.engine.start({ ...own, by: world.by(max) })).rejects.toMatchObject({
      code: 'invalid_transition',
      details: { from: 'expired', to: 'in_progress' },
    })
  })
})

describe('suspension and removal', () => {
  it('ends what the person holds as reassigned and opens the slots at once', async () => {
    const { world, ann, taskId, move } = await inState('in_progress')
    const ben = await world.person('Ben')
    await world.people.change(ann.userId, { status: 'suspended' })
    expect(await world.engine.get(move.assignmentId)).toMatchObject({
      status: 'reassigned',
      releaseReason: 'suspended',
      expiresAt: null,
    })
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      type: 'task_unavailable',
      affectedUserIds: [ann.userId],
    })
    expect(await world.claim(ben)).toMatchObject({ taskId })
  })

  it('ends only what is of the project left', async () => {
    const { world, ann, move } = await inState('assigned')
    const other = await world.projects.add({ name: 'Other', workflowId: world.workflow.workflowId })
    await world.projects.addMember(other.projectId, ann.userId)
    await world.tasks.add(other.projectId, [{ payload: 1 }])
    const kept = await world.claim(ann)
    await world.projects.removeMember(world.projectId, ann.userId)
    expect(await world.engine.get(move.assignmentId)).toMatchObject({
      status: 'reassigned',
      releaseReason: 'removed',
    })
    expect(await world.engine.get(kept.assignmentId)).toMatchObject({ status: 'assigned' })
    await expect(world.projects.removeMember(world.projectId, ann.userId)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('leaves those who are away what they hold', async () => {
    const { world, ann, move } = await inState('in_progress')
    await world.people.change(ann.userId, { status: 'away' })
    expect(await world.engine.submit({ ...move, result: { label: 'nl' } })).toMatchObject({
      status: 'submitted',
    })
  })
})
