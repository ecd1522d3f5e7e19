import type { SystemSetup } from '@muster/core/operating'
import type { Authenticator } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import { checksOf, type DisposableBackends, type Health } from './operations.ts'
import { DEFAULT_REQUESTS_PER_MINUTE } from './requests/limits.ts'

/** The rules that the API is served by. */
export interface Served {
  readonly authenticator?: Authenticator
  readonly disposable?: DisposableBackends
  readonly requestsPerMinute?: number
}

/** What is served here, on what, and by which rules. */
export interface Setup extends SystemSetup {
  /** How each backend is, by name. */
  readonly checks: Readonly<Record<string, Health>>
  readonly issuers: readonly string[]
  /** Per principal; 0: as many as they like. */
  readonly requestsPerMinute: number
}

/** @throws UnavailableError */
export async function setupOf(muster: Muster, served: Served): Promise<Setup> {
  const { authenticator, disposable, requestsPerMinute = DEFAULT_REQUESTS_PER_MINUTE } = served
  const checks = await checksOf(muster, disposable)
  const setup = await muster.system.setup()
  return { ...setup, checks, issuers: authenticator?.issuers ?? [], requestsPerMinute }
}
