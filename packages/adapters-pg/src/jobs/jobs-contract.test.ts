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
import { emptiedPGlite, WORLDS } from './emptied.test.support.ts'

// Random histories take as long as the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

const open = emptiedPGlite()

askStoreContract('PgAskStore on PGlite', open)
calibrationStoreContract('PgCalibrationStore on PGlite', open)
comparisonStoreContract('PgComparisonStore on PGlite', open)
definitionStoreContract('PgDefinitionStore on PGlite', open)
runStoreContract('PgRunStore on PGlite', open)
runLinkStoreContract('PgRunLinkStore on PGlite', open)
matrixStoreContract('PgMatrixStore on PGlite', open)
rateStoreContract('PgRateStore on PGlite', open)
remoteWorkerContract('PgRemoteWorkerStore on PGlite', open)
usageStoreContract('PgUsageStore on PGlite', open)
budgetStoreContract('PgBudgetStore on PGlite', open)
escalationStoreContract('PgEscalationStore on PGlite', open)
jsonContract('PgPersistence on PGlite', open)
jobStoreContract('PgJobStore on PGlite', open, { worlds: WORLDS })
