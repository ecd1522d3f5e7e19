import type { User } from '@muster/core'
import type { Counted, Counters } from '@muster/core/quality'
import { formUseCases } from '@muster/core/use-cases'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { ANNOTATE, openEngine, REVIEW } from '../worlds/engine-world.ts'
import { FORM_OF_ALL_KINDS, someAnswers } from '../worlds/form-of-all-kinds.ts'
import { newId } from '../worlds/samples.ts'
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
