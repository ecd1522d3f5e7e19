import { pgModule } from '@muster/adapters-pg'
import type { ProjectId, RunId } from '@muster/core'
import type { Metric } from '@muster/core/evaluation'
import { createMuster, type Muster, silentLogger } from '@muster/host'
import { openServer, query } from './databases.ts'
import { aRun, prepare } from './fixtures.ts'
import { keep, machine, median, printSeries, roundsWished, seriesOf } from './rounds.ts'

const PAIRS = (process.env['PAIRS'] ?? '10000,100000').split(',').map(Number)
const BAR_MS = 3_000
const WATCH_MS = 10

/** Ten metrics as evaluations have them: shares, scales and numbers, some held against the scenario. */
const METRICS: readonly Metric[] = [
  { name: 'exact', score: { type: 'equals', at: '/label', to: { scenario: '/taskId' } } },
  { name: 'text', score: { type: 'equals', at: '/text', to: { value: 'Right' }, as: 'text' } },
  { name: 'yes', score: { type: 'value', at: '/yes' } },
  { name: 'within', score: { type: 'within', at: '/score', to: { value: 0.5 }, abs: 0.25 } },
  { name: 'includes', score: { type: 'includes', at: '/text', to: { value: 'igh' } } },
  { name: 'grade', kind: 'ordinal', score: { type: 'value', at: '/grade' }, range: [1, 5] },
  { name: 'score', score: { type: 'value', at: '/score' } },
  { name: 'ms', score: { type: 'value', at: '/ms' }, better: 'lower' },
  { name: 'tokens', score: { type: 'value', at: '/usage/tokens' }, better: 'lower' },
  { name: 'worst', score: { type: 'value', at: '/score' }, missing: 'worst', range: [0, 1] },
]

/** Medians and percentiles are drawn 1 999 times from all pairs. */
const DRAWN: readonly Metric[] = [
  { name: 'ms', score: { type: 'value', at: '/ms' }, better: 'lower', aggregate: 'p95' },
  { name: 'tokens', score: { type: 'value', at: '/usage/tokens' }, better: 'lower', aggregate: 'median' },
]

interface Round {
  readonly ms: number
  readonly cpuMs: number
  /** Most that the heap grew while pairs were read, after what is unreachable was let go where it can be. */
  readonly heapMb: number
  readonly outsideMb: number
  /** Longest that this process answered nobody. */
  readonly stillMs: number
}

/** Two runs of one definition compared by ten metrics on Postgres, and how much of this process it takes. */
export async function compare(): Promise<void> {
  const server = await openServer()
  try {
    const figures: { readonly pairs: number; readonly rounds: Round[]; readonly drawn: Round[] }[] = []
    for (const pairs of PAIRS) {
      const connectionString = await server.database()
      const muster = await createMuster({
        modules: [pgModule({ connectionString })],
        logger: silentLogger,
      })
      const { projectId, runs } = await twoRuns(muster, connectionString, pairs)
      const [rounds, drawn]: [Round[], Round[]] = [[], []]
      for (let nth = 0; nth < roundsWished(); nth++)
        rounds.push(await round(muster, projectId, runs, pairs, METRICS))
      drawn.push(await round(muster, projectId, runs, pairs, DRAWN))
      figures.push({ pairs, rounds, drawn })
      await muster.close()
    }
    const series = (of: (round: Round) => number) =>
      figures.map(({ pairs, rounds }) =>
        seriesOf(`${pairs} pairs × ${METRICS.length} metrics`, rounds.map(of)),
      )
    printSeries(
      'compared and kept',
      'ms',
      series(({ ms }) => ms),
    )
    printSeries(
      'of this process’s CPU',
      'ms',
      series(({ cpuMs }) => cpuMs),
    )
    printSeries(
      'most that the heap grew',
      'MB',
      series(({ heapMb }) => heapMb),
    )
    printSeries(
      'outside of the heap',
      'MB',
      series(({ outsideMb }) => outsideMb),
    )
    printSeries(
      'longest that this process answered nobody',
      'ms',
      series(({ stillMs }) => stillMs),
    )
    printSeries(
      'with a median and a 95th percentile',
      'ms',
      figures.flatMap(({ pairs, drawn }) => [
        seriesOf(
          `${pairs} pairs, compared`,
          drawn.map(({ ms }) => ms),
        ),
        seriesOf(
          `${pairs} pairs, answered nobody`,
          drawn.map(({ stillMs }) => stillMs),
        ),
      ]),
    )
    const last = figures.at(-1)
    const ms = median(last?.rounds.map((each) => each.ms) ?? [])
    console.log(`\n${last?.pairs} pairs: bar ${BAR_MS} ms   ${ms <= BAR_MS ? 'holds' : 'BROKEN'}`)
    keep('compare', { machine: machine(server.version), figures })
  } finally {
    await server.stop()
  }
}

