import { following, replacing } from '../following.ts'
import type { Persistence } from '../stores.ts'

/** `persistence`, telling `listener` that something has changed: a transaction has committed, or outcomes of jobs are being recorded. */
export function tellingChanges(persistence: Persistence, listener: () => void): Persistence {
  const { stores } = persistence
  const { workers } = stores
  const settle: typeof workers.settle = (request) => {
    listener()
    return workers.settle(request)
  }
  const told = following(persistence, () => ({ through: (inside) => inside, committed: listener }))
  return { ...told, stores: { ...stores, workers: replacing(workers, { settle }) } }
}
