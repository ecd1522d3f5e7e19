import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { smallDisk } from '@muster/test-services'
import { SimulationError, simulateMany } from '@muster/testing/simulation'
import { Backends } from './backends/backends.ts'
import { ALL_DEEDS, backendsUnderFire } from './backends/round.ts'
import { claimsUnderFire } from './claims/round.ts'
import { consoleUnderFire } from './console/round.ts'
import { crowdUnderFire } from './crowd/round.ts'
import { type Engine, openServers } from './crowd/servers.ts'
import { WIRES, type Wire } from './crowd/wires.ts'
import { escalationUnderFire } from './escalation/round.ts'
import { MODELS } from './escalation/world.ts'
import { feedUnderFire } from './feed/round.ts'
import { formsUnderFire } from './forms/round.ts'
import { importsUnderFire } from './imports/round.ts'
import { type Deed, jobsUnderFire } from './jobs/round.ts'
import { ESTIMATE_MICROS } from './limits/probe.ts'
import { limitsUnderFire } from './limits/round.ts'
import { qualityUnderFire } from './quality/round.ts'
import { schedulesUnderFire } from './schedules/round.ts'
import { openServices, type Services } from './services.ts'
import { CONSOLE, CROWD } from './short.ts'
import { TEETH } from './teeth.ts'
import { webhooksUnderFire } from './webhooks/round.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    /** Rounds go on, each with the next seed, until so much time has passed. Default: one round. */
    minutes: { type: 'string', default: '0' },
    /** Most rounds, however much time is left. */
    seeds: { type: 'string', default: 'Infinity' },
    claims: { type: 'string', default: '50000' },
    /** Claims in simulated time. */
    simulated: { type: 'string', default: '1000000' },
    jobs: { type: 'string', default: '10000' },
    /** Jobs at once in each worker. */
    concurrency: { type: 'string', default: '40' },
    /** How many times as fast as the machine's the clocks of those who do jobs run. */
    speed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '4' },
    /** Of `forms`: versions of the form, and tasks that come with each. */
    changes: { type: 'string', default: '10' },
    tasks: { type: 'string', default: '1000' },
    /** Of `escalation`, `forms`, `limits`, `quality` and `schedules`: processes that are killed, and jobs a second at most. */
    kills: { type: 'string', default: '50' },
    rate: { type: 'string', default: '400' },
    /** Of `schedules`, in all; a third comes while it lasts, each second. */
    ticks: { type: 'string', default: '10000' },
    /** Of `webhooks`. */
    facts: { type: 'string', default: '20000' },
    /** Of `imports`, of each of two files. */
    rows: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '16' },
    people: { type: 'string', default: '250' },
    reconnects: { type: 'string', default: '1000' },
    /** What is done to backends, in one round. */
    outages: { type: 'string', default: String(ALL_DEEDS.length) },
    /** Which outages, as a comma list. Default: all. */
    deeds: { type: 'string', default: ALL_DEEDS.join() },
    /** What a crowd meets: `pglite` is one embedded server, `cluster` two on Postgres and Redis, `memory` one that keeps nothing. */
    engine: { type: 'string', default: 'pglite' },
    /** Projects in which something is done, of a crowd or of those who follow the feed. */
    busy: { type: 'string' },
    /** Of the teeth, those whose name begins so. */
    only: { type: 'string', default: '' },
    /** The only wire that is used. Default: all. */
    wire: { type: 'string' },
    subscriptions: { type: 'string', default: '520' },
    projects: { type: 'string', default: '20' },
  },
})

type Chaos = (open: () => Promise<Services>, seed: number) => Promise<readonly { readonly rule: string }[]>

const CHAOS: Readonly<Record<string, Chaos>> = {
  claims,
  simulation,
  feed,
  crowd,
  jobs,
  escalation,
  forms,
  quality,
  console: console_,
  schedules,
  webhooks,
  imports,
  limits,
  backends,
  cluster,
  teeth,
}

