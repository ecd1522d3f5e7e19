import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import { Pool } from 'pg'
import { Findings, type Violation } from '../findings.ts'
import { endProgram, startProgram } from '../programs.ts'
import type { Broken } from './broken.ts'
import { fastClock } from './fast-clock.ts'
import type { News, Orders } from './member.ts'
import { probe } from './probe.ts'
import { findUnended, findViolations, watchEnds } from './violations.ts'
import { lasting, makeWork, openMuster } from './world.ts'

/** What is done to those at work. */
export type Deed =
  | 'kill a worker'
  | 'stop a worker past its lease'
  | 'kill a scheduler'
  | 'tell a worker to end'
  | 'cut connections'
  | 'crash Postgres'
  | 'flush Redis'
  | 'restart Redis'

/** Services that a round may harm, beside the processes that it starts. */
interface Harm {
  readonly crashPostgres?: (() => Promise<void>) | undefined
  readonly flushRedis?: (() => Promise<void>) | undefined
  readonly restartRedis?: (() => Promise<void>) | undefined
}

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  /** Without it, processes meet in the database alone. */
  readonly redisUrl?: string
  readonly seed: number
  readonly jobs: number
  readonly workers: number
  readonly schedulers: number
  /** Jobs at once in each worker. */
  readonly concurrency: number
  /** How many times as fast as the machine's the clock of every process runs. */
  readonly speed: number
  /** Between one deed and the next, of real time. */
  readonly everyMs: number
  /** Each is done once before any is done again; those that `harm` does not allow are left out. */
  readonly deeds: readonly Deed[]
  /** After so many nothing more is done. Default: it goes on to the end. */
  readonly mostDeeds?: number
  readonly harm?: Harm
  /** Of real time: when so long no job has ended, the rest counts as lost. */
  readonly patienceMs: number
  /** Whether the promises of time are asked, which hold where processors are free and clocks run as the machine's. */
  readonly isTimed?: boolean
  readonly broken?: Broken
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly jobs: number
  readonly deeds: Readonly<Partial<Record<Deed, number>>>
  /** Attempts that handlers began: what exceeds the jobs was done again, for a retry or somebody's death. */
  readonly attempts: number
  /** Attempts that died with a killed or stopped worker and began elsewhere. */
  readonly recovered: number
  /** Attempts that a worker which was told to end had not finished, and that began elsewhere. */
  readonly handedBack: number
  /** The longest time between the end of such an attempt and the begin of its job elsewhere, as {@link slowestRecoveryMs}. */
  readonly slowestHandOverMs: number
  /** The longest time between a worker's death and the begin of its job elsewhere, in ms of the processes' clock; the database was there all the while. */
  readonly slowestRecoveryMs: number
  /** Snapshots in which every counter was compared with a recount. */
  readonly snapshots: number
  /** Distinct, in the order they were seen. */
  readonly violations: readonly Violation[]
}

/** A worker's lease and the look of a scheduler, in ms of the processes' clock: so long is a worker stopped, with a margin. */
const STOPPED_MS = 9_000
/** The promise: jobs of a killed worker run elsewhere within this. */
const RECOVERY_MS = 10_000
/** The other promise, asked the same way: what a worker that was told to end has not finished runs elsewhere within this. */
const HAND_OVER_MS = 2_000
const ASK_MS = 250
const LOOK_MS = 10

const HARM = {
  'crash Postgres': 'crashPostgres',
  'flush Redis': 'flushRedis',
  'restart Redis': 'restartRedis',
} as const satisfies Partial<Record<Deed, keyof Harm>>

