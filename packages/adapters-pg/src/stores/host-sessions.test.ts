import { jsonContract, projectStoreContract, transactionsContract } from '@muster/testing/suites'
import { emptiedPGlite } from '../jobs/emptied.test.support.ts'

// Each transaction brings its settings, and nothing remembers a statement.
const open = emptiedPGlite({ ofHost: true })

transactionsContract('PgPersistence on PGlite of a host', open)
jsonContract('PgPersistence on PGlite of a host', open)
projectStoreContract('PgProjectStore on PGlite of a host', open)
