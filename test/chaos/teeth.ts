import { Backends } from './backends/backends.ts'
import { backendsUnderFire } from './backends/round.ts'
import { BREAKS, type Broken } from './claims/broken.ts'
import { claimsUnderFire } from './claims/round.ts'
import type { Tooth as ConsoleTooth } from './console/person.ts'
import { consoleUnderFire } from './console/round.ts'
import { type Wish as CrowdWish, crowdUnderFire } from './crowd/round.ts'
import { openServers } from './crowd/servers.ts'
import { feedUnderFire } from './feed/round.ts'
import type { Violation } from './findings.ts'
import { formsUnderFire } from './forms/round.ts'
import { importsUnderFire } from './imports/round.ts'
import type { Deed } from './jobs/round.ts'
import { jobsUnderFire } from './jobs/round.ts'
import { type Broken as BrokenLimits, BREAKS as LIMIT_BREAKS } from './limits/broken.ts'
import { limitsUnderFire } from './limits/round.ts'
import { qualityUnderFire } from './quality/round.ts'
import type { Services } from './services.ts'
import {
  CONSOLE_WITH_TEETH,
  CROWD_WITH_TEETH,
  LIMITS_WITH_TEETH,
  SHORT_BACKENDS,
  SHORT_CLAIMS,
  SHORT_FEED,
  SHORT_FORMS,
  SHORT_IMPORTS,
  SHORT_JOBS,
  SHORT_JOBS_ON_REDIS,
  SHORT_LIMITS,
  SHORT_QUALITY,
} from './short.ts'

/** Rules of jobs that can be broken without a broker, and the deed that shows it. */
const BROKEN_JOBS = {
  'a late worker insists': { deed: 'stop a worker past its lease', rule: 'a job ends once' },
  'a crash counts as an attempt': { deed: 'kill a worker', rule: 'a crash uses no attempt' },
  'nobody looks for the dead': { deed: 'kill a worker', rule: 'nothing is lost' },
  'nothing is handed back': {
    deed: 'tell a worker to end',
    rule: 'what a worker hands back runs elsewhere within 2 s',
    speed: 1,
    isTimed: true,
  },
} as const satisfies Record<
  string,
  { readonly deed: Deed; readonly rule: string; readonly speed?: number; readonly isTimed?: boolean }
>

type BrokenJobs = keyof typeof BROKEN_JOBS

const PATIENCE_MS = 5_000

/** What a short round sees of claims that break a rule on purpose, until somebody holds more than they may. Others may be seen broken before. */
export async function brokenClaims(url: string, broken: Broken): Promise<readonly Violation[]> {
  const wish = { ...SHORT_CLAIMS, url, claims: Number.POSITIVE_INFINITY, broken, until: 'limit' }
  return (await claimsUnderFire(wish)).violations
}

/** The same of jobs. */
export async function brokenJobs(url: string, broken: BrokenJobs): Promise<readonly Violation[]> {
  const { deed, rule: _, ...pace } = BROKEN_JOBS[broken]
  const wish = { ...SHORT_JOBS, ...pace, url, deeds: [deed], patienceMs: PATIENCE_MS, broken }
  return (await jobsUnderFire(wish)).violations
}

/** The same of keys and budgets. */
export async function brokenLimits(url: string, broken: BrokenLimits): Promise<readonly Violation[]> {
  const wish = { ...SHORT_LIMITS, ...LIMITS_WITH_TEETH[broken], url, broken }
  return (await limitsUnderFire(wish)).violations
}

/** The same of pages. */
export async function brokenConsole(url: string, tooth: ConsoleTooth): Promise<readonly Violation[]> {
  return (await consoleUnderFire({ ...CONSOLE_WITH_TEETH[tooth], url, tooth })).violations
}

/** How many facts clients miss where numbers come from a sequence, which does not commit in their order. */
export async function missedOfBrokenFeed(url: string): Promise<number> {
  return (await feedUnderFire({ ...SHORT_FEED, nodes: 2, busy: 1, url, broken: true })).missed
}

/** Ways of breaking what a server makes of its backends, and the rule that is then seen broken. */
const BROKEN_BACKENDS = {
  'read-only-is-a-fault': 'nothing is answered 500',
  'every-refusal-is-logged': 'an outage is told in three lines',
  'commits-are-lost': 'what was acknowledged is not lost',
  'always-ready': 'readiness tells the truth',
} as const

/** What a short round sees of servers that are broken so. */
export async function brokenBackends(broken: keyof typeof BROKEN_BACKENDS): Promise<readonly Violation[]> {
  const backends = await Backends.open()
  try {
    const wish = {
      ...SHORT_BACKENDS,
      deeds: ['take no writes'] as const,
      mostDeeds: 1,
      recoveryMs: PATIENCE_MS,
    }
    const module = new URL(`./backends/broken/${broken}.ts`, import.meta.url)
    return (await backendsUnderFire(backends, { ...wish, broken: module })).violations
  } finally {
    await backends.close()
  }
}

