import {
  BusyError,
  ConflictError,
  MisconfiguredError,
  MusterError,
  UnavailableError,
  UnstorableError,
  WrongSchemaError,
} from '@muster/core'
import { plainError } from '@muster/core/support'
import { BY_DRIVER, BY_SQLSTATE, BY_TEXT, type Verdict } from './verdicts.ts'

/** The meaning of a taken unique name, by constraint. Rows that a store can lose a race for are handled in the store. */
const TAKEN: Readonly<Record<string, string>> = {
  person_pkey: 'The userId is taken',
  person_external_id: 'The externalId is taken by another user',
  project_pkey: 'The projectId is taken',
  project_external_id: 'The externalId is taken by another project',
  form_pkey: 'The formId is taken',
  form_name_version: 'The version of the form is taken',
  workflow_pkey: 'The workflowId is taken',
  schedule_name: 'The project has a schedule of that name',
  schedule_tick_pkey: 'The tick has come before',
  task_pkey: 'The taskId is taken',
  task_external_id: 'The externalId is taken in the project',
  assignment_user_task_step: 'The person already has a row on this step of this task',
  assignment_ahead: 'The person holds something ahead already',
}

const RETRY_AFTER = { retryAfterSeconds: 1 }

/** Whether the transaction that met `error` may be tried again from its start. */
export function isRepeatable(error: unknown): boolean {
  return verdictBehind(error)?.meaning === 'again'
}

/** Whether the connection that met `error` no longer serves anybody. */
export function breaksConnection(error: unknown): boolean {
  const verdict = verdictBehind(error)
  if (verdict) return verdict.connection === 'dropped'
  return error instanceof UnavailableError
}

/** Whether the server had no connection to give. */
export function isCrowded(error: unknown): boolean {
  return verdictBehind(error)?.meaning === 'crowded'
}

/** Whether the server is there but takes no writes, so that it may be another than the one that is meant. */
export function isReadOnly(error: unknown): boolean {
  return verdictBehind(error)?.meaning === 'readOnly'
}

/** Whether the server wants space, memory or its files. */
export function isShort(error: unknown): boolean {
  return verdictBehind(error)?.meaning === 'short'
}

/** Of what the server tells, names of things: its detail and its context repeat the values of rows and parameters. */
const FIELDS = ['severity', 'routine', 'schema', 'table', 'column', 'constraint', 'dataType']

/** Data exceptions repeat the value at fault in quotes. */
const QUOTES_VALUES = /^22/

/** A driver's error without what it was called with: the statement, its parameters, values of rows. */
function plainDatabaseError(error: Error): Error {
  const quotes = QUOTES_VALUES.test(codeOf(error) ?? '')
  const message = quotes ? error.message.replace(/".*"/s, '"[removed]"') : error.message
  return plainError(error, { fields: FIELDS, message })
}

/** A vendor's error in our words; ours, and what is none of the backend's doing, as they are. The vendor's, as a plain error, is the `cause`. */
export function toMusterError(error: unknown): unknown {
  if (error instanceof MusterError || !(error instanceof Error)) return error
  const verdict = verdictOf(error)
  const vendor = plainDatabaseError(error)
  if (verdict === undefined) return codeOf(error) === undefined && !('query' in error) ? error : vendor
  const { meaning, says } = verdict
  const options = { cause: vendor }
  if (meaning === 'misconfigured' || meaning === 'otherSchema') {
    const Kind = meaning === 'otherSchema' ? WrongSchemaError : MisconfiguredError
    return new Kind(`${says} (${reasonOf(vendor)}). ${verdict.cure}`, {}, options)
  }
  if (meaning === 'busy') return new BusyError(says, RETRY_AFTER, options)
  if (meaning === 'unstorable') return new UnstorableError(`${says} (${reasonOf(vendor)})`, {}, options)
  if (meaning === 'taken') return new ConflictError(TAKEN[constraintOf(error)] ?? says, {}, options)
  return new UnavailableError(
    says,
    RETRY_AFTER,
    meaning === 'again' ? { ...options, backend: null } : options,
  )
}

/** Of the vendor's error itself, or of the one that ours was made from. */
function verdictBehind(error: unknown): Verdict | undefined {
  const vendor = error instanceof MusterError ? error.cause : error
  return vendor instanceof Error ? verdictOf(vendor) : undefined
}

/** Undefined for a defect of ours, or what has nothing to do with a database. */
function verdictOf(error: Error): Verdict | undefined {
  const code = codeOf(error)
  const known = BY_TEXT.find(
    (row) =>
      (row.codes === undefined ? code === undefined : row.codes.includes(code ?? '')) &&
      row.text.test(error.message),
  )
  if (known !== undefined) return known
  if (code === undefined) return undefined
  return (
    BY_SQLSTATE[code] ?? BY_DRIVER[code] ?? (isSqlstate(code) ? BY_SQLSTATE[code.slice(0, 2)] : undefined)
  )
}

/** Codes of Node look alike: `EPIPE` has five letters too. */
function isSqlstate(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)
}

/** Whether the role lacks a right. */
export function isPrivilegeError(error: unknown): boolean {
  return codeOf(error instanceof MusterError ? error.cause : error) === '42501'
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function reasonOf(error: Error): string {
  const code = codeOf(error)
  return code === undefined ? error.message : `${error.message}, ${code}`
}

function constraintOf(error: Error): string {
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : 'unnamed'
}
