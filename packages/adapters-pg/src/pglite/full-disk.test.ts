import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { UnavailableError, type UserId } from '@muster/core'
import { smallDisk } from '@muster/test-services'
import { aUser, SequentialIds, VirtualClock } from '@muster/testing'
import { expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'

const MIB = 1024 * 1024
/** What one person's name may hold, so that a disk fills soon. */
const LARGE = randomBytes(MIB / 2).toString('hex')

it('refuses writes before the disk of an embedded database is full, keeps all it took, and goes on when there is room', async (context) => {
  const disk = await smallDisk(320 * MIB)
  if ('missing' in disk) return context.skip(disk.missing)
  onTestFinished(() => disk.remove())
  const pglite = join(disk.folder, 'data')
  const open = (): Promise<PgPersistence> =>
    openPg({ pglite }, { clock: new VirtualClock(), ids: new SequentialIds() })
  let persistence = await open()
  onTestFinished(() => persistence.close())
  await persistence.check()
  await disk.fill(60 * MIB)
  const taken: UserId[] = []
  const add = async (): Promise<void> => {
    const user = { ...aUser(), displayName: LARGE }
    await persistence.stores.people.add(user)
    taken.push(user.userId)
  }
  const fill = async (): Promise<void> => {
    for (;;) await add()
  }
  await expect(fill()).rejects.toThrow(UnavailableError)
  await expect(persistence.check()).rejects.toThrow('The disk of the database is full')
  await persistence.close()
  await expect(open()).rejects.toThrow('The disk of the database is full')
  await disk.clear()
  persistence = await open()
  await persistence.check()
  await add()
  const kept = await persistence.stores.people.findMany(taken)
  expect(kept.map(({ userId }) => userId).sort()).toEqual([...taken].sort())
})
