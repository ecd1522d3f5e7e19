import { type Signal, signal } from '@preact/signals'
import { CallError, call, type Problem } from '../api/call.ts'
import { forgetDraft } from './drafts.ts'
import type { Item } from './item.ts'

const AGAIN_MS = 2_000

/** A submission on its way. */
interface Leaving {
  readonly id: string
  readonly attempt: number
  readonly result: unknown
  readonly comment?: string | undefined
  /** For how long the server lets it be taken back. */
  readonly undoSeconds?: number | undefined
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
  send(item: Item, result: unknown, undoSeconds: number, before?: Promise<void>): void {
    const { id, attempt } = item
    this.#queue.push({ id, attempt, result, comment: item.comment(), undoSeconds, item, before })
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

  /** Resolves once the server has everything, or cannot be reached. */
  async sent(): Promise<void> {
    while (this.#going && !this.cutOff.peek()) await this.#turn
  }

  end(): void {
    this.#ended = true
  }

  #store(): void {
    this.waiting.value = this.#queue.length
    const left = this.#queue.map(
      ({ id, attempt, result, comment, undoSeconds }): Leaving => ({
        id,
        attempt,
        result,
        comment,
        undoSeconds,
      }),
    )
    if (left.length === 0) localStorage.removeItem(this.#name)
    else localStorage.setItem(this.#name, JSON.stringify(left))
  }

  async #go(): Promise<void> {
    if (this.#going) return
    this.#going = true
    try {
      while (!this.#ended && this.#queue[0] !== undefined) {
        const [leaving] = this.#queue
        const turn = Promise.resolve(leaving.before).then(() => handedIn(leaving))
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

/** Hands a result in; gives what the server has against it. One that arrived before, unheard, is no refusal. */
async function handedIn(leaving: Leaving): Promise<Problem | undefined> {
  try {
    await submitted(leaving)
    return undefined
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return error.problem.code === 'invalid_transition' ? unheard(leaving, error.problem) : error.problem
  }
}

async function submitted({ id, attempt, result, comment, undoSeconds = 0 }: Leaving): Promise<void> {
  const body = {
    attempt,
    result,
    ...(comment !== undefined && { comment }),
    ...(undoSeconds > 0 && { undoSeconds }),
  }
  await call('POST /assignments/{id}/submit', { params: { id }, body })
}

/** The server had it already, or never heard that it was begun. */
async function unheard(leaving: Leaving, problem: Problem): Promise<Problem | undefined> {
  const { id, attempt } = leaving
  try {
    const { status } = await call('GET /assignments/{id}', { params: { id } })
    if (status === 'submitted') return undefined
    if (status !== 'assigned' && status !== 'accepted') return problem
    await call('POST /assignments/{id}/start', { params: { id }, body: { attempt } })
    await submitted(leaving)
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
