import { effect } from '@preact/signals'
import { CallError, call } from '../api/call.ts'
import type { Answers } from '../forms/asked.ts'
import type { Item } from './item.ts'

/** How soon a change is in the browser's store, and on the server: after the last change, and at the latest. */
const STORE_MS = 250
const SERVER_MS = 1_000
const LATEST_MS = 2_000
/** The most that a browser sends while its page closes. */
const MOST_LEAVING = 48_000

const nameOf = (userId: string, id: string): string => `muster:draft:${userId}:${id}`

/** A change that this browser has and the server may not. */
interface Stored {
  readonly answers: Answers
  readonly attempt: number
}

interface Body {
  readonly answers: unknown
  readonly attempt: number
  readonly comment?: string
  readonly draftVersion?: number
}

/** The answers that this browser still has of an item, if the server never got them. */
export function storedDraft(userId: string, id: string): Answers | undefined {
  try {
    const text = localStorage.getItem(nameOf(userId, id))
    return text === null ? undefined : (JSON.parse(text) as Stored).answers
  } catch {
    return undefined
  }
}

/** Forgets what this browser has of an item. */
export function forgetDraft(userId: string, id: string): void {
  localStorage.removeItem(nameOf(userId, id))
}

/** Keeps an item's answers, in the browser at once and on the server soon after, until it is let go. */
export class DraftKeeper {
  readonly #userId: string
  readonly #item: Item
  readonly #stop: () => void
  #store: ReturnType<typeof setTimeout> | undefined
  #server: ReturnType<typeof setTimeout> | undefined
  #changedAt = 0
  #dirty = false
  #sending: Promise<void> = Promise.resolve()
  #ended = false

  constructor(userId: string, item: Item) {
    this.#userId = userId
    this.#item = item
    let isFirst = true
    this.#stop = effect(() => {
      void item.answers.value
      if (isFirst) isFirst = false
      else this.#changed()
    })
  }

  /** Sends what is not sent yet, once the page is hidden or closed. */
  leave(): void {
    if (this.#ended || !this.#dirty) return
    this.#toStore()
    const body = this.#body()
    if (JSON.stringify(body).length <= MOST_LEAVING) void this.#send(body, true)
  }

  /** Ends it: what is under way is waited for, and nothing more is kept. */
  async end(): Promise<void> {
    this.#ended = true
    this.#stop()
    clearTimeout(this.#store)
    clearTimeout(this.#server)
    await this.#sending
  }

  #changed(): void {
    const now = performance.now()
    if (!this.#dirty) this.#changedAt = now
    this.#dirty = true
    this.#item.keeping.value = 'keeping'
    this.#store ??= setTimeout(() => this.#toStore(), STORE_MS)
    clearTimeout(this.#server)
    const wait = Math.min(SERVER_MS, Math.max(0, this.#changedAt + LATEST_MS - now))
    this.#server = setTimeout(() => void this.#toServer(), wait)
  }

  #toStore(): void {
    clearTimeout(this.#store)
    this.#store = undefined
    const stored: Stored = { answers: this.#item.answers.peek(), attempt: this.#item.attempt }
    try {
      localStorage.setItem(nameOf(this.#userId, this.#item.id), JSON.stringify(stored))
    } catch {
      // A store that is full or forbidden leaves the server's copy, which is told of as ever.
    }
  }

  #toServer(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      if (this.#ended || !this.#dirty) return
      this.#dirty = false
      await this.#send(this.#body(), false)
    })
    return this.#sending
  }

  #body(): Body {
    const { draftVersion, attempt } = this.#item
    const comment = this.#item.comment()
    return {
      answers: this.#item.kept(),
      attempt,
      ...(comment !== undefined && { comment }),
      ...(draftVersion !== undefined && { draftVersion }),
    }
  }

  async #send(body: Body, keepalive: boolean): Promise<void> {
    const { keeping, id } = this.#item
    try {
      const saved = await call('PUT /assignments/{id}/draft', { params: { id }, body }, { keepalive })
      this.#item.draftVersion = saved.draftVersion
      if (!this.#dirty) {
        keeping.value = 'kept'
        forgetDraft(this.#userId, id)
      }
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      this.#refused(error)
    }
  }

  #refused({ problem }: CallError): void {
    const { keeping } = this.#item
    if (problem.code === 'conflict') {
      keeping.value = 'elsewhere'
      return
    }
    // It is in this browser's store, and goes with the next change or the next connection.
    keeping.value = 'here'
    this.#dirty = true
    if (problem.code === 'offline' && !this.#ended) {
      clearTimeout(this.#server)
      this.#server = setTimeout(() => void this.#toServer(), LATEST_MS)
    }
  }
}
