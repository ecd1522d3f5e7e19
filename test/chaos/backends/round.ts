import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import { Pool } from 'pg'
import { Findings, type Violation } from '../findings.ts'
import { findViolations, watchEnds } from '../jobs/violations.ts'
import type { Backends } from './backends.ts'
import { Callers, SECRET, tokenFor } from './callers.ts'
import { Server } from './server.ts'

/** What is done to the backends of a running system. */
export type Deed = keyof typeof DEEDS

export interface Wish {
  readonly seed: number
  readonly servers: number
  readonly people: number
  readonly adders: number
  /** How many deeds are done, each once before any is done again. */
  readonly deeds: readonly Deed[]
  readonly mostDeeds: number
  /** How long each lasts, and how long the system is left alone after it, in ms: longer than it takes to tell that an outage is over. */
  readonly lastsMs: number
  readonly restMs: number
  /** How soon after the end of a deed every server writes again, in ms. */
  readonly recoveryMs: number
  /** A module loaded into each server that breaks a rule on purpose. */
  readonly broken?: URL | undefined
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly deeds: Readonly<Partial<Record<Deed, number>>>
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>
  readonly jobs: number
  readonly submissions: number
  /** The longest time from the end of a deed to the first write of every server. */
  readonly slowestRecoveryMs: number
  /** The most lines that one process logged of one outage. */
  readonly mostLines: number
  readonly violations: readonly Violation[]
}

/** What an outage does to a system. */
interface Outage {
  begin(backends: Backends): Promise<void>
  end(backends: Backends): Promise<void>
  /** What must not be ready meanwhile: the process, since it cannot write, or Redis alone. */
  readonly refuses?: 'writes' | 'redis'
  /** How many things it is to those who meet it; default 1. */
  readonly outages?: number
  /** Nobody calls while it is done: what is written meanwhile is lost on purpose. */
  readonly quiet?: boolean
}

const DEEDS = {
  'take no writes': { begin: (on) => on.refuseWrites(), end: (on) => on.allowWrites(), refuses: 'writes' },
  'promote a standby': { begin: (on) => on.promoteStandby(), end: (on) => on.leadToNew(), refuses: 'writes' },
  'limit connections': {
    begin: (on) => on.limitConnections(),
    end: (on) => on.allowConnections(),
    // Connections are ended, and then there are too few.
    outages: 2,
  },
  'fill the disk': { begin: (on) => on.fillDisk(), end: (on) => on.makeRoom() },
  'restart Postgres': { begin: (on) => on.crash(), end: async () => {} },
  'cut off Postgres': {
    begin: async (on) => on.way('shut'),
    end: async (on) => on.way('open'),
    refuses: 'writes',
  },
  'silence Postgres': {
    begin: async (on) => on.way('silent'),
    end: async (on) => on.way('open'),
    refuses: 'writes',
  },
  'restore a dump elsewhere': { begin: (on) => on.restoreElsewhere(), end: async () => {}, quiet: true },
  'fill Redis': { begin: (on) => on.fillRedis(), end: (on) => on.emptyRedis(), refuses: 'redis' },
  'take Redis away': { begin: (on) => on.redis.stop(), end: (on) => on.redis.start(), refuses: 'redis' },
} as const satisfies Record<string, Outage>

export const ALL_DEEDS = Object.keys(DEEDS) as readonly Deed[]

/** A process tells of an outage when it begins, when it ends, and perhaps what it does without the backend. */
const LINES = 3
const MOST_SHOWN = 8
const MOST_LETTERS = 300

const LOOK_MS = 100
/** How long an end is waited for that does not come: then it is lost. */
const PATIENCE_MS = 60_000
const TASKS = 400

/** Harms what a running system stands on, in every way and at random, while people and programs call it, and asks every rule. */
export async function backendsUnderFire(backends: Backends, wish: Wish): Promise<Report> {
  const findings = new Findings()
  const env = {
    DATABASE_URL: backends.url,
    REDIS_URL: backends.redis.url,
    MUSTER_JWT_SECRET: SECRET,
  }
  const servers = Array.from({ length: wish.servers }, (_, nth) => new Server(nth, env, wish.broken))
  try {
    // One after another: only the first has a schema to make.
    for (const server of servers) await server.serves()
    const round = new Round(backends, servers, wish, findings)
    return await round.run()
  } finally {
    for (const server of servers) await server.end()
  }
}

class Round {
  readonly #backends: Backends
  readonly #servers: readonly Server[]
  readonly #wish: Wish
  readonly #findings: Findings
  readonly #callers: Callers
  readonly #random: SeededRandom
  readonly #admin = tokenFor(randomUUID(), 'admin')
  readonly #done = new Map<Deed, number>()
  #projectId = ''
  #slowestRecoveryMs = 0
  #mostLines = 0

