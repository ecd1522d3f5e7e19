import { median } from '../rounds.ts'

/** A bar of the console's page with the figures of the rounds. */
interface Bar {
  readonly id: string
  readonly what: string
  readonly unit: string
  readonly must: number
  readonly aim: number
  /** More is better: frames. */
  readonly isLeast?: boolean
}

/** A bar as it was measured. */
export interface Measured extends Bar {
  readonly rounds: readonly number[]
  readonly median: number
  readonly holds: boolean
}

/** Every figure that is measured, by the name that a round gives it. */
const BARS = {
  firstScript: { id: 'K1', what: 'first script, compressed', unit: 'kB', must: 60, aim: 45 },
  partScript: { id: 'K1', what: 'the largest part of another page', unit: 'kB', must: 30, aim: 20 },
  allScript: { id: 'K1', what: 'all script', unit: 'kB', must: 180, aim: 140 },
  paint: { id: 'K2', what: 'first paint, cold', unit: 'ms', must: 300, aim: 150 },
  drawn: { id: 'K2', what: 'signed in and drawn, cold', unit: 'ms', must: 500, aim: 300 },
  turn50: { id: 'K3', what: 'submit → next item painted and focused, p50', unit: 'ms', must: 25, aim: 16 },
  turn95: { id: 'K3', what: 'the same, p95', unit: 'ms', must: 80, aim: 50 },
  far95: { id: 'K4', what: '150 ms away, 1.2 s an item: p95', unit: 'ms', must: 80, aim: 50 },
  one50: { id: 'K4', what: '150 ms away, limit 1: p50', unit: 'ms', must: 230, aim: 166 },
  turnThread: { id: 'K5', what: 'thread of a turn of Work', unit: 'ms', must: 45, aim: 30 },
  runThread: { id: 'K5', what: 'thread of Run at 100 jobs/s', unit: '%', must: 10, aim: 6 },
  hiddenThread: { id: 'K5', what: 'thread of a hidden tab', unit: '%', must: 0.5, aim: 0.1 },
  runFrames: { id: 'K6', what: 'frames a second on Run', unit: '/s', must: 55, aim: 60, isLeast: true },
  runGap: { id: 'K6', what: 'longest frame on Run', unit: 'ms', must: 50, aim: 50 },
  glass: { id: 'K6', what: 'commit → glass, p95', unit: 'ms', must: 350, aim: 250 },
  listOpen: { id: 'K7', what: 'list of jobs: open', unit: 'ms', must: 300, aim: 150 },
  listFrames: {
    id: 'K7',
    what: 'frames a second while scrolling',
    unit: '/s',
    must: 55,
    aim: 60,
    isLeast: true,
  },
  listRows: { id: 'K7', what: 'rows in the document', unit: '', must: 60, aim: 40 },
  listHeap: { id: 'K7', what: 'heap', unit: 'MB', must: 60, aim: 30 },
  resultsOpen: { id: 'K8', what: 'Results: open', unit: 'ms', must: 1_000, aim: 500 },
  resultsEnd: { id: 'K8', what: 'Results: jump to the end', unit: 'ms', must: 300, aim: 150 },
  resultsFilter: { id: 'K8', what: 'Results: filter', unit: 'ms', must: 1_000, aim: 500 },
  compareOpen: { id: 'K8', what: 'Compare: open', unit: 'ms', must: 1_000, aim: 500 },
  comparePairs: { id: 'K8', what: 'Compare: the first pairs that turned', unit: 'ms', must: 1_000, aim: 500 },
  closedFree: { id: 'K10', what: 'held item free again: tab closed', unit: 's', must: 1, aim: 0.3 },
  killedFree: { id: 'K10', what: 'held item free again: browser killed', unit: 's', must: 60, aim: 50 },
  openHeap: { id: 'K15', what: 'heap growth while open', unit: 'MB', must: 5, aim: 5 },
  openLost: { id: 'K15', what: 'cuts of the connection that were not survived', unit: '', must: 0, aim: 0 },
} as const satisfies Readonly<Record<string, Bar>>

/** Bars that no round of this benchmark measures, and what shows each. */
const ELSEWHERE = [
  {
    id: 'K9',
    what: 'violations in 50 000 claims, in 1 000 000 simulated; capacity ÷ without',
    must: '0, 0, ≥ 0.9',
    by: 'npm run chaos -- claims and -- simulation; npx vitest run packages/core/src/assignment/ahead',
  },
  {
    id: 'K11',
    what: 'lost keystrokes, double submissions, undone that went through; 500 seeds',
    must: '0, 0, 0',
    by: 'npm run chaos -- console --minutes M --seeds 500',
  },
  {
    id: 'K12',
    what: 'violations of axe, foreign requests, reports of the policy, errors',
    must: '0',
    by: 'npx vitest run packages/console',
  },
  {
    id: 'K13',
    what: 'a newcomer labels ten items, from the start on',
    must: '≤ 2 min',
    by: 'a fresh clone, by hand',
  },
  {
    id: 'K14',
    what: 'lines in a stranger’s Express, Fastify, plain Node host',
    must: '≤ 5',
    by: 'npx vitest run examples/hosts',
  },
  {
    id: 'K16',
    what: 'S2 and S4 with history, causes and rates ÷ before',
    must: '≥ 0.98',
    by: 'npm run bench -- drain and -- claim, in turn with the commit before',
  },
] as const

/** What one round gave. */
export type Round = Readonly<Partial<Record<keyof typeof BARS, number>>>

/** The bars with the figures of all rounds, at their median. */
export function measured(rounds: readonly Round[]): Measured[] {
  return (Object.keys(BARS) as (keyof typeof BARS)[]).flatMap((name) => {
    const bar: Bar = BARS[name]
    const values = rounds.flatMap((round) => round[name] ?? [])
    if (values.length === 0) return []
    const middle = median(values)
    const holds = bar.isLeast === true ? middle >= bar.must : middle <= bar.must
    return [{ ...bar, rounds: values, median: middle, holds }]
  })
}

/** A line a bar: what it must and should be, and what it is. */
export function printBars(bars: readonly Measured[]): void {
  for (const { id, what, unit, must, aim, rounds, median: middle, holds, isLeast } of bars) {
    const sign = isLeast ? '≥' : '≤'
    const spread = `${shown(Math.min(...rounds))}–${shown(Math.max(...rounds))}`
    console.log(
      `${id.padEnd(4)} ${what.padEnd(48)} ${shown(middle).padStart(8)} ${unit.padEnd(3)} (${spread})   must ${sign} ${must}, aim ${aim}   ${holds ? 'holds' : 'MISSED'}`,
    )
  }
}

/** A line a bar that is shown elsewhere. */
export function printElsewhere(): void {
  for (const { id, what, must, by } of ELSEWHERE)
    console.log(`${id.padEnd(4)} ${what}: must ${must}   not measured here: ${by}`)
}

/** The value below which a share of them lies. */
export function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function shown(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2)
}
