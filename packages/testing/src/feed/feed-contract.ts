import type { ProjectId, RunId, User } from '@muster/core'
import { fact } from '@muster/core/feed'
import type { Feed } from '@muster/core/use-cases'
import { FEED_POLL_MS } from '@muster/core/use-cases'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { newId } from '../worlds/samples.ts'
import { feedHistory } from './feed-history.ts'
import { feedStateCases } from './feed-state-cases.ts'
import { about, cleared, DEAF, FeedWorld } from './feed-world.ts'

/** Everything that {@link FeedUseCases} promises on an adapter, case by case. */
export function feedContract(name: string, open: OpenAdapter): void {
  describe(`The feed on ${name}`, () => {
    let adapter: OpenPersistence
    let world: FeedWorld
    let [here, there]: Feed[] = []
    let projectId: ProjectId
    let manager: User
    beforeEach(async () => {
      adapter = await open()
      begin(new FeedWorld(adapter))
      projectId = await world.project()
      manager = await world.person('manager', projectId)
    })
    afterEach(async () => {
      await world.close()
      await adapter.close()
    })

    function begin(fresh: FeedWorld): void {
      world = fresh
      here = world.node()
      there = world.node()
    }

    const project = (): { channel: { kind: 'project'; projectId: ProjectId } } => ({
      channel: { kind: 'project', projectId },
    })
    const clear = async (...numbers: readonly number[]): Promise<void> => {
      for (const number of numbers) await world.append(cleared(projectId, number))
    }
    const follow = (...[feed, user, request]: [Feed | undefined, User, Parameters<FeedWorld['follow']>[2]]) =>
      world.follow(feed as Feed, user, request)

    it('begins with a snapshot of the very moment of its cursor, and gives each later fact once, with the one before it', async () => {
      await clear(1, 2)
      const follower = await follow(here, manager, project())
      const { opening } = follower.subscription
      expect(opening).toMatchObject({
        resumed: false,
        snapshot: { channel: 'project', queue: { projectId, items: [] }, runs: [] },
      })
      await clear(3, 4)
      await follower.until(({ seqs }) => expect(seqs).toEqual([3, 4]))
      expect(follower.facts).toMatchObject([
        { prev: 2, type: 'queue_cleared', projectId, affectedUserIds: null, data: { cancelled: 3 } },
        { prev: 3, data: { cancelled: 4 } },
      ])
    })

    it('gives who comes back to another process exactly what they missed', async () => {
      const first = await follow(here, manager, project())
      await clear(1, 2, 3)
      await first.until(({ seqs }) => expect(seqs).toHaveLength(3))
      first.close()
      await clear(4, 5)
      for (const [missed, { cursor }] of [[4, 5], ...first.facts.map(({ seq }) => [seq])].map(
        (_, index) =>
          [index, { cursor: first.facts[index]?.cursor ?? first.subscription.opening.cursor }] as const,
      )) {
        const back = await follow(there, manager, { ...project(), after: cursor })
        expect(back.subscription.opening.resumed).toBe(true)
        const from = missed < 3 ? missed + 2 : 1
        const expected = Array.from({ length: 6 - from }, (_, index) => from + index)
        await back.until(({ seqs }) => expect(seqs).toEqual(expected))
        expect(back.facts.map(({ prev }) => prev)).toEqual(expected.map((seq) => seq - 1))
        back.close()
      }
    })

    it('needs no broadcast', async () => {
      await world.close()
      begin(new FeedWorld(adapter, DEAF))
      const follower = await follow(here, manager, project())
      await clear(1, 2)
      await follower.until(({ seqs }) => expect(seqs).toEqual([1, 2]))
    })

    it('shows each their own: all to managers, what names them and what is for all to annotators, nothing to strangers', async () => {
      const [ann, ben] = [
        await world.person('annotator', projectId),
        await world.person('annotator', projectId),
      ]
      const stranger = await world.person('manager')
      const [asManager, asAnn, mine] = [
        await follow(here, manager, project()),
        await follow(here, ann, project()),
        await follow(here, ann, { channel: { kind: 'me' } }),
      ]
      await expect(follow(here, stranger, project())).rejects.toMatchObject({ code: 'not_found' })
      await world.append(
        cleared(projectId, 1),
        about(projectId, ann),
        about(projectId, ben),
        fact(projectId, 'task_updated', { taskId: newId(), status: 'open', priority: 3 }),
        cleared(projectId, 5),
      )
      await asManager.until(({ seqs }) => expect(seqs).toEqual([1, 2, 3, 4, 5]))
      await asAnn.until(({ facts }) =>
        expect(facts.map(({ seq, prev }) => [seq, prev])).toEqual([
          [1, 0],
          [2, 1],
          [5, 2],
        ]),
      )
      await mine.until(({ seqs }) => expect(seqs).toEqual([2]))
    })

    it('marks how far it is if it shows nothing, at most once a second, and goes on behind the mark', async () => {
      const [ann, ben] = [
        await world.person('annotator', projectId),
        await world.person('annotator', projectId),
      ]
      const follower = await follow(here, ann, project())
      const began = world.clock.now().getTime()
      for (let round = 0; round < 30; round++) {
        await world.append(about(projectId, ben))
        await world.clock.advance(100)
      }
      await follower.until((each) => expect(each.of('mark').length).toBeGreaterThan(0))
      const seconds = (world.clock.now().getTime() - began) / 1_000
      expect(follower.of('mark').length).toBeLessThanOrEqual(Math.ceil(seconds) + 1)
      await world.clock.advance(2_000)
      await world.until(async () => {
        const fresh = await follow(there, ann, project())
        fresh.close()
        expect(follower.cursor).toBe(fresh.subscription.opening.cursor)
      })
      const [mark] = follower.of('mark').slice(-1)
      await clear(31)
      await follower.until(({ seqs }) => expect(seqs).toEqual([31]))
      expect(follower.facts[0]?.prev).toBe(30)
      const back = await follow(there, ann, { ...project(), after: mark?.cursor })
      await back.until(({ seqs }) => expect(seqs).toEqual([31]))
    })

    it('says so, with a snapshot, if what was missed is no longer kept', async () => {
      await clear(1, 2)
      const follower = await follow(here, manager, project())
      follower.stall()
      const { cursor } = follower.subscription.opening
      await clear(3, 4)
      await world.clock.advance(1_000)
      await adapter.persistence.stores.events.prune(world.clock.now(), 10_000)
      const back = await follow(there, manager, { ...project(), after: cursor })
      expect(back.subscription.opening).toMatchObject({ resumed: false, snapshot: { channel: 'project' } })
      await clear(5)
      await back.until(({ facts }) => expect(facts.map(({ seq, prev }) => [seq, prev])).toEqual([[5, 4]]))
    })

    it('tells a reader that was live, but too slow for what is kept, to reload', async () => {
      const follower = await follow(here, manager, project())
      follower.stall()
      for (let batch = 0; batch < 5; batch++) {
        await world.append(...Array.from({ length: 300 }, (_, index) => cleared(projectId, index)))
      }
      await world.until(() => expect(follower.subscription.behind).toBeGreaterThanOrEqual(1_500))
      await world.clock.advance(1_000)
      await adapter.persistence.stores.events.prune(world.clock.now(), 10_000)
      follower.goOn()
      await follower.until((each) => expect(each.of('reload')).toHaveLength(1))
      expect(follower.of('reload')[0]).toMatchObject({ reason: 'not_kept', snapshot: { channel: 'project' } })
      const before = follower.seqs.length
      await clear(1)
      await follower.until(({ seqs }) => expect(seqs.slice(before)).toEqual([1_501]))
    })

    it('serves who is far behind from the store, in order', async () => {
      const first = await follow(here, manager, project())
      const { cursor } = first.subscription.opening
      first.close()
      for (let batch = 0; batch < 6; batch++) {
        await world.append(...Array.from({ length: 300 }, (_, index) => cleared(projectId, index)))
      }
      const back = await follow(there, manager, { ...project(), after: cursor })
      expect(back.subscription.opening.resumed).toBe(true)
      await back.until(({ seqs }) => expect(seqs).toHaveLength(1_800))
      expect(back.seqs).toEqual(Array.from({ length: 1_800 }, (_, index) => index + 1))
    })

    it('refuses a cursor that it cannot read, and begins anew from one of other projects', async () => {
      await expect(follow(here, manager, { ...project(), after: 'mañana' })).rejects.toMatchObject({
        code: 'validation_failed',
      })
      const other = await world.project()
      const elsewhere = await world.person('manager', other)
      const { cursor } = await follow(here, elsewhere, { channel: { kind: 'project', projectId: other } })
      const follower = await follow(here, manager, { ...project(), after: cursor })
      expect(follower.subscription.opening.resumed).toBe(false)
    })

    it('shows nothing that was committed after its viewer lost the right, and says that it is over', async () => {
      const ann = await world.person('annotator', projectId)
      const [follower, mine] = [
        await follow(here, ann, project()),
        await follow(here, ann, { channel: { kind: 'me' } }),
      ]
      await clear(1)
      // What they gave in just before is read after the right is gone.
      await world.append(about(projectId, ann), about(projectId, ann, 'task_status_changed'))
      await adapter.persistence.transaction(async ({ people, events }) => {
        await people.removeMember(projectId, ann.userId)
        await events.append([about(projectId, ann, 'task_unavailable')])
      })
      await world.append(cleared(projectId, 3), about(projectId, ann))
      await follower.until((each) =>
        expect(each.of('closed')).toEqual([{ kind: 'closed', code: 'not_found' }]),
      )
      expect(follower.facts.filter(({ seq }) => seq !== 1)).toEqual([])
      const back = await follow(there, ann, {
        channel: { kind: 'me' },
        after: mine.subscription.opening.cursor,
      })
      expect(back.subscription.opening.resumed).toBe(true)
      for (const each of [mine, back]) {
        await each.until(({ seqs }) => expect(seqs).toEqual([3, 4]))
        await each.until((one) => expect(one.of('mark').length).toBeGreaterThan(0))
        expect(each.seqs).toEqual([3, 4])
      }
      await expect(follow(here, ann, project())).rejects.toMatchObject({ code: 'not_found' })
    })

    it('ends what was the role’s with the role, and all with a suspension', async () => {
      const boss = await world.person('admin')
      const ann = await world.person('annotator', projectId)
      const [all, hers] = [
        await follow(here, boss, { channel: { kind: 'admin' } }),
        await follow(here, ann, project()),
      ]
      const { people } = adapter.persistence.stores
      await people.save({ ...boss, role: 'manager' })
      await people.save({ ...ann, status: 'suspended' })
      await all.until((each) => expect(each.of('closed')).toEqual([{ kind: 'closed', code: 'forbidden' }]))
      await hers.until((each) =>
        expect(each.of('closed')).toEqual([{ kind: 'closed', code: 'unauthorized' }]),
      )
      await expect(follow(here, ann, project())).rejects.toMatchObject({ code: 'unauthorized' })
      await expect(follow(here, boss, { channel: { kind: 'admin' } })).rejects.toMatchObject({
        code: 'forbidden',
      })
    })

    it('takes in projects that become its viewer’s, from the first fact that names them, also over a reconnect', async () => {
      const ann = await world.person('annotator', projectId)
      const mine = await follow(here, ann, { channel: { kind: 'me' } })
      const [second, third] = [await world.project(), await world.project()]
      await adapter.persistence.stores.people.addMember(second, ann.userId)
      await world.append(about(second, ann))
      await mine.until(({ facts }) => expect(facts).toMatchObject([{ projectId: second, seq: 1, prev: 0 }]))
      mine.close()
      await adapter.persistence.stores.people.addMember(third, ann.userId)
      await world.append(about(third, ann), about(projectId, ann))
      const back = await follow(there, ann, { channel: { kind: 'me' }, after: mine.cursor })
      expect(back.subscription.opening.resumed).toBe(true)
      await back.until(({ facts }) =>
        expect(new Set(facts.map((each) => each.projectId))).toEqual(new Set([projectId, third])),
      )
    })

    it('shows an admin everything, projects too that are made later, and the queues of all in their own channel', async () => {
      const boss = await world.person('admin')
      const all = await follow(here, boss, { channel: { kind: 'admin' } })
      const queues = await follow(here, boss, { channel: { kind: 'queues', projectId: null } })
      const later = await world.project()
      const other = await follow(here, await world.person('manager', later), {
        channel: { kind: 'project', projectId: later },
      })
      await world.append(cleared(later, 1), about(later, manager), cleared(projectId, 2))
      await all.until(({ facts }) => expect(facts).toHaveLength(3))
      await other.until(({ seqs }) => expect(seqs).toEqual([1, 2]))
      await queues.until(({ facts }) =>
        expect(new Set(facts.map(({ data }) => data))).toEqual(new Set([{ cancelled: 1 }, { cancelled: 2 }])),
      )
    })

    it('refuses a run that it does not know', async () => {
      const boss = await world.person('admin')
      const runId = newId<'RunId'>() as RunId
      await expect(follow(here, boss, { channel: { kind: 'run', runId } })).rejects.toMatchObject({
        code: 'not_found',
      })
    })

    it('follows who is present by their connections, and hears of them if it was asked to', async () => {
      const ann = await world.person('annotator', projectId)
      const seen = (person: { readonly items: unknown } & Awaited<ReturnType<typeof follow>>): unknown[] =>
        person.signals
          .filter(({ type }) => type === 'presence_update')
          .map(({ data }) => [Reflect.get(data, 'userId'), Reflect.get(data, 'state')])
      const follower = await follow(here, manager, project())
      const mine = await follow(there, manager, { channel: { kind: 'me' } })
      mine.subscription.showPresence(projectId, true)
      await world.presence.see('tab 1', ann.userId, projectId)
      for (const each of [follower, mine])
        await each.until((one) => expect(seen(one)).toEqual([[ann.userId, 'joined']]))
      await world.presence.fade('tab 1', ann.userId, projectId)
      await world.presence.see('tab 2', ann.userId, projectId)
      await world.presence.leave('tab 2', projectId)
      for (const each of [follower, mine])
        await each.until((one) => expect(seen(one).at(-1)).toEqual([ann.userId, 'left']))
      expect(seen(follower).filter((one) => JSON.stringify(one).includes('left'))).toHaveLength(1)
    })

    it.each([1, 2, 3, 20])(
      'tells all of %i busy projects once and in order, in one process and in several, and has nobody begin again',
      async (count) => {
        const projectIds = [projectId]
        while (projectIds.length < count) projectIds.push(await world.project())
        const boss = await world.person('admin')
        const followers = await Promise.all(
          projectIds.flatMap((id) =>
            [here, there].map((feed) => follow(feed, boss, { channel: { kind: 'project', projectId: id } })),
          ),
        )
        const all = [
          await follow(here, boss, { channel: { kind: 'admin' } }),
          await follow(there, boss, { channel: { kind: 'queues', projectId: null } }),
        ]
        const ROUNDS = count > 3 ? 5 : 12
        const writing = projectIds.map(async (id) => {
          for (let round = 0; round < ROUNDS; round++) {
            await world.append(cleared(id, round))
            await world.hint(id)
          }
        })
        let busy = true
        const passing = (async () => {
          while (busy) await world.clock.advance(FEED_POLL_MS)
        })()
        await Promise.all(writing)
        busy = false
        await passing
        const numbers = Array.from({ length: ROUNDS }, (_, index) => index + 1)
        await world.until(() => {
          for (const { seqs } of followers) expect(seqs).toEqual(numbers)
          for (const { facts } of all) {
            expect(facts).toHaveLength(count * ROUNDS)
            for (const id of projectIds)
              expect(facts.filter((each) => each.projectId === id).map(({ seq }) => seq)).toEqual(numbers)
          }
        })
        for (const each of [...followers, ...all]) expect(each.of('reload')).toEqual([])
      },
    )

    it('has everybody begin again in another history, whether its numbers are lower or higher', async () => {
      let epoch: string | undefined
      const { stores } = adapter.persistence
      const events = new Proxy(stores.events, {
        get: (store, name) =>
          name === 'epoch' && epoch !== undefined ? async () => epoch : Reflect.get(store, name).bind(store),
      })
      const { persistence } = adapter
      const elsewhere = world.node({
        ...persistence,
        stores: { ...stores, events },
        transaction: (work) => persistence.transaction(work),
        snapshot: (work) => persistence.snapshot(work),
      })
      const follower = await follow(elsewhere, manager, project())
      await clear(1)
      await follower.until(({ seqs }) => expect(seqs).toEqual([1]))
      epoch = newId()
      await follower.until((each) => expect(each.of('reload')).toMatchObject([{ reason: 'other_history' }]))
      await clear(2)
      await follower.until(({ seqs }) => expect(seqs).toEqual([1, 2]))
    })

    feedStateCases(() => ({ world, projectId, manager }))

    it('loses, repeats and reorders nothing over reconnects to any process, while many write and some facts are forgotten', async () => {
      await feedHistory({ adapter, seed: 1, rounds: 25, nodes: 3 })
    })
  })
}
