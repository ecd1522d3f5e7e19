import type { Run } from '../run.ts'
import type { RunFlowLink } from './link.ts'

/** A run with those that it is linked to. */
export interface RunFlow {
  /** Those before it, the first of all first, then it, then those behind it by how far; newest last where that is equal. */
  readonly runs: readonly Run[]
  readonly links: readonly RunFlowLink[]
  /** There are no more than are shown. */
  readonly complete: boolean
}
