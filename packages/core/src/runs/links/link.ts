import type { RunId } from '../../ids.ts'
import type { LinkWhen } from '../../jobs/flows.ts'
import type { SettledState } from '../../jobs/job.ts'
import type { Template } from '../escalation/policy.ts'

/**
 * - `waiting` the other run is not so far
 * - `making` scenarios are made from its results; nobody sees them yet
 * - `made` the run has its scenarios and its jobs
 * - `ended` it never got any: see the reason
 */
export const LINK_STATES = ['waiting', 'making', 'made', 'ended'] as const
/** One of {@link LINK_STATES}. */
export type LinkState = (typeof LINK_STATES)[number]

/**
 * - `nothingToDo` no scenario was made, so the run has completed
 * - `parentCancelled` the run that it waited for was cancelled, and so was it
 * - `refused` it could not be made, and is cancelled: the message says why
 * - `cancelled` somebody cancelled it before it was made
 */
export const LINK_ENDS = ['nothingToDo', 'parentCancelled', 'refused', 'cancelled'] as const
/** One of {@link LINK_ENDS}. */
export type LinkEnd = (typeof LINK_ENDS)[number]

/** Kinds of refusals that are told one by one; those of further kinds are counted. */
export const MOST_REFUSALS = 20

/**
 * How scenarios come from the run before. Templates are filled from { scenario: { scenarioId, payload }, results: [{ result, error }], outcome, reasons }, and per
 * result also { result, error }; with `revealModels` each result has its `model`. Results stand in a drawn order. A pointer that leads nowhere refuses the
 * scenario; with `"required": false` it drops the member that it stands for.
 */
export interface LinkMapping {
  /** One scenario from each of that run's, or from each of its results. */
  readonly per: 'scenario' | 'result'
  /** Of which alone; per scenario, those of which one result at least is so. */
  readonly where?:
    | {
        readonly state?: readonly SettledState[] | undefined
        /** Models of that run. */
        readonly model?: readonly string[] | undefined
        /** Whether its escalation made a task of the scenario. */
        readonly escalated?: boolean | undefined
      }
    | undefined
  /** Default: that run's id of it; per result, with the result's place in the drawn order behind it, as in `s1/2`. */
  readonly scenarioId?: Template | undefined
  readonly payload: Template
  readonly revealModels?: boolean | undefined
}

/** The run that another starts after. */
export interface RunAfter {
  /** Of the same project. */
  readonly runId: string
  readonly when: LinkWhen
  /** Default: the scenarios of that run, as they are. */
  readonly from?: LinkMapping | undefined
}

/** Scenarios that were not made, for one reason. */
export interface LinkRefusal {
  /** Of what was to be made, as in `payload.text`. */
  readonly path: string
  readonly message: string
  readonly count: number
  /** The first of them, by its id in the run before. */
  readonly scenarioId: string
}

/** How a run starts after another, and how far that is. */
export interface RunLink {
  readonly parentId: RunId
  readonly when: LinkWhen
  readonly state: LinkState
  /** Scenarios that were made so far. */
  readonly made: number
  /** Those that were not, for a reason. */
  readonly refused: number
  /** Why: at most {@link MOST_REFUSALS} kinds, in the order in which they came up. */
  readonly refusals: readonly LinkRefusal[]
  /** Why it got no jobs; null unless `ended`. */
  readonly reason: LinkEnd | null
  /** Why it was refused. */
  readonly message: string | null
  /** The run before has gone on since its results were read: a refresh makes a run from those that it has now. */
  readonly stale: boolean
}

/** A link of two runs. */
export interface RunFlowLink {
  readonly parentId: RunId
  readonly runId: RunId
}

/** The scenarios of the run before, as they are. */
export const SAME_SCENARIOS: LinkMapping = { per: 'scenario', payload: { $: '/scenario/payload' } }
