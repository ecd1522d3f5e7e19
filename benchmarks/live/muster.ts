import { pgModule } from '@muster/adapters-pg'
import { jobType } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { z } from 'zod'
import { silent } from '../peers/muster.ts'
import type { LiveJob, OpenLivePeer } from './peer.ts'

/** Ours, as a host has it: a worker that schedules too, every result stored, counters and facts exact. */
export const muster: OpenLivePeer = async (connectionString) => {
  let handler: (job: LiveJob) => Promise<void> = async () => {}
  const type = jobType({
    name: 'live',
    payload: z.object({ madeAt: z.number(), padding: z.string() }),
    handler: async ({ payload }) => {
      await handler(payload)
      return null
    },
  })
  const host = await createMuster({
    modules: [coreModule({ jobTypes: [type], logger: silent }), pgModule({ connectionString })],
  })
  const { projectId } = await host.projects.add({ name: 'Live' })
  return {
    add: (jobs) => host.queue.addMany(projectId, type, jobs),
    addOne: (job) => host.queue.add(projectId, type, job),
    async work(slots, given) {
      handler = given
      await host.work({ concurrency: slots })
    },
    async left() {
      const { counts } = await host.queue.status(projectId, { limit: 1 })
      return counts.pending + counts.active
    },
    close: () => host.close(),
  }
}
