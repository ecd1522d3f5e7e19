import {
  type Assignment,
  MusterError,
  type Principal,
  type ProjectId,
  type User,
  type UserId,
} from '@muster/core'
import type { Muster } from '@muster/host'
import { SeededRandom } from '@muster/testing'
import { liveOf } from '@muster/testing/worlds'
import type { World } from './world.ts'

/** How often each move is made, in relation to the others. */
const WEIGHTS = {
  claim: 40,
  twoTabs: 8,
  ahead: 20,
  twoAhead: 4,
  finish: 28,
  finishWithNext: 12,
  handIn: 6,
  takeBack: 3,
  draft: 4,
  accept: 4,
  heartbeat: 2,
  stale: 2,
  release: 6,
  reject: 2,
  reassign: 3,
  push: 1,
  pushNamed: 3,
  batch: 0.3,
  sweep: 0.3,
  prioritise: 1,
  cancel: 0.2,
  suspend: 0.3,
} as const

export type MoveName = keyof typeof WEIGHTS

const NAMES = Object.keys(WEIGHTS) as MoveName[]
const TOTAL = NAMES.reduce((sum, name) => sum + WEIGHTS[name], 0)

/** Makes random moves for random people. */
export class Mover {
  readonly #muster: Muster
  readonly #world: World
  readonly #random: SeededRandom
  readonly #admin: Principal
  /** Who was given something by a claim of this mover, and may hold it still. */
  readonly #holders = new Set<User>()

  constructor(muster: Muster, world: World, seed: number) {
    this.#muster = muster
    this.#world = world
    this.#random = new SeededRandom(seed)
    this.#admin = { userId: muster.ids.next() as UserId, role: 'admin', memberships: new Set() }
  }

