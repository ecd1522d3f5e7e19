import { freshDatabase } from '@muster/test-services/vitest'
import {
  askStoreContract,
  budgetStoreContract,
  calibrationStoreContract,
  comparisonStoreContract,
  definitionStoreContract,
  escalationStoreContract,
  jobStoreContract,
  jsonContract,
  matrixStoreContract,
  rateStoreContract,
  remoteWorkerContract,
  runLinkStoreContract,
  runStoreContract,
  usageStoreContract,
} from '@muster/testing/suites'
import { vi } from 'vitest'
import { emptiedPostgres, WORLDS } from './emptied.test.support.ts'

// Random histories take as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const open = emptiedPostgres(freshDatabase)

askStoreContract('PgAskStore on Postgres', open)
calibrationStoreContract('PgCalibrationStore on Postgres', open)
comparisonStoreContract('PgComparisonStore on Postgres', open)
definitionStoreContract('PgDefinitionStore on Postgres', open)
runStoreContract('PgRunStore on Postgres', open)
runLinkStoreContract('PgRunLinkStore on Postgres', open)
matrixStoreContract('PgMatrixStore on Postgres', open)
rateStoreContract('PgRateStore on Postgres', open)
remoteWorkerContract('PgRemoteWorkerStore on Postgres', open)
usageStoreContract('PgUsageStore on Postgres', open)
budgetStoreContract('PgBudgetStore on Postgres', open)
escalationStoreContract('PgEscalationStore on Postgres', open)
jsonContract('PgPersistence on Postgres', open)
jobStoreContract('PgJobStore on Postgres', open, { worlds: WORLDS })
