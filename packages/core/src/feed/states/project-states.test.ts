import { MemoryBroadcast } from '@muster/adapters-memory'
import { newId, VirtualClock } from '@muster/testing'
import { expect, it, onTestFinished } from 'vitest'
import type { Signal } from '../../events/signals.ts'
import type { QueueItem } from '../../jobs/job.ts'
import type { QueueStatus } from '../../queue/queues.ts'
import type { Reading } from '../snapshots.ts'
import { ProjectStates } from './project-states.ts'

const ignore = (): void => {}

it('tells nobody who has begun again while it looked what is older than their new snapshot', async () => {
  const [projectId, jobId, clock] = [newId<'ProjectId'>(), newId<'JobId'>(), new VirtualClock()]
  const standing = (place: number): QueueStatus =>
    ({
      projectId,
      paused: false,
      counts: { pending: 1 },
      byType: {},
      items: [{ projectId, jobId, position: place, globalPosition: place, step: null } as QueueItem],
      updatedAt: clock.now(),
    }) as unknown as QueueStatus
  let place = 1
  let read: Promise<void> = Promise.resolve()
  const reading = {
    queue: { status: async () => standing(place) },
    runs: { listLive: async () => [], list: async () => [], findMany: async () => [] },
    items: async () => [],
  } as unknown as Reading
  const states = new ProjectStates(projectId, {
    read: async (work) => {
      const seen = await work(reading)
      await read
      return seen
    },
    presence: async () => [],
    departed: async () => [],
    broadcast: new MemoryBroadcast(),
    clock,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  })
  onTestFinished(() => states.close())
  const told: Signal[] = []
  const reader = {
    wants: 'all',
    signal: (signal: Signal) => void (signal.type === 'position_updated' && told.push(signal)),
    queue: ignore,
  } as const
  states.join(reader, { runs: [], queue: standing(1), isBack: false })
  await states.look(1)
  // The wire has told another place, which the look that begins now would correct.
  states.placed(reader, { itemId: jobId, position: 9, globalPosition: 9 })
  await clock.advance(1_000)
  const wait = Promise.withResolvers<void>()
  read = wait.promise
  const looking = states.look(1)
  await Promise.resolve()
  place = 2
  states.leave(reader)
  states.join(reader, { runs: [], queue: standing(2), isBack: false })
  wait.resolve()
  await looking
  await clock.advance(1_000)
  await states.look(1)
  expect(told).toEqual([])
})
