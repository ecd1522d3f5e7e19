import type { Interval } from '@muster/statistics'
import type { JudgeQuality } from '@muster/statistics/calibration'
import type { CalibrationId, ProjectId, RunId, TaskId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Scorer } from './metric.ts'

/** How units are drawn: evenly, within strata, or by the judge's doubt. */
export type CalibrationDesign = 'uniform' | 'stratified' | 'active'

/** How strata are made, and the labels split over them. */
export interface CalibrationStrata {
  /** A JSON Pointer into the scenario's payload; default: four strata by the judge's score. */
  readonly at?: string | undefined
  /** `neyman` (default) gives more to strata of which the judge is less sure; `proportional` as many as they have units. */
  readonly allocate?: 'neyman' | 'proportional' | undefined
}

/** People's answer that a judge is held against. */
export interface CalibrationTruth {
  readonly projectId: string
  readonly question: string
  readonly map?: Readonly<Record<string, number>> | undefined
}

/** A calibration to be drawn. */
export interface NewCalibration {
  readonly runId: string
  /** Default: all of the run. */
  readonly models?: readonly string[] | undefined
  readonly judge: Scorer
  /** The least and the most that the judge's score may be. */
  readonly range: readonly [least: number, most: number]
  readonly truth: CalibrationTruth
  /** `share` if people's answers are 0 or 1, else `mean`. Default: as `map` or the question says. */
  readonly kind?: 'share' | 'mean' | undefined
  /** Default `stratified`. */
  readonly design?: CalibrationDesign | undefined
  /** Units to be labelled, each for every model. */
  readonly budget: number
  /** Default: drawn, and kept. */
  readonly seed?: number | undefined
  /** `scenarios` (default): like these. `run`: these very outputs. */
  readonly target?: 'scenarios' | 'run' | undefined
  readonly strata?: CalibrationStrata | undefined
  /** The share of an active budget that is spread evenly; default 0.5. */
  readonly floor?: number | undefined
  /** A JSON Pointer into the scenario's payload: units with one value there depend on each other. */
  readonly clusterBy?: string | undefined
  /** Whether one may look after each answer and stop; of a uniform design. */
  readonly anytime?: boolean | undefined
  /** The payload of tasks: pointers into { scenario, result }; default both. */
  readonly taskPayload?: Readonly<Record<string, string>> | undefined
}

/** A calibration as it is kept, without its units. */
export interface KeptCalibration {
  readonly calibrationId: CalibrationId
  readonly projectId: ProjectId
  readonly runId: RunId
  readonly models: readonly string[]
  readonly asked: Omit<NewCalibration, 'runId' | 'models' | 'budget' | 'seed' | 'kind' | 'design' | 'target'>
  readonly design: CalibrationDesign
  readonly kind: 'share' | 'mean'
  readonly target: 'scenarios' | 'run'
  readonly seed: number
  readonly budget: number
  /** The first budget: an anytime interval is narrowest there. */
  readonly planned: number
  readonly cancelled: boolean
  /** Units that were left out, for a model asked for has no score of the judge there. */
  readonly unscored: number
  /** The run's version when it was drawn from. */
  readonly runVersion: number
  readonly createdAt: Date
}

/** All that was drawn from, in the order of the run's scenarios. Only `pi` grows, by an extension. */
export interface CalibrationFrame {
  /** The scenarios' ids. */
  readonly keys: readonly string[]
  /** The judge's scores: a list for each model. */
  readonly scores: readonly (readonly number[])[]
  /** Which of `strataNames` each unit is of; null: there are none. */
  readonly strata: readonly number[] | null
  readonly strataNames: readonly Json[]
  readonly clusters: readonly string[] | null
  /** The probability with which each unit is drawn. */
  readonly pi: readonly number[]
}

