import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type PgOptions, pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import type { ProjectId } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { startRedis } from '@muster/test-services'
import { openServer } from './databases.ts'
import { IDLE_TYPE, idleType, type Started } from './idle-type.ts'
import { keep, machine } from './rounds.ts'

const SAMPLES = Number(process.env['SAMPLES'] ?? 300)
/** The first ones find cold code and unplanned statements. */
const WARM_UP = 30
/** Between two jobs, so that each finds everybody asleep. */
const REST_MS = 40

interface Latency {
  readonly name: string
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/**
 * S12: milliseconds from the call that adds a job to the start of its handler, one job at a time with nothing else to do: embedded, in one process;
 * and in a cluster, where one process adds and another one works.
 */
export async function idle(): Promise<void> {
  const server = await openServer()
  const redis = await startRedis()
  const directory = await mkdtemp(join(tmpdir(), 'muster-idle-'))
  try {
    const figures = [
      await embedded(directory),
      await cluster({ connectionString: await server.database() }, redis.url),
    ]
    console.log('\nFrom adding a job to its start, when idle')
    for (const { name, p50, p99, max } of figures) {
      const shown = [p50, p99, max].map((ms) => ms.toFixed(1).padStart(6))
      console.log(`  ${name.padEnd(24)} p50 ${shown[0]} ms   p99 ${shown[1]} ms   max ${shown[2]} ms`)
    }
    keep('idle', { machine: machine(server.version), samples: SAMPLES, figures })
  } finally {
    await rm(directory, { recursive: true, force: true })
    await redis.stop()
    await server.stop()
  }
}

async function embedded(directory: string): Promise<Latency> {
  let tell: (started: Started) => void = () => {}
  const types = [idleType((started) => tell(started))]
  const muster = await createMuster({
    modules: [coreModule({ jobTypes: types }), pgModule({ pglite: directory })],
  })
  await muster.work({ schedule: false })
  const latency = await measure('embedded', muster, (next) => {
    tell = next
  })
  await muster.close()
  return latency
}

async function cluster(
  database: PgOptions & { readonly connectionString: string },
  redisUrl: string,
): Promise<Latency> {
  const muster = await createMuster({
    modules: [
      coreModule({ jobTypes: [idleType(() => {})] }),
      pgModule(database),
      redisModule({ url: redisUrl, prefix: 'bench_idle' }),
    ],
  })
  const child = fork(
    new URL('./idle-worker.ts', import.meta.url),
    [database.connectionString, redisUrl, 'bench_idle'],
    { execArgv: ['--conditions=@muster/source'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  )
  await once(child, 'message')
  const latency = await measure('cluster', muster, (next) => {
    child.removeAllListeners('message')
    child.on('message', (started) => next(started as Started))
  })
  const exit = once(child, 'exit')
  child.send('stop')
  await exit
  await muster.close()
  return latency
}

async function measure(
  name: string,
  muster: Awaited<ReturnType<typeof createMuster>>,
  listen: (next: (started: Started) => void) => void,
): Promise<Latency> {
  const { projectId } = await muster.projects.add({ name: 'Idle' })
  const all: number[] = []
  for (let sample = 0; sample < SAMPLES + WARM_UP; sample++) {
    await wait(REST_MS)
    all.push(await one(muster, projectId, listen))
  }
  const sorted = all.slice(WARM_UP).sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return { name, p50: at(0.5), p99: at(0.99), max: at(1) }
}

async function one(
  muster: Awaited<ReturnType<typeof createMuster>>,
  projectId: ProjectId,
  listen: (next: (started: Started) => void) => void,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<Started>()
  listen(resolve)
  const addedAt = performance.timeOrigin + performance.now()
  await muster.queue.add(projectId, { type: IDLE_TYPE, payload: {} }, null)
  return (await promise).at - addedAt
}
