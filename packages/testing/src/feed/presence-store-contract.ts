import type { ProjectId, UserId } from '@muster/core'
import type { PresenceStore } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { after, newId } from '../worlds/samples.ts'

/** An empty presence store. */
export interface OpenPresence {
  readonly presence: PresenceStore
  close(): Promise<void>
}

/** Everything that {@link PresenceStore} promises, case by case. */
export function presenceStoreContract(name: string, open: () => Promise<OpenPresence>): void {
  describe(`${name} is a PresenceStore`, () => {
    let adapter: OpenPresence
    let presence: PresenceStore
    let projectId: ProjectId
    const [ann, bob] = [newId<'UserId'>(), newId<'UserId'>()]
    beforeEach(async () => {
      adapter = await open()
      presence = adapter.presence
      projectId = newId()
    })
    afterEach(() => adapter.close())

    it('lists one entry a person, by userId, however many connections they have', async () => {
      await see('b1', bob, 0)
      await see('a1', ann, 1)
      await see('a2', ann, 3)
      await see('a3', ann, 2)
      expect(await presence.list(projectId, after(3))).toEqual([
        { userId: ann, lastSeenAt: after(3) },
        { userId: bob, lastSeenAt: after(0) },
      ])
    })

    it('lists nobody if nobody is', async () => {
      expect(await presence.list(projectId, after(0))).toEqual([])
    })

    it('keeps a person present until the last of their connections has left', async () => {
      await see('a1', ann, 0)
      await see('a2', ann, 1)
      await presence.leave('a2', projectId)
      expect(await here(1)).toEqual([ann])
      await presence.leave('a1', projectId)
      expect(await here(1)).toEqual([])
    })

    it('changes nothing when a connection leaves twice or was never there', async () => {
      await see('a1', ann, 0)
      await see('b1', bob, 0)
      for (const connection of ['a1', 'a1', 'never']) await presence.leave(connection, projectId)
      expect(await here(0)).toEqual([bob])
    })

    it('remembers who was there, the last seen first', async () => {
      await see('a1', ann, 0, 1)
      await see('b1', bob, 1)
      await presence.leave('b1', projectId)
      await see('a1', ann, 2, 3)
      expect(await presence.listSeen(projectId, after(0))).toEqual([
        { userId: ann, lastSeenAt: after(2) },
        { userId: bob, lastSeenAt: after(1) },
      ])
      expect(await presence.listSeen(projectId, after(2))).toEqual([{ userId: ann, lastSeenAt: after(2) }])
      expect(await presence.listSeen(newId(), after(0))).toEqual([])
    })

    it('lets a connection lapse that was not seen again in time', async () => {
      await see('a1', ann, 0, 10)
      await see('b1', bob, 0, 10)
      await see('b1', bob, 5, 15)
      expect(await here(9)).toEqual([ann, bob])
      expect(await here(10)).toEqual([bob])
      expect(await here(16)).toEqual([])
    })

    it('counts a lapsed connection again once it is seen', async () => {
      await see('a1', ann, 0, 10)
      expect(await here(11)).toEqual([])
      await see('a1', ann, 12, 20)
      expect(await here(13)).toEqual([ann])
    })

    it('keeps the projects of one connection apart', async () => {
      const other = newId<'ProjectId'>()
      await see('a1', ann, 0)
      await see('a1', ann, 0, 60, other)
      await presence.leave('a1', projectId)
      expect(await here(0)).toEqual([])
      expect(await here(0, other)).toEqual([ann])
    })

    it('loses none of many that come at the same time', async () => {
      const people = Array.from({ length: 20 }, () => newId<'UserId'>())
      await Promise.all(people.map((userId, index) => see(`c${index}`, userId, 0)))
      expect(await here(0)).toEqual(people)
    })

    function see(
      connectionId: string,
      userId: UserId,
      minute: number,
      lapses = minute + 60,
      where = projectId,
    ) {
      const moments = { now: after(minute), lapsesAt: after(lapses) }
      return presence.see({ connectionId, userId, projectId: where, ...moments })
    }

    async function here(minute: number, where = projectId): Promise<UserId[]> {
      return (await presence.list(where, after(minute))).map(({ userId }) => userId)
    }
  })
}
