import { tellSignal } from '../../events/telling.ts'
import type { KeptExport } from './export.ts'

/** Tells how far an export is; the message may be lost. */
export function tellExport(
  deps: Parameters<typeof tellSignal>[0],
  { exportId, projectId, status, rows }: Pick<KeptExport, 'exportId' | 'projectId' | 'status' | 'rows'>,
): void {
  tellSignal(deps, { type: 'export_progress', projectId, data: { exportId, status, rows } })
}