  constructor(backends: Backends, servers: readonly Server[], wish: Wish, findings: Findings) {
    this.#backends = backends
    this.#servers = servers
    this.#wish = wish
    this.#findings = findings
    this.#random = new SeededRandom(wish.seed)
    this.#callers = new Callers(servers, wish.seed + 1, (violation) => findings.note([violation]))
  }

  async run(): Promise<Report> {
    const startedAt = performance.now()
    const people = await this.#prepare()
    const { adders, mostDeeds, restMs } = this.#wish
    const calling = [
      ...people.map((token) => this.#callers.work(this.#projectId, token)),
      ...Array.from({ length: adders }, () => this.#callers.add(this.#projectId, this.#admin)),
      this.#callers.look(this.#projectId, this.#admin),
    ]
    const bag = this.#deeds()
    await delay(restMs)
    for (const deed of bag.slice(0, mostDeeds)) {
      if (!this.#findings.isEmpty) break
      await this.#do(deed)
      await delay(restMs)
      this.#countLines(deed)
    }
    this.#callers.stop()
    await Promise.all(calling)
    await this.#judgeTheEnd()
    const { acknowledged, answers } = this.#callers
    return {
      seed: this.#wish.seed,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      deeds: Object.fromEntries(this.#done),
      answers: Object.fromEntries(answers),
      jobs: acknowledged.items.size,
      submissions: acknowledged.submissions.size,
      slowestRecoveryMs: Math.round(this.#slowestRecoveryMs),
      mostLines: this.#mostLines,
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  /** A project with people and tasks; gives the people's tokens. */
  async #prepare(): Promise<string[]> {
    const post = async (path: string, body: object): ReturnType<Callers['call']> => {
      const answer = await this.#callers.call(this.#admin, 'POST', path, body)
      if (answer.status >= 300)
        throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer
    }
    const steps = [
      { stepId: 'annotate', stepType: 'annotation' },
      { stepId: 'review', stepType: 'review' },
    ]
    const { workflowId } = (await post('/workflows', { name: 'Two steps', steps })).body
    this.#projectId = (await post('/projects', { name: 'Under fire', workflowId })).body.projectId
    const tokens: string[] = []
    for (let nth = 0; nth < this.#wish.people; nth++) {
      const { userId } = (await post('/users', { displayName: `Person ${nth}` })).body
      await this.#callers.call(this.#admin, 'PUT', `/projects/${this.#projectId}/members/${userId}`)
      tokens.push(tokenFor(userId, 'annotator'))
    }
    const tasks = Array.from({ length: TASKS }, (_, nth) => ({ payload: { nth } }))
    await post(`/projects/${this.#projectId}/tasks`, { tasks })
    await this.#asked((pool) => watchEnds(pool))
    return tokens
  }

  /** Each in a random order, again and again. */
  #deeds(): Deed[] {
    const bag: Deed[] = []
    while (bag.length < this.#wish.mostDeeds) {
      bag.push(
        ...this.#wish.deeds
          .map((deed) => [this.#random.next(), deed] as const)
          .sort(([a], [b]) => a - b)
          .map(([, deed]) => deed),
      )
    }
    return bag
  }

  async #do(deed: Deed): Promise<void> {
    const outage: Outage = DEEDS[deed]
    for (const server of this.#servers) server.takeLines()
    if (outage.quiet === true) await this.#callers.hold()
    await outage.begin(this.#backends)
    if (outage.refuses !== undefined) await this.#untilToldUnready(deed, outage.refuses)
    await delay(this.#wish.lastsMs)
    await outage.end(this.#backends)
    if (outage.quiet === true) this.#callers.goOn()
    await this.#untilWell(deed)
    this.#done.set(deed, (this.#done.get(deed) ?? 0) + 1)
  }

  /** Readiness fails where a write would. */
  async #untilToldUnready(deed: Deed, what: 'writes' | 'redis'): Promise<void> {
    await Promise.all(
      this.#servers.map(async (server) => {
        const told = await this.#within(this.#wish.recoveryMs, async () => {
          const { status, checks } = await readiness(server)
          return what === 'writes' ? status === 503 : status === 200 && checks.redis !== 'ok'
        })
        if (!told)
          this.#violated('readiness tells the truth', `${deed}: server ${server.nth} says that it is ready`)
      }),
    )
  }

  /** Every server writes again, and says that it is ready. */
  async #untilWell(deed: Deed): Promise<void> {
    const from = performance.now()
    await Promise.all(
      this.#servers.map(async (server) => {
        const path = `/projects/${this.#projectId}/queue/add`
        const item = { type: 'stub:probe', payload: {} }
        const writes = await this.#within(PATIENCE_MS, async () => {
          const added = await this.#callers.call(this.#admin, 'POST', path, item, server)
          if (added.status === 201) this.#callers.acknowledged.items.add(added.body.itemId)
          return added.status === 201
        })
        const ms = performance.now() - from
        this.#slowestRecoveryMs = Math.max(this.#slowestRecoveryMs, ms)
        if (!writes || ms > this.#wish.recoveryMs) {
          this.#violated(
            'writes flow again within 5 s',
            `${deed}: server ${server.nth} after ${Math.round(ms)} ms`,
          )
        }
        const ready = await this.#within(PATIENCE_MS, async () => (await readiness(server)).text === 'ok')
        if (!ready)
          this.#violated(
            'readiness tells the truth',
            `${deed}: server ${server.nth} never says that it is ready`,
          )
        if (server.isGone) this.#violated('no process exits', `${deed}: server ${server.nth}`)
      }),
    )
  }

  /** An outage is told as ended once the backend has worked for a while: only then is it known how much was said of it. */
  #countLines(deed: Deed): void {
    for (const server of this.#servers) {
      const lines = server.takeLines()
      this.#mostLines = Math.max(this.#mostLines, lines.length)
      if (lines.length > LINES * ((DEEDS[deed] as Outage).outages ?? 1)) {
        const shown = lines.slice(0, MOST_SHOWN).map(brief).join('\n')
        this.#violated('an outage is told in three lines', `${deed}: server ${server.nth}\n${shown}`)
      }
    }
  }

  /** What was acknowledged is done, once, and all counters say so. */
  async #judgeTheEnd(): Promise<void> {
    const { items, submissions } = this.#callers.acknowledged
    const open = async (): Promise<number> => {
      const { status, body } = await this.#callers.call(
        this.#admin,
        'GET',
        `/projects/${this.#projectId}/queue/status`,
      )
      return status === 200 ? body.counts.pending + body.counts.active : Number.NaN
    }
    await this.#within(PATIENCE_MS, async () => (await open()) === 0)
    await this.#asked(async (pool) => {
      const unended = `select job_id::text as id, state from job where state <> 4`
      for (const { id, state } of (await pool.query<{ id: string; state: number }>(unended)).rows)
        this.#violated('every job is done', `${id} is in state ${state}`)
      const lost = `select id from unnest($1::uuid[]) as id where not exists (select from job where job_id = id)`
      for (const { id } of (await pool.query<{ id: string }>(lost, [[...items]])).rows)
        this.#violated('what was acknowledged is not lost', `item ${id}`)
      const kept = `select assignment_id::text as id, result::jsonb as result from assignment where status = 'submitted'`
      const results = new Map(
        (await pool.query<{ id: string; result: unknown }>(kept)).rows.map(({ id, result }) => [id, result]),
      )
      for (const [id, result] of submissions) {
        if (JSON.stringify(results.get(id)) !== JSON.stringify(result))
          this.#violated('what was acknowledged is not lost', `submission ${id}`)
      }
      const both = `select a.task_id::text as id from assignment a join assignment b using (task_id, user_id)
        where a.step_id = 'annotate' and b.step_id = 'review' and a.status = 'submitted' and b.status in ('assigned', 'accepted', 'in_progress', 'submitted')`
      for (const { id } of (await pool.query<{ id: string }>(both)).rows)
        this.#violated('who annotated does not review', `task ${id}`)
      this.#findings.note(await findViolations(pool))
    })
  }

  async #asked<T>(ask: (pool: Pool) => Promise<T>): Promise<T> {
    const pool = new Pool({ connectionString: this.#backends.adminUrl, max: 1 })
    try {
      return await ask(pool)
    } finally {
      await pool.end()
    }
  }

  async #within(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
    for (const until = performance.now() + ms; performance.now() < until; await delay(LOOK_MS)) {
      if (await holds()) return true
    }
    return false
  }

  #violated(rule: string, what: string): void {
    this.#findings.note([{ rule, what }])
  }
}

/** The message of a log line and that of its error, without the stack between them. */
function brief(line: string): string {
  const told = (name: string): string => new RegExp(`"${name}":"(?:[^"\\\\]|\\\\.)*"`).exec(line)?.[0] ?? ''
  return line.startsWith('{')
    ? `${told('msg')} ${told('message')} ${told('code')}`
    : line.slice(0, MOST_LETTERS)
}

interface Readiness {
  readonly status: number
  readonly text: string
  readonly checks: Readonly<Record<string, string>>
}

async function readiness({ origin }: Server): Promise<Readiness> {
  const response = await fetch(`${origin}/readyz`)
  const { status: text, checks } = (await response.json()) as {
    status: string
    checks: Record<string, string>
  }
  return { status: response.status, text, checks }
}
