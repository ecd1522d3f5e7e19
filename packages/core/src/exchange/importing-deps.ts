import type { AssignmentDeps, AssignmentStores } from '../assignment/assignment-deps.ts'
import type { Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import type { DefinitionStore } from '../runs/definition-store.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { Transactions } from '../transactions.ts'
import type { ImportStore } from './import-store.ts'

/** The stores that imports read and write. */
export interface ImportingStores extends AssignmentStores {
  readonly imports: ImportStore
  readonly definitions: DefinitionStore
  readonly runs: Pick<RunStore, 'add'>
}

/** Dependencies of those who check and write imports. */
export interface ImportingDeps extends Omit<AssignmentDeps, 'transactions' | 'strategies'> {
  readonly transactions: Transactions<ImportingStores>
  readonly broadcast: Broadcast
  readonly logger: Logger
}
