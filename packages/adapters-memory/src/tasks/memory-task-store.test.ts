import { SequentialIds, VirtualClock } from '@muster/testing'
import { taskStoreContract } from '@muster/testing/suites'
import { MemoryPersistence } from '../memory-persistence.ts'

taskStoreContract('MemoryTaskStore', async () => {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
})
