import {
  eventStoreContract,
  exportStoreContract,
  fitStoreContract,
  formStoreContract,
  idempotencyStoreContract,
  importStoreContract,
  operationStoreContract,
  peopleStoreContract,
  processStoreContract,
  projectStoreContract,
  qualityStoreContract,
  scheduleStoreContract,
  settingsStoreContract,
  taskStoreContract,
  transactionsContract,
  webhookStoreContract,
  workflowStoreContract,
} from '@muster/testing/suites'
import { emptiedPGlite } from '../jobs/emptied.test.support.ts'

const open = emptiedPGlite()

transactionsContract('PgPersistence on PGlite', open)
peopleStoreContract('PgPeopleStore on PGlite', open)
projectStoreContract('PgProjectStore on PGlite', open)
qualityStoreContract('PgQualityStore on PGlite', open)
fitStoreContract('PgFitStore on PGlite', open)
formStoreContract('PgFormStore on PGlite', open)
workflowStoreContract('PgWorkflowStore on PGlite', open)
eventStoreContract('PgEventStore on PGlite', open)
processStoreContract('PgProcessStore on PGlite', open)
scheduleStoreContract('PgScheduleStore on PGlite', open)
webhookStoreContract('PgWebhookStore on PGlite', open)
importStoreContract('PgImportStore on PGlite', open)
exportStoreContract('PgExportStore on PGlite', open)
settingsStoreContract('PgSettingsStore on PGlite', open)
idempotencyStoreContract('PgIdempotencyStore on PGlite', open)
operationStoreContract('PgOperationStore on PGlite', open)
taskStoreContract('PgTaskStore on PGlite', open, { worlds: 1_000 })
