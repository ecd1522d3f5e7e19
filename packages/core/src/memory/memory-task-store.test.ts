import { SequentialIds, taskStoreContract, VirtualClock } from '../testing/index.ts'
import { MemoryPersistence } from './memory-persistence.ts'

taskStoreContract('MemoryTaskStore', async () => {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
})
