import type { Persistence } from '@muster/core/ports'
import type { VirtualClock } from '../system/virtual-clock.ts'

/** An empty adapter on a clock that the case moves. */
export interface OpenPersistence {
  readonly persistence: Persistence
  readonly clock: VirtualClock
  close(): Promise<void>
}

/** Opens an empty adapter; called once a case. It may reuse what is slow to start, as long as nothing of the case before is left. */
export type OpenAdapter = () => Promise<OpenPersistence>
