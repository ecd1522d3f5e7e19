import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { escalationUnderFire } from './escalation/round.ts'
import { findViolations } from './escalation/violations.ts'
import { makeRun, openMuster } from './escalation/world.ts'
import { SHORT_ESCALATION as SHORT } from './short.ts'

describe('a run that sends scenarios to people', () => {
  it('makes one task of each that the pure function names, though processes and connections are killed', async () => {
    const report = await escalationUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.escalated).toBeGreaterThan(SHORT.scenarios / 3)
    expect(report.connectionsCut).toBeGreaterThan(0)
  })

  it.each([
    ['whatever dies while it decides', false, []],
    ['but is caught where it decides before it commits', true, ['a task is of one scenario']],
  ])('does so %s', async (_, decidesFirst, rules) => {
    const muster = await openMuster({ url: await freshDatabase(), dying: 3, decidesFirst })
    try {
      const { projectId, runId } = await makeRun(muster, 120, 100_000)
      await muster.work()
      await muster.runs.decided(runId)
      const found = await findViolations(muster, projectId, runId)
      expect([...new Set(found.map(({ rule }) => rule))]).toEqual(rules)
    } finally {
      await muster.close()
    }
  })
})
