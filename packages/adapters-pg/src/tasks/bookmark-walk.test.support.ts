import type { Assignment, AssignmentStatus, TaskId, UserId } from '@muster/core'
import type { OpenShelf, SlotState, TaskWork } from '@muster/core/ports'
import { holdsOrSubmitted, isLive, isRevivable } from '@muster/core/rules'
import { after, aStep, freeSlots, newId, SeededRandom, TaskWorld, withAssignment } from '@muster/testing'
import { shelvesOf } from '@muster/testing/worlds'
import { jsonText, type Queryable } from '../connection/queryable.ts'
import type { Emptied } from '../jobs/emptied.test.support.ts'

const LABEL = aStep('label', { assignmentsRequired: 2 })
const COMPARE = aStep('compare', { assignmentsRequired: 2, excludes: ['label'] })
const PEOPLE = 3
const TASKS = 12
const MINUTES = 30

/** A claim that gave something else than a scan of everything. */
export class DeviationError extends Error {}

/**
 * People who claim, finish, let go and come back in a small world where tasks move to and fro, with bookmarks moved at every chance: each claim must
 * give what a scan of all tasks finds. The same seed makes the same moves.
 */
export class BookmarkWalk {
  readonly #world: TaskWorld
  readonly #queryable: Queryable
  readonly #random: SeededRandom
  readonly #people: readonly UserId[]
  readonly #works = new Map<TaskId, TaskWork>()
  readonly done = { claimed: 0, nothing: 0, bookmarksPastSomething: 0 }

  private constructor(world: TaskWorld, queryable: Queryable, seed: number) {
    this.#world = world
    this.#queryable = queryable
    this.#random = new SeededRandom(seed)
    this.#people = Array.from({ length: PEOPLE }, () => newId<'UserId'>())
  }

