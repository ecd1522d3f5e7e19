import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { type Assignment, MusterError, type Principal, UnavailableError, type UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import { SeededRandom } from '@muster/testing'
import { openMuster } from '../forms/world.ts'
import { ANSWERS, QUESTION, STEP, type World } from './world.ts'

/** Orders of a process in which people work, and a manager looks after them. */
export interface MemberOrders {
  readonly url: string
  readonly seed: number
  readonly connections: number
  readonly world: World
  readonly unlocked: boolean
}

/** What was done, told after the answer; or what must not happen. */
export type MemberNews =
  | { readonly kind: 'done'; readonly what: string }
  | { readonly kind: 'fault'; readonly what: string }

const tell = (news: MemberNews): void => void process.send?.(news)

const [orders] = (await once(process, 'message')) as [MemberOrders]
const { url, seed, connections, world, unlocked } = orders
const { projectId } = world
const muster = await opened()
let ended = false
const end = (): void => {
  ended = true
}
process.once('message', end)
process.once('disconnect', end)

class Actor {
  readonly #random: SeededRandom

  constructor(nth: number) {
    this.#random = new SeededRandom(seed * 1_000 + nth)
  }

  /** Somebody works on what is next for them. */
  async work(): Promise<void> {
    const userId = this.#someone()
    const claim = await muster.assignments.claimNext({ userId })
    if (claim.kind === 'claimed') await this.#finish(claim.assignment)
    // What a review gave back, and what somebody had when a process was killed, is finished as well.
    else for (const one of await this.#held(userId)) await this.#finish(one)
  }

  /** A manager does one thing after another. */
  async manage(): Promise<void> {
    const userId = this.#someone()
    const asked = { projectId, userId }
    const moves: readonly (readonly [what: string, () => Promise<unknown>])[] = [
      ['refit', () => muster.quality.refit(projectId, { stepId: STEP, question: QUESTION })],
      ['pause', () => muster.quality.pause({ ...asked, reason: 'Too fast' })],
      ['resume', () => this.#resume()],
      ['resume', () => this.#resume()],
      ['reopen', () => this.#reopen(userId)],
      ['sweep', () => muster.assignments.expireDue()],
    ]
    const [what, act] = this.#one(moves)
    await act()
    tell({ kind: 'done', what })
  }

  async #resume(): Promise<void> {
    const { quality } = muster.persistence.stores
    const watches = await quality.listWatches({ projectIds: [projectId], userIds: world.people })
    const paused = watches.filter((watch) => watch.paused !== null)
    if (paused.length === 0) return
    const { userId } = this.#one(paused)
    await muster.quality.resume({ projectId, userId, reason: 'We spoke' })
    tell({ kind: 'done', what: 'resumed' })
  }

  async #reopen(userId: UserId): Promise<void> {
    const since = new Date(muster.clock.now().getTime() - 2_000)
    const { taskIds } = await muster.quality.reopen({ projectId, userId, since })
    if (taskIds.length > 0) tell({ kind: 'done', what: 'reopened' })
  }

  async #held(userId: UserId): Promise<Assignment[]> {
    const status = ['assigned', 'accepted', 'in_progress'] as const
    const { items } = await muster.personalQueue.list({ userId, status })
    return Promise.all(items.map(({ assignmentId }) => muster.assignments.get(assignmentId)))
  }

  async #finish({ assignmentId, userId, stepType, attempt }: Assignment): Promise<void> {
    const by: Principal = { userId, role: 'annotator', memberships: new Set([projectId]) }
    const luck = this.#random.next()
    if (luck < 0.05) return
    if (luck < 0.08) {
      await muster.assignments.reject({ assignmentId, by, code: 'unclear' })
      return
    }
    await muster.assignments.start({ assignmentId, by })
    const result =
      stepType === 'review'
        ? { verdict: this.#random.next() < 0.2 ? 'return' : 'accept' }
        : { [QUESTION]: this.#answer(userId) }
    await muster.assignments.submit({ assignmentId, by, result, attempt })
    tell({ kind: 'done', what: 'submit' })
  }

  /** One in five is right half of the time, the others nine times of ten. */
  #answer(userId: UserId): string {
    const right = world.people.indexOf(userId) % 5 === 0 ? 0.5 : 0.9
    return this.#random.next() < right ? ANSWERS[0] : this.#one(ANSWERS.slice(1))
  }

  #someone(): UserId {
    return this.#one(world.people)
  }

  #one<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random.next() * items.length)]
    if (item === undefined) throw new RangeError('There is nothing to choose from')
    return item
  }
}

async function whileOn(act: () => Promise<void>): Promise<void> {
  while (!ended) {
    try {
      await act()
    } catch (refusal) {
      // A refusal is an answer, and a lost connection is what this is about.
      if (!(refusal instanceof MusterError)) throw refusal
    }
    await setImmediate()
  }
}

try {
  await Promise.all(
    Array.from({ length: connections }, (_, nth) => {
      const actor = new Actor(nth)
      return whileOn(() => (nth === 0 ? actor.manage() : actor.work()))
    }),
  )
} catch (fault) {
  tell({ kind: 'fault', what: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) })
}
await muster.close()
process.disconnect?.()

/** Opening is refused where a connection is killed under it: then again. */
async function opened(): Promise<Muster> {
  for (;;) {
    try {
      return await openMuster(url, connections, unlocked)
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError)) throw refusal
    }
  }
}
