import { UnavailableError } from '@muster/core'
import type { DiskRoom } from './disk-room.ts'
import type { Embedded } from './embedded.ts'

const LOOK_MS = 10_000
/** More often: a bulk load writes tens of MiB a second. */
const LOG_LOOK_MS = 1_000
/** A database that has worked for less since the last look has not written much: it is looked at less often, since each look wakes what is idle. */
const WORKED_MS = 100
const IDLE_LOG_LOOK_MS = 5_000
/** The log that may have to be read again after a crash, which takes some 0.05 s of CPU for each MiB. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024
/** As `checkpoint_timeout` of a server, where anything was written. */
const CHECKPOINT_MS = 5 * 60_000

/** No plan of ours goes by statistics (ADR 0039), and sampling costs by the target. */
const FEW_SAMPLES = 'set local default_statistics_target = 10'

const WRITTEN = `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes`

// The defaults of Postgres, but for small tables: reading through them costs nothing, and vacuum keeps the process from all else.
const DUE = `
  select * from (
    select format('%I.%I', schemaname, relname) as name,
      n_dead_tup > 10000 + 0.2 * n_live_tup as bloated, n_mod_since_analyze > 10000 + 0.1 * n_live_tup as changed
    from pg_stat_user_tables where schemaname = current_schema()) as tables
  where bloated or changed`

// Counts of what has changed do not outlive the process. Each table of some size is gone through once: vacuum passes over what has not changed since the last.
const FORGOTTEN = `
  select format('%I.%I', n.nspname, c.relname) as name, true as bloated,
    c.reltuples < 0 or pg_relation_size(c.oid) / 8192 > 1.1 * c.relpages + 64 as changed
  from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
  where n.nspname = current_schema() and c.relkind = 'r' and pg_relation_size(c.oid) > 1024 * 1024`

interface Due {
  readonly name: string
  readonly bloated: boolean
  readonly changed: boolean
}

/**
 * Vacuums, analyzes and checkpoints an embedded database now and then, which has no processes in the background that would: an index of what is active
 * would keep an entry for all that ever was, and the log would grow for ever and be read again after a crash. Gives what ends it, once what it is at is done.
 * https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
 */
export function autovacuum(embedded: Embedded, room?: DiskRoom): () => Promise<void> {
  let working: Promise<void> = Promise.resolve()
  let due = FORGOTTEN
  let checkpoint: { readonly bytes: number; readonly at: number } | undefined
  let logLook: { readonly workedMs: number; readonly at: number } | undefined

  // One after another, and each kind once at a time.
  const underWay = new Set<string>()
  const inTurn = (what: string, work: () => Promise<void>): void => {
    if (underWay.has(what)) return
    underWay.add(what)
    working = working.then(() => looked(embedded, room, what, work)).finally(() => underWay.delete(what))
  }
  // One step in a turn: callers that wait come in between.
  const lookAtTables = async (): Promise<void> => {
    const { rows } = await embedded.alone((on) => on.query<Due>(due))
    for (const { name, bloated, changed } of rows) {
      if (bloated) await embedded.alone((on) => on.exec(`vacuum ${name}`))
      if (changed) await embedded.transaction((on) => on.exec(`analyze ${name}`), { settings: FEW_SAMPLES })
    }
    due = DUE
  }
  const isLogDue = (): boolean => {
    const { workedMs } = embedded
    const at = performance.now()
    if (workedMs === null) return true
    const isDue =
      logLook === undefined || workedMs - logLook.workedMs > WORKED_MS || at - logLook.at > IDLE_LOG_LOOK_MS
    if (isDue) logLook = { workedMs, at }
    return isDue
  }
  const lookAtLog = async (): Promise<void> => {
    if (!isLogDue()) return
    await embedded.alone(async (on) => {
      const written = async (): Promise<number> =>
        (await on.query<{ bytes: number }>(WRITTEN)).rows[0]?.bytes ?? Number.NaN
      const [bytes, at] = [await written(), performance.now()]
      checkpoint ??= { bytes, at }
      const since = bytes - checkpoint.bytes
      if (since < CHECKPOINT_BYTES && !(since > 0 && at - checkpoint.at > CHECKPOINT_MS)) return
      await on.exec('checkpoint')
      checkpoint = { bytes: await written(), at }
    })
  }
  const timers = [
    globalThis.setInterval(() => inTurn('vacuumed', lookAtTables), LOOK_MS).unref(),
    globalThis.setInterval(() => inTurn('checkpointed', lookAtLog), LOG_LOOK_MS).unref(),
  ]
  return async () => {
    for (const timer of timers) clearInterval(timer)
    await working
  }
}

async function looked(
  embedded: Embedded,
  room: DiskRoom | undefined,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await room?.assert()
    await work()
  } catch (error) {
    if (error instanceof UnavailableError) return
    // Nobody waits for it and nothing is lost: it is tried again. The host that gave a PGlite may have closed it.
    if (!embedded.closed) process.emitWarning(`The embedded database could not be ${what}: ${String(error)}`)
  }
}
