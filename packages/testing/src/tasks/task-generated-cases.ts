import type { AssignmentStatus, Requirement, Step } from '@muster/core'
import type { ShelfCount, SlotState } from '@muster/core/ports'
import { ASSIGNMENT_MOVES, DEFAULT_ASSIGNMENT_CONFIG } from '@muster/core/rules'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OpenPersistence } from '../stores/open-adapter.ts'
import { shelvesOf } from '../worlds/reading.ts'
import { aProject, aStep, aWorkflow, newId } from '../worlds/samples.ts'
import { type Asker, type Claims, GeneratedWorld, NOW, type WorldWish } from './task-generated-world.ts'
import { LEASE_MS, PATIENT } from './task-world.ts'

const STEP_IDS = ['one', 'two', 'three']

/** Worlds that are asked together: so many on average. */
const TOGETHER = 100

/** Which of the two people of each world ask at the same time, call by call. */
const TURNS = [[0, 1], [1, 0], [0]] as const

/** Many small worlds, and people who have rows in all of them. */
interface Wish {
  readonly guests: readonly Readonly<Record<string, number>>[]
  readonly worlds: readonly WorldWish[]
}

const requirement: fc.Arbitrary<Requirement> = fc.record({
  anyOf: fc.constantFrom(['da'], ['nb'], ['da', 'nb']),
  minLevel: fc.integer({ min: 1, max: 3 }),
  dropAfterMinutes: fc.constantFrom(null, 50, 90),
})
const requirements = fc.array(requirement, { maxLength: 1 })
const skills = fc.dictionary(fc.constantFrom('da', 'nb'), fc.integer({ min: 1, max: 3 }), { maxKeys: 2 })
const status = fc.constantFrom<AssignmentStatus | null>(
  ...([
    null,
    null,
    null,
    'assigned',
    'in_progress',
    'submitted',
    'rejected',
    'expired',
    'reassigned',
  ] as const),
)

function stepAt(place: number): fc.Arbitrary<Step> {
  return fc
    .record({
      requiredSkills: requirements,
      assignmentsRequired: fc.integer({ min: 1, max: 2 }),
      excludes: fc.subarray(STEP_IDS.slice(0, place)),
    })
    .map((wish) => aStep(STEP_IDS[place] ?? '', { ...wish, stepType: place === 0 ? 'annotation' : 'review' }))
}

