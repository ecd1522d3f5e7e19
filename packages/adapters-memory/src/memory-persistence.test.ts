import { UnavailableError } from '@muster/core'
import { aTaskWork, aUser, aWorkflow, newId, SequentialIds, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { MemoryPersistence } from './memory-persistence.ts'

function open(): MemoryPersistence {
  return new MemoryPersistence({ clock: new VirtualClock(), ids: new SequentialIds() })
}

describe('MemoryPersistence', () => {
  it('refuses its outer stores inside of a transaction instead of waiting for itself', async () => {
    const persistence = open()
    const nested = persistence.transaction(() => persistence.stores.people.find(newId()))
    await expect(nested).rejects.toThrow('only the stores given to its work')
    const again = persistence.transaction(() => persistence.transaction(async () => 1))
    await expect(again).rejects.toThrow('only the stores given to its work')
  })

  it('lets what a transaction started go on with the outer stores once it is over', async () => {
    const persistence = open()
    const over = Promise.withResolvers<void>()
    const started = await persistence.transaction(async () => ({
      later: over.promise.then(() => persistence.stores.people.list({ limit: 1 })),
    }))
    over.resolve()
    expect(await started.later).toEqual([])
  })

  it('refuses the stores of a transaction that has ended', async () => {
    const kept = await open().transaction(async ({ people }) => ({ people }))
    await expect(kept.people.find(newId())).rejects.toThrow('has ended')
  })

  it('gives rows that a reader cannot change', async () => {
    const { stores } = open()
    const user = aUser({ skills: { da: 1 } })
    await stores.people.add(user)
    const read = await stores.people.find(user.userId)
    expect(() => Object.assign(read?.skills ?? {}, { da: 5 })).toThrow(TypeError)
    expect(await stores.people.find(user.userId)).toEqual(user)
  })

  it('keeps a key named __proto__ as a key', async () => {
    const { stores } = open()
    const workflow = aWorkflow()
    await stores.workflows.add(workflow)
    const payload = JSON.parse('{"__proto__":{"admin":true}}')
    const work = aTaskWork({ projectId: newId(), workflow }, { payload })
    await stores.tasks.add([work])
    expect(JSON.stringify((await stores.tasks.find(work.task.taskId))?.payload)).toBe(JSON.stringify(payload))
  })

  it('is unavailable once it is closed', async () => {
    const persistence = open()
    await persistence.close()
    await expect(persistence.check()).rejects.toBeInstanceOf(UnavailableError)
    await expect(persistence.stores.people.find(newId())).rejects.toBeInstanceOf(UnavailableError)
  })
})
