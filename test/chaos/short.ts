import type { Wish as BackendsWish } from './backends/round.ts'
import type { Wish as ClaimsWish } from './claims/round.ts'
import type { Tooth } from './console/person.ts'
import type { Wish as ConsoleWish } from './console/round.ts'
import type { Wish as CrowdWish } from './crowd/round.ts'
import type { Wish as EscalationWish } from './escalation/round.ts'
import type { FeedOrders } from './feed/round.ts'
import type { Wish as FormsWish } from './forms/round.ts'
import type { Wish as ImportsWish } from './imports/round.ts'
import type { Wish as JobsWish } from './jobs/round.ts'
import type { Broken as BrokenLimits } from './limits/broken.ts'
import { SAME_NARROW } from './limits/probe.ts'
import type { Wish as LimitsWish } from './limits/round.ts'
import type { Wish as QualityWish } from './quality/round.ts'
import type { Wish as SchedulesWish } from './schedules/round.ts'
import type { Wish as WebhooksWish } from './webhooks/round.ts'

/** What the rounds of the tests do: each the short form of one of `npm run chaos`. */

export const SHORT_CLAIMS = {
  seed: 1,
  claims: 80,
  processes: 2,
  connections: 12,
  people: 24,
  killEveryMs: 250,
  askEveryMs: 50,
} satisfies Omit<ClaimsWish, 'url'>

/** Of processes whose clocks run fast, so that leases end soon. */
export const SHORT_JOBS = {
  seed: 1,
  jobs: 400,
  workers: 2,
  schedulers: 1,
  concurrency: 10,
  speed: 4,
  everyMs: 300,
  deeds: [
    'stop a worker past its lease',
    'cut connections',
    'kill a worker',
    'kill a scheduler',
    'tell a worker to end',
  ],
  patienceMs: 120_000,
} satisfies Omit<JobsWish, 'url'>

/** The same beside Redis. BullMQ has clocks of its own, which cannot be made to run faster. */
export const SHORT_JOBS_ON_REDIS = {
  ...SHORT_JOBS,
  jobs: 150,
  speed: 1,
  everyMs: 500,
  deeds: ['flush Redis', 'kill a worker'],
  mostDeeds: 2,
} satisfies Omit<JobsWish, 'url' | 'redisUrl'>

/** The process that is started first dies with jobs in hand, by itself, before the other begins: whom a kill meets, and with what, is chance. */
export const SHORT_LIMITS = {
  seed: 1,
  jobs: 160,
  costly: 24,
  mostMs: 120,
  capMicros: 12_500,
  processes: 2,
  concurrency: 12,
  leaseSeconds: 2,
  deaths: 1,
  diesAtStart: 8,
  kills: 0,
  killEveryMs: 0,
  patienceMs: 90_000,
} satisfies Omit<LimitsWish, 'url'>

/** Of what is broken on purpose: jobs that run long enough for others to begin beside them, and a lease that outlasts the begin of another process. */
export const LIMITS_WITH_TEETH = {
  'keys forget what runs': {
    jobs: 12,
    step: SAME_NARROW,
    mostMs: 1_000,
    costly: 4,
    capMicros: 2_500,
    deaths: 0,
    processes: 1,
  },
  'starts spend nothing': { jobs: 39, mostMs: 1, deaths: 0, processes: 1 },
  'budgets forget what is in flight': { jobs: 1, deaths: 0, processes: 1 },
  'deaths give back what was reserved': {},
  'deaths end holds at once': { jobs: 12, step: SAME_NARROW, mostMs: 6_000, leaseSeconds: 10 },
} satisfies Record<BrokenLimits, Partial<LimitsWish>>

export const SHORT_ESCALATION = {
  seed: 1,
  scenarios: 300,
  jobsPerSecond: 600,
  members: 2,
  kills: 1,
  cutEveryMs: 150,
  patienceMs: 60_000,
} satisfies Omit<EscalationWish, 'url'>

export const SHORT_FORMS = {
  seed: 1,
  processes: 2,
  connections: 4,
  people: 12,
  changes: 3,
  kills: 1,
  submissions: 40,
  tasks: 40,
  changeEveryMs: 600,
  killEveryMs: 300,
} satisfies Omit<FormsWish, 'url'>

export const SHORT_QUALITY = {
  seed: 1,
  processes: 2,
  connections: 4,
  people: 15,
  kills: 1,
  submissions: 120,
  tasks: 12,
  killEveryMs: 300,
} satisfies Omit<QualityWish, 'url'>

/** The long form: what one seed does. */
export const CONSOLE = {
  people: 3,
  tasks: 10,
  deeds: 30,
  mostMs: 90_000,
  kills: 8,
  killEveryMs: 8_000,
  patienceMs: 120_000,
  undoSeconds: 4,
} satisfies Omit<ConsoleWish, 'url' | 'seed'>