/** A task of a drawn unit, of one model in one repeat. */
export interface CalibrationLabel {
  /** The unit's place in the frame, from 0. */
  readonly unit: number
  /** The model's place among those asked for, from 0. */
  readonly model: number
  /** From 1. */
  readonly repeat: number
  readonly taskId: TaskId
  readonly status: 'open' | 'completed' | 'cancelled'
  readonly outcome: Json
}

/** Why a model has no number. */
export type CalibrationRefusal =
  | 'too_few_labels'
  | 'labels_missing'
  | 'unscored'
  | 'unstable_weights'
  | 'run_changed'
  | 'people_disagree'

/** People's answers where the judge's score is about so much. */
export interface CurvePoint {
  /** The judge's mean there, on the scale of people's answers. */
  readonly score: number
  /** Labels. */
  readonly n: number
  /** People's mean there. */
  readonly answer: number
  /** null: too few labels. */
  readonly low: number | null
  readonly high: number | null
}

/** People's answers about one model, as estimated. */
export interface CalibratedModel {
  readonly model: string
  readonly estimate: number | null
  readonly low: number | null
  readonly high: number | null
  readonly se: number | null
  /** How much the judge was believed, of each stratum if there are strata. */
  readonly lambda: number | readonly number[] | null
  readonly judgeMean: number | null
  /** judgeMean − estimate. */
  readonly bias: (Interval & { readonly value: number }) | null
  /** The share of labels that the judge saves; it may be negative. */
  readonly saved: number | null
  /** The judge beside people; null unless kind is `share`. */
  readonly judge: JudgeQuality | null
  /** People beside each fifth of the judge's range that has a label, the lowest first: a judge that is right lies on the diagonal. */
  readonly curve: readonly CurvePoint[]
  /** Units that count. */
  readonly labelled: number
  readonly refused: { readonly code: CalibrationRefusal; readonly message: string } | null
}

/** Two models on the same labelled units: b − a. */
export interface CalibratedDifference {
  readonly a: string
  readonly b: string
  readonly estimate: number | null
  readonly low: number | null
  readonly high: number | null
  readonly se: number | null
  /** Units that are labelled for both. */
  readonly labelled: number
}

/** A calibration with what its labels say by now. */
export interface Calibration
  extends Pick<
      KeptCalibration,
      | 'calibrationId'
      | 'projectId'
      | 'runId'
      | 'design'
      | 'kind'
      | 'budget'
      | 'seed'
      | 'target'
      | 'unscored'
      | 'createdAt'
    >,
    Pick<NewCalibration, 'judge' | 'range' | 'truth'> {
  /** Whether it may be looked at after each answer. */
  readonly anytime: boolean
  readonly status: 'labelling' | 'complete' | 'cancelled'
  /** Units that were drawn from. */
  readonly units: number
  /** Drawn units of which every label is there or will not come. */
  readonly labelled: number
  /** Tasks that are open. */
  readonly waiting: number
  /** The answer is not final: labels are missing, and it was not drawn to be looked at before. */
  readonly provisional: boolean
  /** The budget was raised: the level was promised for one. */
  readonly extended: boolean
  readonly models: readonly CalibratedModel[]
  readonly differences: readonly CalibratedDifference[]
}

/** A calibration that is not drawn yet: the units it would draw. */
export interface CalibrationPlan {
  readonly units: number
  readonly unscored: number
  /** Units that would be labelled. */
  readonly drawn: number
  readonly tasks: number
  /** Of each stratum how many units it has, and how many would be drawn. */
  readonly allocation: readonly { readonly stratum: Json; readonly units: number; readonly drawn: number }[]
  /** Half the width of each model's interval, if the judge were no help and people said as it says. */
  readonly halfWidths: readonly { readonly model: string; readonly halfWidth: number | null }[]
}

/** A unit of one model. */
export interface CalibrationUnitLine {
  readonly key: string
  readonly model: string
  readonly pi: number
  readonly stratum: Json
  /** The judge's. */
  readonly score: number
  /** People's answer; null: nobody was asked, or none came. */
  readonly y: number | null
  readonly drawn: boolean
}
