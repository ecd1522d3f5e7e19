import type { ProjectId, UserId } from '@muster/core'
import type { FeedEvent, Subscription } from '@muster/core/feed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'

let muster: Muster
let projectId: ProjectId
let ann: UserId
let mine: Subscription
const told: FeedEvent['data'][] = []

beforeAll(async () => {
  muster = await createMuster()
  const { workflowId } = await muster.workflows.add({
    name: 'two steps',
    steps: [
      { stepId: 'label', stepType: 'annotation', assignmentsRequired: 2 },
      { stepId: 'check', stepType: 'review' },
    ],
  })
  ;({ projectId } = await muster.projects.add({ name: 'p', workflowId, assignment: { undoSeconds: 0 } }))
  ann = (await muster.people.add({ displayName: 'Ann', role: 'annotator' })).userId
  await muster.projects.addMember(projectId, ann)
  mine = await muster.feed.subscribe({ userId: ann, tokenRole: 'annotator', channel: { kind: 'me' } })
  const read = (): void => {
    for (let item = mine.next(); item; item = mine.next())
      if (item.kind === 'event' && item.event.type === 'task_opened') told.push(item.event.data)
  }
  mine.onReady(read)
  read()
})
afterAll(() => muster.close())

/** The places that were told of since the last time, by type of step. */
async function opened(least: number): Promise<Record<string, number>> {
  const sum: Record<string, number> = {}
  await expect
    .poll(() => {
      for (const { stepType, count } of told.splice(0) as unknown as { stepType: string; count: number }[])
        sum[stepType] = (sum[stepType] ?? 0) + count
      return Object.values(sum).reduce((all, count) => all + count, 0)
    })
    .toBeGreaterThanOrEqual(least)
  return sum
}

describe('A member who has nothing to do', () => {
  it('is told when tasks are added, given back and go on to the next step', async () => {
    await muster.tasks.add(projectId, [{ payload: 1 }, { payload: 2 }])
    expect(await opened(4)).toEqual({ annotation: 4 })
    const claimed = await muster.assignments.claimNext({ userId: ann })
    if (claimed.kind === 'nothing') throw new Error('there is work')
    const { assignment } = claimed
    await muster.assignments.start({ assignmentId: assignment.assignmentId, userId: ann })
    await muster.assignments.release({ assignmentId: assignment.assignmentId, userId: ann })
    expect(await opened(1)).toEqual({ annotation: 1 })
    for (const displayName of ['Ben', 'Eve']) {
      const { userId } = await muster.people.add({ displayName, role: 'annotator' })
      await muster.projects.addMember(projectId, userId)
      const { assignmentId } = await muster.assignments.assign({ taskId: assignment.taskId, userId })
      await muster.assignments.start({ assignmentId, userId })
      await muster.assignments.submit({ assignmentId, userId, result: 1 })
    }
    expect(await opened(1)).toEqual({ review: 1 })
  })

  it('is told what is open when a pause of all queues is lifted', async () => {
    await muster.system.pause()
    await muster.tasks.add(projectId, [{ payload: 3 }])
    await opened(2)
    await muster.system.resume()
    // Tasks: two at the first step, and one that is at the second.
    expect(await opened(3)).toEqual({ annotation: 2, review: 1 })
  })
})
