import { MemoryPersistence } from '@muster/adapters-memory'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { feedCrowd } from '@muster/testing/suites'
import { describe, expect, it } from 'vitest'

const SEEDS = Number(process.env['MUSTER_CROWDS'] ?? 6)

describe('A crowd', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'is told what is, by whichever process, however often it comes and goes: history %i',
    async (seed) => {
      const clock = new VirtualClock()
      const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
      const adapter = { persistence, clock, close: () => persistence.close() }
      const crowd = feedCrowd({ adapter, seed, rounds: 60, projects: 3, nodes: 3 })
      await expect(crowd).resolves.toBeUndefined()
    },
  )
})
