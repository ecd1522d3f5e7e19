import type { ProjectId } from '@muster/core'
import { isUuid } from '@muster/core'
import { fact, type NewFact } from '@muster/core/feed'
import type { Stores } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { newId } from '../worlds/samples.ts'

/** Everything that {@link EventStore} promises, case by case. */
export function eventStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is an EventStore`, () => {
    let adapter: OpenPersistence
    let stores: Stores
    let projectId: ProjectId
    beforeEach(async () => {
      adapter = await open()
      stores = adapter.persistence.stores
      projectId = newId()
    })
    afterEach(() => adapter.close())

    it('numbers facts from 1 in the order they are given, each project on its own', async () => {
      const other = newId<'ProjectId'>()
      await append(cleared(1), cleared(2, other), cleared(3))
      await append(cleared(4), cleared(5, other))
      expect(await feed()).toEqual([
        [1, 1],
        [2, 3],
        [3, 4],
      ])
      expect(await feed(0, other)).toEqual([
        [1, 2],
        [2, 5],
      ])
    })

    it('gives a fact back as it was written, with an id and the time of the clock', async () => {
      const [userId, taskId] = [newId<'UserId'>(), newId<'TaskId'>()]
      await adapter.clock.advance(1_234)
      const written = [
        fact(projectId, 'task_completed', { taskId, externalId: 'naïve "quoted" 🦊' }, [userId, newId()]),
        fact(projectId, 'task_added', { taskIds: [taskId], count: 1 }),
        fact(projectId, 'queue_paused', { global: false }),
      ]
      await append(...written)
      const read = await stores.events.read(projectId, 0, 10)
      expect(read).toEqual(
        written.map((one, index) => ({
          ...one,
          seq: index + 1,
          eventId: expect.toSatisfy(isUuid),
          occurredAt: adapter.clock.now(),
        })),
      )
      expect(read.map(({ audience }) => audience)).toEqual(['affected', 'managers', 'members'])
      expect(new Set(read.map(({ eventId }) => eventId)).size).toBe(3)
    })

    it('reads behind a number, no more than asked for', async () => {
      await append(...[1, 2, 3, 4, 5].map((n) => cleared(n)))
      expect(await feed(2, projectId, 2)).toEqual([
        [3, 3],
        [4, 4],
      ])
      expect(await feed(5)).toEqual([])
    })

    it('knows the last number of a project, 0 before the first', async () => {
      expect(await stores.events.head(projectId)).toBe(0)
      await append(cleared(1), cleared(2))
      expect(await stores.events.head(projectId)).toBe(2)
    })

    it('knows the heads of all projects, or of those asked for; one without a fact is not among them', async () => {
      const [other, empty] = [newId<'ProjectId'>(), newId<'ProjectId'>()]
      await append(cleared(1), cleared(2), cleared(3, other))
      expect(await stores.events.heads()).toEqual(
        new Map([
          [projectId, 2],
          [other, 1],
        ]),
      )
      expect(await stores.events.heads([other, empty])).toEqual(new Map([[other, 1]]))
      expect(await stores.events.heads([])).toEqual(new Map())
    })

    it('knows the last number before a moment, or else the one before what is kept', async () => {
      const start = adapter.clock.now()
      expect(await stores.events.seqBefore(projectId, start)).toBe(0)
      await append(cleared(1), cleared(2))
      await adapter.clock.advance(1_000)
      const later = adapter.clock.now()
      await append(cleared(3))
      await adapter.clock.advance(1_000)
      expect(await stores.events.seqBefore(projectId, start)).toBe(0)
      expect(await stores.events.seqBefore(projectId, later)).toBe(2)
      expect(await stores.events.seqBefore(projectId, adapter.clock.now())).toBe(3)
      await stores.events.prune(later, 10)
      expect(await stores.events.seqBefore(projectId, start)).toBe(2)
      await stores.events.prune(adapter.clock.now(), 10)
      expect(await stores.events.seqBefore(projectId, start)).toBe(3)
    })

    it('has one name for its history', async () => {
      const epoch = await stores.events.epoch()
      expect(epoch).toSatisfy(isUuid)
      await append(cleared(1))
      expect(await stores.events.epoch()).toBe(epoch)
    })

    it('has another name in another history', async () => {
      const epoch = await stores.events.epoch()
      await adapter.close()
      adapter = await open()
      expect(await adapter.persistence.stores.events.epoch()).not.toBe(epoch)
    })

    it('writes nothing for nothing', async () => {
      await append()
      expect(await stores.events.head(projectId)).toBe(0)
    })

    it('leaves no fact and no gap behind a transaction that throws', async () => {
      await append(cleared(1))
      const broken = adapter.persistence.transaction(async ({ events }) => {
        await events.append([cleared(2), cleared(3)])
        throw new Error('changed its mind')
      })
      await expect(broken).rejects.toThrow('changed its mind')
      await append(cleared(4))
      expect(await feed()).toEqual([
        [1, 1],
        [2, 4],
      ])
    })

    it('stays contiguous under 16 writers at once, and no reader ever skips a fact', async () => {
      const other = newId<'ProjectId'>()
      let writing = true
      const seen: number[] = []
      const reader = async (): Promise<void> => {
        for (let last = false; ; last = !writing) {
          for (const { seq } of await stores.events.read(projectId, seen.at(-1) ?? 0, 7)) seen.push(seq)
          if (last && seen.length >= (await stores.events.head(projectId))) return
        }
      }
      const following = reader()
      await Promise.all(
        Array.from({ length: 16 }, async (_, writer) => {
          for (let round = 0; round < 4; round += 1) {
            const facts = [cleared(writer), cleared(round, other), cleared(round)]
            // Half of them name the projects the other way round: locks are taken in one order all the same.
            await append(...(writer % 2 === 0 ? facts : facts.toReversed()))
          }
        }),
      )
      writing = false
      await following
      expect(seen).toEqual(Array.from({ length: 128 }, (_, index) => index + 1))
      expect((await feed(0, other, 1_000)).map(([seq]) => seq)).toEqual(
        Array.from({ length: 64 }, (_, index) => index + 1),
      )
    })

    it('forgets what is older than asked, says how many, and never gives a number twice', async () => {
      await append(cleared(1), cleared(2))
      await adapter.clock.advance(1_000)
      const before = adapter.clock.now()
      await append(cleared(3))
      expect(await stores.events.prune(before, 10)).toBe(2)
      expect(await stores.events.prune(before, 10)).toBe(0)
      expect(await feed()).toEqual([[3, 3]])
      await adapter.clock.advance(1_000)
      expect(await stores.events.prune(adapter.clock.now(), 10)).toBe(1)
      expect(await stores.events.head(projectId)).toBe(3)
      await append(cleared(4))
      expect(await feed()).toEqual([[4, 4]])
    })

    it('forgets no more at once than asked, each project from its beginning', async () => {
      const other = newId<'ProjectId'>()
      await append(cleared(1), cleared(2), cleared(3), cleared(4, other), cleared(5, other))
      await adapter.clock.advance(1_000)
      const before = adapter.clock.now()
      await append(cleared(6), cleared(7, other))
      const forgotten: number[] = []
      for (let gone = 2; gone === 2; forgotten.push(gone)) {
        gone = await stores.events.prune(before, 2)
        for (const where of [projectId, other]) expect(await holes(where)).toEqual([])
      }
      expect(forgotten).toEqual([2, 2, 1])
      expect(await feed()).toEqual([[4, 6]])
      expect(await feed(0, other)).toEqual([[3, 7]])
    })

    it('keeps what is old behind something that is not, as clocks that disagree write it', async () => {
      const early = adapter.clock.now()
      await append(cleared(1))
      await adapter.clock.advance(1_000)
      const before = adapter.clock.now()
      await append(cleared(2))
      const slowClock = vi.spyOn(adapter.clock, 'now').mockReturnValue(early)
      await append(cleared(3))
      slowClock.mockRestore()
      await append(cleared(4))
      expect(
        (await stores.events.read(projectId, 0, 10)).map(({ occurredAt }) => occurredAt < before),
      ).toEqual([true, false, true, false])
      expect(await stores.events.prune(before, 10)).toBe(1)
      expect(await holes()).toEqual([])
      expect(await stores.events.read(projectId, 0, 10)).toHaveLength(3)
    })

    it('is forgotten by several at once while others read, who never see a hole', async () => {
      const facts = Array.from({ length: 300 }, (_, n) => cleared(n))
      await append(...facts)
      await adapter.clock.advance(1_000)
      const before = adapter.clock.now()
      await append(cleared(300))
      let isForgetting = true
      const reader = async (): Promise<void> => {
        while (isForgetting) expect(await holes()).toEqual([])
      }
      const forget = async (): Promise<number> => {
        let forgotten = 0
        while ((await feed(0, projectId, 1))[0]?.[0] !== 301)
          forgotten += await stores.events.prune(before, 40)
        return forgotten
      }
      const reading = reader()
      const forgotten = await Promise.all([forget(), forget(), forget()])
      isForgetting = false
      await reading
      expect(forgotten.reduce((sum, one) => sum + one)).toBe(300)
      expect(await feed()).toEqual([[301, 300]])
    })

    /** A fact that can be told from others by its number. */
    function cleared(cancelled: number, where: ProjectId = projectId): NewFact {
      return fact(where, 'queue_cleared', { cancelled })
    }

    /** Facts that are kept though the one before is not, the oldest aside. */
    async function holes(where = projectId): Promise<number[]> {
      const seqs = (await stores.events.read(where, 0, 1_000)).map(({ seq }) => seq)
      return seqs.filter((seq, place) => place > 0 && seq !== (seqs[place - 1] ?? 0) + 1)
    }

    function append(...facts: NewFact[]): Promise<void> {
      return adapter.persistence.transaction(({ events }) => events.append(facts))
    }

    /** Facts as pairs of their seq and their own number. */
    async function feed(afterSeq = 0, where = projectId, limit = 100): Promise<[number, unknown][]> {
      const facts = await stores.events.read(where, afterSeq, limit)
      return facts.map(({ seq, data }) => [seq, 'cancelled' in data ? data.cancelled : data])
    }
  })
}
