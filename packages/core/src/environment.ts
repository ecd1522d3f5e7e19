/** The time, and the only way to let some pass. Virtual in tests and simulation. */
export interface Clock {
  now(): Date
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Milliseconds since some moment, which nobody can set, unlike `now()`. Without it what lasts is measured by `now()`. */
  elapsed?(): number
  /**
   * Resolves when what the process has before it now has had its turn: timers that are due, answers that have arrived. Without it nothing is waited for: what
   * goes on at the same moment may then go in several batches.
   */
  turn?(): Promise<void>
  /** Time passes as a test says: it is never compared with a store's. */
  readonly virtual?: boolean
}

/** Makes ids. UUIDv7 by default, so that ids made one after another ascend (RFC 9562, 5.7). */
export interface Ids {
  next(): string
}

/** Draws numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

/** Structured log lines: fields first, then the message, as in pino. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Counts and timings of what core does; an adapter exports them. Names are `muster_…`, units last. */
export interface Metrics {
  count(name: string, by?: number, labels?: Readonly<Record<string, string>>): void
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void
}

/** The database that a persistence stands on. */
export interface DatabaseDescription {
  /** Its name and version, such as `PostgreSQL 17.2`. */
  readonly server: string
  /** How many migrations were applied, and the last of them. */
  readonly migrations: number
  readonly latestMigration: string
}
