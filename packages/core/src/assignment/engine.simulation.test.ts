import { MemoryPersistence } from '@muster/adapters-memory'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { engineSimulation } from '@muster/testing/suites'

async function openMemory() {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
}

engineSimulation('memory, move by move', openMemory, { schedules: 5, turns: 400, atOnce: 1 })
engineSimulation('memory, five moves at once', openMemory, { schedules: 2, turns: 200, atOnce: 5 })
