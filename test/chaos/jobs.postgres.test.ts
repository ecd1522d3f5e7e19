import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { jobsUnderFire } from './jobs/round.ts'

/** A short round of `npm run chaos -- jobs`, of processes whose clocks run fast, so that leases end soon. */
const SHORT = {
  seed: 1,
  jobs: 400,
  workers: 2,
  schedulers: 1,
  concurrency: 10,
  speed: 4,
  everyMs: 300,
  deeds: ['stop a worker past its lease', 'cut connections', 'kill a worker', 'kill a scheduler'],
  patienceMs: 30_000,
} as const

const TIMEOUT_MS = 120_000

describe('jobs that several processes do', () => {
  it('end once each, as they should, though processes and connections are killed', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const report = await jobsUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.deeds['kill a worker']).toBeGreaterThan(0)
    expect(report.recovered).toBeGreaterThan(0)
  })

  it.each([
    ['a late worker insists', 'stop a worker past its lease', 'a job ends once'],
    ['a crash counts as an attempt', 'kill a worker', 'a crash uses no attempt'],
    ['nobody looks for the dead', 'kill a worker', 'nothing is lost'],
  ] as const)('are caught where %s', { timeout: TIMEOUT_MS }, async (broken, deed, rule) => {
    const wish = { ...SHORT, deeds: [deed], patienceMs: 5_000, broken }
    const { violations } = await jobsUnderFire({ ...wish, url: await freshDatabase() })
    expect(violations.map((violation) => violation.rule)).toContain(rule)
  })
})