const world: fc.Arbitrary<WorldWish> = fc.record({
  steps: fc.integer({ min: 2, max: 3 }).chain((count) => fc.tuple(...[0, 1, 2].slice(0, count).map(stepAt))),
  skills: fc.tuple(skills, skills),
  pairs: fc.subarray([['one', 'two'] as const, ['two', 'three'] as const], { maxLength: 1 }),
  tasks: fc.array(
    fc.record({
      at: fc.nat(2),
      priority: fc.integer({ min: -1, max: 1 }),
      openedAt: fc.constantFrom(0, 10, 50, 99),
      requiredSkills: requirements,
      rows: fc.array(status, { minLength: 12, maxLength: 12 }),
      rest: fc.array(fc.constantFrom<SlotState>('free', 'free', 'free', 'cooling', 'reserved'), {
        minLength: 2,
        maxLength: 2,
      }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
})

const wishes: fc.Arbitrary<Wish> = fc.record({
  guests: fc.tuple(skills, skills),
  worlds: fc.noBias(fc.array(world, { minLength: 1, maxLength: 2 * TOGETHER - 1, size: 'max' })),
})

/**
 * Random worlds, in which claims and counts must agree with a scan of everything by core's own rules. Hundreds of them stand side by side and are
 * asked in one call: what a store answers for one must not depend on the others.
 */
export function taskGeneratedCases(adapter: () => OpenPersistence, count: number): void {
  it('agrees with a scan of all tasks by the rules, claim by claim and count by count', PATIENT, async () => {
    await fc.assert(
      fc.asyncProperty(wishes, async (wish) => {
        const worlds = await Worlds.in(adapter(), wish)
        for (const turn of TURNS) await worlds.compareClaims(turn)
        await worlds.compareCounts()
        await worlds.compareWorks()
      }),
      { numRuns: Math.ceil(count / TOGETHER), interruptAfterTimeLimit: PATIENT.timeout / 2 },
    )
  })
}

class Worlds {
  readonly #adapter: OpenPersistence
  readonly #worlds: readonly GeneratedWorld[]
  readonly #guests: readonly Asker[]

  private constructor(adapter: OpenPersistence, worlds: readonly GeneratedWorld[], guests: readonly Asker[]) {
    this.#adapter = adapter
    this.#worlds = worlds
    this.#guests = guests
  }

  static async in(adapter: OpenPersistence, wish: Wish): Promise<Worlds> {
    const guests = wish.guests.map((has) => ({ userId: newId<'UserId'>(), skills: has }))
    const worlds = wish.worlds.map((one) => {
      const workflow = aWorkflow(one.steps)
      const assignment = { ...DEFAULT_ASSIGNMENT_CONFIG, crossStepExclusionPairs: one.pairs }
      return new GeneratedWorld(
        aProject({ workflowId: workflow.workflowId, assignment }),
        workflow,
        one,
        guests,
      )
    })
    await adapter.persistence.transaction(async ({ workflows, projects, tasks }) => {
      for (const { workflow, project } of worlds) {
        await workflows.add(workflow)
        await projects.add(project)
      }
      await tasks.add(worlds.flatMap(({ works }) => works))
    })
    return new Worlds(adapter, worlds, guests)
  }

  /** One claim of each of these people of every world, made together. */
  async compareClaims(turn: readonly number[]): Promise<void> {
    await this.#look()
    const asked = this.#worlds.flatMap((each) => turn.map((nth) => ({ each, asker: each.asker(nth) })))
    const claimed = await this.#adapter.persistence.transaction(({ claims }) =>
      claims.claim(
        asked.map(({ each, asker }) => ({
          userId: asker.userId,
          shelves: each.shelvesFor(asker).map(({ open }) => open),
          assignmentId: newId<'AssignmentId'>(),
        })),
        NOW,
      ),
    )
    this.#worlds.forEach((each, place) => {
      const claims: Claims = turn.map((nth, at) => [each.asker(nth), claimed[place * turn.length + at]])
      for (const [, claim] of claims) {
        if (!claim) continue
        expect(claim.from === null || ASSIGNMENT_MOVES[claim.from].includes(claim.assignment.status)).toBe(
          true,
        )
        expect(claim.assignment.expiresAt).toEqual(new Date(NOW.getTime() + LEASE_MS))
      }
      each.follow(claims)
    })
  }

  /** What stands open in all worlds, counted for each of those who have rows everywhere. */
  async compareCounts(): Promise<void> {
    await this.#look()
    const byShelf = (a: ShelfCount, b: ShelfCount): number => a.shelfId - b.shelfId
    for (const guest of this.#guests) {
      const shelves = this.#worlds.flatMap((each) => each.shelvesFor(guest).map(({ open }) => open))
      const counts = await this.#adapter.persistence.stores.claims.countShelves(guest.userId, shelves)
      expect(counts.toSorted(byShelf)).toEqual(
        this.#worlds.flatMap((each) => each.countsFor(guest)).sort(byShelf),
      )
    }
  }

  /** Every row, as it must have become. */
  async compareWorks(): Promise<void> {
    const expected = this.#worlds.flatMap((each) => each.worksInOrder())
    const kept = await this.#adapter.persistence.transaction(({ tasks }) =>
      tasks.lockWorks(expected.map(({ task }) => task.taskId)),
    )
    expect(kept).toEqual(expected)
  }

  async #look(): Promise<void> {
    const projectIds = this.#worlds.map(({ project }) => project.projectId)
    const shelves = await shelvesOf(this.#adapter.persistence.stores, ...projectIds)
    const byProject = Map.groupBy(shelves, ({ projectId }) => projectId)
    for (const each of this.#worlds) each.see(byProject.get(each.project.projectId) ?? [])
  }
}
