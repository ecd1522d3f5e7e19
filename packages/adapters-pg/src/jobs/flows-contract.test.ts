import { flowStoreContract } from '@muster/testing/suites'
import { vi } from 'vitest'
import { emptiedPGlite } from './emptied.test.support.ts'

// The widest flows take as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

flowStoreContract('PgFlowStore on PGlite', emptiedPGlite(), { many: 2_000 })
