import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Role, UserId } from '@muster/core'
import { SignJWT } from 'jose'
import type { TokenRules } from './configuration.ts'

const SECRET_BYTES = 48
const LIFETIME_MS = 7 * 86_400_000

/** Who the development token for an admin names. No directory holds this user, so the token's own role counts. */
export const DEVELOPMENT_ADMIN = '00000000-0000-4000-8000-000000000000' as UserId

/** Whom a token is for, and how it is announced. */
export interface TokenHolder {
  /** Such as `admin`, or a person's name behind the role. */
  readonly label: string
  readonly userId: UserId
  readonly role: Role
}

/** A token of somebody, to be printed as `token (<label>): <jwt>`. */
export interface DevelopmentToken {
  readonly label: string
  readonly jwt: string
}

/**
 * The secret of this data directory, made at the first call and readable by its owner alone. Call it while holding the directory's lock.
 */
export async function developmentSecret(directory: string): Promise<string> {
  const path = join(directory, 'jwt-secret')
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (kept !== undefined) return kept.trim()
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  // Written aside and moved: a process killed in between leaves no half secret.
  const making = `${path}.new`
  await rm(making, { force: true })
  const file = await open(making, 'wx', 0o600)
  try {
    await file.writeFile(`${secret}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(making, path)
  return secret
}

/** The jobs that a worker over HTTP may do. */
export interface WorkerClaims {
  readonly types: readonly string[]
  readonly projects: readonly string[]
}

/** Signs a token for workers over HTTP that ends in a week. */
export function workerToken(secret: string, { types, projects }: WorkerClaims, now: Date): Promise<string> {
  return new SignJWT({ role: 'worker', types: [...types], projects: [...projects] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject('workers')
    .setIssuedAt(now)
    .setExpirationTime(new Date(now.getTime() + LIFETIME_MS))
    .sign(new TextEncoder().encode(secret))
}

/** Signs a token for each holder that ends in a week, for the audience and by the issuer that the server holds tokens to. */
export async function developmentTokens(
  secret: string,
  holders: readonly TokenHolder[],
  now: Date,
  { audience = false, issuer = false }: Partial<Pick<TokenRules, 'audience' | 'issuer'>> = {},
): Promise<DevelopmentToken[]> {
  const key = new TextEncoder().encode(secret)
  return Promise.all(
    holders.map(async ({ label, userId, role }) => {
      const token = new SignJWT({ role })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(userId)
        .setIssuedAt(now)
        .setExpirationTime(new Date(now.getTime() + LIFETIME_MS))
      if (audience) token.setAudience([...audience])
      if (issuer && issuer[0] !== undefined) token.setIssuer(issuer[0])
      return { label, jwt: await token.sign(key) }
    }),
  )
}
