import { readFile } from 'node:fs/promises'
import { jobType } from '@muster/core'
import type { Metrics } from '@muster/core/ports'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { operationsRoutes, promMetrics } from '@muster/transport-http'
import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { until } from './processes/server-child.test.support.ts'

const DASHBOARD = new URL('../deploy/grafana.json', import.meta.url)

/** What happens only where a lease was lost or a broker forgot: not here. Core counts them under these names. */
const NOT_HERE = ['muster_jobs_lease_lost_total', 'muster_jobs_delivered_again_total']

it('every metric of the dashboard is one that a process serves', async () => {
  const { metrics, registry } = promMetrics()
  const muster = await work(metrics)
  const app = fastify()
  operationsRoutes(app, { muster, registry })
  const { body } = await app.inject('/metrics')
  await muster.close()
  const served = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const named = (await readFile(DASHBOARD, 'utf8')).match(/\b(muster|nodejs|process)_\w+/g) ?? []
  const missing = named
    .map((name) => name.replace(/_bucket$/, ''))
    .filter((name) => !served.has(name) && !NOT_HERE.includes(name))
  expect(named.length).toBeGreaterThan(10)
  expect(missing).toEqual([])
})

/** One job that is tried again, with a worker and a scheduler to do it. */
async function work(metrics: Metrics): Promise<Muster> {
  const twice = jobType({
    name: 'twice',
    payload: z.object({}),
    retry: { baseMs: 1, capMs: 1 },
    handler: ({ attempt }) => {
      if (attempt === 1) throw new Error('Once more')
      return 'done'
    },
  })
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [twice], metrics })] })
  const { projectId } = await muster.projects.add({ name: 'Metrics' })
  const { jobId } = await muster.queue.add(projectId, { type: 'twice', payload: {} }, null)
  await muster.work()
  await muster.schedule()
  await until(async () => {
    const { state } = await muster.queue.get(projectId, jobId)
    return state === 'completed' || undefined
  })
  return muster
}
