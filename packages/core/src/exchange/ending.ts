import { fact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import { tellSignal } from '../events/telling.ts'
import type { Import, KeptImport } from './import.ts'
import type { ImportStore } from './import-store.ts'
import { leftOf } from './report.ts'

/** The stores that an import ends in. */
export interface EndingStores {
  readonly imports: ImportStore
  readonly events: EventStore
}

/** Ends an import, taken before in this transaction, and tells so. */
export async function ended(
  { imports, events }: EndingStores,
  held: KeptImport,
  status: 'completed' | 'refused' | 'failed' | 'cancelled',
  now: Date,
): Promise<KeptImport> {
  // Until it is written, what it would make is counted; all that an atomic one wrote is undone.
  const isMade = status === 'completed' || (held.status === 'writing' && held.mode === 'chunks')
  const counts = { ...counted(held), ...(!isMade && { made: 0 }) }
  const next: KeptImport = { ...held, status, counts, finishedAt: now }
  await imports.save(next)
  const { importId, projectId, target, dryRun } = next
  await events.append([
    fact(projectId, 'import_ended', { importId, status, target, dryRun, counts: { ...counts } }),
  ])
  return next
}

/** Its counts with those of its findings. */
export function counted({ counts, tallies }: KeptImport): KeptImport['counts'] {
  return { ...counts, refused: tallies.errors - tallies.conflicts, left: leftOf(tallies) }
}

/** Tells how far an import is; the message may be lost. */
export function tellProgress(
  deps: Parameters<typeof tellSignal>[0],
  { importId, projectId, status, counts }: Import,
): void {
  tellSignal(deps, { type: 'import_progress', projectId, data: { importId, status, counts: { ...counts } } })
}
