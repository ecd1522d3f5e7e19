import { definitionStoreContract, jobStoreContract, runStoreContract } from '@muster/core/testing'
import { emptiedPGlite } from './emptied.test.support.ts'

const open = emptiedPGlite()

definitionStoreContract('PgDefinitionStore on PGlite', open)
runStoreContract('PgRunStore on PGlite', open)
jobStoreContract('PgJobStore on PGlite', open, { worlds: 10 })