/** Two runs whose jobs are completed, with a result each: written at once, for how a run drains is another benchmark's. */
export async function twoRuns(
  muster: Muster,
  connectionString: string,
  pairs: number,
): Promise<{ readonly projectId: ProjectId; readonly runs: readonly [RunId, RunId] }> {
  const { projectId, definition } = await prepare(muster.persistence, pairs)
  const started: RunId[] = []
  for (let nth = 0; nth < 2; nth++) {
    const { run } = await muster.persistence.transaction(({ runs }) =>
      runs.add(aRun(projectId, definition, 2)),
    )
    started.push(run.runId)
  }
  await query(
    connectionString,
    `update job set state = 4, attempt = 1, started_at = now(), finished_at = now(), result = json_build_object(
       'label', case when (place * 7 + run_no * 3) % 20 < 18 then place else 0 end,
       'text', case when (place * 11 + run_no) % 9 = 0 then 'wrong' else 'RIGHT' end,
       'yes', (place * 13 + run_no) % 10 < 8,
       'grade', 1 + (place * 17 + run_no * 5) % 5,
       'score', ((place * 31 + run_no * 7) % 1000) / 1000.0,
       'ms', 100 + (place * 37 + run_no * 11) % 977,
       'usage', json_build_object('tokens', (place * 41 + run_no) % 4096))`,
  )
  await query(
    connectionString,
    `update run set status = 'completed', finished_at = now(), settled = total,
       completed = array_fill(total / cardinality(models), array[cardinality(models)])`,
  )
  await query(connectionString, 'vacuum (analyze) job')
  return { projectId, runs: started as [RunId, RunId] }
}

async function round(
  muster: Muster,
  projectId: ProjectId,
  [one, other]: readonly [RunId, RunId],
  pairs: number,
  metrics: readonly Metric[],
): Promise<Round> {
  const before = process.memoryUsage()
  let [heap, outside] = [before.heapUsed, before.arrayBuffers]
  // Between two reads, when all of a batch is there that is going to be.
  let [lookedAt, stillMs] = [performance.now(), 0]
  const watch = setInterval(() => {
    stillMs = Math.max(stillMs, performance.now() - lookedAt - WATCH_MS)
    lookedAt = performance.now()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    heap = Math.max(heap, heapUsed)
    outside = Math.max(outside, arrayBuffers)
  }, WATCH_MS)
  const startedAt = performance.now()
  const cpu = process.cpuUsage()
  const { metrics: compared, pairs: told } = await muster.comparisons.add(projectId, {
    baseline: { runId: one, model: 'model-1' },
    candidate: { runId: other, model: 'model-1' },
    metrics,
  })
  const { user, system } = process.cpuUsage(cpu)
  const ms = performance.now() - startedAt
  clearInterval(watch)
  if (told.n !== pairs || compared.some(({ p }) => p === null)) throw new Error('Not all was compared')
  const mb = (bytes: number): number => bytes / 1024 ** 2
  return {
    ms,
    cpuMs: (user + system) / 1_000,
    heapMb: mb(heap - before.heapUsed),
    outsideMb: mb(outside - before.arrayBuffers),
    stillMs,
  }
}
