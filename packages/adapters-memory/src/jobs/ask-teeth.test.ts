import type { TaskId } from '@muster/core'
import type { AskDesk } from '@muster/core/asks'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { playBroken } from '@muster/testing/suites'
import { describe, expect, it } from 'vitest'
import { MemoryPersistence } from '../memory-persistence.ts'

async function open() {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
}

describe('the cases of asking people notice', () => {
  it('a task that is made before the settle', async () => {
    const title = 'makes one task, if a process dies before or behind the settle that makes it'
    await expect(
      playBroken(open, title, {
        desk: (desk, world) => ({
          ...desk,
          async plan(job, ask) {
            await world.tasks.add(job.projectId, [{ payload: ask.wish.payload }])
            return desk.plan(job, ask)
          },
        }),
      }),
    ).rejects.toThrow(/expected \[ \{.*\} \] to deeply equal \[\]/s)
  })

  it('an answer that is found by the order of questions', async () => {
    const title = 'finds answers by name, whatever the order in which they are asked for'
    await expect(playBroken(open, title, { desk: byOrder })).rejects.toThrow(/to deeply equal/)
  })

  it('a question that is held with the lease of its worker', async () => {
    const title = 'holds no worker and no lease while it sleeps: it is never buried'
    await expect(
      playBroken(open, title, {
        desk: (desk, world) => ({
          ...desk,
          async settle({ outcomes }) {
            for (const { jobId } of outcomes) {
              const job = await world.stores.jobs.find(jobId)
              if (job) await world.tasks.add(job.projectId, [{ payload: null }])
            }
            return { recorded: outcomes.map(({ jobId }) => jobId) }
          },
        }),
      }),
    ).rejects.toThrow('did not come about')
  })
})

/** Gives the nth question of an attempt the answer to the nth that was kept. */
function byOrder(desk: AskDesk): AskDesk {
  let asked: string[] = []
  let digest = ''
  return {
    ...desk,
    read(name, given) {
      const read = desk.read(name, given)
      asked.push(name)
      digest = read.digest
      return read
    },
    async life(jobId) {
      const life = await desk.life(jobId)
      const asks = life.asks.map((ask, nth) =>
        Object.defineProperties(
          { ...ask, taskId: ask.taskId as TaskId },
          { name: { get: () => asked[nth] }, digest: { get: () => digest } },
        ),
      )
      return { ...life, asks }
    },
    async settle(request) {
      asked = []
      return desk.settle(request)
    },
  }
}
