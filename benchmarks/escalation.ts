import { openServer } from './databases.ts'
import type { EscalationRound } from './escalation-round.ts'
import { roundOf } from './round-process.ts'
import { keep, machine, median, printSeries, roundsWished, seriesOf } from './rounds.ts'

const SCENARIOS = Number(process.env['SCENARIOS'] ?? 20_000)
const KINDS = ['with', 'without'] as const

/**
 * A run of 4 models with and without a policy by which one scenario in ten goes to people: jobs a second until the last has settled, the process's CPU, and how
 * soon there is a task. Each round is a process and a database of its own; starting the run is not timed.
 */
export async function escalation(): Promise<void> {
  const server = await openServer()
  try {
    const rounds: Record<(typeof KINDS)[number], EscalationRound[]> = { with: [], without: [] }
    for (let nth = 0; nth < roundsWished(); nth++) {
      // In turn: what else the machine does meets both alike.
      for (const kind of nth % 2 === 0 ? KINDS : KINDS.toReversed()) {
        rounds[kind].push(
          await roundOf('./escalation-round.ts', [kind, await server.database(), String(SCENARIOS)]),
        )
      }
    }
    const rateOf = ({ drainMs }: EscalationRound): number => (SCENARIOS * 4 * 1_000) / drainMs
    const perSecond = KINDS.map((kind) => seriesOf(`${kind} a policy`, rounds[kind].map(rateOf)))
    const cpu = KINDS.map((kind) =>
      seriesOf(
        `${kind} a policy`,
        rounds[kind].map(({ cpuMs }) => cpuMs),
      ),
    )
    printSeries(`drain of ${SCENARIOS} scenarios × 4 models`, 'jobs/s', perSecond)
    printSeries("the process's CPU meanwhile", 'ms', cpu)
    const openedMs = median(rounds.with.map((each) => each.openedMs ?? Number.NaN))
    const behindMs = median(rounds.with.map((each) => each.behindMs))
    console.log(`\nFrom a scenario's last job to its task: ${Math.round(openedMs)} ms at the 95th percentile`)
    console.log(`From the last job to the last decision: ${Math.round(behindMs)} ms`)
    keep('escalation', { machine: machine(server.version), scenarios: SCENARIOS, rounds })
  } finally {
    await server.stop()
  }
}
