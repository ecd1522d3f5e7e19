import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Authenticator } from '@muster/core/ports'
import { DEVELOPMENT_ADMIN } from './development-tokens.ts'

const LIFETIME_MS = 86_400_000

/**
 * Lets this process in at its own door as an admin, with a token that never leaves it: so the story follows its runs over the socket like
 * any client, also where tokens are signed elsewhere.
 */
export function withOwnToken(others: Authenticator): {
  readonly authenticator: Authenticator
  readonly ownToken: string
} {
  const ownToken = randomBytes(32).toString('base64url')
  const own = digest(ownToken)
  const forWorkers = others.authenticateWorker?.bind(others)
  return {
    ownToken,
    authenticator: {
      ...(forWorkers && { authenticateWorker: forWorkers }),
      async authenticate(token) {
        if (!timingSafeEqual(digest(token), own)) return others.authenticate(token)
        const expiresAt = new Date(Date.now() + LIFETIME_MS)
        return { userId: DEVELOPMENT_ADMIN, role: 'admin', expiresAt }
      },
    },
  }
}

/** Digests are of one length, whatever was sent. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
