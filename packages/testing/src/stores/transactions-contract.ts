import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aProject, aUser, newId } from '../worlds/samples.ts'
import type { OpenAdapter, OpenPersistence } from './open-adapter.ts'

/** So many calls, one after the other. */
async function trips<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  for (let trip = 0; trip < count; trip += 1) answers.push(await call())
  return answers
}

/** Everything that {@link Transactions} and {@link Persistence} promise, case by case. */
export function transactionsContract(name: string, open: OpenAdapter): void {
  describe(`${name} keeps transactions`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    it('keeps all that was written in one, and gives what its work gave', async () => {
      const [project, user] = [aProject(), aUser()]
      const given = await adapter.persistence.transaction(async ({ people, projects }) => {
        await projects.add(project)
        await people.add(user)
        await people.addMember(project.projectId, user.userId)
        return 'fine'
      })
      expect(given).toBe('fine')
      const { people, projects } = adapter.persistence.stores
      expect(await projects.find(project.projectId)).toEqual(project)
      expect(await people.membershipsOf(user.userId)).toEqual([project.projectId])
    })

    it('leaves nothing of one that throws, neither new rows nor changed or removed ones', async () => {
      const { stores, transaction } = bound()
      const [project, before, never] = [aProject(), aUser(), aUser()]
      await stores.projects.add(project)
      await stores.people.add(before)
      await stores.people.addMember(project.projectId, before.userId)
      const broken = transaction(async ({ people, projects }) => {
        await people.add(never)
        await people.save({ ...before, displayName: 'Changed' })
        await people.removeMember(project.projectId, before.userId)
        await projects.setPaused(null, true)
        await projects.setPaused(project.projectId, true)
        throw new Error('changed its mind')
      })
      await expect(broken).rejects.toThrow('changed its mind')
      expect(await stores.people.find(never.userId)).toBeUndefined()
      expect(await stores.people.find(before.userId)).toEqual(before)
      expect(await stores.people.list({ limit: 10 })).toEqual([before])
      expect(await stores.people.membershipsOf(before.userId)).toEqual([project.projectId])
      expect(await stores.projects.systemPaused()).toBe(false)
      expect(await stores.projects.find(project.projectId)).toEqual(project)
    })

    it('sees inside of one what was written there', async () => {
      const user = aUser()
      const seen = await adapter.persistence.transaction(async ({ people }) => {
        await people.add(user)
        return people.find(user.userId)
      })
      expect(seen).toEqual(user)
    })

    it('shows nothing to others before it is over', async () => {
      const { stores, transaction } = bound()
      const user = aUser()
      const written = Promise.withResolvers<void>()
      let over = false
      const writing = transaction(async ({ people }) => {
        await people.add(user)
        written.resolve()
        for (let trip = 0; trip < 10; trip += 1) await people.find(newId())
        over = true
      })
      await written.promise
      // A reader may wait for the writer or see what was before, but never what may yet be taken back.
      const seen = await stores.people.find(user.userId)
      expect(seen === undefined || over).toBe(true)
      await writing
      expect(await stores.people.find(user.userId)).toEqual(user)
    })

    it('reads as of one moment in a snapshot, whatever others commit meanwhile', async () => {
      const { persistence } = adapter
      const [first, second] = [aUser(), aUser()]
      await persistence.stores.people.add(first)
      const begun = Promise.withResolvers<void>()
      // Waits for the snapshot where there is one connection, or one transaction at a time; else it commits at once.
      const added = begun.promise.then(() => persistence.stores.people.add(second))
      const seen = await persistence.snapshot(async ({ people }) => {
        const before = await people.list({ limit: 10 })
        begun.resolve()
        await Promise.race([added, trips(10, () => people.find(newId()))])
        return [before, await people.list({ limit: 10 })]
      })
      await added
      expect(seen).toEqual([[first], [first]])
      expect(await persistence.stores.people.list({ limit: 10 })).toHaveLength(2)
    })

    it('goes on working after one that threw', async () => {
      const { stores, transaction } = bound()
      await expect(transaction(() => Promise.reject(new Error('first')))).rejects.toThrow('first')
      const user = aUser()
      await transaction(({ people }) => people.add(user))
      expect(await stores.people.find(user.userId)).toEqual(user)
    })

    it('finds its backend, and can be closed twice', async () => {
      await adapter.persistence.check()
      await adapter.persistence.close()
      await adapter.persistence.close()
    })

    function bound() {
      const { persistence } = adapter
      const transaction: typeof persistence.transaction = (work) => persistence.transaction(work)
      return { stores: persistence.stores, transaction }
    }
  })
}
