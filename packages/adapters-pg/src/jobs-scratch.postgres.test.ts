import { jobStoreContract } from '../../core/src/testing/job-store-contract.ts'
import { runStoreContract } from '../../core/src/testing/run-store-contract.ts'
import { definitionStoreContract } from '../../core/src/testing/definition-store-contract.ts'
import { freshDatabase } from '@muster/test-services/vitest'
import { emptiedPostgres } from './emptied.test.support.ts'

const open = emptiedPostgres(freshDatabase)
jobStoreContract('PgJobStore on Postgres', open, { worlds: 8 })
runStoreContract('PgRunStore on Postgres', open)
definitionStoreContract('PgDefinitionStore on Postgres', open)
