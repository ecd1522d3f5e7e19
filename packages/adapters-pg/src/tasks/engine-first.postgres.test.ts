import type { UserId } from '@muster/core'
import { freshDatabase } from '@muster/test-services/vitest'
import { newId } from '@muster/testing'
import { expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'

it('lets the engine have the next connection, before all who wait for one', async () => {
  const ports = { clock: { now: () => new Date(), wait: async () => {} }, ids: { next: newId } }
  const persistence = await openPg({ connectionString: await freshDatabase(), poolSize: 1 }, ports)
  onTestFinished(() => persistence.close())
  const { stores } = persistence
  const ended: string[] = []
  const noted = (name: string, work: Promise<unknown>): Promise<void> =>
    work.then(() => void ended.push(name))
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: inside, resolve: enter } = Promise.withResolvers<void>()
  const holder = persistence.transaction(async () => {
    enter()
    await held
  })
  await inside
  const all = [
    ...Array.from({ length: 5 }, () => noted('caller', stores.people.find(newId() as UserId))),
    noted('engine', stores.workers.wakeDue(new Date(), 10)),
  ]
  release()
  await Promise.all([holder, ...all])
  expect(ended).toEqual(['engine', ...Array<string>(5).fill('caller')])
})