export const SHORT_CONSOLE = {
  seed: 1,
  people: 2,
  tasks: 4,
  deeds: 8,
  mostMs: 30_000,
  kills: 1,
  killEveryMs: 2_000,
  patienceMs: 90_000,
  undoSeconds: 4,
} satisfies Omit<ConsoleWish, 'url'>

/** Of a page with a fault: one person who does little else than what shows it. */
export const CONSOLE_WITH_TEETH = {
  'drafts are not kept': {
    ...SHORT_CONSOLE,
    people: 1,
    kills: 0,
    only: ['type', 'think', 'reload'],
    rule: 'no keystroke older than two seconds is lost',
  },
  'nothing is taken back': {
    ...SHORT_CONSOLE,
    people: 1,
    kills: 0,
    // Ends with the first that goes through. On a busy machine the button may be gone before it is clicked: then another is tried.
    tasks: 12,
    deeds: 40,
    mostMs: 120_000,
    undoSeconds: 8,
    only: ['submit', 'undo'],
    rule: 'what was taken back does not go through',
  },
} satisfies Record<Tooth, Omit<ConsoleWish, 'url'> & { readonly rule: string }>

export const SHORT_SCHEDULES = {
  seed: 1,
  schedules: 12,
  ticks: 1_500,
  live: 60,
  schedulers: 2,
  kills: 4,
  killEveryMs: 400,
  patienceMs: 90_000,
} satisfies Omit<SchedulesWish, 'url'>

/** Files of a few parts, so that kills meet uploads and every state of an import. */
export const SHORT_IMPORTS = {
  seed: 1,
  rows: 2_500,
  processes: 2,
  kills: 4,
  killEveryMs: 700,
  patienceMs: 120_000,
} satisfies Omit<ImportsWish, 'url'>

/**
 * A hold lasts 6 s of the machine's, far longer than a busy one takes for a report: one that lapses under its holder moves nothing on. Receivers are back
 * before the first retry, after half a second: the second would come half a minute later.
 */
export const SHORT_WEBHOOKS = {
  seed: 1,
  webhooks: 2,
  facts: 60,
  factsPerSecond: 150,
  awayMs: 400,
  speed: 10,
  processes: 2,
  kills: 2,
  killEveryMs: 600,
  patienceMs: 60_000,
} satisfies Omit<WebhooksWish, 'url'>

export const SHORT_FEED = {
  reconnects: 60,
  facts: 80,
  nodes: 3,
  clients: 8,
  busy: 2,
  connectedMs: 250,
  writers: 6,
} satisfies Omit<FeedOrders, 'url'>

/** Recovery is waited for however long it takes: how fast it is, the long form asks. */
export const SHORT_BACKENDS = {
  seed: 1,
  servers: 1,
  people: 3,
  adders: 2,
  deeds: ['take no writes', 'fill Redis'],
  mostDeeds: 2,
  lastsMs: 300,
  restMs: 300,
  recoveryMs: 60_000,
} satisfies BackendsWish

/** The long form: what one seed does. */
export const CROWD = {
  projects: 20,
  people: 5,
  parked: 60,
  parkedEvery: 4,
  tasks: 25,
  busy: 20,
  subscriptions: 520,
  stirs: 4,
  deeds: 3_000,
  mostMs: 35_000,
  callers: 8,
  patienceMs: 15_000,
} satisfies Omit<CrowdWish, 'seed'>

/** In one process, in memory. */
export const SHORT_CROWD = {
  seed: 1,
  projects: 3,
  people: 4,
  parked: 55,
  parkedEvery: 2,
  tasks: 8,
  busy: 3,
  subscriptions: 50,
  stirs: 1,
  deeds: 300,
  mostMs: 4_000,
  callers: 6,
  patienceMs: 15_000,
} satisfies CrowdWish

/** Of servers with a fault: few projects, in which much happens. */
export const CROWD_WITH_TEETH = {
  seed: 1,
  projects: 4,
  people: 4,
  parked: 60,
  parkedEvery: 2,
  tasks: 10,
  busy: 4,
  subscriptions: 80,
  stirs: 2,
  deeds: 600,
  mostMs: 45_000,
  callers: 8,
  patienceMs: 6_000,
} satisfies CrowdWish

/** Of one wire, which nobody else helps, and one busy project. */
export const ONE_WIRE_CROWD = {
  ...SHORT_CROWD,
  projects: 2,
  parked: 0,
  busy: 1,
  subscriptions: 14,
  deeds: 120,
  mostMs: 2_000,
  callers: 3,
} satisfies CrowdWish
