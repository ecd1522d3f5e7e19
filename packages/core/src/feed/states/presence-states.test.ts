import { newId } from '@muster/testing'
import { expect, it } from 'vitest'
import type { Signal } from '../../events/signals.ts'
import type { Present } from '../../presence/presence-store.ts'
import { PresenceStates } from './presence-states.ts'

it('tells who has begun again while it looked what differs from their new snapshot', async () => {
  const looks: PromiseWithResolvers<readonly Present[]>[] = []
  const states = new PresenceStates(newId<'ProjectId'>(), {
    presence: () => {
      const look = Promise.withResolvers<readonly Present[]>()
      looks.push(look)
      return look.promise
    },
    departed: async () => [],
  })
  const told: Signal[] = []
  const reader = {
    wants: 'presence',
    signal: (signal: Signal) => void told.push(signal),
    queue() {},
  } as const
  const ann: Present = {
    userId: newId<'UserId'>(),
    displayName: 'Ann',
    avatarUrl: null,
    lastSeenAt: new Date(0),
  }
  states.join(reader, { runs: [], present: [], isBack: false })
  const first = states.look(0)
  states.leave(reader)
  states.join(reader, { runs: [], present: [ann], isBack: false })
  looks[0]?.resolve([])
  await first
  const second = states.look(1)
  looks[1]?.resolve([])
  await second
  expect(told).toMatchObject([
    { type: 'presence_update', data: { userId: ann.userId, displayName: 'Ann', state: 'left' } },
  ])
})
