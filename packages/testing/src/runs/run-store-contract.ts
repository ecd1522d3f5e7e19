import { describe } from 'vitest'
import { casesOn } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { ownRunCases } from './own-run-cases.ts'
import { runControlCases } from './run-control-cases.ts'
import { runKeepingCases } from './run-keeping-cases.ts'
import { runReadingCases } from './run-reading-cases.ts'

/** Every promise of {@link RunStore}, on whatever `open` opens: empty each time. */
export function runStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a RunStore`, () => {
    const it = casesOn(open)
    runKeepingCases(it)
    runControlCases(it)
    runReadingCases(it)
    ownRunCases(it)
  })
}
