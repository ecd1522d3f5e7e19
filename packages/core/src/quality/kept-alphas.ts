import { createHash } from 'node:crypto'
import type { Json } from '../json/json.ts'
import type { GroupCounters, Measured } from './agreement.ts'

/** Values that are kept at most; the one that was asked for longest ago goes. */
const MOST_KEPT = 100

/**
 * The α of sets and numbers, which takes all their values and up to two seconds: computed once for as long as the counters that it is made of are the same. Any
 * process may move them.
 */
export class KeptAlphas {
  readonly #kept = new Map<string, Measured>()

  /** The value of `asked` from these counters; `compute` is asked only if it is not known. */
  of(asked: Json, counters: GroupCounters, compute: () => Measured): Measured {
    const key = keyOf(asked, counters)
    const value = this.#kept.get(key) ?? compute()
    this.#kept.delete(key)
    this.#kept.set(key, value)
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? key)
    return value
  }
}

/** A name for counters, and for what is asked of them. */
function keyOf(asked: Json, { compositions, raters }: GroupCounters): string {
  const hash = createHash('sha256').update(JSON.stringify(asked))
  for (const { composition, tasks } of compositions) hash.update(`\n${tasks} ${composition}`)
  hash.update(`\n${raters.filter(({ compared }) => compared > 0).length}`)
  return hash.digest('base64')
}
