import { createHmac } from 'node:crypto'
import { UsageError } from './command-error.ts'
import type { Environment } from './connection.ts'
import type { TokenOptions } from './options.ts'
import { secretIn } from './secret.ts'

const ROLES = ['admin', 'manager', 'annotator', 'worker']
const NO_SECRET =
  'give the secret of the server. Where MUSTER_JWKS_URL is set in its place, the issuer makes tokens'
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
/** A token cannot be called back, but by another secret. */
const MOST_DAYS = 365
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/** A signed token, and what it says. */
interface SignedToken {
  readonly token: string
  readonly user: string
  readonly role: string
  readonly expiresAt: string
}

/**
 * `muster token`: signs a token with the server's own secret, by the settings of that server. No message tells the secret.
 * @throws UsageError naming the variable or the option at fault
 */
export function signToken(env: Environment, options: TokenOptions, now: Date): SignedToken {
  const { role, user, expires } = options
  if (!ROLES.includes(role)) throw new UsageError(`--role must be one of ${ROLES.join(', ')}, not ${role}`)
  const secret = secretIn(env, 'MUSTER_JWT_SECRET', NO_SECRET)
  const jobs = jobsOf(options)
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const expiresAt = issuedAt + secondsIn(expires)
  const [audience, [issuer]] = [checkedNames(env, 'AUDIENCE'), checkedNames(env, 'ISSUER')]
  const claims = {
    // Workers are always known by `sub`.
    [role === 'worker' ? 'sub' : (setting(env, 'USER_CLAIM') ?? 'sub')]: user,
    [setting(env, 'ROLE_CLAIM') ?? 'role']: nameOfRole(env, role),
    ...jobs,
    ...(audience.length > 0 && { aud: audience }),
    ...(issuer !== undefined && { iss: issuer }),
    iat: issuedAt,
    exp: expiresAt,
  }
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  return { token, user, role, expiresAt: new Date(expiresAt * 1_000).toISOString() }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** The jobs that a worker may do, which is all that it may. */
function jobsOf({ role, type: types, project: projects }: TokenOptions): object {
  if (role !== 'worker') {
    const extra = types ? '--type' : projects ? '--project' : undefined
    if (extra) throw new UsageError(`${extra} is of workers: a person's projects are those of the directory`)
    return {}
  }
  if (!types || !projects)
    throw new UsageError('A worker needs --type, the job types, and --project, the ids of projects')
  const other = projects.find((id) => !UUID.test(id))
  if (other !== undefined) throw new UsageError(`--project must be ids of projects, not ${other}`)
  return { types, projects }
}

function secondsIn(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN)
  if (seconds > 0 && seconds <= MOST_DAYS * 86_400) return seconds
  throw new UsageError(`--expires must be a time such as 30m, 1h or 7d, at most ${MOST_DAYS}d, not ${text}`)
}

/** A setting of how the server reads tokens. */
function setting(env: Environment, name: string): string | undefined {
  return env[`MUSTER_JWT_${name}`]?.trim() || undefined
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Names that a token is held to; none if the server checks none. */
function checkedNames(env: Environment, name: string): string[] {
  const names = namesIn(setting(env, name) ?? '')
  return names.includes('none') ? [] : names
}

/** The name by which the server knows the role. */
function nameOfRole(env: Environment, role: string): string {
  const roles = setting(env, 'ROLES')
  if (roles === undefined) return role
  const pair = namesIn(roles).find((each) => each.slice(each.lastIndexOf('=') + 1).trim() === role)
  if (pair === undefined)
    throw new UsageError(`MUSTER_JWT_ROLES has no name for ${role}: the server would refuse the token`)
  return pair.slice(0, pair.lastIndexOf('=')).trim()
}
