import { SequentialIds, VirtualClock } from '@muster/testing'
import {
  blobsContract,
  broadcastContract,
  eventStoreContract,
  exportStoreContract,
  fitStoreContract,
  formStoreContract,
  idempotencyStoreContract,
  importStoreContract,
  jsonContract,
  type OpenPersistence,
  operationStoreContract,
  peopleStoreContract,
  presenceStoreContract,
  processStoreContract,
  projectStoreContract,
  qualityStoreContract,
  scheduleStoreContract,
  settingsStoreContract,
  transactionsContract,
  webhookStoreContract,
  workflowStoreContract,
} from '@muster/testing/suites'
import { MemoryBlobs } from './memory-blobs.ts'
import { MemoryBroadcast } from './memory-broadcast.ts'
import { MemoryPersistence } from './memory-persistence.ts'
import { MemoryPresenceStore } from './memory-presence-store.ts'

/** One maker of ids for all: no two histories have the same name. */
const ids = new SequentialIds()

async function open(): Promise<OpenPersistence> {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids })
  return { persistence, clock, close: () => persistence.close() }
}

const nothingToClose = async (): Promise<void> => {}

transactionsContract('MemoryPersistence', open)
peopleStoreContract('MemoryPeopleStore', open)
projectStoreContract('MemoryProjectStore', open)
qualityStoreContract('MemoryQualityStore', open)
fitStoreContract('MemoryFitStore', open)
formStoreContract('MemoryFormStore', open)
workflowStoreContract('MemoryWorkflowStore', open)
eventStoreContract('MemoryEventStore', open)
processStoreContract('MemoryProcessStore', open)
scheduleStoreContract('MemoryScheduleStore', open)
webhookStoreContract('MemoryWebhookStore', open)
importStoreContract('MemoryImportStore', open)
exportStoreContract('MemoryExportStore', open)
settingsStoreContract('MemorySettingsStore', open)
idempotencyStoreContract('MemoryIdempotencyStore', open)
operationStoreContract('MemoryOperationStore', open)
jsonContract('MemoryPersistence', open)
blobsContract('MemoryBlobs', async () => ({ blobs: new MemoryBlobs(), close: nothingToClose }))
presenceStoreContract('MemoryPresenceStore', async () => ({
  presence: new MemoryPresenceStore(),
  close: nothingToClose,
}))
broadcastContract('MemoryBroadcast', async () => {
  const broadcast = new MemoryBroadcast()
  return { here: broadcast, there: broadcast, close: nothingToClose }
})
