import { describe } from 'vitest'
import { jobAttemptCases } from './job-attempt-cases.ts'
import { jobControlCases } from './job-control-cases.ts'
import { jobGeneratedCases } from './job-generated-cases.ts'
import { jobOrderCases } from './job-order-cases.ts'
import { jobWorkerCases } from './job-worker-cases.ts'
import { casesOn } from './job-world.ts'
import type { OpenAdapter } from './open-adapter.ts'

/**
 * Every promise of {@link JobStore}, on whatever `open` opens: empty each time. `worlds` is how many random histories are
 * compared with a model (default 30); a slow adapter may do with fewer.
 */
export function jobStoreContract(
  name: string,
  open: OpenAdapter,
  { worlds = 30 }: { readonly worlds?: number } = {},
): void {
  describe(`${name} is a JobStore`, () => {
    const it = casesOn(open)
    jobOrderCases(it)
    jobAttemptCases(it)
    jobControlCases(it)
    jobWorkerCases(it)
    jobGeneratedCases(open, worlds)
  })
}
