import { statfs } from 'node:fs/promises'
import { UnavailableError } from '@muster/core'

/**
 * The room that must be left on a disk for PGlite to write: three segments of its log, one in use, one that it makes ahead, one for a large transaction. Without
 * room for its log it stops for good, in the middle of a call that never returns.
 */
const RESERVE_BYTES = 48 * 1024 * 1024

/** How long an answer of the disk is trusted: less than PGlite can write the reserve in. */
const TRUST_MS = 100

/** Whether the disk of an embedded database has room for writes. */
export class DiskRoom {
  readonly #folder: string
  #askedAt = Number.NEGATIVE_INFINITY
  #hasRoom = true

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws UnavailableError if there is not enough room */
  async assert(): Promise<void> {
    if (performance.now() - this.#askedAt > TRUST_MS) {
      this.#askedAt = performance.now()
      const { bavail, bsize } = await statfs(this.#folder)
      this.#hasRoom = bavail * bsize >= RESERVE_BYTES
    }
    if (this.#hasRoom) return
    throw new UnavailableError('The disk of the database is full', {
      retryAfterSeconds: 5,
    })
  }
}
