import { MemoryPersistence } from '@muster/adapters-memory'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { about, cleared, FeedWorld } from '@muster/testing/suites'
import { expect, it } from 'vitest'
import type { Principal } from '../people/person.ts'
import { eventUseCases } from './kept-events.ts'

async function open() {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  const world = new FeedWorld({ persistence, clock, close: () => persistence.close() })
  const projectId = await world.project()
  const [ann, ben] = [await world.person('annotator', projectId), await world.person('manager', projectId)]
  const as = ({ userId, role }: typeof ann): Principal => ({
    userId,
    role,
    memberships: new Set([projectId]),
  })
  return { world, projectId, ann: as(ann), ben: as(ben), events: eventUseCases(persistence) }
}

it('gives what the caller may know, newest first, page by page and between two places', async () => {
  const { world, projectId, ann, ben, events } = await open()
  for (let nth = 0; nth < 300; nth++)
    await world.append(cleared(projectId, nth), about(projectId, nth % 2 === 0 ? ann : ben))
  const seqs = async (viewer: Principal, request: object): Promise<number[]> => {
    const found: number[] = []
    let cursor: string | undefined
    do {
      const page = await events.list(viewer, projectId, { ...request, cursor })
      found.push(...page.items.map(({ seq }) => seq))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return found
  }
  const all = Array.from({ length: 600 }, (_, nth) => 600 - nth)
  expect(await seqs(ben, { limit: 70 })).toEqual(all)
  expect(await seqs(ann, {})).toEqual(all.filter((seq) => seq % 4 !== 0))
  expect(await seqs(ben, { before: 9, after: 5 })).toEqual([8, 7, 6])
  expect(
    await seqs(ben, { before: 10_000, type: ['task_assigned'], userId: ann.userId, after: 590 }),
  ).toEqual([598, 594])
  await world.persistence.stores.events.prune(new Date(world.clock.now().getTime() + 1), 100)
  expect(await seqs(ben, {})).toEqual(all.filter((seq) => seq > 100))
})

it('looks at a bounded number of events for one page, and goes on from there', async () => {
  const { world, projectId, ann, events } = await open()
  await world.append(about(projectId, ann))
  for (let nth = 0; nth < 10; nth++)
    await world.append(...Array.from({ length: 300 }, (_, one) => cleared(projectId, one)))
  const request = { userId: ann.userId }
  const first = await events.list(ann, projectId, request)
  expect(first.items).toEqual([])
  const second = await events.list(ann, projectId, { ...request, cursor: first.nextCursor ?? '' })
  expect(second).toMatchObject({ items: [{ seq: 1 }], nextCursor: null })
  await expect(events.list(ann, projectId, { cursor: first.nextCursor ?? '' })).rejects.toMatchObject({
    code: 'validation_failed',
  })
})
