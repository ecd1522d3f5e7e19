import { MusterError, QueueError, UnavailableError } from '@muster/core'
import { plainError } from '@muster/core/support'

/** The backend that errors of this adapter name. */
export const BACKEND = 'redis'

/**
 * The meaning of an error of Redis. `wait`: Redis is away or takes nothing for now, which changes by itself or by its operator. `again`: the same call may
 * succeed at once. `misconfigured`: no waiting helps, a setting must change. `fault`: nothing that Redis is known to say of itself, so a defect.
 */
export type Meaning = 'wait' | 'again' | 'misconfigured' | 'fault'

interface Row {
  /** A text that the message or the code of the error begins with or holds. */
  readonly told: RegExp
  readonly means: Meaning
  /** For people. */
  readonly says: string
}

const AWAY = 'Redis is away'

/** Every error that Redis, ioredis and BullMQ are known to give for the state of the server or of the setup. The first row that matches counts. */
const ROWS: readonly Row[] = [
  {
    told: /^(NOAUTH|WRONGPASS) |^ERR (invalid password|AUTH )/,
    means: 'misconfigured',
    says: 'Redis refuses the user or the password: correct them in REDIS_URL',
  },
  {
    told: /^NOPERM |^ERR ACL failure in script|The user executing the script/,
    means: 'misconfigured',
    says: 'Redis does not let the user of REDIS_URL do what Muster needs: grant it all commands on the keys and channels of its prefix',
  },
  {
    told: /^ERR (DB index is out of range|invalid DB index|SELECT is not allowed in cluster mode)/,
    means: 'misconfigured',
    says: 'Redis has no database of the number in REDIS_URL: correct the number, or leave it out',
  },
  {
    told: /^(MOVED|ASK|CROSSSLOT) |^ERR This instance has cluster support (dis|en)abled/,
    means: 'misconfigured',
    says: 'REDIS_URL leads to one node of a cluster: give redisModule a Cluster of ioredis',
  },
  {
    told: /^WRONGTYPE /,
    means: 'misconfigured',
    says: 'Another program keeps something under the same keys in Redis: set another database in REDIS_URL, or another prefix',
  },
  {
    told: /^DENIED /,
    means: 'misconfigured',
    says: 'Redis is in protected mode and refuses other machines: give it a password, and name it in REDIS_URL',
  },
  {
    told: /^ERR unknown command|^NOPROTO /,
    means: 'misconfigured',
    says: 'Redis lacks a command that Muster needs: REDIS_URL must lead to Redis 7 or newer, with no command renamed',
  },
  {
    told: /ERR_TLS_|ERR_SSL_|^CERT_|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)_|wrong version number|self.signed certificate/i,
    means: 'misconfigured',
    says: 'No encrypted connection to Redis comes about: REDIS_URL begins with rediss:// only for a server with TLS and a certificate that is trusted here',
  },
  { told: /^(TRYAGAIN|UNBLOCKED|NOSCRIPT) /, means: 'again', says: 'Redis asks to be asked again' },
  { told: /^OOM /, means: 'wait', says: 'Redis is full (maxmemory)' },
  { told: /^READONLY /, means: 'wait', says: 'Redis only reads: it is a replica' },
  { told: /^MISCONF /, means: 'wait', says: 'Redis cannot save to its disk and takes no writes' },
  { told: /^NOREPLICAS /, means: 'wait', says: 'Redis has too few replicas and takes no writes' },
  { told: /^LOADING /, means: 'wait', says: 'Redis is loading its data' },
  { told: /^BUSY /, means: 'wait', says: 'Redis is busy with a script' },
  { told: /^MASTERDOWN /, means: 'wait', says: 'Redis has lost its primary' },
  {
    told: /^CLUSTERDOWN |None of startup nodes is available|Failed to refresh slots cache|Cluster isn't ready/,
    means: 'wait',
    says: 'The Redis cluster is down',
  },
  {
    told: /^ERR max number of clients reached/,
    means: 'wait',
    says: 'Redis takes no more connections (maxclients)',
  },
  {
    told: /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|max retries per request|Command aborted due to connection close/,
    means: 'wait',
    says: AWAY,
  },
]

const FAULT = { means: 'fault', says: 'Redis refused' } as const

/** The meaning of `error`, of Redis or of one of its clients, and its words for people. */
export function meaningOf(error: unknown): Pick<Row, 'means' | 'says'> {
  for (const told of textsOf(error)) {
    const row = ROWS.find((candidate) => candidate.told.test(told))
    if (row) return row
  }
  return FAULT
}

/** The texts of an error, and before them those of the commands that made a transaction be refused. */
function textsOf(error: unknown): string[] {
  // ioredis rejects every command of a lost transaction with one error: it then stands among its own previous errors.
  const before =
    error instanceof Error && 'previousErrors' in error && Array.isArray(error.previousErrors)
      ? error.previousErrors
      : []
  return [...before, error].flatMap(ownTextsOf)
}

function ownTextsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const reason = /^EXECABORT .*because of: (.*)/.exec(error.message)?.[1]
  return [
    ...(reason === undefined ? [] : [reason]),
    error.message,
    ...('code' in error ? [String(error.code)] : []),
  ]
}

/** The failure of the job queue, in our words. The vendor's, as a plain error, is the `cause`: commands carry passwords. */
export function toQueueError(error: unknown): MusterError {
  if (error instanceof MusterError) return error
  return new QueueError(
    `The job queue takes nothing: ${meaningOf(error).says}`,
    {},
    { cause: plainError(error), backend: BACKEND },
  )
}

/** The lack of Redis, in our words. The vendor's, as a plain error, is the `cause`: commands carry passwords. */
export function toUnavailable(what: string, error: unknown): MusterError {
  if (error instanceof MusterError) return error
  return new UnavailableError(what, { retryAfterSeconds: 1 }, { cause: plainError(error), backend: BACKEND })
}
