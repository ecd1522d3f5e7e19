import { z } from 'zod'
import { NotFoundError } from '../../errors.ts'
import type { RunId } from '../../ids.ts'
import { pageLimit, parse, text } from '../../input/parse.ts'
import { JSON_POINTER, type Json, valueAt } from '../../json/json.ts'
import { DEFAULT_PAGE, MAX_PAGE } from '../../paging.ts'
import { pointerOf } from '../escalation/comparison.ts'
import { comparisonIn } from '../escalation/decide.ts'
import type { EscalationStore } from '../escalation/escalation-store.ts'
import { MAX_SCENARIOS, type Run } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { bitmapOf, type MatrixPointers, type MatrixRow, rowOf } from './matrix.ts'
import type { MatrixStore } from './matrix-store.ts'
import { conditionsOf } from './matrix-words.ts'

/** Which rows of a run's matrix are wanted. */
export interface MatrixRequest {
  /** The least place; default 1. */
  readonly from?: number | undefined
  /** 1–200, default 50. */
  readonly limit?: number | undefined
  /** These places instead, at most 200. */
  readonly places?: readonly number[] | undefined
  /** A JSON Pointer into results. Default: that by which the run's policy sees disagreement, else `/label`. */
  readonly labelAt?: string | undefined
}

/** Rows of a run's matrix. */
export interface Matrix extends MatrixPointers {
  readonly models: readonly string[]
  /** How often each model does each scenario: a row has so many cells for each. */
  readonly repeats: number
  /** How many scenarios the run has. */
  readonly total: number
  readonly rows: readonly MatrixRow[]
}

/** Which scenarios are looked for. */
export interface MatrixPlacesRequest {
  /** Words: `split failed text~"og mod" cld3=da cld3!=eld`. All must hold; without any all scenarios are meant. */
  readonly where?: string | undefined
  readonly labelAt?: string | undefined
}

/** The scenarios that were found. */
export interface MatrixPlaces {
  readonly count: number
  readonly total: number
  /** One bit for each place of the definition, the first the lowest of the first byte. */
  readonly bitmap: Uint8Array
}

/** A run as scenarios × models. */
export interface MatrixUseCases {
  /** @throws NotFoundError, ValidationError */
  read(runId: RunId, request: MatrixRequest): Promise<Matrix>
  /** @throws NotFoundError, ValidationError naming the word of `where` that says nothing */
  places(runId: RunId, request: MatrixPlacesRequest): Promise<MatrixPlaces>
}

const place: z.ZodType<number, unknown> = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
  z.int().min(1).max(MAX_SCENARIOS),
)
const labelAt: z.ZodType<string, string> = text(0, 1_000, {
  pattern: JSON_POINTER,
  rule: 'must be a JSON Pointer, as /label, or empty for all of the result',
})

/** Which rows are wanted, as in a query. */
export const matrixFilter: {
  readonly from: z.ZodType<number | undefined, unknown>
  readonly limit: z.ZodType<number | undefined, unknown>
  readonly places: z.ZodType<number[] | undefined, unknown>
  readonly labelAt: z.ZodType<string | undefined, string | undefined>
} = {
  from: place.optional(),
  limit: pageLimit.optional(),
  places: z
    .preprocess(
      (list) => (typeof list === 'string' ? list.split(',') : list),
      z.array(place).min(1).max(MAX_PAGE),
    )
    .optional(),
  labelAt: labelAt.optional(),
}

/** Which scenarios are looked for, as in a query. */
export const matrixPlacesFilter: {
  readonly where: z.ZodType<string | undefined, string | undefined>
  readonly labelAt: z.ZodType<string | undefined, string | undefined>
} = { where: text(0, 2_000).optional(), labelAt: labelAt.optional() }

const rowsRequest: z.ZodType<MatrixRequest> = z.strictObject(matrixFilter)
const placesRequest: z.ZodType<MatrixPlacesRequest> = z.strictObject(matrixPlacesFilter)

interface Deps {
  readonly stores: {
    readonly runs: Pick<RunStore, 'find'>
    readonly matrices: MatrixStore
    readonly escalations: Pick<EscalationStore, 'find'>
  }
}

/** Reads runs as scenarios × models. */
export function matrixUseCases({ stores: { runs, matrices, escalations } }: Deps): MatrixUseCases {
  const get = async (runId: RunId): Promise<Run> => {
    const run = await runs.find(runId)
    if (!run) throw new NotFoundError('run', runId)
    return run
  }

  /** Where outcomes of people have what labels are compared with: at the caller's pointer, else where the policy compares. */
  const outcomesOf = async (
    runId: RunId,
    at: string | undefined,
    { labelAt: place }: MatrixPointers,
  ): Promise<(outcome: Json) => Json | undefined> => {
    const rule = at === undefined ? (await escalations.find(runId))?.rule : undefined
    return (rule && comparisonIn(rule)?.outcomeIn) ?? ((outcome) => valueAt(outcome, place))
  }

  return {
    async read(runId, wanted) {
      const { from = 1, limit = DEFAULT_PAGE, places, labelAt: at } = parse(rowsRequest, wanted)
      const run = await get(runId)
      const pointers = pointersOf(run, at)
      const entries = await matrices.rows(runId, places ? { places } : { from, limit }, pointers)
      const isAsked = entries.some(({ people }) => people !== null)
      const outcomeIn = isAsked ? await outcomesOf(runId, at, pointers) : () => undefined
      const rows = entries.map((entry) => rowOf(entry, outcomeIn))
      const { models, repeats } = run.config
      return { ...pointers, models, repeats, total: scenariosOf(run), rows }
    },

    async places(runId, wanted) {
      const { where = '', labelAt: at } = parse(placesRequest, wanted)
      const run = await get(runId)
      const conditions = conditionsOf(where, run.config.models)
      const found = await matrices.places(runId, pointersOf(run, at).labelAt, conditions)
      const size = run.config.definitionSnapshot.scenarioCount
      return { count: found.length, total: scenariosOf(run), bitmap: bitmapOf(found, size) }
    },
  }
}

function scenariosOf({ tallies, config }: Run): number {
  return tallies.total / (config.models.length * config.repeats)
}

function pointersOf({ escalation }: Run, at: string | undefined): MatrixPointers {
  const conditions = escalation?.policy.when ?? []
  const disagreement = conditions.find((condition) => condition.type === 'disagreement')
  const score = conditions.find((condition) => condition.type === 'score')
  return {
    labelAt: at ?? (disagreement ? pointerOf(disagreement.agreeOn) : '/label'),
    scoreAt: score?.at ?? '/score',
  }
}