const CUT = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'muster' and random() < 0.5`
const ENDED = `select coalesce(sum(completed + failed + cancelled), 0)::int as n from queue_count`

/** Lets worker and scheduler processes do jobs while they and what they stand on are killed, and asks every rule all the while. */
export async function jobsUnderFire(wish: Wish): Promise<Report> {
  const pool = lasting(new Pool({ connectionString: wish.url, max: 3, application_name: 'chaos' }))
  const epoch = Date.now()
  const clock = fastClock(wish.speed, epoch)
  const muster = await openMuster({ url: wish.url, redisUrl: wish.redisUrl }, clock, [
    probe(clock, { began() {}, ended() {} }),
  ])
  try {
    await watchEnds(pool)
    await makeWork(muster, wish.jobs)
  } finally {
    await muster.close()
  }
  const round = new Round(wish, pool, epoch)
  const startedAt = performance.now()
  try {
    await round.run()
    return round.report((performance.now() - startedAt) / 1_000)
  } finally {
    await round.stop()
    await pool.end()
  }
}

/** A process at work. */
interface Member {
  readonly child: ChildProcess
  readonly role: Orders['role']
  /** Jobs that its handlers have in hand. */
  readonly holds: Set<string>
  state: 'starting' | 'ready' | 'stopped' | 'ending'
}

/** Jobs that wait for their next attempt to begin, and how long the others did. */
class Waits {
  readonly boundMs: number
  readonly rule: string
  /** By job. */
  readonly since = new Map<string, number>()
  over = 0
  /** In ms of the processes' clock, of those that nothing disturbed. */
  slowestMs = 0

  constructor(boundMs: number, rule: string) {
    this.boundMs = boundMs
    this.rule = rule
  }
}

class Round {
  readonly #wish: Wish
  readonly #pool: Pool
  readonly #epoch: number
  readonly #random: SeededRandom
  readonly #members = new Set<Member>()
  readonly #done = new Map<Deed, number>()
  readonly #findings = new Findings()
  /** Jobs whose worker died while it had them in hand. */
  readonly #orphans = new Waits(RECOVERY_MS, 'a killed worker’s jobs run elsewhere within 10 s')
  /** Jobs that a worker did not finish because it was told to end. */
  readonly #handedBack = new Waits(HAND_OVER_MS, 'what a worker hands back runs elsewhere within 2 s')
  #bag: Deed[] = []
  #disturbedAt = Number.NEGATIVE_INFINITY
  #attempts = 0
  #snapshots = 0
  #ended = 0
  #endedAt = performance.now()

  constructor(wish: Wish, pool: Pool, epoch: number) {
    this.#wish = wish
    this.#pool = pool
    this.#epoch = epoch
    this.#random = new SeededRandom(wish.seed)
  }

  async run(): Promise<void> {
    const { workers, schedulers, jobs, deeds } = this.#wish
    this.#start('worker')
    if (deeds.includes('kill a worker')) await this.#killAtWork()
    for (let nth = 1; nth < workers; nth++) this.#start('worker')
    for (let nth = 0; nth < schedulers; nth++) this.#start('scheduler')
    const doing = this.#whileOn(async () => {
      await delay(this.#wish.everyMs)
      if (this.#attempts > 0 && this.#goesOn() && !this.#hasDoneAll()) await this.#do(this.#next())
    })
    const asking = this.#whileOn(async () => {
      await delay(ASK_MS)
      await this.#ask()
    })
    await Promise.all([doing, asking])
    await this.stop()
    this.#findings.note(await findViolations(this.#pool))
    // What an early end left undone is not lost.
    if (this.#ended === jobs || this.#isStuck()) this.#findings.note(await findUnended(this.#pool))
  }

  /** The first worker dies as soon as it is known to have jobs in hand: which other deed meets a worker at work is chance. */
  async #killAtWork(): Promise<void> {
    const isBusy = (): boolean => [...this.#members].some(({ holds }) => holds.size > 0)
    while (!isBusy()) await delay(LOOK_MS)
    this.#disturb()
    if (this.#kill('worker')) this.#done.set('kill a worker', 1)
  }

  /** Lets every process come to its end. */
  async stop(): Promise<void> {
    const ends = [...this.#members].map(({ child, state }) =>
      endProgram(child, { kill: state === 'stopped' }),
    )
    await Promise.all(ends)
  }

  report(seconds: number): Report {
    return {
      seed: this.#wish.seed,
      seconds: Math.round(seconds),
      jobs: this.#wish.jobs,
      deeds: Object.fromEntries(this.#done),
      attempts: this.#attempts,
      recovered: this.#orphans.over,
      handedBack: this.#handedBack.over,
      slowestHandOverMs: Math.round(this.#handedBack.slowestMs),
      slowestRecoveryMs: Math.round(this.#orphans.slowestMs),
      snapshots: this.#snapshots,
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  #goesOn(): boolean {
    if (!this.#findings.isEmpty || this.#isStuck()) return false
    return this.#ended < this.#wish.jobs
  }

  /** Nothing is lost before there was somebody to do it. */
  #isStuck(): boolean {
    return this.#attempts > 0 && performance.now() - this.#endedAt > this.#wish.patienceMs
  }

  #hasDoneAll(): boolean {
    const done = [...this.#done.values()].reduce((sum, times) => sum + times, 0)
    return done >= (this.#wish.mostDeeds ?? Number.POSITIVE_INFINITY)
  }

  async #whileOn(step: () => Promise<void>): Promise<void> {
    while (this.#goesOn()) await step()
  }

  #start(role: Orders['role']): void {
    const { url, redisUrl, concurrency, speed, broken } = this.#wish
    const orders: Orders = { role, url, redisUrl, concurrency, speed, epoch: this.#epoch, broken }
    const child = startProgram<Orders, News>(new URL('./member.ts', import.meta.url), {
      orders,
      hear: (news) => this.#hear(member, news),
      ended: (exitCode) => {
        this.#members.delete(member)
        if (exitCode) this.#findings.fault(`A ${role} ended with exit code ${exitCode}`)
      },
    })
    const member: Member = { child, role, holds: new Set(), state: 'starting' }
    this.#members.add(member)
  }

  #hear(member: Member, news: News): void {
    if (news.kind === 'ready') {
      member.state = 'ready'
      return
    }
    const now = performance.now()
    if (this.#attempts === 0) this.#endedAt = now
    for (const jobId of news.began) {
      this.#attempts++
      member.holds.add(jobId)
      for (const waits of [this.#orphans, this.#handedBack]) this.#goOn(waits, jobId, now)
    }
    for (const jobId of news.ended) member.holds.delete(jobId)
    for (const jobId of news.cut) {
      member.holds.delete(jobId)
      if (member.state === 'ending') this.#handedBack.since.set(jobId, now)
    }
  }

  /** Its next attempt has begun, wherever the job waited for that. */
  #goOn(waits: Waits, jobId: string, now: number): void {
    const at = waits.since.get(jobId)
    if (at === undefined) return
    waits.since.delete(jobId)
    waits.over++
    if (at <= this.#disturbedAt) return
    const { speed, isTimed } = this.#wish
    const ms = (now - at) * speed
    waits.slowestMs = Math.max(waits.slowestMs, ms)
    const { rule, boundMs } = waits
    if (isTimed && ms > boundMs) this.#findings.note([{ rule, what: `${Math.round(ms)} ms` }])
  }

  /** The deeds in a new random order, whenever all were done. */
  #next(): Deed {
    if (this.#bag.length === 0) {
      const { deeds, harm = {} } = this.#wish
      const impossible = (Object.keys(HARM) as (keyof typeof HARM)[]).filter((deed) => !harm[HARM[deed]])
      this.#bag = deeds
        .filter((deed) => !impossible.some((other) => other === deed))
        .map((deed) => [this.#random.next(), deed] as const)
        .sort(([a], [b]) => a - b)
        .map(([, deed]) => deed)
    }
    const deed = this.#bag.pop()
    if (deed === undefined) throw new RangeError('There is no deed to do')
    return deed
  }

  async #do(deed: Deed): Promise<void> {
    if (await this.#deeds[deed]()) this.#done.set(deed, (this.#done.get(deed) ?? 0) + 1)
    // Another time.
    else this.#bag.unshift(deed)
  }

  readonly #deeds: Readonly<Record<Deed, () => Promise<boolean>>> = {
    'kill a worker': async () => this.#kill('worker'),
    'kill a scheduler': async () => this.#kill('scheduler'),
    'tell a worker to end': async () => {
      // One that is stopped may be given what the other hands back.
      if ([...this.#members].some(({ state }) => state === 'stopped')) return false
      const victim = this.#ready('worker')
      if (!victim) return false
      victim.child.kill('SIGTERM')
      victim.state = 'ending'
      this.#start('worker')
      return true
    },
    'stop a worker past its lease': async () => {
      const victim = this.#ready('worker')
      if (!victim || victim.holds.size === 0) return false
      victim.child.kill('SIGSTOP')
      victim.state = 'stopped'
      this.#orphan(victim)
      void this.#wake(victim)
      return true
    },
    'cut connections': async () =>
      ((await this.#pool.query(CUT).catch(() => ({ rowCount: 0 }))).rowCount ?? 0) > 0,
    'crash Postgres': async () => {
      const done = await this.#harm('crashPostgres')
      // While there was no database no job could end.
      this.#endedAt = performance.now()
      return done
    },
    // No excuse: what is forgotten is missed within two seconds.
    'flush Redis': async () => {
      await this.#wish.harm?.flushRedis?.()
      return true
    },
    'restart Redis': () => this.#harm('restartRedis'),
  }

  async #harm(what: keyof Harm): Promise<boolean> {
    this.#disturb()
    await this.#wish.harm?.[what]?.()
    this.#disturb()
    return true
  }

  /** What dies around now is found late: schedulers do not trust a silence that they may have shared. */
  #disturb(): void {
    this.#disturbedAt = performance.now() + RECOVERY_MS
  }

  #kill(role: Member['role']): boolean {
    const victim = this.#ready(role)
    // The death of a worker that has nothing in hand shows nothing.
    if (!victim || (role === 'worker' && victim.holds.size === 0)) return false
    victim.child.kill('SIGKILL')
    this.#members.delete(victim)
    this.#orphan(victim)
    this.#start(role)
    return true
  }

  async #wake(member: Member): Promise<void> {
    await delay(STOPPED_MS / this.#wish.speed)
    if (member.state !== 'stopped') return
    member.state = 'ready'
    member.child.kill('SIGCONT')
  }

  #orphan({ holds }: Member): void {
    for (const jobId of holds) this.#orphans.since.set(jobId, performance.now())
    holds.clear()
  }

  /** Any that is at work, unless it is the last one: on a slow machine nothing would go on. */
  #ready(role: Member['role']): Member | undefined {
    const all = [...this.#members].filter((member) => member.role === role)
    const ready = all.filter(({ state }) => state === 'ready')
    if (all.length > 1 && ready.length < 2) return undefined
    return ready[Math.floor(this.#random.next() * ready.length)]
  }

  async #ask(): Promise<void> {
    try {
      const found = await findViolations(this.#pool)
      const [{ n } = { n: 0 }] = (await this.#pool.query<{ n: number }>(ENDED)).rows
      if (n > this.#ended) this.#endedAt = performance.now()
      this.#ended = n
      this.#snapshots++
      this.#findings.note(found)
    } catch {
      // The database is away, as was asked for: what cannot be asked now is asked later.
    }
  }
}
