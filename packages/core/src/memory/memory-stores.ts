import type { Stores } from '../stores.ts'
import { MemoryProjectStore } from './memory-project-store.ts'
import type { MemoryContext } from './tables.ts'

/** Every store, on the same tables. */
export function memoryStores(context: MemoryContext): Stores {
  return {
    projects: new MemoryProjectStore(context),
  } as unknown as Stores
}
