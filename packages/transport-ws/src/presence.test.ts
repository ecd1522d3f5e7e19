import { randomUUID } from 'node:crypto'
import type { ProjectId, UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ConnectionPresence } from './presence.ts'

/** A connection that is present on a project, and whose next heartbeat waits for the rights of its person. */
async function beating() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const [projectId, userId] = [randomUUID() as ProjectId, randomUUID() as UserId]
  const said: string[] = []
  const rights = { role: 'annotator', memberships: new Set([projectId]) } as const
  let reading: Promise<typeof rights> = Promise.resolve(rights)
  const presence = {
    see: async () => void said.push('seen'),
    leave: async () => void said.push('left'),
    fade: async () => void said.push('faded'),
  }
  const muster = {
    presence,
    people: { principalOf: () => reading },
    projects: { get: async () => ({}) },
    logger: { debug() {} },
  } as unknown as Muster
  const caller = { userId, tokenRole: 'annotator', expiresAt: null } as never
  const connection = new ConnectionPresence(muster, caller, 'tab')
  await connection.say({ projectId, state: 'active' })
  const read = Promise.withResolvers<typeof rights>()
  reading = read.promise
  await vi.advanceTimersByTimeAsync(5_000)
  const goOn = async (): Promise<void> => {
    read.resolve(rights)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { connection, projectId, said, goOn }
}

it('sees nobody again who has left while their heartbeat was under way', async () => {
  const { connection, projectId, said, goOn } = await beating()
  await connection.say({ projectId, state: 'left' })
  await goOn()
  expect(said).toEqual(['seen', 'left'])
})

it('lets a connection fade that has ended while its heartbeat was under way', async () => {
  const { connection, said, goOn } = await beating()
  await connection.close()
  await goOn()
  expect(said).toEqual(['seen', 'faded'])
})
