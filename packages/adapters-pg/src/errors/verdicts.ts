/**
 * The meaning of an error of the database for its caller.
 *
 * - `wait`: the server is away, or cannot do its work now.
 * - `short`: the server is there, and wants space, memory or its files.
 * - `readOnly`: the server is there and takes no writes; the address may lead to another one soon.
 * - `crowded`: no connection is to be had.
 * - `again`: nothing was done, and doing the same again at once can succeed.
 * - `busy`: the server is well, and this waited too long.
 * - `misconfigured`: the server refuses this program, and waiting cannot help.
 * - `otherSchema`: what Muster needs is not there, and no later try finds it.
 * - `unstorable`: the server refuses this value.
 * - `taken`: a unique name is taken.
 */
type Meaning =
  | 'wait'
  | 'short'
  | 'readOnly'
  | 'crowded'
  | 'again'
  | 'busy'
  | 'misconfigured'
  | 'otherSchema'
  | 'unstorable'
  | 'taken'

export interface Verdict {
  readonly meaning: Meaning
  /** The words for people: callers too, unless it is `misconfigured` or `otherSchema`. */
  readonly says: string
  /** The fate of the connection that brought the error. */
  readonly connection: 'kept' | 'dropped'
  /** Of `misconfigured` and `otherSchema`: what a person must change. */
  readonly cure?: string
}

const AWAY: Verdict = { meaning: 'wait', says: 'The database is away', connection: 'dropped' }
const SHORT: Verdict = {
  meaning: 'short',
  says: 'The database is short of space or memory',
  connection: 'dropped',
}
const READ_ONLY: Verdict = {
  meaning: 'readOnly',
  says: 'The database takes no writes now',
  connection: 'dropped',
}
const CROWDED: Verdict = {
  meaning: 'crowded',
  says: 'The database has no connection to spare',
  connection: 'dropped',
}
const AGAIN: Verdict = {
  meaning: 'again',
  says: 'The database is busy with what contradicts this',
  connection: 'kept',
}
/** The session is not as it was left: what it had prepared is gone, or no longer fits. */
const AFRESH: Verdict = { ...AGAIN, connection: 'dropped' }
const LOCKED: Verdict = {
  meaning: 'busy',
  says: 'This waited too long for what others are at in the database',
  connection: 'kept',
}
const STOPPED: Verdict = {
  meaning: 'busy',
  says: 'The database stopped this before it was done',
  connection: 'kept',
}
const UNSTORABLE: Verdict = {
  meaning: 'unstorable',
  says: 'The database refuses a value',
  connection: 'kept',
}

const LOGIN: Verdict = {
  meaning: 'misconfigured',
  says: 'The database refuses the role, its password or the way it connects',
  connection: 'dropped',
  cure: 'Put the user, password and sslmode of the connection string right, or the server’s pg_hba.conf',
}
const NO_DATABASE: Verdict = {
  meaning: 'misconfigured',
  says: 'There is no such database',
  connection: 'dropped',
  cure: 'Create it, or name another one in the connection string',
}
const NO_PRIVILEGE: Verdict = {
  meaning: 'misconfigured',
  says: 'The role may not do what Muster needs',
  connection: 'kept',
  cure: 'Grant it that, or connect as the owner of the schema',
}
const OTHER_SCHEMA: Verdict = {
  meaning: 'otherSchema',
  says: 'The schema in the database is not the one that this version of Muster needs',
  connection: 'kept',
  cure: 'Run `npx muster-pg migrate`, restore what was dropped, or put search_path right; then start Muster again',
}
const REFUSED_SETTING: Verdict = {
  meaning: 'misconfigured',
  says: 'The database does not take a setting of the connection',
  connection: 'dropped',
  cure: 'Change the options of the connection string',
}
const NO_TRANSACTIONS: Verdict = {
  meaning: 'misconfigured',
  says: 'What stands before the database allows no transactions',
  connection: 'dropped',
  cure: 'Let it give out sessions or transactions (PgBouncer: pool_mode = session, or transaction with MUSTER_POSTGRES_PREPARED=0)',
}
const UNTRUSTED: Verdict = {
  meaning: 'misconfigured',
  says: 'The connection to the database cannot be encrypted as asked',
  connection: 'dropped',
  cure: 'Put sslmode and sslrootcert of the connection string right, or the server’s certificate',
}

