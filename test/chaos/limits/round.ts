import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { BudgetId } from '@muster/core/usage'
import type { Muster } from '@muster/host'
import type { Pool } from 'pg'
import { openPool } from '../connections.ts'
import type { Violation } from '../findings.ts'
import { Fire } from '../fire.ts'
import { startProgram } from '../programs.ts'
import { BREAKS, type Broken } from './broken.ts'
import { makeLog } from './log.ts'
import type { News, Orders } from './member.ts'
import { ESTIMATE_MICROS } from './probe.ts'
import {
  type BudgetFigures,
  judgeBudget,
  judgeKeys,
  judgeSpent,
  type KeyFigures,
  readLog,
  recount,
} from './violations.ts'
import { makeWork, openMuster, type Size } from './world.ts'

export interface Wish extends Size {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  /** Processes that do jobs. */
  readonly processes: number
  /** Jobs at once in each. */
  readonly concurrency: number
  /** How long a process may be silent before what it holds is given free. */
  readonly leaseSeconds: number
  /** The first so many processes die by themselves, each when so many of its jobs have begun, before the others begin. */
  readonly deaths: number
  readonly diesAtStart: number
  /** Processes that are killed, one after another; then the rest comes to its end. */
  readonly kills: number
  /** At most, between one kill and the next. */
  readonly killEveryMs: number
  readonly patienceMs: number
  readonly broken?: Broken
}

export interface Report extends KeyFigures {
  readonly seed: number
  readonly seconds: number
  readonly processesKilled: number
  /** Attempts that handlers began, by their log. */
  readonly starts: number
  /** Of them, so many died with their process. */
  readonly died: number
  readonly budget: Omit<BudgetFigures, 'violations'> & {
    /** Jobs of the run that waited at the cap. */
    readonly waited: number
  }
  readonly violations: readonly Violation[]
}

const LOOK_MS = 100
/** Loose jobs that have not ended, jobs of the run that have not ended, and those that run; by the database's clock. */
const LOOK = `
  select extract(epoch from clock_timestamp())::float8 * 1e6 as at, (select count(*)::int from worker) as workers,
    count(*) filter (where run_no is null and state not between 4 and 6)::int as loose,
    count(*) filter (where run_no is not null and state not between 4 and 6)::int as costly,
    count(*) filter (where run_no is not null and state = 1)::int as running
  from job`

interface Look {
  readonly at: number
  readonly workers: number
  readonly loose: number
  readonly costly: number
  readonly running: number
}

/**
 * Lets processes do jobs with keys, and a run with a budget until that holds it back, while one after another is killed; raises the budget, lets everything end, and
 * holds what the handlers wrote down to what keys and budget allow.
 */
export async function limitsUnderFire(wish: Wish): Promise<Report> {
  const begunAt = performance.now()
  const muster = await openMuster(wish.url)
  const pool = openPool(wish.url, 2)
  let killed = 0
  const fire = makeFire(wish, pool, () => killed++)
  try {
    await makeLog(pool)
    if (wish.broken) await pool.query(BREAKS[wish.broken].sql)
    const { budgetId } = await makeWork(muster, wish)
    fire.light()
    const { waited, raisedAt } = await untilCapped(muster, pool, budgetId, wish)
    await muster.budgets.put(budgetId, { capMicros: wish.capMicros + 10 * wish.costly * ESTIMATE_MICROS })
    await until(pool, wish, ({ loose, costly }) => loose + costly === 0)
    const processesKilled = killed
    await fire.end()
    // Nobody is left but this process, which buries the others.
    await muster.schedule()
    await until(pool, wish, ({ workers }) => workers === 0)
    const log = await readLog(pool)
    const { spentMicros } = await muster.budgets.get(budgetId)
    const { violations: ofKeys, ...keys } = judgeKeys(log)
    const { violations: ofBudget, ...budget } = judgeBudget(log, wish.capMicros, raisedAt)
    return {
      seed: wish.seed,
      seconds: Math.round((performance.now() - begunAt) / 1_000),
      processesKilled,
      starts: log.length,
      died: log.filter(({ endedAt }) => endedAt === null).length,
      ...keys,
      budget: { ...budget, waited },
      violations: [...ofKeys, ...ofBudget, ...judgeSpent(log, spentMicros), ...(await recount(pool))],
    }
  } finally {
    await fire.end()
    await muster.close()
    await pool.end()
  }
}

function makeFire(wish: Wish, pool: Pool, died: () => void): Fire {
  const { url, concurrency, leaseSeconds, deaths } = wish
  const waiting: ChildProcess[] = []
  let [started, ends] = [0, 0]
  return new Fire({
    ...wish,
    start: ({ ready, ended }) => {
      const diesAtStart = started++ < deaths ? wish.diesAtStart : undefined
      const waits = diesAtStart === undefined && ends < deaths
      let worker: string | undefined
      const member = startProgram<Orders, News>(new URL('member.ts', import.meta.url), {
        orders: { url, concurrency, leaseSeconds, diesAtStart, waits },
        hear: (news) => {
          if (news !== 'ready') worker = news.workerId
          else if (diesAtStart === undefined) ready()
        },
        ended: () => {
          died()
          if (wish.broken === 'deaths end holds at once' && worker !== undefined)
            void pool.query('select forget_worker(worker_no) from worker where worker_id = $1', [worker])
          if (++ends === deaths) for (const one of waiting) one.send('begin')
          ended()
        },
      })
      if (waits) waiting.push(member)
      return member
    },
  })
}

/** Waits until the budget holds back what is left of its run, and nothing of that runs. */
async function untilCapped(
  muster: Muster,
  pool: Pool,
  budgetId: BudgetId,
  wish: Wish,
): Promise<{ readonly waited: number; readonly raisedAt: number }> {
  const isCapped = async (): Promise<boolean> => {
    const budget = await muster.budgets.get(budgetId)
    const { capMicros, spentMicros, reservedMicros, assumedMicros, reached } = budget
    return reached && reservedMicros === 0 && capMicros - spentMicros - assumedMicros < ESTIMATE_MICROS
  }
  const { at, costly } = await until(
    pool,
    wish,
    async ({ loose, running }) => loose === 0 && running === 0 && (await isCapped()),
  )
  return { waited: costly, raisedAt: at }
}

async function until(
  pool: Pool,
  { patienceMs }: Wish,
  isSo: (look: Look) => boolean | Promise<boolean>,
): Promise<Look> {
  const over = performance.now() + patienceMs
  for (;;) {
    const [look] = (await pool.query<Look>(LOOK)).rows
    if (look && (await isSo(look))) return look
    if (performance.now() > over) throw new Error(`After ${patienceMs} ms: ${JSON.stringify(look)}`)
    await delay(LOOK_MS)
  }
}
