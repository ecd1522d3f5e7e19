import { ConflictError, VersionConflictError } from '@muster/core'
import type { Stores } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { after, aProject, aUser, newId } from '../worlds/samples.ts'

/** Everything that {@link ProjectStore} promises, case by case. */
export function projectStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a ProjectStore`, () => {
    let adapter: OpenPersistence
    let stores: Stores
    beforeEach(async () => {
      adapter = await open()
      stores = adapter.persistence.stores
    })
    afterEach(() => adapter.close())

    it('gives a project back as it was added', async () => {
      const project = aProject({
        externalId: 'crm/7 "quoted" 🦊',
        name: 'Språk',
        workflowId: newId(),
        assignment: {
          maxConcurrentPerUser: 3,
          crossStepExclusionPairs: [['annotate', 'review']],
          cooldownMinutes: 0.5,
          leaseMinutes: 1.25,
          defaultStrategy: 'round_robin',
          weights: { capacity: 0.25, performance: 0.75 },
          maxReturns: 0,
          holdMinutes: 10,
          undoSeconds: 3,
        },
      })
      await stores.projects.add(project)
      expect(await stores.projects.find(project.projectId)).toEqual(project)
      expect(await stores.projects.find(newId())).toBeUndefined()
    })

    it('finds a project by externalId, which no two have, and keeps nothing of what is refused', async () => {
      const [one, two] = [aProject({ externalId: 'a' }), aProject({ externalId: 'b' })]
      const same = aProject({ externalId: 'a' })
      for (const project of [one, two]) await stores.projects.add(project)
      await stores.people.add(aUser({ externalId: 'a' }))
      expect(await stores.projects.findByExternalId('a')).toEqual(one)
      expect(await stores.projects.findByExternalId('A')).toBeUndefined()
      await expect(stores.projects.add(same)).rejects.toBeInstanceOf(ConflictError)
      expect(await stores.projects.find(same.projectId)).toBeUndefined()
      const taking = stores.projects.save({ ...two, externalId: 'a' })
      await expect(taking).rejects.toMatchObject({ code: 'conflict' })

      await stores.projects.setPaused(one.projectId, true)
      expect(await stores.projects.findByExternalId('a')).toEqual({ ...one, paused: true })
      await stores.projects.save({ ...one, externalId: null })
      const taken = await stores.projects.save({ ...two, externalId: 'a' })
      expect(taken).toEqual({ ...two, externalId: 'a', version: 2 })
      expect(await stores.projects.findByExternalId('a')).toEqual(taken)
    })

    it('lists projects newest first, only those within what is asked for, a slice at a time', async () => {
      const projects = [0, 1, 2, 3].map((minute) => aProject({ createdAt: after(minute) }))
      for (const project of projects) await stores.projects.add(project)
      const ids = projects.map(({ projectId }) => projectId)
      const listed = async (...asked: Parameters<Stores['projects']['list']>) =>
        (await stores.projects.list(...asked)).map(({ projectId }) => ids.indexOf(projectId))

      expect(await listed({ limit: 10 })).toEqual([3, 2, 1, 0])
      const behind = { createdAt: after(2), id: ids[2] ?? '' }
      expect(await listed({ limit: 1, after: behind })).toEqual([1])
      const within = [0, 3].flatMap((index) => ids[index] ?? [])
      expect(await listed({ limit: 10 }, within)).toEqual([3, 0])
      expect(await listed({ limit: 10, after: behind }, within)).toEqual([0])
      expect(await listed({ limit: 10 }, [])).toEqual([])
    })

    it('lets one of several racing saves win, and tells the others the version now', async () => {
      const project = aProject()
      await stores.projects.add(project)
      const race = await Promise.allSettled(
        ['a', 'b', 'c'].map((name) => stores.projects.save({ ...project, name })),
      )
      const won = race.flatMap((save) => (save.status === 'fulfilled' ? [save.value] : []))
      const lost = race.flatMap((save) => (save.status === 'rejected' ? [save.reason] : []))
      expect(won).toHaveLength(1)
      expect(won[0]?.version).toBe(2)
      for (const error of lost) {
        expect(error).toBeInstanceOf(VersionConflictError)
        expect(error.details).toMatchObject({ version: 2 })
      }
      expect(await stores.projects.find(project.projectId)).toEqual(won[0])
    })

    it('pauses and resumes a project, says whether that changed anything, and raises no version', async () => {
      const project = aProject()
      const { projectId } = project
      await stores.projects.add(project)
      expect(await stores.projects.setPaused(projectId, false)).toBe(false)
      expect(await stores.projects.setPaused(projectId, true)).toBe(true)
      expect(await stores.projects.setPaused(projectId, true)).toBe(false)
      expect(await stores.projects.find(projectId)).toEqual({ ...project, paused: true })
      expect(await stores.projects.setPaused(projectId, false)).toBe(true)
      expect(await stores.projects.find(projectId)).toEqual(project)
    })

    it('does not open or shut a gate by saving the project', async () => {
      const project = aProject()
      await stores.projects.add(project)
      await stores.projects.setPaused(project.projectId, true)
      const saved = await stores.projects.save({ ...project, name: 'Renamed', paused: false })
      expect(saved.paused).toBe(true)
      expect((await stores.projects.find(project.projectId))?.paused).toBe(true)
    })

    it('lets one of several that pause at the same time change something', async () => {
      const { projectId } = await added()
      const changed = await Promise.all([1, 2, 3, 4].map(() => stores.projects.setPaused(projectId, true)))
      expect(changed.filter(Boolean)).toHaveLength(1)
    })

    it('pauses and resumes the whole system apart from its projects', async () => {
      const { projectId } = await added()
      expect(await stores.projects.systemPaused()).toBe(false)
      expect(await stores.projects.setPaused(null, true)).toBe(true)
      expect(await stores.projects.setPaused(null, true)).toBe(false)
      expect(await stores.projects.systemPaused()).toBe(true)
      expect((await stores.projects.find(projectId))?.paused).toBe(false)
      expect(await stores.projects.setPaused(null, false)).toBe(true)
      expect(await stores.projects.systemPaused()).toBe(false)
    })

    it('holds the gates of projects and names those of which work may be given out', async () => {
      const [open, shut] = [await added(), await added()]
      const ids = [open.projectId, shut.projectId, newId<'ProjectId'>()]
      const held = () => adapter.persistence.transaction(({ projects }) => projects.holdGates(ids))
      await stores.projects.setPaused(shut.projectId, true)
      expect([...(await held())]).toEqual([open.projectId])
      await stores.projects.setPaused(null, true)
      expect([...(await held())]).toEqual([])
      await stores.projects.setPaused(null, false)
      await stores.projects.setPaused(shut.projectId, false)
      expect(await held()).toEqual(new Set([open.projectId, shut.projectId]))
    })

    it.each(['project', 'system'] as const)(
      'does not shut the gate of a %s before those who hold it are done',
      async (whose) => {
        const { projectId } = await added()
        const order: string[] = []
        const holding = Promise.withResolvers<void>()
        const pausing = Promise.withResolvers<void>()
        const holder = adapter.persistence.transaction(async ({ projects }) => {
          await projects.holdGates([projectId])
          holding.resolve()
          await pausing.promise
          // As many round trips as a pause that does not wait would need to overtake.
          for (let trip = 0; trip < 20; trip += 1) await projects.find(projectId)
          order.push('done')
        })
        await holding.promise
        const pause = stores.projects
          .setPaused(whose === 'system' ? null : projectId, true)
          .then(() => order.push('paused'))
        pausing.resolve()
        await Promise.all([holder, pause])
        expect(order).toEqual(['done', 'paused'])
      },
    )

    async function added() {
      const project = aProject()
      await stores.projects.add(project)
      return project
    }
  })
}
