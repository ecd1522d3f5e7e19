import type { AssignmentStrategy } from '@muster/core'
import { builtInStrategies, DEFAULT_ASSIGNMENT_CONFIG } from '@muster/core/rules'
import { type Measures, mean, measure, percentile } from './measures.ts'
import { optimalCost } from './optimum.ts'
import { simulate } from './simulate.ts'
import { LOADS, type Load, makeWorld } from './world.ts'

/** The strategies that ship, and the one that projects have unless they say otherwise. */
const STRATEGIES: Readonly<Record<string, AssignmentStrategy>> = builtInStrategies
export const DEFAULT = DEFAULT_ASSIGNMENT_CONFIG.defaultStrategy

/** What is compared: of fewer seeds, quality at tight load says more about chance than about strategies. */
export const SEEDS: readonly number[] = Array.from({ length: 48 }, (_, nth) => nth + 1)
export const TASKS = 960

/** What one strategy came to at one load, over all seeds. Times in minutes. */
export interface Row {
  readonly load: Load
  readonly strategy: string
  readonly meanWait: number
  /** Of all tasks of all seeds. */
  readonly p95Wait: number
  readonly makespan: number
  readonly jainOfTasks: number
  readonly jainOfTime: number
  readonly quality: number
  /** Of all seeds the longest. */
  readonly longestPassedOver: number
  /** Of all seeds the longest. */
  readonly longestWait: number
  /** Cost above the offline optimum's, a task; null where none was asked for. */
  readonly regret: number | null
}

/** Something that the default strategy must hold, and whether it does. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly bar: string
  readonly holds: boolean
}

/** Every strategy at every load in the same worlds. The optimum is what takes the time, so regret may be asked for the first few seeds alone. */
export function compare(seeds: readonly number[], tasks: number, regretSeeds = 0): readonly Row[] {
  return (Object.keys(LOADS) as Load[]).flatMap((load) => {
    const worlds = seeds.map((seed) => makeWorld(seed, load, tasks))
    const optima = worlds.slice(0, regretSeeds).map(optimalCost)
    return Object.entries(STRATEGIES).map(([name, strategy]) =>
      rowOf(
        load,
        name,
        worlds.map((world) => measure(world, simulate(world, strategy))),
        optima,
      ),
    )
  })
}

function rowOf(load: Load, strategy: string, measured: readonly Measures[], optima: readonly number[]): Row {
  const waits = measured.flatMap((one) => one.waits)
  const average = (pick: (one: Measures) => number): number => mean(measured.map(pick))
  return {
    load,
    strategy,
    meanWait: mean(waits),
    p95Wait: percentile(waits, 0.95),
    makespan: average(({ makespan }) => makespan),
    jainOfTasks: average(({ jainOfTasks }) => jainOfTasks),
    jainOfTime: average(({ jainOfTime }) => jainOfTime),
    quality: average(({ quality }) => quality),
    longestPassedOver: Math.max(...measured.map(({ longestPassedOver }) => longestPassedOver)),
    longestWait: Math.max(...measured.map(({ longestWait }) => longestWait)),
    regret:
      optima.length > 0
        ? mean(optima.map((least, nth) => (measured[nth]?.cost ?? Number.NaN) - least))
        : null,
  }
}

/**
 * What the default strategy must hold: fairness and waits at each load, quality over all of them. Where everybody is at their limit no
 * strategy has a choice, so at overload there is no gain in quality to take half of.
 */
export function barsOf(rows: readonly Row[]): readonly Bar[] {
  const loads = Object.keys(LOADS) as Load[]
  const at = (load: Load, strategy: string): Row => {
    const row = rows.find((one) => one.load === load && one.strategy === strategy)
    if (row === undefined) throw new RangeError(`${strategy} was not measured at ${load} load`)
    return row
  }
  const gain = (strategy: string, among: readonly Load[]): number =>
    mean(among.map((load) => at(load, strategy).quality - at(load, 'round_robin').quality))
  const share = (among: readonly Load[]): number => gain(DEFAULT, among) / gain('performance_weighted', among)
  const least = (name: string, value: number, bar: number): Bar => {
    return { name, value, bar: `≥ ${bar}`, holds: value >= bar }
  }
  const most = (name: string, value: number, bar: number): Bar => {
    return { name, value, bar: `≤ ${bar}`, holds: value <= bar }
  }
  return [
    ...loads.flatMap((load) => [
      least(`${load}: Jain of tasks`, at(load, DEFAULT).jainOfTasks, 0.95),
      least(`${load}: Jain of time`, at(load, DEFAULT).jainOfTime, 0.95),
      most(
        `${load}: mean wait ÷ capacity_based's`,
        at(load, DEFAULT).meanWait / at(load, 'capacity_based').meanWait,
        1.2,
      ),
    ]),
    ...(['light', 'tight'] as const).map((load) =>
      least(`${load}: quality gain ÷ performance_weighted's`, share([load]), 0.5),
    ),
    least("all loads: quality gain ÷ performance_weighted's", share(loads), 0.5),
  ]
}
