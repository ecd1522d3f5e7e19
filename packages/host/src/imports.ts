import type { ProjectId, UserId } from '@muster/core'
import type { WaitOptions } from '@muster/core/calls'
import {
  hasEnded,
  type Import,
  type ImportId,
  type ImportUseCases,
  type NewImport,
} from '@muster/core/exchange'
import type { Clock } from '@muster/core/ports'
import { until } from './until.ts'

/** How soon the end of an import is seen. */
const LOOK_MS = 100

/** An import to be followed, from whichever process. */
export interface ImportHandle {
  readonly importId: ImportId
  /**
   * The import once it has ended, whichever way; some process has to schedule.
   * @throws ClosedError once this Muster closes; the signal's reason; a DOMException named `TimeoutError`
   */
  finished(options?: WaitOptions): Promise<Import>
  /** Ends it between two parts; one that has ended stays as it is. */
  cancel(): Promise<Import>
}

/** An import as it was when its file was read, and what can be done with it. */
export type StartedImport = Import & ImportHandle

/** Files that become tasks, definitions and forms. */
export interface Imports extends ImportUseCases {
  /**
   * Reads a file to its end; processes that schedule check it and make what it holds. The same file with the same options, if it was not refused, is the import
   * that it was at first.
   * @throws as {@link ImportUseCases.receive}
   */
  start(projectId: ProjectId, given: NewImport, createdBy?: UserId | null): Promise<StartedImport>
}

interface Deps {
  readonly imports: ImportUseCases
  readonly clock: Clock
  /** Aborts, with a ClosedError, once this Muster closes. */
  readonly closing: AbortSignal
}

/** The use cases of imports, with handles. */
export function importsOf({ imports, clock, closing }: Deps): Imports {
  const finished = (importId: ImportId, options: WaitOptions): Promise<Import> =>
    until(
      {
        clock,
        closing,
        look: () => imports.get(importId),
        isSo: ({ status }) => hasEnded(status),
        everyMs: LOOK_MS,
        otherwise: 'The import did not end',
      },
      options,
    )
  return {
    ...imports,
    async start(projectId, given, createdBy) {
      const { import: received } = await imports.receive(projectId, given, createdBy)
      const { importId } = received
      return {
        ...received,
        finished: (options = {}) => finished(importId, options),
        cancel: () => imports.cancel(importId),
      }
    },
  }
}
