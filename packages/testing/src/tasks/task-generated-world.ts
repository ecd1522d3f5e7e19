import type {
  Assignment,
  AssignmentStatus,
  Project,
  Requirement,
  Step,
  Task,
  User,
  Workflow,
} from '@muster/core'
import type { Claimed, OpenShelf, Shelf, ShelfCount, SlotState, TaskWork } from '@muster/core/ports'
import { excludedSteps, isRevivable, openStepOf, reasonsAgainst, sufficientUntil } from '@muster/core/rules'
import { expect } from 'vitest'
import { after, anAssignment, aTaskWork, newId, withAssignment } from '../worlds/samples.ts'
import { LEASE_MS } from './task-world.ts'

/** The moment at which everything in a generated world is decided. */
export const NOW = after(100)

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

export interface WorldWish {
  readonly steps: readonly Step[]
  /** Of the two people who live here alone. */
  readonly skills: readonly Readonly<Record<string, number>>[]
  readonly pairs: readonly (readonly [string, string])[]
  readonly tasks: readonly TaskWish[]
}

export type Asker = Pick<User, 'userId' | 'skills'>

/** Who asked, and what they were given. */
export type Claims = readonly (readonly [Asker, Claimed | undefined])[]

/** One project with a few tasks, as plain values that are looked through from one end to the other. */
export class GeneratedWorld {
  readonly project: Project
  readonly workflow: Workflow
  readonly #people: readonly Asker[]
  #works: readonly TaskWork[]
  #shelves: readonly Shelf[] = []

  constructor(project: Project, workflow: Workflow, wish: WorldWish, guests: readonly Asker[]) {
    this.project = project
    this.workflow = workflow
    this.#people = [...wish.skills.map((skills) => ({ userId: newId<'UserId'>(), skills })), ...guests]
    this.#works = wish.tasks.map((task) => this.#workOf(task))
  }

  get works(): readonly TaskWork[] {
    return this.#works
  }

  /** As a store gives them. */
  worksInOrder(): TaskWork[] {
    return this.#works.map(sorted)
  }

  asker(nth: number): Asker {
    const person = this.#people[nth]
    if (!person) throw new Error(`The world has no person ${nth}`)
    return person
  }

  /** The shelves as the store has them now. */
  see(shelves: readonly Shelf[]): void {
    this.#shelves = shelves
  }

