import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'

/** One side of a comparison: does the whole thing once, in a state of its own, and gives what was measured. */
export interface Side {
  readonly name: string
  once(): Promise<number>
}

/** What all rounds of one side gave, in the order they were run. */
export interface Series {
  readonly name: string
  readonly rounds: readonly number[]
  readonly median: number
}

/** @returns NaN of none */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Runs the sides in turn, `rounds` times, so that what else the machine does meets all of them alike. */
export async function alternate(sides: readonly Side[], rounds: number): Promise<Series[]> {
  const measured = sides.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) measured[index]?.push(await side.once())
  }
  return sides.map(({ name }, index) => seriesOf(name, measured[index] ?? []))
}

/** What rounds gave that were run otherwise: where one round measures several things. */
export function seriesOf(name: string, rounds: readonly number[]): Series {
  return { name, rounds, median: median(rounds) }
}

/** How many rounds: `ROUNDS` of the environment, at least three. */
export function roundsWished(): number {
  return Math.max(3, Number(process.env['ROUNDS'] ?? 3))
}

/** The first series ÷ another, round by round, at the median: what else the machine did met both sides of a round alike. */
function ratioTo(ours: Series, other: Series): number {
  return median(ours.rounds.map((value, round) => value / (other.rounds[round] ?? Number.NaN)))
}

/** A line a series, the ratio to the first beside it. */
export function printSeries(title: string, unit: string, series: readonly Series[]): void {
  const [ours] = series
  console.log(`\n${title}`)
  for (const one of series) {
    const ratio = ours && ours !== one ? `   ${ours.name} ÷ this: ${ratioTo(ours, one).toFixed(2)}` : ''
    const spread = `${shown(Math.min(...one.rounds))}–${shown(Math.max(...one.rounds))}`
    console.log(`  ${one.name.padEnd(44)} ${shown(one.median).padStart(10)} ${unit}  (${spread})${ratio}`)
  }
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)
}

/** What the figures were taken on. */
export function machine(postgres: string): Readonly<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    load: Number(loadavg()[0]?.toFixed(2)),
    node: process.version,
    postgres,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    at: new Date().toISOString(),
  }
}

/** Keeps a benchmark's figures in `results/`, and says where. */
export function keep(name: string, figures: object): void {
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${name}.json`, folder)
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
  console.log(`\nFigures: ${file.pathname}`)
}
