import type { ProjectId, UserId } from '@muster/core'
import type { WaitOptions } from '@muster/core/calls'
import {
  type Export,
  type ExportId,
  type ExportUseCases,
  hasExportEnded,
  type NewExport,
} from '@muster/core/exchange'
import type { Clock } from '@muster/core/ports'
import { until } from './until.ts'

/** How soon the end of an export is seen. */
const LOOK_MS = 100

/** An export to be followed, from whichever process. */
export interface ExportHandle {
  readonly exportId: ExportId
  /**
   * The export once it has ended, whichever way; some process has to schedule.
   * @throws ClosedError once this Muster closes; the signal's reason; a DOMException named `TimeoutError`
   */
  finished(options?: WaitOptions): Promise<Export>
}

/** An export as it was when it was asked for, and what can be done with it. */
export type StartedExport = Export & ExportHandle

/** Results, answers and scenarios as files of other tools. */
export interface Exports extends Omit<ExportUseCases, 'start'> {
  /** @throws as {@link ExportUseCases.start} */
  start(projectId: ProjectId, given: NewExport, createdBy?: UserId | null): Promise<StartedExport>
  /** The export once it has ended. @throws as {@link ExportHandle.finished}; NotFoundError */
  finished(exportId: ExportId, options?: WaitOptions): Promise<Export>
}

interface Deps {
  readonly exports: ExportUseCases
  readonly clock: Clock
  /** Aborts, with a ClosedError, once this Muster closes. */
  readonly closing: AbortSignal
}

/** The use cases of exports, with handles. */
export function exportsOf({ exports, clock, closing }: Deps): Exports {
  const finished = (exportId: ExportId, options: WaitOptions = {}): Promise<Export> =>
    until(
      {
        clock,
        closing,
        look: () => exports.get(exportId),
        isSo: hasExportEnded,
        everyMs: LOOK_MS,
        otherwise: 'The export did not end',
      },
      options,
    )
  return {
    ...exports,
    finished,
    async start(projectId, given, createdBy) {
      const begun = await exports.start(projectId, given, createdBy)
      return { ...begun, finished: (options) => finished(begun.exportId, options) }
    },
  }
}
