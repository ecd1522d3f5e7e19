import { setImmediate } from 'node:timers/promises'
import type { PGlite, Transaction } from '@electric-sql/pglite'
import { PGLITE_OPTIONS } from '../connection/values.ts'

export const READ_COMMITTED = 'isolation level read committed'

/** The part of an embedded database that is used. Values go in as text, and rows come out as `values.ts` says. */
export interface EmbeddedSession {
  /** One statement; by `name`, if the session is ours alone, it is planned once. */
  query<Row extends object>(
    text: string,
    values?: readonly (string | null)[],
    name?: string,
  ): Promise<{ rows: Row[] }>
  /** One statement or several, without values. */
  exec(text: string): Promise<unknown>
}

/** Before whom one waits. */
export interface Precedence {
  /** Before all who wait already. */
  readonly first?: boolean
}

/** How a transaction begins. */
export interface Beginning {
  /** Without it {@link READ_COMMITTED}. */
  readonly mode?: string
  /** Statements that set what holds to its end. */
  readonly settings?: string
}

/** An embedded database. It has one session: each call waits for its turn. */
export interface Embedded {
  /** A host uses the session too, so nothing of ours may stay in it. */
  readonly shared: boolean
  readonly closed: boolean
  /** For how long the session has been at work, in ms; null if others use it too. */
  readonly workedMs: number | null
  /** Uses the session as it is, outside a transaction. */
  alone<T>(work: (session: EmbeddedSession) => Promise<T>, precedence?: Precedence): Promise<T>
  /** An error of `work` rolls it back. */
  transaction<T>(work: (session: EmbeddedSession) => Promise<T>, begin?: Beginning): Promise<T>
}

/** A PGlite that a host has opened, and goes on using. */
export class HostPGlite implements Embedded {
  readonly shared = true
  readonly workedMs = null
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  get closed(): boolean {
    return this.#pglite.closed
  }

  alone<T>(work: (session: EmbeddedSession) => Promise<T>): Promise<T> {
    return inItsTurn(work(sessionOf(this.#pglite)))
  }

  transaction<T>(
    work: (session: EmbeddedSession) => Promise<T>,
    { mode = READ_COMMITTED, settings = '' }: Beginning = {},
  ): Promise<T> {
    return inItsTurn(
      this.#pglite.transaction(async (inner) => {
        await inner.exec(`set transaction ${mode}; ${settings}`)
        return work(sessionOf(inner))
      }),
    )
  }
}

function sessionOf(on: Pick<PGlite | Transaction, 'query' | 'exec'>): EmbeddedSession {
  return {
    query: <Row extends object>(text: string, values: readonly (string | null)[] = []) =>
      on.query<Row>(text, [...values], PGLITE_OPTIONS),
    exec: (text) => on.exec(text),
  }
}

/**
 * PGlite answers without leaving the microtask queue. A caller that asks in a loop, as a worker does, would keep timers, signals and requests
 * waiting to the end of a whole run: so each answer takes a turn of the event loop.
 */
async function inItsTurn<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } finally {
    await setImmediate()
  }
}
