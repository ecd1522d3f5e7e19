import type { JobId } from '@muster/core'
import type { Delivery, JobQueue } from '@muster/core/ports'
import { describe, expect, it, vi } from 'vitest'
import { SequentialIds } from '../system/sequential-ids.ts'

/** An empty queue. */
export interface OpenJobQueue {
  readonly queue: JobQueue
  /** Another process's view of the same one, where processes can share it. */
  readonly again?: JobQueue
  /** Lets time pass for a queue that lives on a virtual clock; a real one needs nothing. */
  readonly pass?: (ms: number) => Promise<void>
  close(): Promise<void>
}

/** Every promise of {@link JobQueue}, on whatever `open` opens: empty each time. */
export function jobQueueContract(name: string, open: () => Promise<OpenJobQueue>): void {
  const queueCase = (says: string, work: (opened: OpenJobQueue) => Promise<void>): void => {
    it(says, async () => {
      const opened = await open()
      try {
        await work(opened)
      } finally {
        await opened.close()
      }
    })
  }

  describe(`${name} is a JobQueue`, () => {
    queueCase('gives every delivery of a type to its consumer, in order', async ({ queue }) => {
      const seen: Delivery[] = []
      const sent = deliveries(20, 'a')
      await queue.deliver(sent.slice(0, 10))
      await queue.consume('a', 1, async (delivery) => void seen.push(delivery))
      await queue.deliver(sent.slice(10))
      await queue.deliver([])
      await queue.drain()
      expect(seen).toEqual(sent)
    })

    queueCase('keeps types apart', async ({ queue }) => {
      const seen: string[] = []
      await queue.deliver([...deliveries(2, 'a'), ...deliveries(3, 'b')])
      await queue.consume('b', 2, async ({ type }) => void seen.push(type))
      await vi.waitFor(() => expect(seen).toEqual(['b', 'b', 'b']))
      await vi.waitFor(async () =>
        expect([...(await queue.counts())].filter(([, { waiting, active }]) => waiting + active > 0)).toEqual(
          [['a', { waiting: 2, active: 0 }]],
        ),
      )
    })

    queueCase('does not take twice what already waits', async ({ queue }) => {
      const sent = deliveries(3, 'a')
      const [more] = deliveries(1, 'a')
      expect(await queue.deliver([...sent, ...sent])).toBe(3)
      expect(await queue.deliver(sent)).toBe(0)
      expect((await queue.counts()).get('a')).toEqual({ waiting: 3, active: 0 })
      sent.push(more as Delivery)
      expect(await queue.deliver(sent)).toBe(1)
      const seen: JobId[] = []
      await queue.consume('a', 1, async ({ jobId }) => void seen.push(jobId))
      await queue.drain()
      expect(seen).toEqual(sent.map(({ jobId }) => jobId))
    })

    queueCase('takes a job again once it was worked on', async ({ queue }) => {
      const sent = deliveries(1, 'a')
      let worked = 0
      await queue.consume('a', 1, async () => void worked++)
      for (let round = 1; round <= 3; round++) {
        await queue.deliver(sent)
        await queue.drain()
        expect(worked).toBe(round)
      }
    })

    queueCase('works on as many at once as it was told, and not on more', async ({ queue }) => {
      const gate = Promise.withResolvers<void>()
      let now = 0
      let most = 0
      await queue.deliver(deliveries(9, 'a'))
      await queue.consume('a', 3, async () => {
        most = Math.max(most, ++now)
        await gate.promise
        now--
      })
      await vi.waitFor(() => expect(now).toBe(3))
      expect((await queue.counts()).get('a')).toEqual({ waiting: 6, active: 3 })
      gate.resolve()
      await queue.drain()
      expect(most).toBe(3)
    })

    queueCase(
      'gives a hand that was released the next delivery, before the first is acknowledged',
      async ({ queue }) => {
        const gate = Promise.withResolvers<void>()
        const started: JobId[] = []
        const sent = deliveries(3, 'a')
        await queue.deliver(sent)
        await queue.consume('a', 1, async ({ jobId }, release) => {
          started.push(jobId)
          if (started.length === 1) {
            release()
            release()
          }
          await gate.promise
        })
        await vi.waitFor(() => expect(started).toHaveLength(2))
        expect((await queue.counts()).get('a')).toEqual({ waiting: 1, active: 2 })
        gate.resolve()
        await queue.drain()
        expect(started).toEqual(sent.map(({ jobId }) => jobId))
      },
    )

    queueCase('delivers again what was rejected', async ({ queue, pass }) => {
      const tries = new Map<JobId, number>()
      const sent = deliveries(3, 'a')
      await queue.consume('a', 2, async ({ jobId }) => {
        const tried = (tries.get(jobId) ?? 0) + 1
        tries.set(jobId, tried)
        if (tried < 3) throw new Error('not now')
      })
      await queue.deliver(sent)
      await vi.waitFor(
        async () => {
          await pass?.(1_000)
          expect(sent.map(({ jobId }) => tries.get(jobId))).toEqual([3, 3, 3])
        },
        { timeout: 20_000 },
      )
      await queue.drain()
    })

    queueCase('gives nothing out while paused, and goes on where it was', async ({ queue }) => {
      const seen: JobId[] = []
      const sent = deliveries(4, 'a')
      await queue.pause()
      await queue.consume('a', 2, async ({ jobId }) => void seen.push(jobId))
      await queue.deliver(sent)
      expect((await queue.counts()).get('a')).toEqual({ waiting: 4, active: 0 })
      expect(seen).toEqual([])
      await queue.resume()
      await queue.drain()
      expect(seen).toEqual(sent.map(({ jobId }) => jobId))
    })

    queueCase('forgets what is removed while it waits', async ({ queue }) => {
      const seen: JobId[] = []
      const sent = deliveries(4, 'a')
      await queue.deliver(sent)
      const [gone, ...kept] = sent.map(({ jobId }) => jobId)
      await queue.remove([gone as JobId, deliveries(1, 'a')[0]?.jobId as JobId])
      await queue.consume('a', 1, async ({ jobId }) => void seen.push(jobId))
      await queue.drain()
      expect(seen).toEqual(kept)
    })

    queueCase('a consumer that closes takes no more, and waits for what it works on', async ({ queue }) => {
      const gate = Promise.withResolvers<void>()
      let started = 0
      let ended = 0
      const consumer = await queue.consume('a', 1, async () => {
        started++
        await gate.promise
        ended++
      })
      await queue.deliver(deliveries(3, 'a'))
      await vi.waitFor(() => expect(started).toBe(1))
      let closed = false
      const closing = consumer.close().then(() => {
        closed = true
      })
      await queue.counts()
      expect(closed).toBe(false)
      gate.resolve()
      await closing
      await consumer.close()
      expect([started, ended]).toEqual([1, 1])
      expect((await queue.counts()).get('a')).toEqual({ waiting: 2, active: 0 })
    })

    queueCase(
      'says that it works, also while it is worked with, and no more once it is closed',
      async ({ queue }) => {
        await queue.check()
        await queue.consume('a', 1, async () => {})
        await queue.deliver(deliveries(1, 'a'))
        await queue.check()
        await queue.drain()
        await queue.check()
        await queue.close()
        await expect(queue.check()).rejects.toMatchObject({ code: 'queue_error' })
      },
    )

    queueCase('has drained when nothing was ever delivered', async ({ queue }) => {
      await queue.drain()
      expect(
        [...(await queue.counts()).values()].filter(({ waiting, active }) => waiting + active > 0),
      ).toEqual([])
    })

    queueCase(
      'is shared by processes, where these can share it: any of them works on what one delivers',
      async ({ queue, again }) => {
        const seen: JobId[] = []
        await (again ?? queue).consume('a', 2, async ({ jobId }) => void seen.push(jobId))
        const sent = deliveries(5, 'a')
        await queue.deliver(sent)
        await vi.waitFor(() => expect(seen.toSorted()).toEqual(sent.map(({ jobId }) => jobId)), {
          timeout: 10_000,
        })
      },
    )

    queueCase('closes twice, waits for what is worked on, and takes nothing after', async ({ queue }) => {
      const gate = Promise.withResolvers<void>()
      const started = Promise.withResolvers<void>()
      let ended = false
      await queue.consume('a', 1, async () => {
        started.resolve()
        await gate.promise
        ended = true
      })
      await queue.deliver(deliveries(1, 'a'))
      await started.promise
      const closing = queue.close()
      gate.resolve()
      await closing
      await queue.close()
      expect(ended).toBe(true)
      await expect(queue.deliver(deliveries(1, 'a'))).rejects.toMatchObject({ code: 'queue_error' })
    })
  })
}

const ids = new SequentialIds(2 ** 43)

function deliveries(count: number, type: string): Delivery[] {
  return Array.from({ length: count }, () => ({ jobId: ids.next() as JobId, type, lane: 1 }))
}
