import { type Signal, signal } from '@preact/signals'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import { freshKey } from '../api/key.ts'
import { forgetDraft } from './drafts.ts'
import type { Item } from './item.ts'

const AGAIN_MS = 2_000

/** The answer to a claim: the next item, or why there is none. */
export type Next = AnswerOf<'POST /queue/next'>

/** A submission on its way. */
interface Leaving {
  readonly id: string
  readonly attempt: number
  readonly result: unknown
  readonly comment?: string | undefined
  /** For how long the server lets it be taken back. */
  readonly undoSeconds?: number | undefined
  /** Makes a repeat the same submission. */
  readonly key?: string
  /** The next item is asked for with it. */
  readonly next?: boolean | undefined
}

/** Submissions, in order, until the server has them; kept in the browser's store, so that neither a reload nor a lost connection loses one. */
export class Outbox {
  /** How many the server does not have yet. */
  readonly waiting: Signal<number> = signal(0)
  /** The server cannot be reached at present. */
  readonly cutOff: Signal<boolean> = signal(false)
  readonly #name: string
  readonly #userId: string
  readonly #refused: (item: Item, problem: Problem) => void
  readonly #queue: (Leaving & { readonly item?: Item; readonly before?: Promise<void> | undefined })[] = []
  #going = false
  #turn: Promise<unknown> = Promise.resolve()
  /** The item that came with the last submission. */
  #next: Next | undefined
  #ended = false

  constructor(userId: string, refused: (item: Item, problem: Problem) => void) {
    this.#name = `muster:outbox:${userId}`
    this.#userId = userId
    this.#refused = refused
  }

  /** Sends what an earlier page of this browser could not. */
  async resume(): Promise<void> {
    try {
      this.#queue.push(...(JSON.parse(localStorage.getItem(this.#name) ?? '[]') as Leaving[]))
    } catch {
      localStorage.removeItem(this.#name)
    }
    this.waiting.value = this.#queue.length
    if (this.#queue.length > 0) await this.#go()
  }

  /** Sends a result, after `before` and after all that was sent earlier. */
  send(item: Item, result: unknown, undoSeconds: number, before?: Promise<void>, next?: boolean): void {
    const { id, attempt } = item
    const key = freshKey()
    this.#queue.push({ id, attempt, result, comment: item.comment(), undoSeconds, key, next, item, before })
    this.#store()
    void this.#go()
  }

  /**
   * Takes an item back that was sent: from here if it has not left, else from the server.
   * @throws CallError if it went through, or if the server cannot be reached
   */
  async takeBack(item: Item): Promise<void> {
    const place = this.#queue.findIndex(({ id }) => id === item.id)
    if (place > 0 || (place === 0 && !this.#going)) {
      this.#queue.splice(place, 1)
      this.#store()
      return
    }
    if (place === 0) await this.#turn
    const { id, attempt } = item
    const back = await call('DELETE /assignments/{id}/submission', { params: { id }, query: { attempt } })
    item.draftVersion = back.draftVersion
    item.expiresAt.value = back.expiresAt
  }

  /** Resolves once the server has everything, or cannot be reached; with the answer to the claim that went along, once. */
  async sent(): Promise<Next | undefined> {
    while (this.#going && !this.cutOff.peek()) await this.#turn
    const next = this.#next
    this.#next = undefined
    return next
  }

  end(): void {
    this.#ended = true
  }

  #store(): void {
    this.waiting.value = this.#queue.length
    const left = this.#queue.map(({ item: _item, before: _before, ...leaving }): Leaving => leaving)
    if (left.length === 0) localStorage.removeItem(this.#name)
    else localStorage.setItem(this.#name, JSON.stringify(left))
  }

  /** Hands a result in; gives what the server has against it. One that arrived before, unheard, is no refusal. */
  async #handedIn(leaving: Leaving): Promise<Problem | undefined> {
    try {
      this.#next = await submitted(leaving)
      return undefined
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const { problem } = error
      const wasHeard = problem.code === 'invalid_transition' || problem['key'] !== undefined
      return wasHeard ? unheard(leaving, problem) : problem
    }
  }

  async #go(): Promise<void> {
    if (this.#going) return
    this.#going = true
    try {
      while (!this.#ended && this.#queue[0] !== undefined) {
        const [leaving] = this.#queue
        const turn = Promise.resolve(leaving.before).then(() => this.#handedIn(leaving))
        this.#turn = turn.catch(() => undefined)
        const refusal = await turn
        if (refusal?.code === 'offline' || refusal?.code === 'unauthorized') {
          this.cutOff.value = refusal.code === 'offline'
          await connectedOr(AGAIN_MS)
          continue
        }
        this.cutOff.value = false
        this.#queue.shift()
        this.#store()
        if (refusal === undefined) forgetDraft(this.#userId, leaving.id)
        else if (leaving.item) this.#refused(leaving.item, refusal)
      }
    } finally {
      this.#going = false
    }
  }
}

async function submitted(leaving: Leaving): Promise<Next | undefined> {
  const { id, attempt, result, comment, undoSeconds = 0, key, next } = leaving
  const body = {
    attempt,
    result,
    ...(comment !== undefined && { comment }),
    ...(undoSeconds > 0 && { undoSeconds }),
    ...(next && { next: {} }),
  }
  const query = next ? ({ include: 'work' } as const) : {}
  const asked = { params: { id }, query, body }
  const answer = await call('POST /assignments/{id}/submit', asked, key ? { key } : {})
  return 'next' in answer ? answer.next : undefined
}

/** The server had it already, or never heard that it was begun. */
async function unheard(leaving: Leaving, problem: Problem): Promise<Problem | undefined> {
  const { id, attempt } = leaving
  try {
    const { status } = await call('GET /assignments/{id}', { params: { id } })
    if (status === 'submitted') return undefined
    if (status !== 'assigned' && status !== 'accepted') return problem
    await call('POST /assignments/{id}/start', { params: { id }, body: { attempt } })
    // Its key is that of the refusal.
    await submitted({ ...leaving, key: freshKey(), next: false })
    return undefined
  } catch (error) {
    if (error instanceof CallError) return error.problem
    throw error
  }
}

/** Waits until the browser says that it is connected again, and no longer than that. */
function connectedOr(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      removeEventListener('online', done)
      resolve()
    }
    addEventListener('online', done)
    setTimeout(done, ms)
  })
}