/**
 * By SQLSTATE, else by its class, the first two characters. An error that is not here is a defect of ours, and stays as it is. Errors of PGlite carry the
 * same codes. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const BY_SQLSTATE: Readonly<Record<string, Verdict>> = {
  '08': AWAY,
  '21': UNSTORABLE,
  '22': UNSTORABLE,
  '23': UNSTORABLE,
  23505: { meaning: 'taken', says: 'There is one like it already', connection: 'kept' },
  // A session in a state that Muster did not leave it in.
  '25': { ...AWAY, says: 'The connection to the database was not as it was left' },
  25006: READ_ONLY,
  26000: AFRESH,
  '28': LOGIN,
  '3D': NO_DATABASE,
  '3F': OTHER_SCHEMA,
  '40': AGAIN,
  40002: UNSTORABLE,
  // Whether it was done is not known, so it is not done again.
  40003: AWAY,
  42501: NO_PRIVILEGE,
  42703: OTHER_SCHEMA,
  42704: OTHER_SCHEMA,
  42883: OTHER_SCHEMA,
  '42P01': OTHER_SCHEMA,
  '42P05': AFRESH,
  '42P08': OTHER_SCHEMA,
  '44': UNSTORABLE,
  '53': SHORT,
  53300: CROWDED,
  '54': UNSTORABLE,
  // A database that lets nobody in for now, or is being copied.
  '55': { ...AWAY, says: 'The database lets nobody in now' },
  '55P02': REFUSED_SETTING,
  '55P03': LOCKED,
  57014: STOPPED,
  '57': AWAY,
  '57P04': NO_DATABASE,
  '58': { ...SHORT, says: 'The database cannot reach its files' },
  72000: AGAIN,
  F0: AWAY,
  // A server, or a proxy before it, in trouble of its own.
  XX: AWAY,
}

/** By the code that Node gives. */
export const BY_DRIVER: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(
    [
      'ECONNREFUSED',
      'ECONNRESET',
      'ECONNABORTED',
      'EPIPE',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'EHOSTDOWN',
      'ENETUNREACH',
      'ENETDOWN',
      'ENETRESET',
      'EADDRNOTAVAIL',
      // Names come and go with the services behind them, so a name that is not known is waited for.
      'ENOTFOUND',
      'EAI_AGAIN',
      'EAI_FAIL',
      'EAI_NODATA',
      // A socket in a folder: the server makes it when it starts.
      'ENOENT',
      // Ports, files or memory of this machine.
      'EMFILE',
      'ENFILE',
      'ENOBUFS',
      'ENOMEM',
    ].map((code) => [code, AWAY]),
  ),
  ...Object.fromEntries(
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'CERT_REVOKED',
      'CERT_UNTRUSTED',
      'CERT_REJECTED',
      'CERT_SIGNATURE_FAILURE',
      'HOSTNAME_MISMATCH',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'EPROTO',
    ].map((code) => [code, UNTRUSTED]),
  ),
  // The socket of the server in a folder that this account may not enter.
  EACCES: LOGIN,
  EPERM: LOGIN,
}

/** By words, where the code is none or says too little. `codes`: only with one of these; without: only if the error has no code. */
export const BY_TEXT: readonly (Verdict & { readonly codes?: readonly string[]; readonly text: RegExp })[] = [
  // node-postgres
  {
    ...AWAY,
    text: /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|There was an error establishing an SSL connection|Received unexpected \w+ message from backend)/,
  },
  { ...UNTRUSTED, text: /^The server does not support SSL connections/ },
  { ...LOGIN, text: /^(SASL|Password must be a string|Unknown authenticationOk message type)/ },
  // PGlite
  { ...AWAY, text: /^PGlite (is|was) clos/ },
  // A statement that was prepared before a migration changed what it gives.
  { ...AFRESH, codes: ['0A000'], text: /cached plan must not change result type/ },
  // A function was replaced in the very moment that something called it.
  { ...AGAIN, codes: ['XX000'], text: /^cache lookup failed for (function|type)/ },
  // Proxies before the server give their own refusals the codes of others.
  {
    ...CROWDED,
    codes: ['08P01', 'XX000', '08004', '08006', '53400'],
    text: /no more connections allowed|too many (client )?connections|max(imum)? (client|number of|pool)\w* connections|max clients reached|remaining connection slots|connection limit exceeded|query_wait_timeout/i,
  },
  {
    ...LOGIN,
    codes: ['08P01', 'XX000', '08004', '08006'],
    text: /password authentication failed|no such user|auth(entication)? failed|not allowed to connect|tenant or user not found|SSL required|SASL authentication failed|login rejected|bouncer config error/i,
  },
  {
    ...NO_DATABASE,
    codes: ['08P01', 'XX000', '08004', '08006'],
    text: /no such database|database "?[^"]*"? does not exist|endpoint (could not be|is not) found/i,
  },
  { ...NO_TRANSACTIONS, codes: ['08P01', 'XX000'], text: /not allowed in statement pooling mode/i },
  {
    ...REFUSED_SETTING,
    codes: ['08P01', '22023', '42704'],
    text: /unsupported startup parameter|unrecognized configuration parameter|invalid value for parameter/i,
  },
]
