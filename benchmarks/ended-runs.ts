import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PgOptions, pgModule } from '@muster/adapters-pg'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { fastify } from 'fastify'
import { SignJWT } from 'jose'
import { openServer, openStores } from './databases.ts'
import { aRun, prepare } from './fixtures.ts'
import { musterWorker } from './peers/muster.ts'
import { alternate, keep, machine, median, printSeries, roundsWished } from './rounds.ts'

const ENDED = Number(process.env['RUNS'] ?? 2_400)
/** A page shows 50 jobs. */
const A_PAGE = 13
const MODELS = 2
const SCENARIOS = 2
const CALLS = 200
const CONCURRENCY = 50

/**
 * F47: `GET …/queue/status` of a project with 2 400 ended runs ÷ of one with just as many as fill its page, and of one with none, whose page is empty; on Postgres and on
 * the embedded database.
 */
export async function endedRuns(): Promise<void> {
  const server = await openServer()
  const folder = await mkdtemp(join(tmpdir(), 'muster-ended-'))
  try {
    const figures = []
    for (const [place, at] of [
      ['Postgres', async () => ({ connectionString: await server.database() })],
      ['PGlite', async (runs: number) => ({ pglite: join(folder, String(runs)) })],
    ] as const) {
      const projects = []
      for (const runs of [ENDED, A_PAGE, 0]) projects.push(await open(await at(runs), runs))
      const sides = projects.map((one) => ({ name: one.name, once: () => medianMs(() => one.status()) }))
      const ms = await alternate(sides, roundsWished())
      printSeries(`GET …/queue/status on ${place}, p50`, 'ms', ms)
      figures.push({ place, ms })
      for (const one of projects) await one.close()
    }
    keep('ended-runs', { machine: machine(server.version), figures })
  } finally {
    await rm(folder, { recursive: true, force: true })
    await server.stop()
  }
}

async function open(options: PgOptions, runs: number) {
  const path = `/api/v1/projects/${await filled(options, runs)}/queue/status`
  const secret = randomBytes(32).toString('base64url')
  const token = await new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('00000000-0000-7000-8000-000000000001')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
  const muster = await createMuster({ modules: [coreModule(), pgModule(options)] })
  const app = fastify()
  const authenticator = jwtAuthenticator({ secret })
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
  return {
    name: `${runs.toLocaleString('en')} ended runs`,
    async status() {
      const { statusCode, body } = await app.inject({
        url: path,
        headers: { authorization: `Bearer ${token}` },
      })
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${body}`)
    },
    async close() {
      await app.close()
      await muster.close()
    },
  }
}

/** A project in which so many runs have ended. */
async function filled(options: PgOptions, runs: number): Promise<string> {
  const persistence = await openStores(options)
  const { projectId, definition } = await prepare(persistence, SCENARIOS)
  const { promise: over, resolve } = Promise.withResolvers<void>()
  let left = runs * SCENARIOS * MODELS
  const worker = musterWorker(persistence, undefined, CONCURRENCY, (done) => {
    left -= done
    if (left <= 0) resolve()
  })
  await worker.start()
  for (let nth = 0; nth < runs; nth++) await persistence.stores.runs.add(aRun(projectId, definition, MODELS))
  if (left > 0) await over
  await worker.close()
  await persistence.close()
  return projectId
}

async function medianMs(once: () => Promise<void>): Promise<number> {
  const all: number[] = []
  for (let call = 0; call < CALLS; call++) {
    const startedAt = performance.now()
    await once()
    all.push(performance.now() - startedAt)
  }
  return median(all)
}
