import { BREAKS, type Broken } from './claims/broken.ts'
import { claimsUnderFire } from './claims/round.ts'
import { feedUnderFire } from './feed/round.ts'
import { jobsUnderFire } from './jobs/round.ts'
import type { Services } from './services.ts'
import { SHORT_CLAIMS, SHORT_FEED, SHORT_JOBS, SHORT_JOBS_ON_REDIS } from './short.ts'

/** A rule that is broken on purpose, and which rules a round then saw broken. */
interface Tooth {
  readonly name: string
  readonly rule: string
  readonly bite: (services: Services) => Promise<readonly { readonly rule: string }[]>
}

const MISSED = 'a fact is missed'

const CLAIMS = (Object.keys(BREAKS) as Broken[]).map(
  (broken): Tooth => ({
    name: `claims: ${broken}`,
    rule: 'limit',
    bite: async ({ freshDatabase }) => {
      const wish = { ...SHORT_CLAIMS, url: await freshDatabase(), claims: Number.POSITIVE_INFINITY, broken }
      return (await claimsUnderFire(wish)).violations
    },
  }),
)

const JOBS = (
  [
    ['a late worker insists', 'stop a worker past its lease', 'a job ends once'],
    ['a crash counts as an attempt', 'kill a worker', 'a crash uses no attempt'],
    ['nobody looks for the dead', 'kill a worker', 'nothing is lost'],
  ] as const
).map(
  ([broken, deed, rule]): Tooth => ({
    name: `jobs: ${broken}`,
    rule,
    bite: async ({ freshDatabase }) => {
      const wish = { ...SHORT_JOBS, url: await freshDatabase(), deeds: [deed], patienceMs: 5_000, broken }
      return (await jobsUnderFire(wish)).violations
    },
  }),
)

/** Every way of breaking a rule that rounds know. */
export const TEETH: readonly Tooth[] = [
  ...CLAIMS,
  ...JOBS,
  {
    name: 'jobs: nobody delivers again',
    rule: 'nothing is lost',
    bite: async ({ freshDatabase, redis }) => {
      const { url: redisUrl, flush } = await redis()
      const report = await jobsUnderFire({
        ...SHORT_JOBS_ON_REDIS,
        url: await freshDatabase(),
        redisUrl,
        deeds: ['flush Redis'],
        harm: { flushRedis: flush },
        patienceMs: 5_000,
        broken: 'nobody delivers again',
      })
      return report.violations
    },
  },
  {
    name: 'feed: numbers from a sequence',
    rule: MISSED,
    bite: async ({ freshDatabase }) => {
      const { missed } = await feedUnderFire({ ...SHORT_FEED, url: await freshDatabase(), broken: true })
      return missed > 0 ? [{ rule: MISSED }] : []
    },
  },
]
