import { Conflict, MusterError, Unavailable } from '@muster/core'

/** What a taken unique name means, by constraint. Rows that a store can lose a race for are handled in the store. */
const TAKEN: Readonly<Record<string, string>> = {
  person_pkey: 'The userId is taken',
  project_pkey: 'The projectId is taken',
  workflow_pkey: 'The workflowId is taken',
  task_pkey: 'The taskId is taken',
  task_external_id: 'The externalId is taken in the project',
  assignment_user_task_step: 'The person already has a row on this step of this task',
}

/** Both mean that nothing was done and that doing the same again can succeed. */
const REPEATABLE = new Set(['40001', '40P01'])

/** Connection refused, reset, lost, or not to be had. */
const AWAY =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|08\w{3}|57P0[1-5]|53300|57014|25P03)$/

/** The drivers give these no code. */
const AWAY_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|PGlite is clos)/

/** Whether the transaction that met `error` may be tried again from its start. */
export function isRepeatable(error: unknown): boolean {
  return error instanceof MusterError && REPEATABLE.has(codeOf(error.cause) ?? '')
}

/**
 * A vendor's error in our words; ours, and what is none of the backend's doing, as they are. The vendor's is the `cause`.
 * Postgres: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function toMusterError(error: unknown): unknown {
  if (error instanceof MusterError || !(error instanceof Error)) return error
  const code = codeOf(error)
  if ((code !== undefined && AWAY.test(code)) || AWAY_TEXT.test(error.message)) {
    return new Unavailable('The database is away', { retryAfterSeconds: 1 }, { cause: error })
  }
  if (code === undefined) return error
  if (REPEATABLE.has(code)) {
    return new Unavailable(
      'The database is busy with what contradicts this',
      { retryAfterSeconds: 1 },
      { cause: error },
    )
  }
  if (code === '23505') {
    return new Conflict(TAKEN[constraintOf(error)] ?? 'There is one like it already', {}, { cause: error })
  }
  return error
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function constraintOf(error: Error): string {
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : 'unnamed'
}
