import { MemoryPresenceStore } from '@muster/adapters-memory'
import { openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { PRESENCE_LAPSE_MS, presenceUseCases } from './presence-use-cases.ts'

describe('presence', () => {
  it('is one entry a person, as long as one of their connections is seen', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const presence = presenceUseCases({
      presence: new MemoryPresenceStore(),
      transactions: world.transactions,
      clock: world.clock,
    })
    const names = async (): Promise<string[]> =>
      (await presence.list(world.projectId)).map(({ displayName }) => displayName)

    await presence.see('tab 1', ann.userId, world.projectId)
    await presence.see('tab 2', ann.userId, world.projectId)
    await presence.see('phone', ben.userId, world.projectId)
    expect(await names()).toEqual(['Ann', 'Ben'])
    await presence.leave('tab 1', world.projectId)
    await presence.leave('phone', world.projectId)
    expect(await names()).toEqual(['Ann'])
    await world.clock.advance(PRESENCE_LAPSE_MS)
    expect(await names()).toEqual([])
  })
})
