import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Assignment, AssignmentStatus, TaskWork } from '../assignment/assignment.ts'
import { openStepOf, reasonsAgainst } from '../assignment/eligibility.ts'
import type { OpenShelf, Shelf, ShelfCount } from '../assignment/ports.ts'
import { excludedSteps } from '../assignment/terms.ts'
import type { User } from '../people/person.ts'
import { sufficientUntil } from '../workflow/requirements.ts'
import type { SlotState, Task } from '../workflow/task.ts'
import type { Requirement, Step } from '../workflow/workflow.ts'
import { LEASE_MS, PATIENT, type TaskWorld } from './task-world.ts'
import { after, anAssignment, aStep, aUser, newId, withAssignment } from './worlds.ts'

/** The moment at which everything in a generated world is decided. */
const NOW = after(100)
const STEP_IDS = ['one', 'two', 'three']
const REVIVABLE: readonly AssignmentStatus[] = ['expired', 'reassigned']

interface TaskWish {
  readonly at: number
  readonly priority: number
  readonly openedAt: number
  readonly requiredSkills: readonly Requirement[]
  /** What each person has on each step up to the task's, if anything. */
  readonly rows: readonly (AssignmentStatus | null)[]
  /** What slots that nobody has are. */
  readonly rest: readonly SlotState[]
}

interface Wish {
  readonly steps: readonly Step[]
  readonly skills: readonly Readonly<Record<string, number>>[]
  readonly pairs: readonly (readonly [string, string])[]
  readonly tasks: readonly TaskWish[]
  /** Who claims next, and what of the counts is looked at before. */
  readonly turns: readonly number[]
}

const requirement: fc.Arbitrary<Requirement> = fc.record({
  anyOf: fc.constantFrom(['da'], ['nb'], ['da', 'nb']),
  minLevel: fc.integer({ min: 1, max: 3 }),
  dropAfterMinutes: fc.constantFrom(null, 50, 90),
})
const requirements = fc.array(requirement, { maxLength: 1 })
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

const wishes: fc.Arbitrary<Wish> = fc.record({
  steps: fc.integer({ min: 2, max: 3 }).chain((count) => fc.tuple(...[0, 1, 2].slice(0, count).map(stepAt))),
  skills: fc.array(
    fc.dictionary(fc.constantFrom('da', 'nb'), fc.integer({ min: 1, max: 3 }), { maxKeys: 2 }),
    { minLength: 2, maxLength: 4 },
  ),
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
    { minLength: 1, maxLength: 10 },
  ),
  turns: fc.array(fc.nat(3), { minLength: 4, maxLength: 20 }),
})

/** Random worlds, in which claims and counts must agree with a scan of everything by core's own rules. */
export function taskGeneratedCases(open: (steps: readonly Step[], wish: Wish) => Promise<TaskWorld>): void {
  it('agrees with a scan of all tasks by the rules, claim by claim and count by count', PATIENT, async () => {
    await fc.assert(
      fc.asyncProperty(wishes, async (wish) => {
        const scan = await Scan.of(await open(wish.steps, wish), wish)
        for (const turn of wish.turns) {
          const user = scan.people[turn % scan.people.length] ?? aUser()
          await scan.compareCounts(user)
          await scan.compareClaim(user)
        }
      }),
      { numRuns: 40 },
    )
  })
}

/** The same world once more, as plain values that are looked through from one end to the other. */
class Scan {
  readonly people: readonly User[]
  readonly #world: TaskWorld
  #works: readonly TaskWork[]

  private constructor(world: TaskWorld, people: readonly User[], works: readonly TaskWork[]) {
    this.#world = world
    this.people = people
    this.#works = works
  }

  static async of(world: TaskWorld, wish: Wish): Promise<Scan> {
    const people: User[] = []
    for (const skills of wish.skills) people.push(await world.person({ skills }))
    const works = wish.tasks.map((task) => workOf(world, people, task))
    await world.keep(...works)
    return new Scan(world, people, works)
  }

