import { createHash, randomBytes } from 'node:crypto'
import type { IdempotentCall } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import { seal, unseal } from './seal.ts'

const CODE_BYTES = 16
/** How long a link can be used. */
export const CODE_MS = 900_000

type Keeper = Pick<Muster, 'persistence' | 'clock'>

/**
 * A code that stands for the token, once, for a quarter of an hour, on every process of this database; its page is `<prefix>/#code=<code>`. The token
 * is kept sealed with the code, of which only a hash is kept.
 */
export function consoleCode({ muster }: { readonly muster: Keeper }, token: string): Promise<string> {
  return codeFor(muster, token, CODE_MS)
}

/** The same, for as long as is said. */
export async function codeFor(muster: Keeper, token: string, ms: number): Promise<string> {
  const code = randomBytes(CODE_BYTES).toString('base64url')
  const { idempotency } = muster.persistence.stores
  const now = muster.clock.now()
  const call = callOf('console code', code)
  await idempotency.start(call, now, now)
  const body = { sealed: seal(code, 'code', token), lapsesAt: now.getTime() + ms }
  await idempotency.finish(call, { status: 200, headers: {}, body })
  return code
}

/** The token that a code stands for, which is used up by this; undefined if it is unknown, lapsed or used. */
export async function tokenOfCode(muster: Keeper, code: string): Promise<string | undefined> {
  const { idempotency } = muster.persistence.stores
  const now = muster.clock.now()
  const call = callOf('console code', code)
  const kept = await idempotency.start(call, now, now)
  if (kept.kind !== 'done') {
    await idempotency.abandon(call)
    return undefined
  }
  const { sealed, lapsesAt } = kept.answer.body as { readonly sealed: string; readonly lapsesAt: number }
  if (lapsesAt <= now.getTime()) return undefined
  const used = callOf('console code used', code)
  if ((await idempotency.start(used, now, new Date(0))).kind !== 'first') return undefined
  await idempotency.finish(used, { status: 200, headers: {}, body: null })
  return unseal(code, 'code', sealed)
}

function callOf(scope: string, code: string): IdempotentCall {
  return { scope, key: createHash('sha256').update(code).digest('hex'), fingerprint: '' }
}
