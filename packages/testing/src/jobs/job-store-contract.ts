import { describe } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { jobBeginCases } from './job-begin-cases.ts'
import { jobCancelCases } from './job-cancel-cases.ts'
import { jobChangeCases } from './job-change-cases.ts'
import { jobFeedCases } from './job-feed-cases.ts'
import { jobHistoryCases } from './job-history-cases.ts'
import { jobLimitCases } from './job-limit-cases.ts'
import { jobPositionCases } from './job-position-cases.ts'
import { jobProgressCases } from './job-progress-cases.ts'
import { jobSearchCases } from './job-search-cases.ts'
import { jobSettleCases } from './job-settle-cases.ts'
import { jobTakeCases } from './job-take-cases.ts'
import { jobUniqueCases } from './job-unique-cases.ts'
import { jobWorkerCases } from './job-worker-cases.ts'
import { casesOn } from './job-world.ts'

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
    jobFeedCases(it)
    jobPositionCases(it)
    jobBeginCases(it)
    jobTakeCases(it)
    jobLimitCases(it)
    jobSettleCases(it)
    jobProgressCases(it)
    jobCancelCases(it)
    jobChangeCases(it)
    jobUniqueCases(it)
    jobWorkerCases(it)
    jobSearchCases(it)
    jobHistoryCases(open, worlds)
  })
}
