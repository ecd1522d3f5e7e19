import { openServer } from './databases.ts'
import { roundOf } from './round-process.ts'
import { keep, machine, median, printSeries, roundsWished, seriesOf } from './rounds.ts'
import type { UsageRound } from './usage-round.ts'

const JOBS = Number(process.env['JOBS'] ?? 40_000)
const KINDS = ['none', 'usage'] as const

/**
 * A run whose every job reports a call, and one that reports none: jobs a second until the last has settled, and the CPU of the process and of the server. Each
 * round is a process and a database of its own; starting the run is not timed. A round fails if sums differ from all calls, or from the jobs' own.
 */
export async function usage(): Promise<void> {
  const server = await openServer()
  try {
    const rounds: Record<(typeof KINDS)[number], UsageRound[]> = { none: [], usage: [] }
    for (let nth = 0; nth < roundsWished(); nth++) {
      // In turn: what else the machine does meets both alike.
      for (const kind of nth % 2 === 0 ? KINDS : KINDS.toReversed())
        rounds[kind].push(await roundOf('./usage-round.ts', [kind, await server.database(), String(JOBS)]))
    }
    const series = (of: (round: UsageRound) => number) =>
      KINDS.map((kind) => seriesOf(kind === 'none' ? 'no usage' : 'a call each', rounds[kind].map(of)))
    printSeries(
      `drain of ${JOBS} jobs`,
      'jobs/s',
      series(({ drainMs }) => (JOBS * 1_000) / drainMs),
    )
    printSeries(
      "the process's CPU meanwhile",
      'ms',
      series(({ cpuMs }) => cpuMs),
    )
    const ratios = rounds.usage.map(({ drainMs }, nth) => (rounds.none[nth]?.drainMs ?? Number.NaN) / drainMs)
    console.log(`\nWith usage ÷ without, in the same round: ${median(ratios).toFixed(2)} (median)`)
    keep('usage', { machine: machine(server.version), jobs: JOBS, rounds })
  } finally {
    await server.stop()
  }
}
