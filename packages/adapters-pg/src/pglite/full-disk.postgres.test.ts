import { randomBytes } from 'node:crypto'
import type { UserId } from '@muster/core'
import { smallDisk, startPostgres } from '@muster/test-services'
import { aUser, SequentialIds, VirtualClock } from '@muster/testing'
import { expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'

const MIB = 1024 * 1024
const LARGE = randomBytes(MIB / 2).toString('hex')

it('waits while the disk of the server is full, says so in its health, and goes on when there is room', async (context) => {
  const disk = await smallDisk(256 * MIB)
  if ('missing' in disk) return context.skip(disk.missing)
  onTestFinished(() => disk.remove())
  const server = await startPostgres({ folder: disk.folder, settings: { fsync: 'off' } })
  onTestFinished(() => server.stop())
  if (server.follow === undefined) return context.skip('DATABASE_URL names a server that is not ours')
  const { connectionString } = server
  const persistence = await openPg(
    { connectionString },
    { clock: new VirtualClock(), ids: new SequentialIds() },
  )
  onTestFinished(() => persistence.close())
  await persistence.check()
  await disk.fill(2 * MIB)
  const taken: UserId[] = []
  const add = async (): Promise<void> => {
    const user = { ...aUser(), displayName: LARGE }
    await persistence.stores.people.add(user)
    taken.push(user.userId)
  }
  const fill = async (): Promise<void> => {
    for (;;) await add()
  }
  await expect(fill()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('short of space'),
  })
  // A small write is still taken: health asks for more than that.
  await expect(persistence.check()).rejects.toThrow('short of space')
  await disk.clear()
  await persistence.check()
  await add()
  const kept = await persistence.stores.people.findMany(taken)
  expect(kept.map(({ userId }) => userId).sort()).toEqual([...taken].sort())
})
