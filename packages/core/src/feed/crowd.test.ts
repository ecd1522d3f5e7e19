import { describe, expect, it } from 'vitest'
import { MemoryPersistence } from '../memory/memory-persistence.ts'
import { feedCrowd } from '../testing/feed-crowd.ts'
import { SequentialIds, VirtualClock } from '../testing/index.ts'

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
