import { UnavailableError } from '@muster/core'
import type { Outages } from '@muster/core/support'
import type { Backend } from '../connection/backend.ts'
import type { Statement } from '../connection/queryable.ts'

/** The backend that errors of this adapter name. */
const BACKEND = 'persistence'

/** `backend`, telling `outages` of each call whether the database answered it. */
export function reportingTo(outages: Outages, backend: Backend): Backend {
  const { root } = backend
  const told = async <T>(call: Promise<T>): Promise<T> => {
    try {
      const result = await call
      outages.worked(BACKEND)
      return result
    } catch (error) {
      if (error instanceof UnavailableError && error.backend === BACKEND) outages.failed(error)
      throw error
    }
  }
  return {
    ...backend,
    root: {
      rows: <Row extends object>(statement: Statement, values?: readonly unknown[]) =>
        told(root.rows<Row>(statement, values)),
      atomically: (work) => told(root.atomically(work)),
    },
    transaction: (work) => told(backend.transaction(work)),
    snapshot: (work) => told(backend.snapshot(work)),
    script: (work) => told(backend.script(work)),
  }
}
