import { expect } from 'vitest'
import { type SimulationOptions, type SimulationReport, simulate } from './simulate.ts'
import { simulateMany } from './simulate-many.ts'

/** What every few thousand schedules must have been through, or the rules were asked of too little. */
const SEEN = [
  'claimed',
  'accept',
  'start',
  'submit',
  'hand in',
  'take back',
  'heartbeat',
  'claim ahead',
  'claim ahead refused',
  'held ahead',
  'held ahead: seen',
  'held ahead: unseen',
  'held ahead: declined',
  'submit with next',
  'browser killed',
  'beat',
  'closed',
  'reject',
  'release',
  'reassign',
  'push',
  'override',
  'assigned by batch',
  'away',
  'suspended',
  'cancel',
  'pause',
  'pause all',
  'start refused',
  'submit refused',
  'task completed',
  'task returned',
  'overlap ended',
  'one more asked',
  'given up',
  'reopened',
  'refit',
  'pause a person',
  'resume a person',
  'crash',
  'broker cut off',
  'worker closed',
  'reaped',
  'woken',
  'outcome too late',
  'job completed',
  'job failed',
  'job cancelled',
  'add schedule',
  'pause schedule',
  'tick started',
  'tick overlapped',
  'tick missed',
  'add behind',
  'put limit',
  'pause run',
  'cancel run',
  'retry failed',
  'retry item',
] as const

/** The same of schedules in which jobs wait for others, for keys, and for people. */
export const SEEN_WAITING = [
  'add behind',
  'cancel flow',
  'put limit',
  'cool',
  'job asleep',
  'question answered',
  'question cancelled',
  'question timedOut',
  'question defaulted',
] as const

/**
 * Lives these schedules, none of which may break a rule. With `MUSTER_SIMULATION_SEED` it lives the one of that seed instead, to make a
 * failure again.
 */
export async function liveSchedules(
  from: number,
  seeds: number,
  options: Omit<SimulationOptions, 'seed'> = {},
  seen: readonly string[] = SEEN,
): Promise<void> {
  const only = process.env['MUSTER_SIMULATION_SEED']
  if (only !== undefined) {
    const report: SimulationReport = await simulate({ ...options, seed: Number(only) })
    expect(report.commits).toBeGreaterThan(0)
    return
  }
  // Refusals are thrown by the hundred thousand, and nobody reads where: a seed that fails is lived again, with traces.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const { schedules, counts } = await simulateMany({ ...options, from, seeds }).finally(() => {
    Error.stackTraceLimit = stackTraceLimit
  })
  expect(schedules).toBe(seeds)
  expect(seen.filter((what) => !counts.has(what))).toEqual([])
}
