import { readFileSync } from 'node:fs'
import { BusyError, ConflictError, MisconfiguredError, UnavailableError, UnstorableError } from '@muster/core'
import { expect, it } from 'vitest'
import { breaksConnection, isCrowded, isReadOnly, isRepeatable, toMusterError } from './errors.ts'
import { BY_SQLSTATE } from './verdicts.ts'

it.each([
  ['person_pkey', 'The userId is taken'],
  ['some_index_of_ours', 'There is one like it already'],
])('tells of a taken name (%s) without naming anything internal', (constraint, message) => {
  const vendor = Object.assign(new Error(`duplicate key violates "${constraint}"`), {
    code: '23505',
    constraint,
  })
  const error = toMusterError(vendor)
  expect(error).toBeInstanceOf(ConflictError)
  expect(error).toMatchObject({ message, details: {}, cause: vendor })
})

it.each([
  ['57P01', 'terminating connection due to administrator command'],
  ['57P03', 'the database system is starting up'],
  ['53100', 'could not extend file "base/5/16384": No space left on device'],
  ['53200', 'out of memory'],
  ['58030', 'could not read block 0: Input/output error'],
  ['25P02', 'current transaction is aborted'],
  ['25P03', 'terminating connection due to idle-in-transaction timeout'],
  ['40003', 'statement completion unknown'],
  ['XX000', 'tuple concurrently updated'],
  ['08P01', 'server login has been failing, try again later (server_login_retry)'],
  ['55000', 'database "muster" is not currently accepting connections'],
  ['25006', 'cannot execute INSERT in a read-only transaction'],
  ['53300', 'too many connections for role "muster"'],
  ['ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND db.example'],
  ['EPIPE', 'write EPIPE'],
  [undefined, 'Connection terminated unexpectedly'],
  [undefined, 'PGlite is closed'],
])('waits for a database that says %s: %s, on another connection', (code, message) => {
  const error = toMusterError(vendorError(code, message))
  expect(error).toMatchObject({ code: 'unavailable', details: { retryAfterSeconds: 1 } })
  expect(error).not.toBeInstanceOf(MisconfiguredError)
  expect([breaksConnection(error), isRepeatable(error)]).toEqual([true, false])
})

it.each([
  ['55P03', 'canceling statement due to lock timeout'],
  ['57014', 'canceling statement due to statement timeout'],
  ['57014', 'canceling statement due to user request'],
])('tells as busy, and keeps the connection, if a server says %s: %s', (code, message) => {
  const error = toMusterError(vendorError(code, message))
  expect(error).toBeInstanceOf(BusyError)
  expect(error).toMatchObject({ code: 'busy' })
  expect(breaksConnection(error)).toBe(false)
})

it.each([
  ['40001', 'could not serialize access due to concurrent update', false],
  ['40P01', 'deadlock detected', false],
  ['26000', 'prepared statement "job_take" does not exist', true],
  ['42P05', 'prepared statement "job_take" already exists', true],
  ['0A000', 'cached plan must not change result type', true],
  ['XX000', 'cache lookup failed for function 20742', false],
])('does again what met %s: %s', (code, message, afresh) => {
  const error = toMusterError(vendorError(code, message))
  expect([isRepeatable(error), breaksConnection(error)]).toEqual([true, afresh])
})

it.each([
  ['28P01', 'password authentication failed for user "muster"', /user, password/],
  ['08P01', 'no such user: muster', /user, password/],
  ['XX000', 'Tenant or user not found', /user, password/],
  ['28000', 'no pg_hba.conf entry for host "10.0.0.1", no encryption', /pg_hba/],
  [undefined, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', /password/],
  ['3D000', 'database "mustard" does not exist', /connection string/],
  ['57P04', 'terminating connection because database was dropped', /Create it/],
  ['42501', 'permission denied for table job', /Grant/],
  ['42P01', 'relation "job" does not exist', /search_path/],
  ['42883', 'function job_take(text) does not exist', /restore what was dropped/],
  ['08P01', 'unsupported startup parameter: statement_timeout', /options/],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', /sslrootcert/],
  [undefined, 'The server does not support SSL connections', /sslmode/],
])('says once and for all what to change if a server says %s: %s', (code, message, cure) => {
  const error = toMusterError(vendorError(code, message)) as MisconfiguredError
  expect(error).toBeInstanceOf(MisconfiguredError)
  expect(error.message).toContain(message)
  expect(error.message).toMatch(cure)
})

it.each([
  ['22P05', 'unsupported Unicode escape sequence'],
  ['22003', 'value out of range'],
  ['23514', 'new row violates check constraint'],
  ['54000', 'index row size exceeds btree maximum'],
])('blames the value alone if a server says %s: %s', (code, message) => {
  const error = toMusterError(vendorError(code, message))
  expect(error).toBeInstanceOf(UnstorableError)
  expect(error).not.toBeInstanceOf(UnavailableError)
})

it('leaves a defect of ours as it is, but for what a statement carried', () => {
  const defect = new TypeError('x is undefined')
  expect(toMusterError(defect)).toBe(defect)
  const vendor = Object.assign(vendorError('42601', 'syntax error'), { query: 'select x', params: ['y'] })
  const plain = toMusterError(vendor)
  expect(plain).toMatchObject({ message: 'syntax error', code: '42601' })
  expect(plain).not.toHaveProperty('query')
  expect(plain).not.toHaveProperty('params')
})

it.each([
  ['53300', 'remaining connection slots are reserved for non-replication superuser connections'],
  ['53300', 'too many connections for database "muster"'],
  ['08P01', 'no more connections allowed (max_client_conn)'],
  ['XX000', 'MaxClientsInSessionMode: max clients reached'],
])('knows that no connection is to be had from %s: %s', (code, message) => {
  expect(isCrowded(toMusterError(vendorError(code, message)))).toBe(true)
})

it('knows a server that takes no writes', () => {
  const refusal = vendorError('25006', 'cannot execute UPDATE in a read-only transaction')
  expect(isReadOnly(toMusterError(refusal))).toBe(true)
})

it('names every code of the table in docs/errors.md', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
  const missing = Object.keys(BY_SQLSTATE).filter((code) => !page.includes(`\`${code}\``))
  expect(missing).toEqual([])
})

function vendorError(code: string | undefined, message: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}
