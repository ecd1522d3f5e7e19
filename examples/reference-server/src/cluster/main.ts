import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres, startRedis } from '@muster/test-services'
import { Redis } from 'ioredis'
import { Fleet } from './fleet.ts'
import { ToldStory } from './telling.ts'

/** Jobs a second where the story is disturbed: so that there is something to disturb. */
const PACE = '300'
const BETWEEN_MS = 1_000

const { values } = parseArgs({
  options: {
    /** Kills one process of each role and flushes Redis while the machines are at work, lets one embedded process do the same, and compares. */
    disturbed: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const postgres = await startPostgres()
const redis = await startRedis()
const fleet = new Fleet()
const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(
  () => 'stopped' as const,
)
try {
  const told = await Promise.race([tellOnCluster(), stopped])
  if (told === 'stopped') process.exitCode = 1
  else if (values.disturbed) {
    await fleet.end()
    const alone = await tellAlone()
    const differing = [...told].filter(([name, bytes]) => bytes !== alone.get(name)).map(([name]) => name)
    for (const [name, bytes] of told) {
      say(
        `${name}: ${bytes.length} bytes of results, ${differing.includes(name) ? 'which differ' : 'the same as in one process'}`,
      )
    }
    if (told.size === 0 || differing.length > 0) process.exitCode = 1
  } else {
    say('Six processes are up; Ctrl-C stops them')
    await stopped
  }
} finally {
  await fleet.end()
  await redis.stop()
  await postgres.stop()
}

/** Two processes of each role on one Postgres and one Redis. The first API process tells the story. Gives the bytes of its results. */
async function tellOnCluster(): Promise<ReadonlyMap<string, string>> {
  const shared = {
    DATABASE_URL: postgres.connectionString,
    REDIS_URL: redis.url,
    MUSTER_JWT_SECRET: randomBytes(48).toString('base64'),
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    PORT: '0',
    MUSTER_DEMO: '0',
  }
  const story = new ToldStory(say)
  const telling = {
    ...shared,
    MUSTER_ROLES: 'api',
    MUSTER_DEMO: '1',
    ...(values.disturbed ? { MUSTER_DEMO_PACE: PACE } : {}),
  }
  fleet.start('api 1', telling, story.hear)
  for (const role of ['worker', 'scheduler']) {
    for (const nth of [1, 2]) fleet.start(`${role} ${nth}`, { ...shared, MUSTER_ROLES: role })
  }
  fleet.start('api 2', { ...shared, MUSTER_ROLES: 'api' })
  if (values.disturbed) await Promise.all([disturb(story), story.settled])
  else await story.told
  return story.results()
}

/** One process of each role is killed, and what Redis knows is forgotten, all within the story's first run. */
async function disturb(story: ToldStory): Promise<void> {
  await story.said(/: \d+ of \d+ jobs \([1-9]\d* %\)/)
  for (const name of ['worker 1', 'scheduler 1']) {
    say(`-- kill -9 of ${name}`)
    fleet.kill(name)
    await delay(BETWEEN_MS)
  }
  say('-- FLUSHALL of Redis')
  const client = new Redis(redis.url)
  await client.flushall()
  client.disconnect()
  await delay(BETWEEN_MS)
  say('-- kill -9 of api 1, which tells the story')
  fleet.kill('api 1')
}

/** The story in one process on an embedded database. Gives the bytes of its results. */
async function tellAlone(): Promise<ReadonlyMap<string, string>> {
  say('-- and now in one process, undisturbed')
  const directory = await mkdtemp(join(tmpdir(), 'muster-alone-'))
  const alone = new Fleet()
  try {
    const story = new ToldStory(() => {})
    const env = { MUSTER_DATA_DIR: directory, MUSTER_DEMO: '1', PORT: '0', LOG_LEVEL: 'error' }
    alone.start('the only process', env, story.hear)
    await story.settled
    return await story.results()
  } finally {
    await alone.end()
    await rm(directory, { recursive: true, force: true })
  }
}
