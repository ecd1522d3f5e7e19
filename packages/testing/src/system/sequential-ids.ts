import type { Ids } from '@muster/core/ports'

/** Ids in the shape of UUIDv7 that ascend one by one and are the same in every run. */
export class SequentialIds implements Ids {
  #last: number

  /** @param after the first id is the next one behind this number; give two makers of one world different ones */
  constructor(after = 0) {
    this.#last = after
  }

  next(): string {
    this.#last += 1
    return `01900000-0000-7000-8000-${this.#last.toString(16).padStart(12, '0')}`
  }
}
