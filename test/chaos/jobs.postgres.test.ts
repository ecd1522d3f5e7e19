import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { jobsUnderFire } from './jobs/round.ts'
import { SHORT_JOBS } from './short.ts'
import { brokenJobs } from './teeth.ts'

describe('jobs that several processes do', () => {
  it('end once each, as they should, though processes and connections are killed', async () => {
    const report = await jobsUnderFire({ ...SHORT_JOBS, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.deeds['kill a worker']).toBeGreaterThan(0)
    expect(report.recovered).toBeGreaterThan(0)
  })

  it('are caught if a late worker insists', async () => {
    const violations = await brokenJobs(await freshDatabase(), 'a late worker insists')
    expect(violations.map(({ rule }) => rule)).toContain('a job ends once')
  })
})
