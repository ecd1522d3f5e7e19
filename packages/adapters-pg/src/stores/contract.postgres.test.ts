import { freshDatabase } from '@muster/test-services/vitest'
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
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'

const open = emptiedPostgres(freshDatabase)

transactionsContract('PgPersistence on Postgres', open)
peopleStoreContract('PgPeopleStore on Postgres', open)
projectStoreContract('PgProjectStore on Postgres', open)
qualityStoreContract('PgQualityStore on Postgres', open)
fitStoreContract('PgFitStore on Postgres', open)
formStoreContract('PgFormStore on Postgres', open)
workflowStoreContract('PgWorkflowStore on Postgres', open)
eventStoreContract('PgEventStore on Postgres', open)
processStoreContract('PgProcessStore on Postgres', open)
scheduleStoreContract('PgScheduleStore on Postgres', open)
webhookStoreContract('PgWebhookStore on Postgres', open)
importStoreContract('PgImportStore on Postgres', open)
exportStoreContract('PgExportStore on Postgres', open, { snapshots: true })
settingsStoreContract('PgSettingsStore on Postgres', open)
idempotencyStoreContract('PgIdempotencyStore on Postgres', open)
operationStoreContract('PgOperationStore on Postgres', open)
taskStoreContract('PgTaskStore on Postgres', open, { worlds: 2_000 })
