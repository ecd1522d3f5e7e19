import type { Played } from './simulate.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000

/** A wrong answer costs 1, and so does this much waiting. */
export const WAIT_WORTH_A_WRONG_ANSWER_MS = 8 * 60 * MINUTE_MS

/** What one world came to under one strategy. Times in minutes. */
export interface Measures {
  /** From arrival to the start of the work, each task's. */
  readonly waits: readonly number[]
  readonly makespan: number
  /** Jain's index of how many tasks each got, within people of equal skills, the sets weighed by their sizes. */
  readonly jainOfTasks: number
  /** The same of the time each worked. */
  readonly jainOfTime: number
  /** The share of answers to expect right, by the true quality of who gave them. */
  readonly quality: number
  /** The share of answers that were right. */
  readonly right: number
  readonly longestPassedOver: number
  readonly longestWait: number
  /** Wrong answers to expect and waiting, a task: what the offline optimum makes least. */
  readonly cost: number
}

export function measure({ workers, arrivals }: World, { done, longestPassedOverMs }: Played): Measures {
  const qualities = new Map(workers.map(({ userId, quality }) => [userId, quality]))
  const waits = done.map(({ startedAt, arrivedAt }) => (startedAt - arrivedAt) / MINUTE_MS)
  const quality = mean(done.map(({ userId }) => qualities.get(userId) ?? Number.NaN))
  const tasksOf = (id: string): number => done.filter(({ userId }) => userId === id).length
  const sets = Map.groupBy(workers, ({ skills }) => JSON.stringify(skills))
  const fairness = (workOf: (worker: World['workers'][number]) => number): number =>
    [...sets.values()].reduce((sum, set) => sum + set.length * jain(set.map(workOf)), 0) / workers.length
  return {
    waits,
    makespan: Math.max(...done.map(({ submittedAt }) => submittedAt)) / MINUTE_MS,
    jainOfTasks: fairness(({ userId }) => tasksOf(userId)),
    jainOfTime: fairness(({ userId, handlingMs }) => tasksOf(userId) * handlingMs),
    quality,
    right: done.filter(({ isRight }) => isRight).length / arrivals.length,
    longestPassedOver: longestPassedOverMs / MINUTE_MS,
    longestWait: Math.max(...waits),
    cost: 1 - quality + (mean(waits) * MINUTE_MS) / WAIT_WORTH_A_WRONG_ANSWER_MS,
  }
}

/** Jain's index of fairness: 1 where all have the same, 1 ÷ n where one has all. Of nothing at all: 1. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share * share, 0)
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The least value that at least this share (0..1) of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
