import { jobStoreContract } from '../../core/src/testing/job-store-contract.ts'
import { runStoreContract } from '../../core/src/testing/run-store-contract.ts'
import { definitionStoreContract } from '../../core/src/testing/definition-store-contract.ts'
import { emptiedPGlite } from './emptied.test.support.ts'

const open = emptiedPGlite()
jobStoreContract('PgJobStore on PGlite', open, { worlds: 8 })
runStoreContract('PgRunStore on PGlite', open)
definitionStoreContract('PgDefinitionStore on PGlite', open)
