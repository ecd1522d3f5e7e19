/** Calls back after some ms, unless what it gives is called before. */
export type Later = (act: () => void, ms: number) => () => void

interface PaceOptions<Item> {
  /** Takes what has come since the last time, in its order. */
  readonly apply: (batch: readonly Item[]) => void
  /** More came than is kept while nothing was applied: what is shown must be read anew. */
  readonly tooMany: () => void
  readonly everyMs?: number
  readonly most?: number
  readonly later?: Later
  readonly now?: () => number
}

const EVERY_MS = 100
const MOST = 5_000

export const onTimer: Later = (act, ms) => {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

/**
 * Puts aside what arrives and applies it in batches, at most one each 100 ms; nothing while it stands still, then one batch. Of what
 * has a key only the latest is kept; what has none is never dropped.
 */
export class Pace<Item> {
  readonly #options: PaceOptions<Item>
  readonly #later: Later
  readonly #now: () => number
  #aside: { readonly key: string | undefined; readonly item: Item }[] = []
  readonly #placeOf = new Map<string, number>()
  #cancel: (() => void) | undefined
  #appliedAt = Number.NEGATIVE_INFINITY
  #isStill = false
  #isTooMany = false
  #count = 0

  constructor(options: PaceOptions<Item>) {
    this.#options = options
    this.#later = options.later ?? onTimer
    this.#now = options.now ?? (() => performance.now())
  }

  /** How much has come since the last batch, also of what was put in place of something. */
  get waiting(): number {
    return this.#count
  }

  /** Puts something aside for the next batch; `key`: in place of what has the same key. */
  put(item: Item, key?: string): void {
    this.#count += 1
    if (!this.#isTooMany) this.#keep(item, key)
    if (!this.#isStill) this.#soon()
  }

  /** Applies nothing from now on, or what has come meanwhile and goes on. */
  standStill(isStill: boolean): void {
    if (isStill === this.#isStill) return
    this.#isStill = isStill
    if (isStill) {
      this.#cancel?.()
      this.#cancel = undefined
    } else if (this.#count > 0) this.#apply()
  }

  /** Ends it: what was put aside is dropped. */
  stop(): void {
    this.#cancel?.()
    this.#clear()
    this.#isStill = true
  }

  #keep(item: Item, key: string | undefined): void {
    const place = key === undefined ? undefined : this.#placeOf.get(key)
    if (place !== undefined) {
      this.#aside[place] = { key, item }
      return
    }
    if (this.#aside.length >= (this.#options.most ?? MOST)) {
      this.#isTooMany = true
      this.#aside = []
      this.#placeOf.clear()
      return
    }
    if (key !== undefined) this.#placeOf.set(key, this.#aside.length)
    this.#aside.push({ key, item })
  }

  #soon(): void {
    if (this.#cancel) return
    const every = this.#options.everyMs ?? EVERY_MS
    const wait = Math.max(0, this.#appliedAt + every - this.#now())
    this.#cancel = this.#later(() => {
      this.#cancel = undefined
      this.#apply()
    }, wait)
  }

  #apply(): void {
    this.#appliedAt = this.#now()
    const [batch, isTooMany] = [this.#aside.map(({ item }) => item), this.#isTooMany]
    this.#clear()
    if (isTooMany) this.#options.tooMany()
    else this.#options.apply(batch)
  }

  #clear(): void {
    this.#aside = []
    this.#placeOf.clear()
    this.#isTooMany = false
    this.#count = 0
  }
}