  /** Makes one move; the name of what came about, `undefined` where it was refused or found nothing to do. @throws what must not happen */
  async next(): Promise<string | undefined> {
    const name = this.#name()
    try {
      return (await this.#moves[name]()) ? name : undefined
    } catch (refusal) {
      // A refusal is an answer, and a lost connection is what this is about.
      if (refusal instanceof MusterError) return undefined
      throw refusal
    }
  }

  readonly #moves: Readonly<Record<MoveName, () => Promise<boolean>>> = {
    claim: () => this.#claim(this.#person()),
    twoTabs: async () => {
      const person = this.#person()
      const [one, other] = await Promise.all([this.#claim(person), this.#claim(person)])
      return one || other
    },
    ahead: () => this.#onHolder((person) => this.#claim(person, true)),
    twoAhead: () =>
      this.#onHolder(async (person) => {
        const [one, other] = await Promise.all([this.#claim(person, true), this.#claim(person, true)])
        return one || other
      }),
    finish: () => this.#onRow((row, by) => this.#finish(row, by)),
    finishWithNext: () =>
      this.#onRow(async (row, by) => {
        const { assignmentId } = await this.#started(row, by)
        const asked = { assignmentId, by, result: this.#result(row), next: {} }
        await this.#muster.assignments.submitWithNext(asked)
      }),
    handIn: () =>
      this.#onRow(async (row, by) => {
        const { assignmentId } = await this.#started(row, by)
        const asked = { assignmentId, by, result: this.#result(row), undoSeconds: 1 }
        await this.#muster.assignments.submit(asked)
      }),
    takeBack: () =>
      this.#onRow(({ assignmentId }, by) => this.#muster.assignments.takeBack({ assignmentId, by })),
    draft: () =>
      this.#onRow(({ assignmentId, attempt, draftVersion }, by) =>
        this.#muster.assignments.saveDraft({
          assignmentId,
          by,
          attempt,
          draftVersion,
          answers: { label: 'yes' },
        }),
      ),
    accept: () =>
      this.#onRow(({ assignmentId }, by) => this.#muster.assignments.accept({ assignmentId, by })),
    heartbeat: () =>
      this.#onRow(({ assignmentId }, by) => this.#muster.assignments.heartbeat({ assignmentId, by })),
    stale: () => this.#onRow((row, by) => this.#stale(row, by)),
    release: () =>
      this.#onRow(({ assignmentId }, by) => this.#muster.assignments.release({ assignmentId, by })),
    reject: () =>
      this.#onRow(({ assignmentId }, by) =>
        this.#muster.assignments.reject({ assignmentId, by, code: 'unclear' }),
      ),
    reassign: () =>
      this.#onRow(({ assignmentId }) =>
        this.#muster.assignments.reassign({ assignmentId, by: this.#admin, reason: 'balance' }),
      ),
    push: () => this.#onTask((taskId) => this.#muster.assignments.assign({ taskId })),
    pushNamed: () =>
      this.#onTask((taskId) => this.#muster.assignments.assign({ taskId, userId: this.#person().userId })),
    batch: async () => {
      const { assigned } = await this.#muster.assignments.assignBatch({
        projectId: this.#project(),
        limit: 10,
      })
      return assigned > 0
    },
    sweep: async () => (await this.#muster.assignments.expireDue()) > 0,
    prioritise: () => this.#onTask((taskId) => this.#muster.tasks.setPriority(taskId, this.#below(3))),
    cancel: () => this.#onTask((taskId) => this.#muster.tasks.cancel(taskId)),
    suspend: async () => {
      const { userId } = this.#person()
      await this.#muster.people.change(userId, { status: 'suspended' })
      await this.#muster.people.change(userId, { status: 'active' })
      return true
    },
  }

  async #claim(person: User, ahead = false): Promise<boolean> {
    const { kind } = await this.#muster.assignments.claimNext({ userId: person.userId, ahead })
    if (kind === 'claimed') this.#holders.add(person)
    return kind === 'claimed'
  }

  async #finish(row: Assignment, by: Principal): Promise<void> {
    const { assignmentId } = await this.#started(row, by)
    await this.#muster.assignments.submit({ assignmentId, by, result: this.#result(row) })
  }

  async #started(row: Assignment, by: Principal): Promise<Assignment> {
    const { assignmentId, status } = row
    return status === 'in_progress' ? row : this.#muster.assignments.start({ assignmentId, by })
  }

  #result({ stepType }: Assignment) {
    return stepType === 'review'
      ? { verdict: this.#below(3) === 0 ? 'return' : 'accept' }
      : { label: this.#below(2) === 0 ? 'yes' : 'no' }
  }

  /** A move that names an attempt which never was. */
  async #stale({ assignmentId, attempt }: Assignment, by: Principal): Promise<void> {
    await this.#muster.assignments.submit({
      assignmentId,
      by,
      attempt: attempt + 1_000,
      result: { label: 'late' },
    })
    throw new Error(`Assignment ${assignmentId} at attempt ${attempt} took a move of another attempt`)
  }

  /** Somebody who may hold something. */
  #onHolder(act: (person: User) => Promise<boolean>): Promise<boolean> {
    const holders = [...this.#holders]
    return act(holders.length > 0 ? this.#one(holders) : this.#person())
  }

  /** Acts on a live row of some person, as that person. Mostly on somebody who has one: moves of nobody's rows ask nothing of the rules. */
  async #onRow(act: (row: Assignment, by: Principal) => Promise<unknown>): Promise<boolean> {
    const holders = [...this.#holders]
    const person = this.#below(5) > 0 && holders.length > 0 ? this.#one(holders) : this.#person()
    const { userId, role } = person
    const live = await liveOf(this.#muster.persistence.stores, userId)
    const assignmentId = live[this.#below(live.length)]
    if (assignmentId === undefined) {
      this.#holders.delete(person)
      return false
    }
    const memberships = new Set(this.#world.projects.map(({ projectId }) => projectId))
    await act(await this.#muster.assignments.get(assignmentId), { userId, role, memberships })
    return true
  }

  async #onTask(act: (taskId: Assignment['taskId']) => Promise<unknown>): Promise<boolean> {
    const open = await this.#muster.persistence.stores.tasks.listOpenWork(this.#project(), 20)
    const work = open[this.#below(open.length)]
    if (work === undefined) return false
    await act(work.task.taskId)
    return true
  }

  #name(): MoveName {
    let left = this.#random.next() * TOTAL
    for (const name of NAMES) {
      left -= WEIGHTS[name]
      if (left < 0) return name
    }
    return 'claim'
  }

  #person(): User {
    return this.#one(this.#world.people)
  }

  #project(): ProjectId {
    return this.#one(this.#world.projects).projectId
  }

  #one<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)]
    if (item === undefined) throw new RangeError('There is nothing to choose from')
    return item
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit)
  }
}
