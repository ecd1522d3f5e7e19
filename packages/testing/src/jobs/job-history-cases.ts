import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { JobHistory } from './job-history.ts'
import { step } from './job-steps.ts'
import { inWorld } from './job-world.ts'

/** Random histories, each step compared with a model that sorts everything anew. */
export function jobHistoryCases(open: OpenAdapter, worlds: number): void {
  describe('whatever happens', () => {
    // Every step is some twenty statements: this only ends what hangs.
    const timeout = 10_000 + worlds * 10_000
    it('keeps order, positions, counts and tallies exact', { timeout }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          await inWorld(open, async (world) => {
            const history = await JobHistory.begin(world)
            for (const next of steps) {
              await history.take(next)
              await history.compare()
            }
            await history.compareEach()
          })
        }),
        { numRuns: worlds, endOnFailure: false },
      )
    })
  })
}
