import { expect, it } from 'vitest'
import type { SimulationOptions } from './simulate.ts'
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

/** The same of schedules in which jobs wait for others, for keys, for people, and for money. */
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
  'add budget',
  'put budget',
  'remove budget',
  'budget reached',
  'money assumed',
  'start run after',
  'linked run: made',
  'linked run: parentCancelled',
] as const

/** How many of so many schedules a run of the tests lives: all with `MUSTER_WORLDS=full`, else half of them. */
export function livedOf(schedules: number): number {
  return process.env['MUSTER_WORLDS'] === 'full' ? schedules : schedules / 2
}

/** Schedules of one test: so many end within its time on a machine that does much else. */
const AT_ONCE = 500

/**
 * Tests that live these schedules, none of which may break a rule. With `MUSTER_SIMULATION_SEED` they live the one of that seed instead, to make a failure
 * again.
 */
export function testSchedules(
  from: number,
  seeds: number,
  options: Omit<SimulationOptions, 'seed'> = {},
  seen: readonly string[] = SEEN,
): void {
  const only = process.env['MUSTER_SIMULATION_SEED']
  const parts = only === undefined ? partsOf(from, seeds) : [{ first: Number(only), wanted: 1 }]
  const counts = new Map<string, number>()
  it.each(parts)('keeps every rule in $wanted from $first on', async ({ first, wanted }) => {
    // Refusals are thrown by the hundred thousand, and nobody reads where: a seed that fails is lived again, with traces.
    const { stackTraceLimit } = Error
    if (wanted > 1) Error.stackTraceLimit = 0
    const report = await simulateMany({ ...options, from: first, seeds: wanted }).finally(() => {
      Error.stackTraceLimit = stackTraceLimit
    })
    expect(report.schedules).toBe(wanted)
    expect(report.commits).toBeGreaterThan(0)
    for (const [what, times] of report.counts) counts.set(what, (counts.get(what) ?? 0) + times)
  })

  it.skipIf(only !== undefined)('come to everything that can happen', () => {
    expect(seen.filter((what) => (counts.get(what) ?? 0) === 0)).toEqual([])
  })
}

function partsOf(from: number, seeds: number): { readonly first: number; readonly wanted: number }[] {
  return Array.from({ length: Math.ceil(seeds / AT_ONCE) }, (_, nth) => ({
    first: from + nth * AT_ONCE,
    wanted: Math.min(AT_ONCE, seeds - nth * AT_ONCE),
  }))
}
