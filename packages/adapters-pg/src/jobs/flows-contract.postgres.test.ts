import { freshDatabase } from '@muster/test-services/vitest'
import { flowStoreContract } from '@muster/testing/suites'
import { vi } from 'vitest'
import { emptiedPostgres } from './emptied.test.support.ts'

// The widest flows take as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000 })

flowStoreContract('PgFlowStore on Postgres', emptiedPostgres(freshDatabase))