/** R3: claims from several processes under fire. */
async function claims(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const report = await claimsUnderFire({
    url: await freshDatabase(),
    seed,
    claims: Number(values.claims),
    processes: Number(values.processes),
    connections: Number(values.connections),
    people: Number(values.people),
    killEveryMs: 2_000,
    askEveryMs: 5_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** R3, simulated: as many claims as are wished for, each at a moment that the seed chooses. */
async function simulation(_: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const wished = Number(values.simulated)
  let [claims, ahead, schedules, commits] = [0, 0, 0, 0]
  try {
    while (claims < wished) {
      const some = await simulateMany({
        from: seed + schedules,
        seeds: 100,
        steps: 150,
        people: true,
        jobs: false,
      })
      claims += (some.counts.get('claimed') ?? 0) + (some.counts.get('held ahead') ?? 0)
      ahead += some.counts.get('held ahead') ?? 0
      schedules += some.schedules
      commits += some.commits
    }
  } catch (failure) {
    if (!(failure instanceof SimulationError)) throw failure
    console.error(failure.message)
    return [{ rule: failure.rule ?? 'nothing fails' }]
  }
  console.log(JSON.stringify({ seed, schedules, commits, claims, ahead }))
  return []
}

/** R12: a form that changes while people work by it, in several tabs. */
async function forms(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const report = await formsUnderFire({
    url: await freshDatabase(),
    seed,
    processes: Number(values.processes),
    connections: Number(values.connections),
    people: Number(values.people),
    changes: Number(values.changes),
    kills: Number(values.kills),
    submissions: Number(values.tasks),
    tasks: Number(values.tasks),
    changeEveryMs: 5_000,
    killEveryMs: 500,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** Q7: overlap that is decided task by task, controls, pauses and fits under fire. */
async function quality(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const report = await qualityUnderFire({
    url: await freshDatabase(),
    seed,
    processes: Number(values.processes),
    connections: Number(values.connections),
    people: Number(values.people),
    kills: Number(values.kills),
    submissions: 5 * Number(values.tasks),
    tasks: 100,
    killEveryMs: 500,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** K11: real pages at work while servers are killed, tabs crash, connections go and managers interfere. */
async function console_(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const report = await consoleUnderFire({ ...CONSOLE, url: await freshDatabase(), seed })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** R4: clients of every wire cut off under fire: each has every fact once and in order, and the latest of each state. */
async function feed(open: () => Promise<Services>): ReturnType<Chaos> {
  const { freshDatabase, redis } = await open()
  const report = await feedUnderFire({
    url: await freshDatabase(),
    reconnects: Number(values.reconnects),
    facts: 5_000,
    nodes: 3,
    clients: 40,
    busy: Number(values.busy ?? 1),
    wires: wires(),
    connectedMs: 1_000,
    writers: 8,
    redis: await redis(),
  })
  console.log(JSON.stringify(report, null, 2))
  const { missed, repeated, outOfOrder, wrongPrev, reloads, stale } = report
  const broken = Object.entries({ missed, repeated, outOfOrder, wrongPrev, reloads, stale }).filter(
    ([, count]) => count > 0,
  )
  return broken.map(([rule]) => ({ rule }))
}

/** What people and programs do in 20 projects, and what more than 500 subscriptions on every wire are told of it. */
async function crowd(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const engine = ENGINES.find((name) => name === values.engine)
  if (engine === undefined)
    throw new TypeError(`There is no engine "${values.engine}": ${ENGINES.join(', ')}`)
  const servers = await openServers(engine, open)
  try {
    const { violations, ...figures } = await crowdUnderFire(servers.all, {
      ...CROWD,
      seed,
      projects: Number(values.projects),
      subscriptions: Number(values.subscriptions),
      busy: Number(values.busy ?? values.projects),
      wires: wires(),
    })
    for (const { rule, what } of violations) console.log(`seed ${seed}: ${rule}: ${what}`)
    console.log(`crowd on ${engine}: ${JSON.stringify({ ...figures, violations: violations.length })}`)
    return violations
  } finally {
    await servers.end()
  }
}

const ENGINES = ['pglite', 'cluster', 'memory'] as const satisfies readonly Engine[]

/** The wire that was asked for, or all. @throws TypeError for one that there is not */
function wires(): readonly Wire[] | undefined {
  const { wire } = values
  if (wire === undefined) return undefined
  const known = WIRES.find((name) => name === wire)
  if (known === undefined) throw new TypeError(`There is no wire "${wire}": ${WIRES.join(', ')}`)
  return [known]
}

/** Large enough for a server and its standby. */
const DISK_BYTES = 640 * 1024 * 1024

const DEEDS: readonly Deed[] = [
  'kill a worker',
  'kill a worker',
  'kill a scheduler',
  'tell a worker to end',
  'stop a worker past its lease',
  'cut connections',
  'flush Redis',
  'restart Redis',
  'crash Postgres',
]

/** R1: jobs on Postgres and Redis under fire. */
async function jobs(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase, redis, crashPostgres } = await open()
  const speed = Number(values.speed)
  const { url: redisUrl, flush, stop, start } = await redis()
  const report = await jobsUnderFire({
    url: await freshDatabase(),
    redisUrl,
    seed,
    jobs: Number(values.jobs),
    workers: Number(values.processes),
    schedulers: 2,
    concurrency: Number(values.concurrency),
    speed,
    everyMs: 3_000 / speed,
    deeds: DEEDS,
    harm: { crashPostgres, flushRedis: flush, restartRedis: () => stop().then(start) },
    patienceMs: 60_000,
    isTimed: speed === 1,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** MW5: each tick once, fired by three processes of which one after another is killed. */
async function schedules(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const ticks = Number(values.ticks)
  const report = await schedulesUnderFire({
    url: await freshDatabase(),
    seed,
    schedules: 64,
    ticks,
    live: Math.floor(ticks / 3),
    schedulers: 3,
    kills: Number(values.kills),
    killEveryMs: 2_000,
    patienceMs: 600_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** W1: every fact told in order, by three processes that are killed, with the receivers away for an hour of their clocks. */
async function webhooks(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const speed = 60
  const report = await webhooksUnderFire({
    url: await freshDatabase(),
    seed,
    webhooks: 2,
    facts: Number(values.facts) / 2,
    factsPerSecond: 1_000,
    awayMs: (60 * 60 * 1_000) / speed,
    speed,
    processes: 3,
    kills: Number(values.kills),
    killEveryMs: 2_000,
    patienceMs: 600_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** I2: files brought at once and in chunks by processes that are killed, at both ends of the upload. */
async function imports(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const report = await importsUnderFire({
    url: await freshDatabase(),
    seed,
    rows: Number(values.rows),
    processes: 3,
    kills: Number(values.kills),
    killEveryMs: 1_000,
    patienceMs: 600_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** LM1, LM8: keys and a budget that processes share, which are killed one after another with jobs in hand. */
async function limits(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const jobs = Number(values.jobs)
  const costly = Math.ceil(jobs / 5)
  const report = await limitsUnderFire({
    url: await freshDatabase(),
    seed,
    jobs,
    costly,
    mostMs: 120,
    capMicros: Math.ceil(0.6 * costly) * ESTIMATE_MICROS,
    processes: Number(values.processes),
    concurrency: Number(values.concurrency),
    leaseSeconds: 2,
    deaths: 0,
    diesAtStart: 0,
    kills: Number(values.kills),
    // Mostly longer than a process takes to come to work.
    killEveryMs: 6_000,
    patienceMs: 600_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** Runs with a policy, whose processes are killed at random moments. */
async function escalation(open: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const { freshDatabase } = await open()
  const report = await escalationUnderFire({
    url: await freshDatabase(),
    seed,
    scenarios: Math.ceil(Number(values.jobs) / MODELS.length),
    jobsPerSecond: Number(values.rate),
    members: Number(values.processes),
    kills: Number(values.kills),
    cutEveryMs: 100,
    patienceMs: 600_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations
}

/** R9: Postgres and Redis that say “not now” in every way, under two servers that people and programs call. */
async function backends(_: () => Promise<Services>, seed: number): ReturnType<Chaos> {
  const disk = await smallDisk(DISK_BYTES)
  if ('missing' in disk) console.log(`No disk is filled: ${disk.missing}`)
  const harmed = await Backends.open('missing' in disk ? undefined : disk)
  try {
    const report = await backendsUnderFire(harmed, {
      seed,
      servers: 2,
      people: 10,
      adders: 4,
      deeds: ALL_DEEDS.filter(
        (deed) => values.deeds.split(',').includes(deed) && !('missing' in disk && deed === 'fill the disk'),
      ),
      mostDeeds: Number(values.outages),
      lastsMs: 2_000,
      restMs: 6_000,
      recoveryMs: 5_000,
    })
    console.log(JSON.stringify(report, null, 2))
    return report.violations
  } finally {
    await harmed.close()
  }
}

/** The story on a cluster of which one process of each role is killed, beside the story in one process. */
async function cluster(): ReturnType<Chaos> {
  const main = fileURLToPath(import.meta.resolve('../../examples/reference-server/src/cluster/main.ts'))
  const child = spawn(process.execPath, ['--conditions=@muster/source', main, '--disturbed'], {
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0 ? [] : [{ rule: 'the results are those of one process, undisturbed' }]
}

/** Every rule is broken on purpose once, and each must be noticed. */
async function teeth(open: () => Promise<Services>): ReturnType<Chaos> {
  const services = await open()
  const missed: string[] = []
  for (const { name, bites } of TEETH.filter((tooth) => tooth.name.startsWith(values.only))) {
    const isCaught = await bites(await services.freshDatabase(), services)
    console.log(`${name}: ${isCaught ? 'caught' : 'NOT caught'}`)
    if (!isCaught) missed.push(name)
  }
  return missed.map((name) => ({ rule: `${name} is noticed` }))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const chosen = positionals.length === 0 ? Object.keys(CHAOS) : positionals
const unknown = chosen.find((name) => !CHAOS[name])
if (unknown !== undefined) {
  console.error(`There is no chaos "${unknown}". There is: ${Object.keys(CHAOS).join(', ')}`)
  process.exit(2)
}
let services: Promise<Services> | undefined
const open = (): Promise<Services> => {
  services ??= openServices()
  return services
}
const until = performance.now() + Number(values.minutes) * 60_000
try {
  let rounds = 0
  do {
    for (const name of chosen) {
      const seed = Number(values.seed) + rounds
      console.log(`${name}, seed ${seed}`)
      const violations = (await CHAOS[name]?.(open, seed)) ?? []
      if (violations.length > 0) process.exitCode = 1
    }
    rounds++
  } while (process.exitCode !== 1 && performance.now() < until && rounds < Number(values.seeds))
  console.log(
    `${rounds} rounds of ${chosen.join(', ')}: ${process.exitCode === 1 ? 'a rule was broken' : 'no rule was broken'}`,
  )
} finally {
  await (await services)?.close()
}