  async compareClaim(user: User): Promise<void> {
    const { persistence } = this.#world
    const shelves = (await this.#shelvesFor(user)).map(({ open }) => open)
    const claimed = await persistence.transaction(async ({ people, projects, tasks }) => {
      await people.lock([user.userId])
      await projects.holdGates([this.#world.project.projectId])
      return tasks.claim({ userId: user.userId, shelves, assignmentId: newId(), now: NOW })
    })
    const expected = this.#works.filter((work) => this.#isFor(user, work)).sort(inLine)[0]
    expect(claimed?.task).toEqual(expected?.task)
    if (!expected || !claimed) return
    const held = rowOf(expected, user, expected.task.currentStepId)
    expect(claimed.from).toBe(held?.status ?? null)
    expect(claimed.assignment).toMatchObject({
      attempt: (held?.attempt ?? 0) + 1,
      slotNo: expect.toSatisfy((slotNo: number) => isFree(expected, slotNo)),
      expiresAt: new Date(NOW.getTime() + LEASE_MS),
    })
    const after = afterClaim(expected, claimed.assignment)
    this.#works = this.#works.map((work) => (work === expected ? after : work))
    expect(await this.#world.stores.tasks.findWork(expected.task.taskId)).toEqual(sorted(after))
  }

  async compareCounts(user: User): Promise<void> {
    const shelves = await this.#shelvesFor(user)
    const counts = await this.#world.stores.tasks.countShelves(
      user.userId,
      shelves.map(({ open }) => open),
    )
    const byShelf = (a: ShelfCount, b: ShelfCount): number => a.shelfId - b.shelfId
    expect(counts.toSorted(byShelf)).toEqual(shelves.map((shelf) => this.#count(user, shelf)).sort(byShelf))
  }

  /** Shelves that the person's skills suffice for at some age of a task, as a claim asks for them. */
  async #shelvesFor({ skills }: User): Promise<{ readonly shelf: Shelf; readonly open: OpenShelf }[]> {
    const { stores, project, workflow } = this.#world
    const shelves = await stores.tasks.listShelves([project.projectId])
    return shelves.flatMap((shelf) => {
      const sufficient = sufficientUntil(skills, shelf.requirements, NOW)
      if (!sufficient) return []
      const excluded = excludedSteps(workflow, project.assignment, shelf.stepId)
      return [
        {
          shelf,
          open: { shelfId: shelf.shelfId, ...sufficient, excludedSteps: excluded, leaseMs: LEASE_MS },
        },
      ]
    })
  }

  #reasons(user: User, work: TaskWork): readonly string[] {
    const { workflow, project } = this.#world
    const step = workflow.steps.find(({ stepId }) => stepId === work.task.currentStepId)
    if (!step) return ['noStep']
    const person = { ...user, isMember: true, live: 0, ownLimit: null, quality: 0.5, lastAssignedAt: null }
    const at = { workflow, config: project.assignment, gateOpen: true, now: NOW }
    return reasonsAgainst(person, openStepOf(work, step, at)).map(({ code }) => code)
  }

  #isFor(user: User, work: TaskWork): boolean {
    return this.#reasons(user, work).length === 0
  }

  #count(user: User, { shelf, open }: { readonly shelf: Shelf; readonly open: OpenShelf }): ShelfCount {
    const here = this.#works.filter(({ task }) => isOn(shelf, task, this.#world))
    const under = (code: string): number =>
      here.filter((work) => this.#reasons(user, work).includes(code)).length
    return {
      shelfId: shelf.shelfId,
      open: here.length,
      openedUntil: here.filter(
        ({ task }) => open.openedUntil === null || task.stepOpenedAt <= open.openedUntil,
      ).length,
      noFreeSlot: under('noFreeSlot'),
      coolingDown: under('coolingDown'),
      alreadyAssigned: under('alreadyAssigned'),
      rejectedBefore: under('rejectedBefore'),
      excludedByStep: under('excludedByStep'),
    }
  }
}

function isOn(shelf: Shelf, task: Task, { workflow }: TaskWorld): boolean {
  const step = workflow.steps.find(({ stepId }) => stepId === task.currentStepId)
  const asked = [...(step?.requiredSkills ?? []), ...task.requiredSkills]
  return (
    task.currentStepId === shelf.stepId &&
    task.priority === shelf.priority &&
    JSON.stringify(asked.map(inOrder)) === JSON.stringify(shelf.requirements.map(inOrder))
  )
}

function inOrder({ anyOf, minLevel, dropAfterMinutes }: Requirement): unknown[] {
  return [anyOf, minLevel, dropAfterMinutes]
}

function inLine(a: TaskWork, b: TaskWork): number {
  return (
    b.task.priority - a.task.priority ||
    a.task.stepOpenedAt.getTime() - b.task.stepOpenedAt.getTime() ||
    (a.task.taskId < b.task.taskId ? -1 : 1)
  )
}

function rowOf(work: TaskWork, { userId }: User, stepId: string | null): Assignment | undefined {
  return work.assignments.find((row) => row.userId === userId && row.stepId === stepId)
}

function afterClaim(work: TaskWork, assignment: Assignment): TaskWork {
  const others = work.assignments.filter(({ assignmentId }) => assignmentId !== assignment.assignmentId)
  return withAssignment({ ...work, assignments: others }, assignment)
}

/** In the order in which a store gives it. */
function sorted(work: TaskWork): TaskWork {
  const oldest = (a: Assignment, b: Assignment): number =>
    a.assignedAt.getTime() - b.assignedAt.getTime() || (a.assignmentId < b.assignmentId ? -1 : 1)
  return { ...work, assignments: work.assignments.toSorted(oldest) }
}

/** A task with rows in all states, as many of them in slots as there are, and the slots that are left over at rest. */
function workOf(world: TaskWorld, people: readonly User[], wish: TaskWish): TaskWork {
  const { steps } = world.workflow
  const place = wish.at % steps.length
  const base = world.work({
    currentStepId: steps[place]?.stepId ?? null,
    priority: wish.priority,
    stepOpenedAt: after(wish.openedAt),
    requiredSkills: wish.requiredSkills,
  })
  let work: TaskWork = {
    ...base,
    slots: base.slots.map((slot, index) => {
      const state = wish.rest[index] ?? 'free'
      return { ...slot, state, wakeAt: state === 'free' ? null : after(200) }
    }),
  }
  people.forEach(({ userId }, index) => {
    steps.slice(0, place + 1).forEach(({ stepId }, at) => {
      const wished = wish.rows[index * 3 + at] ?? null
      if (wished === null) return
      const slotNo = freeSlotNo(work, stepId)
      const needsSlot =
        stepId === base.task.currentStepId && !REVIVABLE.includes(wished) && wished !== 'rejected'
      if (needsSlot && slotNo === undefined) return
      const row = anAssignment(work, world.workflow, userId, { stepId, status: wished, slotNo: slotNo ?? 1 })
      work = withAssignment(work, row)
    })
  })
  return work
}

function freeSlotNo(work: TaskWork, stepId: string): number | undefined {
  return work.slots.find((slot) => slot.stepId === stepId && slot.state === 'free')?.slotNo
}

function isFree({ task, slots }: TaskWork, slotNo: number): boolean {
  return slots.some(
    (slot) => slot.stepId === task.currentStepId && slot.slotNo === slotNo && slot.state === 'free',
  )
}