/** Ways of breaking what is told live, the rule that a crowd then sees broken, and what it takes to see it. */
const BROKEN_CROWD = {
  'heads-of-two-moments': { rule: 'nobody begins again without a cause' },
  'queues-alone-are-not-looked-at': { rule: 'places are told as they are', wires: ['ws'] },
  // Nobody is told again by coming back, and runs are short if little else is done.
  'short-runs-are-missed': { rule: 'runs are told as they are', stirs: 0, callers: 2 },
  'resuming-tells-what-is-live': { rule: 'places are told as they are' },
  'the-last-update-of-places-wins': { rule: 'places are told as they are' },
  'only-the-first-page-moves': { rule: 'places are told as they are' },
  'places-among-all-stay': { rule: 'places are told as they are' },
  'runs-of-two-moments': { rule: 'what is told together was true together' },
  // All is done where there is next to nothing to do.
  'what-opens-later-is-open': { rule: 'nothing for you has reasons', busy: 1 },
  'regained-rights-leave-holes': { rule: 'every fact is told' },
  // Those who come back while a project is lost, over the only wire that follows several queues.
  'lost-projects-are-forgotten': { rule: 'each fact is told once and in order', wires: ['ws'], stirs: 8 },
} as const satisfies Record<string, { readonly rule: string } & Partial<CrowdWish>>

/** What a crowd sees of a server in memory that is broken so: what is told live is the same on every store. */
async function brokenCrowd(broken: keyof typeof BROKEN_CROWD): Promise<readonly Violation[]> {
  const module = new URL(`./crowd/broken/${broken}.ts`, import.meta.url)
  const { rule, ...wish } = { wires: undefined, ...BROKEN_CROWD[broken] }
  let found: readonly Violation[] = []
  for (const seed of CROWD_SEEDS) {
    const servers = await openServers(
      'memory',
      () => Promise.reject(new Error('It needs no services')),
      module,
    )
    try {
      found = (await crowdUnderFire(servers.all, { ...CROWD_WITH_TEETH, ...wish, seed, until: rule }))
        .violations
    } finally {
      await servers.end()
    }
    if (names(found, rule)) break
  }
  return found
}

/** What a round happens to do depends on how fast the machine is: one of a few meets the fault. */
const CROWD_SEEDS = [1, 2, 3]

async function withoutDeliveringAgain(
  url: string,
  { redis }: Pick<Services, 'redis'>,
): Promise<readonly Violation[]> {
  const { url: redisUrl, flush } = await redis()
  const report = await jobsUnderFire({
    ...SHORT_JOBS_ON_REDIS,
    url,
    redisUrl,
    deeds: ['flush Redis'],
    harm: { flushRedis: flush },
    patienceMs: PATIENCE_MS,
    broken: 'nobody delivers again',
  })
  return report.violations
}

/** A rule that is broken on purpose, and whether a round then sees it broken. */
interface Tooth {
  readonly name: string
  readonly bites: (url: string, services: Services) => Promise<boolean>
}

const names = (violations: readonly Violation[], expected: string): boolean =>
  violations.some(({ rule }) => rule === expected)

/** Every way of breaking a rule that rounds know. */
export const TEETH: readonly Tooth[] = [
  ...(Object.keys(BREAKS) as Broken[]).map((broken) => ({
    name: `claims: ${broken}`,
    bites: async (url: string) => names(await brokenClaims(url, broken), 'limit'),
  })),
  ...(Object.keys(BROKEN_JOBS) as BrokenJobs[]).map((broken) => ({
    name: `jobs: ${broken}`,
    bites: async (url: string) => names(await brokenJobs(url, broken), BROKEN_JOBS[broken].rule),
  })),
  ...(Object.keys(BROKEN_BACKENDS) as (keyof typeof BROKEN_BACKENDS)[]).map((broken) => ({
    name: `backends: ${broken.replaceAll('-', ' ')}`,
    bites: async () => names(await brokenBackends(broken), BROKEN_BACKENDS[broken]),
  })),
  ...(Object.keys(BROKEN_CROWD) as (keyof typeof BROKEN_CROWD)[]).map((broken) => ({
    name: `crowd: ${broken.replaceAll('-', ' ')}`,
    bites: async () => names(await brokenCrowd(broken), BROKEN_CROWD[broken].rule),
  })),
  {
    name: 'forms: changes of a task do not wait for each other',
    bites: async (url) => {
      const { violations } = await formsUnderFire({ ...SHORT_FORMS, url, kills: 0, unlocked: true })
      return names(violations, 'no older tab overwrites a draft')
    },
  },
  ...(Object.keys(CONSOLE_WITH_TEETH) as ConsoleTooth[]).map((tooth) => ({
    name: `console: ${tooth}`,
    bites: async (url: string) => names(await brokenConsole(url, tooth), CONSOLE_WITH_TEETH[tooth].rule),
  })),
  {
    name: 'quality: changes of a task do not wait for each other',
    bites: async (url) => {
      const wish = { ...SHORT_QUALITY, url, submissions: 250, kills: 0, unlocked: true }
      return names((await qualityUnderFire(wish)).violations, 'counters equal a recount')
    },
  },
  {
    name: 'imports: the bookmark is committed before the rows',
    bites: async (url) => {
      const wish = { ...SHORT_IMPORTS, url, kills: 0, processes: 1, bookmarkFirst: true }
      return names((await importsUnderFire(wish)).violations, 'no row is lost')
    },
  },
  ...(Object.keys(LIMIT_BREAKS) as BrokenLimits[]).map((broken) => ({
    name: `limits: ${broken}`,
    bites: async (url: string) => names(await brokenLimits(url, broken), LIMIT_BREAKS[broken].rule),
  })),
  {
    name: 'jobs: nobody delivers again',
    bites: async (url, services) => names(await withoutDeliveringAgain(url, services), 'nothing is lost'),
  },
  {
    name: 'feed: numbers from a sequence',
    bites: async (url) => (await missedOfBrokenFeed(url)) > 0,
  },
]
