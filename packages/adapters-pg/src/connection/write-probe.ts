import { MisconfiguredError } from '@muster/core'
import { isShort, toMusterError } from '../errors/errors.ts'
import { type Connection, statement } from './queryable.ts'

/** A message in the log of the server, which nobody reads, so nothing of it stays in a table: it commits, and waits for the disk as any write does. */
const WRITE = statement(
  'probe_write',
  `select case when current_setting('transaction_read_only') = 'off'
     then pg_logical_emit_message(true, 'muster', '')::text end as written`,
)

/** More than there may be room for in pages that are there already. */
const FILL = statement(
  'probe_fill',
  `insert into idempotency (scope, key, fingerprint, started_at)
     select 'probe', md5(random()::text), string_agg(md5(random()::text), ''), now() from generate_series(1, 8192)`,
)

/** How long a refusal that a person must cure is remembered. */
const REMEMBER_MS = 10_000

type Transaction = (work: (connection: Connection) => Promise<void>) => Promise<void>

/** Leaves nothing of {@link FILL} behind. */
class UndoneError extends Error {}

/** Says whether a write would be taken now: by a small one, and by a larger one after one was refused for want of space. */
export class WriteProbe {
  #isShort = false
  #refused: { readonly error: MisconfiguredError; readonly at: number } | undefined

  /** The error that any statement met. */
  note(error: unknown): void {
    const ours = toMusterError(error)
    if (isShort(ours)) this.#isShort = true
    if (ours instanceof MisconfiguredError) this.#refused = { error: ours, at: performance.now() }
  }

  /** @throws UnavailableError */
  async ask(transaction: Transaction): Promise<void> {
    if (this.#refused && performance.now() - this.#refused.at < REMEMBER_MS) throw this.#refused.error
    this.#refused = undefined
    if (this.#isShort) await this.#fill(transaction)
    await transaction(async (connection) => {
      const [answer] = await connection.rows<{ written: string | null }>(WRITE)
      if (answer?.written == null) throw readOnly()
    })
  }

  async #fill(transaction: Transaction): Promise<void> {
    try {
      await transaction(async (connection) => {
        await connection.rows(FILL)
        throw new UndoneError()
      })
    } catch (error) {
      if (!(error instanceof UndoneError)) throw error
    }
    this.#isShort = false
  }
}

/** As the server would say it of a table. */
function readOnly(): Error {
  return Object.assign(new Error('transaction_read_only is on'), { code: '25006' })
}
