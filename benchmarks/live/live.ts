import { fork } from 'node:child_process'
import { once } from 'node:events'
import { startRedis } from '@muster/test-services'
import { openServer } from '../databases.ts'
import { keep, machine, median, roundsWished, seriesOf } from '../rounds.ts'
import type { LiveFigures, LiveRound } from './round.ts'

const MS = Number(process.env['MS'] ?? 6_000)
const SLOTS = (process.env['SLOTS'] ?? '4,16,64,128').split(',').map(Number)
/** Slots of the paced rounds, and of those beside BullMQ. */
const PACED_SLOTS = 32
const BULLMQ_SLOTS = 64

interface Case {
  readonly kind: LiveRound['kind']
  readonly slots: number
  readonly peers: readonly string[]
}

/** A row of the table: what is compared, and how far it must go; `least` of what is more the better, `most` of the other. */
interface Row {
  readonly name: string
  readonly of: Case
  readonly peer: string
  readonly figure: keyof LiveFigures
  readonly must: number
  readonly aim: number
  readonly unit: string
}

const FLOWS: readonly Case[] = SLOTS.map((slots) => ({
  kind: 'flow',
  slots,
  peers: ['graphile-worker', ...(slots === BULLMQ_SLOTS ? ['bullmq-pg', 'bullmq'] : [])],
}))
const PACED: Case = { kind: 'paced', slots: PACED_SLOTS, peers: ['graphile-worker'] }
const SINGLE: Case = { kind: 'single', slots: 0, peers: ['pg-boss'] }

/**
 * Jobs made while others are done, from the first one on: every round is a process and a database of its own, and its figures are of all that was made,
 * until the system itself says that nothing is left.
 */
export async function live(): Promise<void> {
  const server = await openServer()
  const redis = await startRedis()
  const only = process.env['ONLY']?.split(',')
  const cases = [...FLOWS, PACED, SINGLE].filter(({ kind }) => only === undefined || only.includes(kind))
  const rounds = new Map<string, LiveFigures[]>()
  try {
    for (let nth = 0; nth < roundsWished(); nth++) {
      for (const { kind, slots, peers } of cases) {
        // Who is first finds the disk busy with what came before: that is another one each time.
        const systems = ['muster', ...peers]
        for (const system of nth % 2 === 0 ? systems : systems.toReversed()) {
          const url = system === 'bullmq' ? redis.url : await server.database()
          const figures = await round({ system, url, kind, slots, ms: MS })
          const key = keyOf({ kind, slots }, system)
          rounds.set(key, [...(rounds.get(key) ?? []), figures])
          console.log(`${key}: ${inWords(figures)}`)
        }
      }
    }
    const rows = cases.flatMap(rowsOf)
    print(rows, rounds)
    keep('live', { machine: machine(server.version), ms: MS, rounds: Object.fromEntries(rounds) })
  } finally {
    await redis.stop()
    await server.stop()
  }
}

function rowsOf(of: Case): Row[] {
  const { kind, slots } = of
  const beside = (peer: string, row: Omit<Row, 'of' | 'peer'>): Row => ({ of, peer, ...row })
  switch (kind) {
    case 'flow': {
      const name = `live, ${slots} slots`
      return of.peers.map((peer) => {
        const [must, aim] =
          peer === 'bullmq-pg' ? [3, 5] : peer === 'bullmq' ? [Number.NaN, Number.NaN] : [0.9, 1.2]
        return beside(peer, { name, figure: 'perSecond', unit: 'jobs/s', must, aim })
      })
    }
    case 'paced':
      return [
        beside('graphile-worker', {
          name: 'made → started, p50, 800/s',
          figure: 'p50Ms',
          unit: 'ms',
          must: 1.2,
          aim: 1,
        }),
        beside('graphile-worker', {
          name: 'made → started, p99, 800/s',
          figure: 'p99Ms',
          unit: 'ms',
          must: 1.2,
          aim: 1,
        }),
        beside('graphile-worker', {
          name: "Postgres's CPU a job, 800/s",
          figure: 'databaseUs',
          unit: 'µs',
          must: 2,
          aim: 1.5,
        }),
      ]
    case 'single':
      return [
        beside('pg-boss', {
          name: 'one call a job, ten in flight',
          figure: 'perSecond',
          unit: 'jobs/s',
          must: 1,
          aim: 3,
        }),
      ]
  }
}

function keyOf({ kind, slots }: Pick<Case, 'kind' | 'slots'>, system: string): string {
  return `${kind} ${slots} ${system}`
}

function inWords({ perSecond, p50Ms, p99Ms, databaseUs, ownUs }: LiveFigures): string {
  const latency = Number.isNaN(p50Ms) ? '' : `, p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`
  return `${perSecond.toFixed(0)} jobs/s${latency}, CPU a job: Postgres ${databaseUs.toFixed(0)} µs, own ${ownUs.toFixed(0)} µs`
}

function print(rows: readonly Row[], rounds: ReadonlyMap<string, readonly LiveFigures[]>): void {
  console.log('\nJobs made while others are done')
  for (const { name, of, peer, figure, unit, must, aim } of rows) {
    const values = (system: string): number[] =>
      (rounds.get(keyOf(of, system)) ?? []).map((figures) => figures[figure])
    const [ours, theirs] = [seriesOf('muster', values('muster')), seriesOf(peer, values(peer))]
    const ratios = ours.rounds.map((value, nth) => value / (theirs.rounds[nth] ?? Number.NaN))
    const isMore = unit === 'jobs/s'
    const [sign, digits] = [isMore ? '≥' : '≤', isMore ? 0 : 1]
    const bar = Number.isNaN(must) ? '' : `  must ${sign} ${must}, aim ${sign} ${aim}`
    console.log(
      `  ${name.padEnd(30)} ${ours.median.toFixed(digits).padStart(7)} ${unit}  ${peer.padEnd(16)} ${theirs.median
        .toFixed(digits)
        .padStart(
          7,
        )}   ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})${bar}`,
    )
  }
}

async function round(wanted: LiveRound): Promise<LiveFigures> {
  const child = fork(new URL('./round.ts', import.meta.url), [JSON.stringify(wanted)], {
    execArgv: ['--conditions=@muster/source'],
    // JSON has no NaN.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const told = new Promise<LiveFigures>((resolve) => child.once('message', resolve))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The round ${JSON.stringify(wanted)} failed with exit code ${code}`)
  return await told
}
