import type { Assignment, ProjectId, TaskId, User, UserId } from '@muster/core'
import type { QualityScore } from '@muster/core/ports'
import { type Counted, type Counters, freshWatch, type LiftedPause } from '@muster/core/quality'
import { formUseCases } from '@muster/core/use-cases'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { ANNOTATE, openEngine, REVIEW } from '../worlds/engine-world.ts'
import { FORM_OF_ALL_KINDS, someAnswers } from '../worlds/form-of-all-kinds.ts'
import { after, newId } from '../worlds/samples.ts'
import { keptCounters, recounted } from './recount.ts'

/** Ids that no other world of this process has. */
const ids = new SequentialIds(2 ** 42)

/** Every promise of {@link QualityStore}, and of counting on it, on whatever `open` opens: empty each time. */
export function qualityStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a QualityStore`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    it('adds to counters, and forgets those that come to nothing', async () => {
      const { quality } = adapter.persistence.stores
      const { projectId, added } = someCounters()
      await quality.count(newId(), added)
      await quality.count(newId(), added)
      const twice = await keptCounters(adapter.persistence.stores, projectId)
      expect(twice.compositions.map(({ tasks }) => tasks)).toEqual([2, 2])
      expect(twice.pairs).toEqual([{ ...added.pairs[0], tasks: 2 }])
      expect(twice.shares.map(({ tasks, sum, squares }) => [tasks, sum, squares])).toEqual([
        [2, 2_000_000_000n, 2_000_000_000_000_000_000n],
        [2, 2_000_000_000n, 2_000_000_000_000_000_000n],
      ])
      expect(twice.raters).toEqual([{ ...added.raters[0], answers: 2, compared: 2 }])
      await quality.count(newId(), negative(added))
      await quality.count(newId(), negative(added))
      expect(await keptCounters(adapter.persistence.stores, projectId)).toEqual({
        compositions: [],
        pairs: [],
        shares: [],
        raters: [],
      })
    })

    it('lists the counters of a step or a question, of all tasks, of skills or of pairs', async () => {
      const { quality } = adapter.persistence.stores
      const { projectId, added } = someCounters()
      await quality.count(newId(), added)
      const [overall, ofSkill] = added.compositions
      const found = (more: { stepId?: string; question?: string }) =>
        quality.listCounters({ projectId, ...more }, 'overall')
      expect((await found({})).compositions).toEqual([overall])
      expect((await found({ stepId: 'annotate', question: 'label' })).compositions).toEqual([overall])
      expect((await found({ stepId: 'review' })).compositions).toEqual([])
      expect((await found({ question: 'other' })).compositions).toEqual([])
      expect((await found({})).shares).toEqual([added.shares[0]])
      expect((await quality.listCounters({ projectId }, 'skill')).compositions).toEqual([ofSkill])
      const byPair = await quality.listCounters({ projectId }, 'pair')
      expect([byPair.pairs, byPair.shares]).toEqual([added.pairs, [added.shares[1]]])
      expect((await quality.listCounters({ projectId: newId() }, 'overall')).compositions).toEqual([])
    })

    it('loses nothing where many count the same at once', async () => {
      const { projectId, added } = someCounters()
      await Promise.all(
        Array.from({ length: 12 }, () =>
          adapter.persistence.transaction(({ quality }) => quality.count(newId(), added)),
        ),
      )
      const { compositions } = await adapter.persistence.stores.quality.listCounters({ projectId }, 'overall')
      expect(compositions.map(({ tasks }) => tasks)).toEqual([12])
    })

    it('takes back what a transaction counted that failed', async () => {
      const { projectId, added } = someCounters()
      const failing = adapter.persistence.transaction(async ({ quality }) => {
        await quality.count(newId(), added)
        throw new Error('on purpose')
      })
      await expect(failing).rejects.toThrow('on purpose')
      const { compositions } = await adapter.persistence.stores.quality.listCounters({ projectId }, 'overall')
      expect(compositions).toEqual([])
    })

    it('adds to judged answers, and lists them by step, question and answers', async () => {
      const { quality } = adapter.persistence.stores
      const [projectId, userId] = [newId<'ProjectId'>(), newId<'UserId'>()]
      const one = {
        projectId,
        userId,
        stepId: 'annotate',
        question: 'kind',
        known: 'a',
        given: 'a',
        right: true,
        times: 1,
      }
      const other = { ...one, given: '', right: false }
      await quality.addKnown([one, other])
      await quality.addKnown([one])
      await quality.addKnown([])
      expect(await quality.listKnown(projectId, userId)).toEqual([other, { ...one, times: 2 }])
      expect(await quality.listKnown(projectId, newId())).toEqual([])
    })

    it('keeps a watch as it was saved, and loses no change of those made at once', async () => {
      const { quality } = adapter.persistence.stores
      const [projectId, userId] = [newId<'ProjectId'>(), newId<'UserId'>()]
      const fresh = freshWatch(projectId, userId)
      expect(await quality.listWatches({ projectIds: [projectId], userIds: [userId] })).toEqual([])
      await Promise.all(
        Array.from({ length: 6 }, () =>
          adapter.persistence.transaction(async (inside) => {
            const watch = await inside.quality.lockWatch(projectId, userId)
            await inside.quality.saveWatch({ ...watch, judged: watch.judged + 1 })
          }),
        ),
      )
      const watched = { projectIds: [newId<'ProjectId'>(), projectId], userIds: [userId, newId<'UserId'>()] }
      expect(await quality.listWatches(watched)).toEqual([{ ...fresh, judged: 6 }])
      const whole = {
        ...fresh,
        judged: 7,
        right: 4,
        controls: 3,
        controlsRight: 2,
        sum: 4_600_000,
        cleanSince: after(1),
        suspectSince: after(2),
        paused: { since: after(3), reason: 'manager' as const, by: newId<'UserId'>(), words: 'Too fast' },
      }
      await adapter.persistence.transaction(async (inside) => {
        await inside.quality.lockWatch(projectId, userId)
        await inside.quality.saveWatch(whole)
      })
      expect(await quality.listWatches(watched)).toEqual([whole])
      expect(await quality.listPausedHolders(10)).toEqual([])
    })

    it('lists the scores of people in a project, by person and type of step', async () => {
      const { people, quality } = adapter.persistence.stores
      const [projectId, elsewhere] = [newId<'ProjectId'>(), newId<'ProjectId'>()]
      const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()].toSorted() as [UserId, UserId]
      const score = (userId: UserId, stepType: string, of: ProjectId = projectId): QualityScore => ({
        userId,
        projectId: of,
        stepType,
        score: 0.75,
        samples: 4,
      })
      const scores = [score(ann, 'annotation'), score(ann, 'review'), score(ben, 'annotation')]
      for (const one of [...scores.toReversed(), score(ann, 'annotation', elsewhere)])
        await people.saveQuality(one)
      expect(await quality.listScores(projectId, [ben, newId(), ann])).toEqual(scores)
      expect(await quality.listScores(projectId, [])).toEqual([])
    })

    it('keeps pauses that were lifted, the latest first', async () => {
      const { quality } = adapter.persistence.stores
      const [projectId, userId] = [newId<'ProjectId'>(), newId<'UserId'>()]
      const by = newId<'UserId'>()
      const pauses: readonly LiftedPause[] = [
        {
          since: after(1),
          reason: 'drift',
          by: null,
          words: null,
          lifted: { at: after(2), by, words: 'A “slip”' },
        },
        {
          since: after(2),
          reason: 'manager',
          by,
          words: 'Too fast',
          lifted: { at: after(2), by: null, words: 'x' },
        },
      ]
      for (const pause of pauses)
        await adapter.persistence.transaction((inside) => inside.quality.addLifted(projectId, userId, pause))
      expect(await quality.listLifted(projectId, userId, 10)).toEqual([pauses[1], pauses[0]])
      expect(await quality.listLifted(projectId, userId, 1)).toEqual([pauses[1]])
      expect(await quality.listLifted(newId(), userId, 10)).toEqual([])
      expect(await quality.listLifted(projectId, newId(), 10)).toEqual([])
    })

    it('finds who is paused and still holds something, and says of people that they are', async () => {
      const world = await openEngine({
        adapter: { persistence: adapter.persistence, clock: adapter.clock, ids },
      })
      const { projectId, stores } = world
      const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
      await world.addTasks({}, {})
      await world.claim(ann)
      await world.claim(ben)
      const paused = { since: after(3), reason: 'drift' as const, by: null, words: null }
      for (const person of [ann, await world.person('Cem')])
        await adapter.persistence.transaction(async ({ quality }) => {
          const watch = await quality.lockWatch(projectId, person.userId)
          await quality.saveWatch({ ...watch, controls: 2, paused })
        })
      expect(await stores.quality.listPausedHolders(10)).toEqual([{ projectId, userId: ann.userId }])
      const people = await stores.decisions.listPeople(projectId, 'annotation', [ann.userId, ben.userId])
      expect(people.map((person) => [person.paused, person.controls])).toEqual([
        [{ since: after(3), reason: 'drift' }, 2],
        [undefined, undefined],
      ])
    })

    it('keeps the policy of a project, and tells claims of it', async () => {
      const world = await openEngine({
        adapter: { persistence: adapter.persistence, clock: adapter.clock, ids },
      })
      const { projectId, stores } = world
      const ann = await world.person('Ann')
      const survey = async () => {
        const asked = [{ userId: ann.userId, projectId }]
        const { projects } = await adapter.persistence.transaction(({ claims }) => claims.surveyClaims(asked))
        return projects
      }
      const before = { projectId, config: world.project.assignment, gateOpen: true }
      expect(await survey()).toEqual([before])
      const quality = { controls: { stepId: 'annotate', rate: 0.1 } }
      const changed = await world.projects.change(projectId, { quality })
      expect(changed).toMatchObject({ quality, assignment: world.project.assignment, wrongPauses: [] })
      expect(await stores.projects.find(projectId)).toMatchObject({
        quality,
        assignment: world.project.assignment,
      })
      expect(await survey()).toEqual([{ ...before, quality }])
    })

    it('gives nothing to somebody after the commit that paused them, and their work to others at once', async () => {
      const { persistence, clock } = adapter
      const world = await openEngine({
        adapter: { persistence, clock, ids },
        steps: [ANNOTATE],
        config: { maxConcurrentPerUser: 50 },
      })
      const { projectId, engine } = world
      await world.projects.change(projectId, { quality: { pause: { alarm: 1, minimum: 1 } } })
      const [ann, ben, cem] = [
        await world.person('Ann'),
        await world.person('Ben'),
        await world.person('Cem'),
      ]
      await world.addTasks(
        ...Array.from({ length: 24 }, (_, nth) => ({ gold: { label: 'nl' }, priority: nth % 2 })),
      )
      const byDrift = await world.claimAndStart(ann)
      const gives = ({ userId }: User) => [
        ...Array.from({ length: 5 }, () => engine.claimNext({ userId })),
        engine.assignBatch({ projectId, limit: 2 }),
      ]
      await Promise.all([
        ...gives(ann),
        world.submitAs(ann, byDrift, { label: 'de' }),
        ...gives(ben),
        world.quality.pause({ projectId, userId: ben.userId, reason: 'too fast' }),
      ])
      await Promise.all([...gives(ann), ...gives(ben)])
      const paused = new Set<string>()
      const given: string[] = []
      for (const { type, data } of await world.facts()) {
        if (type === 'person_paused') paused.add(data.userId)
        if (type === 'task_assigned' && paused.has(data.userId)) given.push(data.taskId)
      }
      expect(given).toEqual([])
      expect(paused).toEqual(new Set([ann.userId, ben.userId]))
      expect([await world.live(ann), await world.live(ben)]).toEqual([0, 0])
      const taken = await Promise.all(
        Array.from({ length: 24 }, () => engine.claimNext({ userId: cem.userId })),
      )
      const held = await world.live(cem)
      expect(taken.filter(({ kind }) => kind === 'claimed').length).toBeLessThanOrEqual(23)
      expect(held).toBe(23)
    })

    it('keeps controls apart from work, and gives each person those that they never had', async () => {
      const { persistence, clock } = adapter
      const world = await openEngine({ adapter: { persistence, clock, ids }, steps: [ANNOTATE] })
      const { projectId, stores, engine } = world
      await world.projects.change(projectId, { quality: { controls: { stepId: 'annotate', rate: 0.5 } } })
      const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
      const control = { gold: { label: 'nl' }, purpose: 'control' as const }
      const skilled = { ...control, requiredSkills: [{ anyOf: ['law'] }] }
      const [work, ...controls] = await world.addTasks({ externalId: 'w' }, control, control, skilled)
      const controlIds = controls.map(({ taskId }) => taskId)
      expect(await stores.quality.drawWork(projectId, [0, 0.99])).toEqual([work?.taskId, work?.taskId])
      expect(await stores.quality.drawWork(newId(), [0.5])).toEqual([])
      const listed = async (purpose?: 'control') =>
        (await stores.tasks.list({ projectId, purpose }, { limit: 9 })).map(({ taskId }) => taskId).toSorted()
      expect(await listed()).toEqual([work?.taskId])
      expect(await listed('control')).toEqual(controlIds.toSorted())
      expect(
        await stores.tasks.list({ projectId, purpose: 'control', externalId: 'w' }, { limit: 9 }),
      ).toEqual([])
      expect(await stores.tasks.listOpenWork(projectId, 9)).toHaveLength(1)

      world.deps.random.next = () => 0.1
      const taken = await Promise.all([ann, ann, ben].map(({ userId }) => engine.claimNext({ userId })))
      const given = taken.map((claim) => (claim.kind === 'claimed' ? claim.assignment.taskId : ''))
      expect(controlIds).toEqual(expect.arrayContaining(given))
      expect(given[0]).not.toBe(given[1])
      const left = async ({ userId }: User) =>
        (await stores.quality.listControls(projectId, userId, 9)).map(({ taskId }) => taskId)
      expect(await left(ann)).toEqual(controlIds.toSorted().filter((id) => !given.slice(0, 2).includes(id)))
      expect(await left(ben)).toHaveLength(2)
      expect(await stores.quality.listControls(projectId, ben.userId, 1)).toHaveLength(1)
      const queue = { userId: ann.userId, sort: 'priority' as const, order: 'desc' as const }
      const rows = await stores.inboxes.listQueue(queue, { limit: 9 })
      expect(rows.map(({ priority }) => priority)).toEqual([null, null])

      await world.finish(ann, rows[0]?.assignment as Assignment, { label: 'nl' })
      await world.tasks.cancel(given[1] as TaskId)
      expect(await left(ben)).not.toContain(given[1])
      const [watch] = await stores.quality.listWatches({ projectIds: [projectId], userIds: [ann.userId] })
      expect(watch).toMatchObject({ judged: 1, controls: 1, controlsRight: 1 })
      expect(await keptCounters(stores, projectId)).toEqual({
        compositions: [],
        pairs: [],
        shares: [],
        raters: [],
      })
    })

    it('notes once a day that somebody has run out of controls', async () => {
      const { quality } = adapter.persistence.stores
      const [projectId, userId] = [newId<'ProjectId'>(), newId<'UserId'>()]
      expect(await quality.noteExhausted(projectId, userId, after(10), after(0))).toBe(true)
      expect(await quality.noteExhausted(projectId, userId, after(20), after(5))).toBe(false)
      expect(await quality.noteExhausted(projectId, userId, after(30), after(11))).toBe(true)
      expect(await quality.noteExhausted(newId(), userId, after(30), after(11))).toBe(true)
    })

    it('counts generated work of every kind of question as a recount does, returns of reviews included', async () => {
      const random = new SeededRandom(7)
      const { persistence, clock } = adapter
      const forms = formUseCases({ transactions: persistence, clock, ids })
      const { formId } = await forms.add(FORM_OF_ALL_KINDS)
      const world = await openEngine({
        adapter: { persistence, clock, ids },
        steps: [
          { ...ANNOTATE, formId, assignmentsRequired: 3, requiredSkills: [{ anyOf: ['read', 'write'] }] },
          REVIEW,
        ],
      })
      const people: User[] = []
      for (const displayName of ['Ann', 'Ben', 'Cem', 'Dan', 'Eve'])
        people.push(await world.person(displayName, { skills: { read: 1, law: 1 } }))
      const tasks = await world.addTasks(
        ...Array.from({ length: 5 }, (_, nth) => ({
          requiredSkills: nth % 2 === 0 ? [{ anyOf: ['law'] }] : [],
          ...(nth === 3 && { priority: 9 }),
        })),
      )
      let returned = 0
      for (let turn = 0; turn < 44; turn++) {
        const person = people[Math.floor(random.next() * people.length)] as User
        const held = await world.stores.inboxes.listQueue(
          { userId: person.userId, sort: 'age', order: 'asc' },
          { limit: 1 },
        )
        const claimed = await world.engine.claimNext({ userId: person.userId })
        const row = held[0]?.assignment ?? (claimed.kind === 'claimed' ? claimed.assignment : undefined)
        if (row === undefined) continue
        const verdict = random.next() < 0.4 ? 'return' : 'accept'
        if (row.stepType === 'review' && verdict === 'return') returned += 1
        await world.finish(person, row, row.stepType === 'review' ? { verdict } : someAnswers(random))
      }
      expect(returned).toBeGreaterThan(0)
      const kept = await keptCounters(world.stores, world.projectId)
      expect(kept.compositions.length).toBeGreaterThan(5)
      expect(new Set(kept.shares.map(({ kind }) => kind))).toEqual(new Set(['agree', 'f1', 'iou', 'tau']))
      expect(new Set(kept.raters.map(({ skill }) => skill))).toEqual(new Set([null, 'read', 'write', 'law']))
      expect(kept).toEqual(await recounted(world.stores, tasks))
    })
  })
}

function someCounters(): { readonly projectId: Counted['projectId']; readonly added: Counters } {
  const [a, b] = [newId<'UserId'>(), newId<'UserId'>()]
  const counted: Counted = { projectId: newId(), stepId: 'annotate', formId: null, question: 'label' }
  const composition = '{"a":1,"\\"1\\"":1}'
  const share = { kind: 'agree', tasks: 1, sum: 1_000_000_000n, squares: 10n ** 18n } as const
  return {
    projectId: counted.projectId,
    added: {
      compositions: [
        { ...counted, skill: null, composition, tasks: 1 },
        { ...counted, skill: 'law', composition, tasks: 1 },
      ],
      pairs: [{ ...counted, a, b, answerA: 'a', answerB: '"1"', tasks: 1 }],
      shares: [
        { ...counted, ...share, skill: null, pair: null },
        { ...counted, ...share, skill: null, pair: { a, b } },
      ],
      raters: [{ ...counted, skill: null, userId: a, answers: 1, compared: 1 }],
    },
  }
}

function negative({ compositions, pairs, shares, raters }: Counters): Counters {
  return {
    compositions: compositions.map((row) => ({ ...row, tasks: -row.tasks })),
    pairs: pairs.map((row) => ({ ...row, tasks: -row.tasks })),
    shares: shares.map((row) => ({ ...row, tasks: -row.tasks, sum: -row.sum, squares: -row.squares })),
    raters: raters.map((row) => ({ ...row, answers: -row.answers, compared: -row.compared })),
  }
}
