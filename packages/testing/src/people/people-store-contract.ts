import { ConflictError, VersionConflictError } from '@muster/core'
import type { Stores } from '@muster/core/ports'
import { observedQuality } from '@muster/core/rules'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { after, aProject, aUser, newId } from '../worlds/samples.ts'

/** Everything that {@link PeopleStore} promises, case by case. */
export function peopleStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a PeopleStore`, () => {
    let adapter: OpenPersistence
    let stores: Stores
    beforeEach(async () => {
      adapter = await open()
      stores = adapter.persistence.stores
    })
    afterEach(() => adapter.close())

    it('gives a user back as it was added', async () => {
      const user = aUser({
        externalId: 'crm/7 "quoted" 🦊',
        displayName: 'Zoë 🦊',
        avatarUrl: 'https://example.org/zoe.png',
        role: 'manager',
        status: 'away',
        skills: { 'sámi language': 5, da: 1 },
        maxConcurrentAssignments: 3,
        scripted: true,
        imported: true,
      })
      await stores.people.add(user)
      expect(await stores.people.find(user.userId)).toEqual(user)
    })

    it('knows nothing of somebody who was never added', async () => {
      expect(await stores.people.find(newId())).toBeUndefined()
    })

    it('refuses an id that is taken, and keeps who had it', async () => {
      const user = aUser({ displayName: 'First' })
      await stores.people.add(user)
      await expect(stores.people.add({ ...user, displayName: 'Second' })).rejects.toBeInstanceOf(
        ConflictError,
      )
      expect(await stores.people.find(user.userId)).toEqual(user)
    })

    it('finds a user by externalId, which no two have, and keeps nothing of who is refused', async () => {
      const [ann, ben, cat] = [aUser({ externalId: 'a' }), aUser({ externalId: 'b' }), aUser()]
      const [dan, eve] = [aUser(), aUser({ externalId: 'a' })]
      for (const user of [ann, ben, cat, dan]) await stores.people.add(user)
      expect(await stores.people.findByExternalId('a')).toEqual(ann)
      expect(await stores.people.findByExternalId('A')).toBeUndefined()
      await expect(stores.people.add(eve)).rejects.toBeInstanceOf(ConflictError)
      expect(await stores.people.find(eve.userId)).toBeUndefined()
      const taking = stores.people.save({ ...ben, externalId: 'a' })
      await expect(taking).rejects.toMatchObject({ code: 'conflict' })
      expect(await stores.people.findByExternalId('b')).toEqual(ben)

      const freed = await stores.people.save({ ...ann, externalId: null })
      expect(freed).toEqual({ ...ann, externalId: null, version: 2 })
      const taken = await stores.people.save({ ...cat, externalId: 'a' })
      expect(await stores.people.findByExternalId('a')).toEqual(taken)
      expect(await stores.people.save(taken)).toEqual({ ...taken, version: 3 })
    })

    it('lets one of several take an externalId at the same time', async () => {
      const users = [1, 2, 3, 4].map(() => aUser({ externalId: 'a' }))
      const race = await Promise.allSettled(users.map((user) => stores.people.add(user)))
      expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it('lets one of several take an id at the same time', async () => {
      const user = aUser()
      const race = await Promise.allSettled([1, 2, 3, 4].map(() => stores.people.add(user)))
      expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it('finds those of many ids that exist, once each, by id ascending', async () => {
      const [one, two] = [aUser(), aUser()]
      await stores.people.add(two)
      await stores.people.add(one)
      const found = await stores.people.findMany([two.userId, newId(), one.userId, two.userId])
      expect(found.map(({ userId }) => userId)).toEqual([one.userId, two.userId])
    })

    it('lists users newest first, those of one moment by id descending, a slice at a time', async () => {
      const moments = [after(0), after(2), after(1), after(1), after(3)]
      const users = moments.map((createdAt) => aUser({ createdAt }))
      for (const user of users) await stores.people.add(user)
      const expected = [4, 1, 3, 2, 0].map((index) => users[index]?.userId)

      const first = await stores.people.list({ limit: 3 })
      expect(first.map(({ userId }) => userId)).toEqual(expected.slice(0, 3))
      const last = first.at(-1)
      const rest = await stores.people.list({
        limit: 10,
        after: last && { createdAt: last.createdAt, id: last.userId },
      })
      expect(rest.map(({ userId }) => userId)).toEqual(expected.slice(3))
    })

    it('tells whose rights have changed, each change once, as soon as it is committed and not before', async () => {
      const { persistence } = adapter
      const [ann, ben] = [aUser(), aUser()]
      const project = aProject()
      await stores.projects.add(project)
      await stores.people.add(ann)
      await stores.people.add(ben)
      const told = new Set((await stores.people.accessChanges()).map(({ changeId }) => changeId))
      const news = async (): Promise<string[]> => {
        const fresh = (await stores.people.accessChanges()).filter(({ changeId }) => !told.has(changeId))
        for (const { changeId } of fresh) told.add(changeId)
        return fresh.map(({ userId }) => userId)
      }
      expect(await news()).toEqual([])
      await stores.people.addMember(project.projectId, ann.userId)
      expect(await news()).toEqual([ann.userId])
      await stores.people.save({ ...ben, role: 'manager' })
      expect(await news()).toEqual([ben.userId])
      await stores.people.removeMember(project.projectId, ann.userId)
      expect(await news()).toEqual([ann.userId])
      const broken = persistence.transaction(async ({ people }) => {
        await people.addMember(project.projectId, ben.userId)
        throw new Error('changed its mind')
      })
      await expect(broken).rejects.toThrow('changed its mind')
      expect(await news()).toEqual([])
    })

    it('saves a user at the version it was read at and gives it back at the next', async () => {
      const user = aUser()
      await stores.people.add(user)
      const saved = await stores.people.save({ ...user, displayName: 'Anna', skills: { da: 4 } })
      expect(saved).toEqual({ ...user, displayName: 'Anna', skills: { da: 4 }, version: 2 })
      expect(await stores.people.find(user.userId)).toEqual(saved)
    })

    it('lets one of several racing saves win, and tells the others the version now', async () => {
      const user = aUser()
      await stores.people.add(user)
      const race = await Promise.allSettled(
        ['a', 'b', 'c', 'd'].map((displayName) => stores.people.save({ ...user, displayName })),
      )
      const won = race.flatMap((save) => (save.status === 'fulfilled' ? [save.value] : []))
      const lost = race.flatMap((save) => (save.status === 'rejected' ? [save.reason] : []))
      expect(won).toHaveLength(1)
      expect(lost).toHaveLength(3)
      for (const error of lost) {
        expect(error).toBeInstanceOf(VersionConflictError)
        expect(error.details).toMatchObject({ version: 2 })
      }
      expect(await stores.people.find(user.userId)).toEqual(won[0])
    })

    it('takes the locks of several people without anybody waiting in a circle', async () => {
      const users = [aUser(), aUser(), aUser()]
      for (const user of users) await stores.people.add(user)
      const ids = users.map(({ userId }) => userId)
      let held = 0
      await Promise.all(
        Array.from({ length: 12 }, (_, round) =>
          adapter.persistence.transaction(async ({ people }) => {
            await people.lock(round % 2 === 0 ? ids : ids.toReversed())
            held += 1
            expect(held).toBe(1)
            await people.findMany(ids)
            held -= 1
          }),
        ),
      )
    })

    it('keeps people as they were read under their locks', async () => {
      const ann = aUser()
      await stores.people.add(ann)
      const locked = Promise.withResolvers<void>()
      const holding = adapter.persistence.transaction(async ({ people }) => {
        await people.lock([ann.userId])
        const before = await people.find(ann.userId)
        locked.resolve()
        // As many round trips as a save that does not wait would need to overtake.
        for (let trip = 0; trip < 20; trip += 1) await people.find(newId())
        return [before, await people.find(ann.userId)]
      })
      await locked.promise
      const [seen] = await Promise.all([holding, stores.people.save({ ...ann, skills: { da: 5 } })])
      expect(seen).toEqual([ann, ann])
      expect((await stores.people.find(ann.userId))?.skills).toEqual({ da: 5 })
    })

    it('makes a member once, however often it is asked to', async () => {
      const { project, users } = await membersOf(1)
      const userId = users[0]?.userId ?? newId()
      await Promise.all([1, 2, 3].map(() => stores.people.addMember(project.projectId, userId)))
      expect(await stores.people.listMembers(project.projectId, { limit: 10 })).toHaveLength(1)
      expect(await stores.people.membershipsOf(userId)).toEqual([project.projectId])
    })

    it('says whether there was a member to remove', async () => {
      const { project, users } = await membersOf(1)
      const userId = users[0]?.userId ?? newId()
      expect(await stores.people.removeMember(project.projectId, userId)).toBe(true)
      expect(await stores.people.removeMember(project.projectId, userId)).toBe(false)
      expect(await stores.people.membershipsOf(userId)).toEqual([])
    })

    it('lists the members of one project by userId, a slice at a time, as they are now', async () => {
      const { project, users } = await membersOf(5)
      await membersOf(2)
      const first = users[0] ?? aUser()
      await stores.people.save({ ...first, displayName: 'Renamed', status: 'away' })
      const page = await stores.people.listMembers(project.projectId, { limit: 3 })
      const rest = await stores.people.listMembers(project.projectId, {
        limit: 3,
        after: { userId: page[2]?.userId ?? newId() },
      })
      expect([...page, ...rest].map(({ userId }) => userId)).toEqual(users.map(({ userId }) => userId))
      expect(page[0]).toEqual({
        userId: first.userId,
        displayName: 'Renamed',
        role: 'annotator',
        status: 'away',
        scripted: false,
      })
    })

    it('keeps one quality score for a person, project and type of step, as it was set', async () => {
      const [userId, here, there] = [newId<'UserId'>(), newId<'ProjectId'>(), newId<'ProjectId'>()]
      const score = { userId, projectId: here, stepType: 'annotation', score: 0.123_456_789, samples: 7 }
      await stores.people.saveQuality({ ...score, score: 1 })
      await stores.people.saveQuality(score)
      await stores.people.saveQuality({ ...score, projectId: there })
      expect(await stores.people.qualityOf(userId, here)).toEqual([score])
      expect(await stores.people.qualityOf(userId)).toHaveLength(2)
      expect(await stores.people.qualityOf(newId())).toEqual([])
    })

    it('counts every observation of a quality, good or bad, also those made at the same time', async () => {
      const [userId, projectId] = [newId<'UserId'>(), newId<'ProjectId'>()]
      const outcomes = Array.from({ length: 12 }, (_, sample) => (sample % 4 === 0 ? 0 : 1))
      await Promise.all(
        outcomes.map((outcome) => stores.people.observeQuality(userId, projectId, 'review', outcome)),
      )
      let expected: ReturnType<typeof observedQuality> | undefined
      for (const outcome of outcomes) expected = observedQuality(expected, outcome)
      const [quality] = await stores.people.qualityOf(userId, projectId)
      expect(quality?.samples).toBe(12)
      expect(quality?.score).toBeCloseTo(expected?.score ?? Number.NaN, 12)
    })

    async function membersOf(count: number) {
      const project = aProject()
      const users = Array.from({ length: count }, () => aUser())
      await adapter.persistence.transaction(async ({ people, projects }) => {
        await projects.add(project)
        for (const user of users.toReversed()) {
          await people.add(user)
          await people.addMember(project.projectId, user.userId)
        }
      })
      return { project, users }
    }
  })
}
