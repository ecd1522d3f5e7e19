import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { openPool } from '../connections.ts'
import type { Violation } from '../findings.ts'
import { Fire } from '../fire.ts'
import { startProgram } from '../programs.ts'
import { findViolations } from './violations.ts'
import { makeSchedules, openMuster, type Size, type Way } from './world.ts'

export interface Wish extends Size {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  /** Processes that schedule, with clocks that are wrong by up to 30 s. */
  readonly schedulers: number
  /** Processes that are killed, one after another; then the rest comes to its end. */
  readonly kills: number
  /** At most, between one kill and the next. */
  readonly killEveryMs: number
  readonly patienceMs: number
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly schedules: number
  readonly ticks: number
  readonly processesKilled: number
  readonly violations: readonly Violation[]
}

const CLOCKS_MS = [0, 30_000, -30_000]

/** Fires ticks while the processes that do it are killed one after another; then holds what came to what was planned. */
export async function schedulesUnderFire(wish: Wish): Promise<Report> {
  const start = performance.now()
  const muster = await openMuster({ url: wish.url })
  const pool = openPool(wish.url, 2)
  let started = 0
  const fire = new Fire({
    ...wish,
    processes: wish.schedulers,
    start: ({ ready, ended }) =>
      startProgram<Way, 'ready'>(new URL('member.ts', import.meta.url), {
        orders: { url: wish.url, offMs: CLOCKS_MS[started++ % CLOCKS_MS.length] ?? 0 },
        hear: ready,
        ended,
      }),
  })
  try {
    const { planned } = await makeSchedules(muster, wish)
    const ticks = planned.reduce((sum, one) => sum + one.ticks.length, 0)
    fire.light()
    await untilCome(wish, pool, ticks)
    await fire.end()
    return {
      seed: wish.seed,
      seconds: Math.round((performance.now() - start) / 1_000),
      schedules: planned.length,
      ticks,
      processesKilled: fire.killed,
      violations: await findViolations(muster, pool, planned),
    }
  } finally {
    await fire.end()
    await muster.close()
    await pool.end()
  }
}

export async function untilCome(
  { patienceMs }: Pick<Wish, 'patienceMs'>,
  pool: Pool,
  ticks: number,
): Promise<void> {
  const until = performance.now() + patienceMs
  for (;;) {
    const { rows } = await pool.query<{ due: string; came: string }>(
      `select (select count(*) from schedule where due_at is not null) as due, (select count(*) from schedule_tick) as came`,
    )
    if (rows[0]?.due === '0') return
    if (performance.now() > until)
      throw new Error(`${rows[0]?.came} of ${ticks} ticks had come after ${patienceMs} ms`)
    await delay(100)
  }
}
