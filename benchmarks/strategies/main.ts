import { keep } from '../rounds.ts'
import { type Bar, barsOf, compare, DEFAULT, type Row, SEEDS, TASKS } from './compare.ts'
import { LOADS, type Load } from './world.ts'

/** Of so many seeds the optimum is found: it takes seconds each. */
const REGRET_SEEDS = 8

const COLUMNS: readonly {
  readonly title: string
  readonly shown: (row: Row, rows: readonly Row[]) => string
}[] = [
  { title: 'mean wait', shown: ({ meanWait }) => meanWait.toFixed(2) },
  { title: 'p95 wait', shown: ({ p95Wait }) => p95Wait.toFixed(1) },
  { title: 'makespan', shown: ({ makespan }) => makespan.toFixed(0) },
  { title: 'Jain tasks', shown: ({ jainOfTasks }) => jainOfTasks.toFixed(3) },
  { title: 'Jain time', shown: ({ jainOfTime }) => jainOfTime.toFixed(3) },
  { title: 'right %', shown: ({ quality }) => (quality * 100).toFixed(2) },
  { title: 'gain', shown: (row, rows) => gainOf(row, rows).toFixed(2) },
  { title: 'passed over', shown: ({ longestPassedOver }) => longestPassedOver.toFixed(0) },
  { title: 'longest wait', shown: ({ longestWait }) => longestWait.toFixed(0) },
  { title: 'regret', shown: ({ regret }) => regret?.toFixed(4) ?? '–' },
]

/**
 * What each strategy makes of the same simulated days, and whether the default one holds its bars. Nothing is timed: the figures are the same on
 * every machine.
 */
export function strategies(): Promise<void> {
  console.log(
    `${SEEDS.length} seeds of ${TASKS} tasks a load; times in minutes; gain in points over round_robin`,
  )
  const rows = compare(SEEDS, TASKS, REGRET_SEEDS)
  for (const load of Object.keys(LOADS) as Load[]) printTable(load, rows)
  const bars = barsOf(rows)
  printBars(bars)
  keep('strategies', {
    seeds: SEEDS,
    regretSeeds: REGRET_SEEDS,
    tasks: TASKS,
    loads: LOADS,
    default: DEFAULT,
    rows,
    bars,
  })
  return Promise.resolve()
}

function printTable(load: Load, rows: readonly Row[]): void {
  console.log(`\n${load} load (${LOADS[load]} of what the crew can do)`)
  console.log(`  ${''.padEnd(28)}${COLUMNS.map(({ title }) => title.padStart(13)).join('')}`)
  for (const row of rows.filter((one) => one.load === load)) {
    const cells = COLUMNS.map(({ shown }) => shown(row, rows).padStart(13))
    console.log(`  ${row.strategy.padEnd(28)}${cells.join('')}`)
  }
}

function printBars(bars: readonly Bar[]): void {
  console.log(`\n${DEFAULT}, the default`)
  for (const { name, value, bar, holds } of bars) {
    console.log(`  ${name.padEnd(50)}${value.toFixed(3).padStart(8)}  ${bar}  ${holds ? 'holds' : 'MISSED'}`)
  }
}

/** Percentage points more answers right than by round robin at the same load. */
function gainOf({ load, quality }: Row, rows: readonly Row[]): number {
  const plain = rows.find((row) => row.load === load && row.strategy === 'round_robin')
  return (quality - (plain?.quality ?? Number.NaN)) * 100
}