  static async in(adapter: Emptied, seed: number): Promise<BookmarkWalk> {
    const walk = new BookmarkWalk(await TaskWorld.in(adapter, [LABEL, COMPARE]), adapter.queryable, seed)
    const works = Array.from({ length: TASKS }, (_, nth) => walk.#work(after(nth)))
    await walk.#add(works)
    // They opened when it says, before there was any bookmark.
    await adapter.queryable.query('update slot set late = false, freed_xid = null')
    return walk
  }

  /** @throws DeviationError */
  async make(moves: number): Promise<void> {
    for (let move = 1; move <= moves; move++) {
      const name = this.#one(MOVES)
      try {
        await this.#make(name)
        if (this.#random.next() < 0.7) await this.#moveBookmarks(this.#one(this.#people))
      } catch (error) {
        if (error instanceof DeviationError)
          throw new DeviationError(`move ${move}, ${name}: ${error.message}`)
        throw error
      }
    }
  }

  async #make(name: (typeof MOVES)[number]): Promise<void> {
    switch (name) {
      case 'claim':
        return this.#claim(this.#one(this.#people))
      case 'submit':
        return this.#onRow(isLive, (row) => [{ ...row, status: 'submitted', expiresAt: null }, 'done'])
      case 'let go':
        return this.#onRow(isLive, (row) => {
          const status = this.#one<AssignmentStatus>(['rejected', 'expired', 'reassigned'])
          return [{ ...row, status, expiresAt: null }, this.#one<SlotState>(['free', 'cooling'])]
        })
      case 'return':
        return this.#onRow(
          ({ status }) => status === 'submitted',
          (row) => [{ ...row, status: 'assigned', attempt: row.attempt + 1, expiresAt: after(90) }, 'held'],
        )
      case 'wake':
        return this.#onTask((work) => ({
          ...work,
          slots: work.slots.map((slot) =>
            slot.state === 'cooling' ? { ...slot, state: 'free', wakeAt: null } : slot,
          ),
        }))
      case 'other step':
        return this.#onTask((work) => this.#atOtherStep(work))
      case 'other priority':
        return this.#onTask((work) => ({ ...work, task: { ...work.task, priority: 1 - work.task.priority } }))
      case 'cancel':
        return this.#onTask((work) =>
          this.#works.size < TASKS ? work : { ...work, task: { ...work.task, status: 'cancelled' } },
        )
      case 'add':
        return this.#add([this.#work(this.#random.next() < 0.5 ? new Date() : this.#moment())])
    }
  }

  /** Claims as a use case does, and keeps what came of it. */
  async #claim(userId: UserId): Promise<void> {
    const expected = [...this.#works.values()].filter((work) => isFor(userId, work)).sort(inLine)[0]
    const claimed = await this.#world.claim(userId, await this.#shelves())
    if (claimed?.task.taskId !== expected?.task.taskId) {
      throw new DeviationError(
        `${userId} got ${claimed?.task.taskId}, but a scan finds ${expected?.task.taskId}`,
      )
    }
    this.done[claimed ? 'claimed' : 'nothing'] += 1
    if (!claimed || !expected) return
    const { assignment } = claimed
    const others = expected.assignments.filter(({ assignmentId }) => assignmentId !== assignment.assignmentId)
    this.#works.set(expected.task.taskId, withAssignment({ ...expected, assignments: others }, assignment))
  }

  async #moveBookmarks(userId: UserId): Promise<void> {
    await this.#queryable.query('select move_bookmarks($1, $2::jsonb)', [
      userId,
      jsonText(await this.#shelves()),
    ])
    const { rows } = await this.#queryable.query<{ past: number }>(
      `select count(*)::int as past from bookmark where user_id = $1 and exists (
         select from slot where slot.shelf_id = bookmark.shelf_id and slot.state = 'free' and slot.opened_at < mark_at)`,
      [userId],
    )
    this.done.bookmarksPastSomething += rows[0]?.past ?? 0
  }

  async #shelves(): Promise<OpenShelf[]> {
    const { stores, project } = this.#world
    const shelves = await shelvesOf(stores, project.projectId)
    return shelves.map(({ shelfId, stepId }) => {
      return { shelfId, openedUntil: null, excludedSteps: [otherThan(stepId)], leaseMs: 60_000 }
    })
  }

  async #add(works: readonly TaskWork[]): Promise<void> {
    await this.#world.keep(...works)
    for (const work of works) this.#works.set(work.task.taskId, work)
  }

  #work(stepOpenedAt: Date): TaskWork {
    return this.#world.work({ stepOpenedAt, priority: this.#random.next() < 0.8 ? 0 : 1 })
  }

  #atOtherStep(work: TaskWork): TaskWork {
    const currentStepId = otherThan(work.task.currentStepId ?? '')
    const stepOpenedAt = this.#random.next() < 0.5 ? work.task.stepOpenedAt : this.#moment()
    const known = work.slots.some(({ stepId }) => stepId === currentStepId)
    const step = currentStepId === LABEL.stepId ? LABEL : COMPARE
    const slots = known ? work.slots : [...work.slots, ...freeSlots(work.task.taskId, step)]
    return { ...work, task: { ...work.task, currentStepId, stepOpenedAt }, slots }
  }

  /** Changes a row on the step its task stands at, and its slot with it. */
  #onRow(
    which: (row: Assignment) => boolean,
    change: (row: Assignment) => readonly [Assignment, SlotState],
  ): Promise<void> {
    return this.#onTask((work) => {
      const row = work.assignments.find((one) => one.stepId === work.task.currentStepId && which(one))
      if (!row) return work
      const [changed, state] = change(row)
      return {
        ...work,
        assignments: work.assignments.map((one) => (one === row ? changed : one)),
        slots: work.slots.map((slot) => {
          if (slot.assignmentId !== row.assignmentId) return slot
          const keeps = state === 'held' || state === 'done'
          return {
            ...slot,
            state,
            assignmentId: keeps ? row.assignmentId : null,
            wakeAt: keeps ? null : after(80),
          }
        }),
      }
    })
  }

  async #onTask(change: (work: TaskWork) => TaskWork): Promise<void> {
    const open = [...this.#works.values()].filter(({ task }) => task.status === 'open')
    const { taskId } = this.#one(open).task
    const changed = await this.#world.change(taskId, change)
    if (changed.task.status === 'open') this.#works.set(taskId, changed)
    else this.#works.delete(taskId)
  }

  #moment(): Date {
    return after(Math.floor(this.#random.next() * MINUTES))
  }

  #one<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random.next() * items.length)]
    if (item === undefined) throw new RangeError('There is nothing to choose from')
    return item
  }
}

/** What happens, as often as it stands here. */
const MOVES = [
  ...Array.from({ length: 8 }, () => 'claim' as const),
  'submit',
  'submit',
  'let go',
  'let go',
  'let go',
  'return',
  'wake',
  'other step',
  'other step',
  'other priority',
  'cancel',
  'add',
] as const

function otherThan(stepId: string): string {
  return stepId === LABEL.stepId ? COMPARE.stepId : LABEL.stepId
}

/** Whether a slot is free, and the person's own rows let them have it. */
function isFor(userId: UserId, { task, slots, assignments }: TaskWork): boolean {
  const mine = assignments.filter((row) => row.userId === userId)
  return (
    slots.some(({ stepId, state }) => stepId === task.currentStepId && state === 'free') &&
    mine.every((row) => row.stepId !== task.currentStepId || isRevivable(row)) &&
    !mine.some((row) => row.stepId === otherThan(task.currentStepId ?? '') && holdsOrSubmitted(row))
  )
}

function inLine(a: TaskWork, b: TaskWork): number {
  return (
    b.task.priority - a.task.priority ||
    a.task.stepOpenedAt.getTime() - b.task.stepOpenedAt.getTime() ||
    (a.task.taskId < b.task.taskId ? -1 : 1)
  )
}