  /** Shelves that the person's skills suffice for at some age of a task, as a claim asks for them. */
  shelvesFor({ skills }: Asker): { readonly shelf: Shelf; readonly open: OpenShelf }[] {
    return this.#shelves.flatMap((shelf) => {
      const sufficient = sufficientUntil(skills, shelf.requirements, NOW)
      if (!sufficient) return []
      const excluded = excludedSteps(this.workflow, this.project.assignment, shelf.stepId)
      const { shelfId } = shelf
      return [{ shelf, open: { shelfId, ...sufficient, excludedSteps: excluded, leaseMs: LEASE_MS } }]
    })
  }

  countsFor(asker: Asker): ShelfCount[] {
    const reasons = new Map(this.#works.map((work) => [work, this.#reasons(asker, work)]))
    const isOwn = (work: TaskWork): boolean =>
      ['alreadyAssigned', 'rejectedBefore', 'excludedByStep'].some((code) =>
        reasons.get(work)?.includes(code),
      )
    return this.shelvesFor(asker).map(({ shelf, open }) => {
      const here = this.#works.filter(({ task }) => this.#isOn(shelf, task))
      const under = (code: string): number => here.filter((work) => reasons.get(work)?.includes(code)).length
      const { openedUntil } = open
      return {
        shelfId: shelf.shelfId,
        open: here.length,
        openedUntil: here.filter(({ task }) => openedUntil === null || task.stepOpenedAt <= openedUntil)
          .length,
        noFreeSlot: under('noFreeSlot'),
        coolingDown: under('coolingDown'),
        reservedFor: under('reservedFor'),
        alreadyAssigned: under('alreadyAssigned'),
        rejectedBefore: under('rejectedBefore'),
        excludedByStep: under('excludedByStep'),
        own: here.filter(isOwn).length,
        ownFree: here.filter(
          (work) =>
            isOwn(work) &&
            work.slots.some(({ stepId, state }) => stepId === work.task.currentStepId && state === 'free'),
        ).length,
      }
    })
  }

  /** Compares what was claimed together with what comes of claims one after another, in one order or the other, and goes on from there. */
  follow(claims: Claims): void {
    const orders = [claims, claims.toReversed()].map((order) => {
      const given = this.#oneAfterAnother(order)
      return { order, tasks: claims.map(([asker]) => given.get(asker)?.task) }
    })
    const tasks = claims.map(([, claimed]) => claimed?.task)
    const matching = orders.find((order) => same(order.tasks, tasks))
    if (!matching) expect(tasks, 'comes of claims one after another').toEqual(orders[0]?.tasks)
    for (const [asker, claimed] of matching?.order ?? []) if (claimed) this.#take(asker, claimed)
  }

  #oneAfterAnother(claims: Claims): ReadonlyMap<Asker, TaskWork> {
    const given = new Map<Asker, TaskWork>()
    let works = this.#works
    for (const [asker] of claims) {
      const best = works.filter((work) => this.#reasons(asker, work).length === 0).sort(inLine)[0]
      if (!best) continue
      given.set(asker, best)
      const slotNo = freeSlotNo(best, best.task.currentStepId)
      const taken = withAssignment(
        best,
        anAssignment(best, this.workflow, asker.userId, { slotNo: slotNo ?? 0 }),
      )
      works = works.map((work) => (work === best ? taken : work))
    }
    return given
  }

  #take({ userId }: Asker, { assignment, from }: Claimed): void {
    const work = this.#works.find(({ task }) => task.taskId === assignment.taskId)
    if (!work) throw new Error('The world has no such task')
    const { currentStepId } = work.task
    const held = work.assignments.find((row) => row.userId === userId && row.stepId === currentStepId)
    expect(from).toBe(held?.status ?? null)
    expect(assignment).toMatchObject({ userId, stepId: currentStepId, attempt: (held?.attempt ?? 0) + 1 })
    const free = work.slots.filter(({ stepId, state }) => stepId === currentStepId && state === 'free')
    expect(free.map(({ slotNo }) => slotNo)).toContain(assignment.slotNo)
    const others = work.assignments.filter((row) => row !== held)
    const taken = withAssignment({ ...work, assignments: others }, assignment)
    this.#works = this.#works.map((one) => (one === work ? taken : one))
  }

  #reasons(asker: Asker, work: TaskWork): readonly string[] {
    const { workflow } = this
    const step = workflow.steps.find(({ stepId }) => stepId === work.task.currentStepId)
    if (!step) return ['noStep']
    const person = {
      ...asker,
      status: 'active',
      isMember: true,
      live: 0,
      ownLimit: null,
      quality: 0.5,
      lastAssignedAt: null,
    } as const
    const at = { workflow, config: this.project.assignment, gateOpen: true, now: NOW }
    return reasonsAgainst(person, openStepOf(work, step, at)).map(({ code }) => code)
  }

  #isOn(shelf: Shelf, task: Task): boolean {
    const step = this.workflow.steps.find(({ stepId }) => stepId === task.currentStepId)
    const asked = [...(step?.requiredSkills ?? []), ...task.requiredSkills]
    return (
      task.currentStepId === shelf.stepId &&
      task.priority === shelf.priority &&
      JSON.stringify(asked.map(inOrder)) === JSON.stringify(shelf.requirements.map(inOrder))
    )
  }

  /** A task with rows in all states, as many of them in slots as there are, and the slots that are left over at rest. */
  #workOf(wish: TaskWish): TaskWork {
    const { workflow } = this
    const { steps } = workflow
    const place = wish.at % steps.length
    const base = aTaskWork(
      { projectId: this.project.projectId, workflow },
      {
        currentStepId: steps[place]?.stepId ?? null,
        priority: wish.priority,
        stepOpenedAt: after(wish.openedAt),
        requiredSkills: wish.requiredSkills,
      },
    )
    let work: TaskWork = {
      ...base,
      slots: base.slots.map((slot, index) => {
        const state = wish.rest[index] ?? 'free'
        return { ...slot, state, wakeAt: state === 'free' ? null : after(200) }
      }),
    }
    this.#people.forEach(({ userId }, index) => {
      steps.slice(0, place + 1).forEach(({ stepId }, at) => {
        const wished = wish.rows[index * 3 + at] ?? null
        if (wished === null) return
        const slotNo = freeSlotNo(work, stepId)
        const needsSlot =
          stepId === base.task.currentStepId && !isRevivable({ status: wished }) && wished !== 'rejected'
        if (needsSlot && slotNo === undefined) return
        const row = anAssignment(work, workflow, userId, { stepId, status: wished, slotNo: slotNo ?? 1 })
        work = withAssignment(work, row)
      })
    })
    return work
  }
}

function same(some: readonly (Task | undefined)[], others: readonly (Task | undefined)[]): boolean {
  return some.every((task, index) => task?.taskId === others[index]?.taskId)
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

/** In the order in which a store gives it. */
function sorted(work: TaskWork): TaskWork {
  const oldest = (a: Assignment, b: Assignment): number =>
    a.assignedAt.getTime() - b.assignedAt.getTime() || (a.assignmentId < b.assignmentId ? -1 : 1)
  return { ...work, assignments: work.assignments.toSorted(oldest) }
}

function freeSlotNo(work: TaskWork, stepId: string | null): number | undefined {
  return work.slots.find((slot) => slot.stepId === stepId && slot.state === 'free')?.slotNo
}
