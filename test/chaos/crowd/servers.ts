import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SECRET } from '../backends/callers.ts'
import { Server } from '../backends/server.ts'
import type { Services } from '../services.ts'
import { PLANTED } from './broken/plant.ts'

/** What a crowd meets: one embedded server, several on Postgres and Redis, or one in memory. */
export type Engine = 'pglite' | 'cluster' | 'memory'

const IN_MEMORY = fileURLToPath(new URL('./memory-server.ts', import.meta.url))

/** Servers of a round. */
export interface Servers {
  readonly all: readonly Server[]
  end(): Promise<void>
}

const CLUSTER = 2

/** Starts them, each with `broken` loaded before it. */
export async function openServers(
  engine: Engine,
  services: () => Promise<Services>,
  broken?: URL,
): Promise<Servers> {
  const directory = engine === 'pglite' ? await mkdtemp(join(tmpdir(), 'muster-crowd-')) : undefined
  const env: Record<string, string> = { MUSTER_JWT_SECRET: SECRET }
  if (engine === 'cluster') {
    const { freshDatabase, redis } = await services()
    env['DATABASE_URL'] = await freshDatabase()
    const broker = await redis()
    await broker.flush()
    env['REDIS_URL'] = broker.url
  }
  if (directory !== undefined) env['MUSTER_DATA_DIR'] = directory
  const count = engine === 'cluster' ? CLUSTER : 1
  const all = Array.from(
    { length: count },
    (_, nth) => new Server(nth, env, broken, engine === 'memory' ? IN_MEMORY : undefined),
  )
  const end = async (): Promise<void> => {
    for (const server of all) await server.end()
    if (directory !== undefined) await rm(directory, { recursive: true, force: true })
  }
  try {
    // One after another: only the first has a schema to make.
    for (const server of all) {
      await server.serves()
      const isPlanted = server.takeLines().some((line) => line.includes(PLANTED))
      if (broken !== undefined && !isPlanted) throw new Error(`${broken.pathname} does not fit the sources`)
    }
  } catch (error) {
    await end()
    throw error
  }
  return { all, end }
}
