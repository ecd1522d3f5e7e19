import { definitionStoreContract, jobStoreContract, runStoreContract } from '@muster/core/testing'
import { freshDatabase } from '@muster/test-services/vitest'
import { emptiedPostgres } from './emptied.test.support.ts'

const open = emptiedPostgres(freshDatabase)

definitionStoreContract('PgDefinitionStore on Postgres', open)
runStoreContract('PgRunStore on Postgres', open)
jobStoreContract('PgJobStore on Postgres', open, { worlds: 10 })
