import { UsageError } from './command-error.ts'
import type { Environment } from './connection.ts'

/** As servers ask it: HMAC with SHA-256 wants a key as long as its hash (RFC 7518, 3.2). */
const SECRET_LENGTH = 32

/**
 * A secret of the environment; no message tells it. Of one that is not set, `missing` says what to do.
 * @throws UsageError naming the variable and the rule
 */
export function secretIn(env: Environment, name: string, missing: string): string {
  const secret = env[name] ?? ''
  if (secret === '') throw new UsageError(`${name} is not set: ${missing}`)
  if (secret !== secret.trim())
    throw new UsageError(`${name} has a blank or a line break at one end: take it out`)
  if (secret.length < SECRET_LENGTH)
    throw new UsageError(`${name} must have at least ${SECRET_LENGTH} characters`)
  return secret
}
