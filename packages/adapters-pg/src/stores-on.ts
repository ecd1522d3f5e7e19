import type { Stores } from '@muster/core'
import { PgEventStore } from './pg-event-store.ts'
import { PgIdempotencyStore } from './pg-idempotency-store.ts'
import { PgPeopleStore } from './pg-people-store.ts'
import type { PgPorts } from './pg-persistence.ts'
import { PgProjectStore } from './pg-project-store.ts'
import { PgTaskStore } from './pg-task-store.ts'
import { PgWorkflowStore } from './pg-workflow-store.ts'
import type { Connection } from './queryable.ts'

/** Every store, speaking to one connection. */
export function storesOn(connection: Connection, ports: PgPorts): Stores {
  return {
    people: new PgPeopleStore(connection),
    projects: new PgProjectStore(connection),
    workflows: new PgWorkflowStore(connection),
    tasks: new PgTaskStore(connection),
    events: new PgEventStore(connection, ports),
    idempotency: new PgIdempotencyStore(connection),
  } as unknown as Stores
}
