import type { RunId } from '../../ids.ts'
import type { MatrixCondition, MatrixEntry, MatrixPointers } from './matrix.ts'

/** Which rows of a matrix: those at these places that the run has, or so many from one on. */
export type MatrixSlice =
  | { readonly places: readonly number[] }
  | { readonly from: number; readonly limit: number }

/** Reads runs as scenarios × models. */
export interface MatrixStore {
  /** By place. */
  rows(runId: RunId, slice: MatrixSlice, pointers: MatrixPointers): Promise<MatrixEntry[]>
  /** The places of the run's scenarios of which all conditions hold, ascending. */
  places(runId: RunId, labelAt: string, conditions: readonly MatrixCondition[]): Promise<number[]>
}
