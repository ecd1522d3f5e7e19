import { createHash } from 'node:crypto'
import { digestOf } from '../digest.ts'
import type { Clock } from '../environment.ts'
import { ConflictError } from '../errors.ts'
import { canonicalJson } from '../json/json.ts'
import type { Transactions } from '../transactions.ts'
import { counted, type EndingStores, ended } from './ending.ts'
import type { FileReader } from './file-reader.ts'
import type { KeptImport } from './import.ts'
import type { ReceivedImport } from './imports.ts'
import { finding } from './report.ts'
import { Staging } from './staging.ts'

/** Most bytes of a file, unpacked by the transport or not packed at all. */
const MOST_BYTES = 1024 ** 3

/** A file of which nothing comes for so long was cut. */
export const SILENT_MS = 60_000

/** How often is said that a file still comes. */
const BEAT_MS = 10_000

/** Dependencies of receiving a file. */
export interface ReceivingDeps {
  readonly transactions: Transactions<EndingStores>
  readonly reader: FileReader
  readonly clock: Clock
}

/** Nothing came of a file for too long. */
class CutError extends Error {}

/** Reads a file to its end, a part at a time, into rows of an import that was added before. @throws what the source throws; ConflictError */
export async function receive(
  deps: ReceivingDeps,
  given: KeptImport,
  source: AsyncIterable<Uint8Array>,
): Promise<ReceivedImport> {
  try {
    return await new Receiving(deps, given, source).run()
  } catch (error) {
    const message = error instanceof CutError ? error.message : 'The file did not come whole: send it again'
    // Why it did not come says more than that this cannot be noted: then it is found silent.
    await fail(deps, given, message).catch(() => undefined)
    if (error instanceof CutError) throw new ConflictError(error.message, { importId: given.importId })
    throw error
  }
}

/** Notes that the file did not come whole, unless the import has ended already. */
async function fail(
  { transactions, clock }: ReceivingDeps,
  { importId }: KeptImport,
  message: string,
): Promise<void> {
  await transactions.transaction(async (stores) => {
    const held = await stores.imports.take(importId)
    if (held?.status !== 'receiving') return
    await ended(stores, { ...held, error: { code: 'truncated', message } }, 'failed', clock.now())
  })
}

/** One file on its way in. */
class Receiving {
  readonly #deps: ReceivingDeps
  readonly #given: KeptImport
  readonly #source: AsyncIterable<Uint8Array>
  readonly #hash = createHash('sha256')
  readonly #staging: Staging
  readonly #over = new AbortController()
  #bytes = 0
  #heardAt: number
  #isWhole = false
  #isTooLong = false

  constructor(deps: ReceivingDeps, given: KeptImport, source: AsyncIterable<Uint8Array>) {
    this.#deps = deps
    this.#given = given
    this.#source = source
    this.#staging = new Staging(given, (payload) => deps.reader.contentId(payload))
    this.#heardAt = deps.clock.now().getTime()
  }

  async run(): Promise<ReceivedImport> {
    const silent = this.#watch()
    try {
      const read = this.#read()
      // A reader that waits for a source that has fallen silent is not waited for.
      const head = await Promise.race([read, silent])
      return await this.#end(head)
    } finally {
      this.#over.abort()
    }
  }

  /** Rejects once nothing came for too long; says meanwhile that the file still comes. */
  async #watch(): Promise<never> {
    const { clock, transactions } = this.#deps
    for (;;) {
      await clock.wait(BEAT_MS, this.#over.signal)
      if (this.#over.signal.aborted) return new Promise<never>(() => {})
      const now = clock.now()
      if (!this.#isWhole && now.getTime() - this.#heardAt >= SILENT_MS)
        throw new CutError(`Nothing of the file came for ${SILENT_MS / 1_000} s: send it again`)
      const part = { rows: [], findings: [], bytes: this.#bytes }
      await transactions.stores.imports.stage(this.#given.importId, part, now)
    }
  }

  async #read(): Promise<Pick<KeptImport, 'format' | 'formatVersion'>> {
    const { reader } = this.#deps
    const { format, mapping } = this.#given
    let head = { format, formatVersion: null as string | null }
    for await (const entry of reader.read(format, this.#pieces(), mapping as object)) {
      if (entry.is === 'head') head = { format: entry.format, formatVersion: entry.formatVersion }
      else if (entry.is === 'finding') this.#staging.find(entry)
      else this.#staging.add(entry)
      if (this.#staging.isFull) await this.#keep()
    }
    if (this.#isTooLong)
      this.#staging.find(
        finding(
          'error',
          'too_long',
          `has more than ${MOST_BYTES} bytes, which is the most: sha256 and bytes are of what came until then`,
        ),
      )
    // A reader may know all that it wants before the end; the digest is that of the whole.
    else for await (const _ of this.#pieces());
    return head
  }

  /** The source, once: who asks again gets what is left. */
  readonly #pieces = (() => {
    let iterator: AsyncIterator<Uint8Array> | undefined
    const next = async (): Promise<Uint8Array | undefined> => {
      iterator ??= this.#source[Symbol.asyncIterator]()
      const { done, value } = await iterator.next()
      if (done === true) {
        this.#isWhole = true
        return undefined
      }
      this.#heardAt = this.#deps.clock.now().getTime()
      this.#bytes += value.byteLength
      this.#hash.update(value)
      return value
    }
    return async function* pieces(this: Receiving): AsyncGenerator<Uint8Array> {
      while (!this.#isWhole && !this.#isTooLong) {
        const piece = await next()
        if (piece === undefined) return
        this.#isTooLong = this.#bytes > MOST_BYTES
        yield piece
      }
    }.bind(this)
  })()

  async #keep(): Promise<void> {
    const part = { ...this.#staging.taken(), bytes: this.#bytes }
    const { transactions, clock } = this.#deps
    if (await transactions.stores.imports.stage(this.#given.importId, part, clock.now())) return
    throw new ConflictError('The import has ended before its file was read', {
      importId: this.#given.importId,
    })
  }

  /** The import is to be checked; or it is one that is there already. */
  async #end(head: Pick<KeptImport, 'format' | 'formatVersion'>): Promise<ReceivedImport> {
    const { transactions } = this.#deps
    const { importId, projectId, target: asked } = this.#given
    const { target, read: count } = this.#staging.end(asked)
    await this.#keep()
    const sha256 = this.#hash.digest('hex')
    const digest = digestOfAll(this.#given, sha256)
    return transactions.transaction(async ({ imports }) => {
      const same = await imports.findSame(projectId, digest)
      if (same !== undefined) {
        await imports.remove(importId)
        return { import: same, repeated: true }
      }
      const held = await imports.take(importId)
      if (held === undefined || held.status !== 'receiving')
        throw new ConflictError('The import has ended before its file was read', { importId })
      const { tallies } = this.#staging
      const come = { ...head, target, sha256, bytes: this.#bytes, digest, tallies }
      const read = { ...held, ...come, counts: { ...held.counts, read: count }, status: 'checking' } as const
      const next = { ...read, counts: counted(read) }
      await imports.save(next)
      return { import: next, repeated: false }
    })
  }
}

/** Of a file and all that was asked of it. */
function digestOfAll(given: KeptImport, sha256: string): string {
  const { name, format, target, mode, dryRun, onConflict, submissions, jobType, mapping } = given
  const asked = { sha256, name, format, target, mode, dryRun, onConflict, jobType, mapping }
  return digestOf(canonicalJson(submissions ? { ...asked, submissions } : asked))
}
