import type { JobId } from '@muster/core'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { jobQueueContract } from '@muster/testing/suites'
import { expect, it } from 'vitest'
import { MemoryJobQueue } from './memory-job-queue.ts'

jobQueueContract('MemoryJobQueue', async () => {
  const clock = new VirtualClock()
  const queue = new MemoryJobQueue({ clock })
  return { queue, pass: (ms) => clock.advance(ms), close: () => queue.close() }
})

it('lets a rejected delivery rest longer each time, and counts it as waiting meanwhile', async () => {
  const clock = new VirtualClock()
  const queue = new MemoryJobQueue({ clock })
  const at: number[] = []
  const start = clock.now().getTime()
  await queue.consume('a', 1, async () => {
    at.push(clock.now().getTime() - start)
    throw new Error('not now')
  })
  await queue.deliver([{ jobId: new SequentialIds().next() as JobId, type: 'a', lane: 1 }])
  await clock.advance(20_000)
  expect(at).toEqual([0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300])
  expect((await queue.counts()).get('a')).toEqual({ waiting: 1, active: 0 })
  await queue.close()
  await queue.drain()
  expect(clock.waiting).toBe(0)
})
