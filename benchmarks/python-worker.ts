import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pgModule } from '@muster/adapters-pg'
import { remoteJobType, type WorkerGrant } from '@muster/core/remote'
import { coreModule, createMuster, silentLogger } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { fastify } from 'fastify'
import { z } from 'zod'
import { openServer } from './databases.ts'
import { keep, machine, printSeries, roundsWished, seriesOf } from './rounds.ts'

const JOBS = 40_000
const BATCH = 50
const CLIENT = fileURLToPath(new URL('../clients/python/src', import.meta.url))

/** No-op jobs over HTTP: 8 batches in hand, so that one is claimed while others are done and settled. */
const PROGRAM = `
import os
from muster_client import Worker
worker = Worker(os.environ["MUSTER_URL"], "worker", concurrency=${8 * BATCH}, batch=${BATCH}, threads=2)
@worker.job("noop")
def noop(job): return None
worker.run()
`

/** No-op jobs per second of one Python process, beside the one server that it asks, every result stored. Filling is not timed; the process starts within. */
export async function pythonWorker(): Promise<void> {
  const server = await openServer()
  try {
    const perSecond: number[] = []
    for (let round = 0; round < roundsWished(); round++)
      perSecond.push((JOBS / (await drained(await server.database()))) * 1_000)
    const series = [seriesOf('one Python process', perSecond)]
    printSeries(`${JOBS} no-op jobs over HTTP, in batches of ${BATCH}`, 'jobs/s', series)
    keep('python-worker', { machine: machine(server.version), jobs: JOBS, batch: BATCH, perSecond: series })
  } finally {
    await server.stop()
  }
}

/** How long it takes, in ms, from the first claim on. */
async function drained(connectionString: string): Promise<number> {
  const noop = remoteJobType({ name: 'noop', payload: z.unknown() })
  const modules = [coreModule({ jobTypes: [noop], logger: silentLogger }), pgModule({ connectionString })]
  const muster = await createMuster({ modules })
  const app = fastify({ forceCloseConnections: true })
  try {
    const { projectId } = await muster.projects.add({ name: 'No-ops' })
    const grant: WorkerGrant = { subject: 'bench', types: ['noop'], projects: [projectId] }
    const authenticator = {
      authenticate: () => Promise.reject(new Error('Nobody is let in here')),
      authenticateWorker: async () => ({ ...grant, expiresAt: new Date('2100-01-01') }),
    }
    let began: number | undefined
    app.addHook('onRequest', async (request) => {
      if (request.url.endsWith('/claim')) began ??= performance.now()
    })
    await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'No-ops',
      jobType: 'noop',
      scenarios: Array.from({ length: JOBS }, (_, n) => ({ payload: { n } })),
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const env = { PATH: process.env['PATH'], PYTHONPATH: CLIENT, MUSTER_URL: url }
    const child = spawn('python3', ['-c', PROGRAM], { env, stdio: ['ignore', 'inherit', 'inherit'] })
    const exit = once(child, 'exit')
    await muster.runs.finished(runId)
    const ms = performance.now() - (began ?? performance.now())
    child.kill('SIGTERM')
    await exit
    return ms
  } finally {
    await app.close()
    await muster.close()
  }
}
