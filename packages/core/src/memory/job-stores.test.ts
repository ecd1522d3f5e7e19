import { definitionStoreContract, jobStoreContract, runStoreContract } from '../testing/index.ts'
import { SequentialIds } from '../testing/sequential-ids.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { MemoryPersistence } from './memory-persistence.ts'

async function open() {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
}

definitionStoreContract('MemoryDefinitionStore', open)
runStoreContract('MemoryRunStore', open)
jobStoreContract('MemoryJobStore', open, { worlds: 200 })
