import { MemoryPersistence } from '@muster/adapters-memory'
import { newId, SequentialIds, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { TICKET_MS, ticketUseCases } from './tickets.ts'

function setup() {
  const clock = new VirtualClock()
  const { stores } = new MemoryPersistence({ clock, ids: new SequentialIds() })
  const holder = {
    userId: newId<'UserId'>(),
    tokenRole: 'manager',
    expiresAt: new Date(clock.now().getTime() + 60_000),
  } as const
  return { clock, holder, tickets: ticketUseCases({ idempotency: stores.idempotency, clock }) }
}

describe('A ticket', () => {
  it('stands for its holder once, however many use it at the same time', async () => {
    const { tickets, holder } = setup()
    await tickets.keep('secret', holder)
    const race = await Promise.allSettled([1, 2, 3].map(() => tickets.take('secret')))
    const taken = race.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(taken).toEqual([holder])
    await expect(tickets.take('secret')).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('lapses, and is not to be guessed', async () => {
    const { tickets, holder, clock } = setup()
    expect(await tickets.keep('secret', holder)).toEqual(new Date(clock.now().getTime() + TICKET_MS))
    await expect(tickets.take('guess')).rejects.toMatchObject({ code: 'unauthorized' })
    await clock.advance(TICKET_MS)
    await expect(tickets.take('secret')).rejects.toMatchObject({ code: 'unauthorized' })
  })
})
