import type { Clock, Ids } from '@muster/core'

/** What stores take from outside: facts get their ids and their time from here. */
export interface PgPorts {
  readonly clock: Clock
  readonly ids: Ids
}
