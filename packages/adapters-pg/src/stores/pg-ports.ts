import type { Clock, Ids, Logger } from '@muster/core/ports'
import type { Outages } from '@muster/core/support'

/** Ports that stores take from outside: facts get their ids and their time from here. */
export interface PgPorts {
  readonly clock: Clock
  readonly ids: Ids
  /** Told if the server gives fewer connections than the pool may open. */
  readonly logger?: Logger | undefined
  /** Where it reports that the database is away, or is back. */
  readonly outages?: Outages | undefined
}
