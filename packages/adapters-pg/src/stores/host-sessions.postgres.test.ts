import { freshDatabase } from '@muster/test-services/vitest'
import { jsonContract, projectStoreContract, transactionsContract } from '@muster/testing/suites'
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'

// Each transaction brings its settings.
const open = emptiedPostgres(freshDatabase, { ofHost: true })

transactionsContract('PgPersistence on the pool of a host', open)
jsonContract('PgPersistence on the pool of a host', open)
projectStoreContract('PgProjectStore on the pool of a host', open)
