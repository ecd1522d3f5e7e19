import { MisconfiguredError, NotFoundError } from '@muster/core'
import {
  type ArrivingItem,
  type HostStatement,
  type HostTransaction,
  type Joining,
  OutOfBoundsError,
} from '@muster/core/making'
import type { Logger, NewJob } from '@muster/core/ports'
import pg from 'pg'
import { jsonText } from '../connection/queryable.ts'
import { toMusterError } from '../errors/errors.ts'
import { rowOf } from './pg-job-store.ts'

/** One of the answers of `job_arrive`. */
type Answer = Pick<ArrivingItem, 'jobId' | 'status' | 'state'> & { readonly differs: boolean }

/** Whether the transaction of the statement before this one still goes on. */
const INSIDE = 'select pg_current_xact_id_if_assigned() is not null as inside'

/** Codes of an error by which a connection says that Muster is not there: no such function, no such schema. */
const NOT_OURS = ['42883', '3F000']

/** Lets hosts add jobs by one statement of their own transaction: `job_arrive`. */
export class PgJoining implements Joining {
  readonly #schema: () => string
  readonly #logger: Logger | undefined
  /** Connections that were found to be inside of a transaction, or told to be in none. */
  readonly #seen = new WeakSet<HostTransaction>()
  #hasWarned = false

  constructor(schema: () => string, logger: Logger | undefined) {
    this.#schema = schema
    this.#logger = logger
  }

  statement(job: NewJob): HostStatement {
    const { jobId } = job
    return { text: this.#text(), values: [jsonText([rowOf(job)])], jobId }
  }

  async add(tx: HostTransaction, job: NewJob): Promise<ArrivingItem> {
    assertTransaction(tx)
    const { text, values } = this.statement(job)
    const [row] = await asked(tx, text, [...values], job)
    const found = (row as { readonly job_arrive: string | readonly Answer[] } | undefined)?.job_arrive
    const [answer] = (typeof found === 'string' ? JSON.parse(found) : (found ?? [])) as readonly Answer[]
    if (answer === undefined) throw new TypeError('The query of tx gave no row: is it of another library?')
    await this.#warnOutside(tx, job)
    const { differs, ...item } = answer
    return { ...item, position: null, ...(item.status === 'existing' && { differs }) }
  }

  #text(): string {
    return `select ${pg.escapeIdentifier(this.#schema())}.job_arrive($1::text)`
  }

  /** Says once that a connection is in no transaction: its job was then added by a commit of its own. */
  async #warnOutside(tx: HostTransaction, job: NewJob): Promise<void> {
    if (this.#hasWarned || this.#seen.has(tx)) return
    this.#seen.add(tx)
    const [row] = await asked(tx, INSIDE, [], job)
    if ((row as { readonly inside?: unknown } | undefined)?.inside === true) return
    this.#hasWarned = true
    this.#logger?.warn(
      { type: job.type },
      'The connection given as tx is in no transaction: the job was added by a commit of its own',
    )
  }
}

function assertTransaction(tx: unknown): asserts tx is HostTransaction {
  const given = tx as {
    readonly query?: unknown
    readonly transaction?: unknown
    readonly closed?: unknown
  } | null
  if (typeof given?.query !== 'function')
    throw new TypeError('tx has no query: give a client of pg, or the tx of a PGlite transaction')
  if (typeof given.transaction === 'function' && 'waitReady' in given)
    throw new TypeError(
      'tx is the PGlite itself, which would wait for its own transaction: give the tx of that',
    )
}

async function asked(
  tx: HostTransaction,
  text: string,
  values: unknown[],
  { projectId }: NewJob,
): Promise<readonly unknown[]> {
  try {
    return (await tx.query(text, values)).rows
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const code = 'code' in error ? String(error.code) : ''
    if (code === 'P0002') throw new NotFoundError('project', projectId)
    if (code === '23503')
      throw new OutOfBoundsError('parent_unknown', 'after.jobs', 'names a job that is none of the project')
    if (NOT_OURS.includes(code)) {
      const message =
        'This connection leads to a database without Muster: give one of the database that Muster is on'
      throw new MisconfiguredError(message, {}, { cause: toMusterError(error) })
    }
    if (/was closed|is closed|not queryable|Connection terminated|transaction is closed/i.test(error.message))
      throw new TypeError('tx is closed: give a connection whose transaction is open', { cause: error })
    throw toMusterError(error)
  }
}
