import type { Logger } from '../../environment.ts'
import type { Broadcast } from '../../events/broadcast.ts'
import { signalTopic } from '../../events/signals.ts'
import type { Json } from '../../json/json.ts'
import type { KeptExport } from './export.ts'

/** Tells how far an export is; the message may be lost. */
export function tellExport(
  { broadcast, logger }: { readonly broadcast: Broadcast; readonly logger: Logger },
  { exportId, projectId, status, rows }: Pick<KeptExport, 'exportId' | 'projectId' | 'status' | 'rows'>,
): void {
  const signal: Json = { type: 'export_progress', data: { exportId, status, rows } }
  broadcast.publish(signalTopic(projectId), { signals: [signal] }).catch((error: unknown) => {
    logger.debug({ err: error }, 'The progress of an export was not told')
  })
}
