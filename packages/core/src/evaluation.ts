// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Whether one model is better than another, by what is kept of runs; and whether to ship it.

export type { CalibrationId, ComparisonId, GateId } from './ids.ts'

// Metrics, and how one job's value is got.
export { metrics } from './evaluation/metric-input.ts'
export { runMetricsAsked } from './evaluation/comparison-input.ts'
export type { Expected, Metric, RunModel, ScoreFunction, Scorer } from './evaluation/metric.ts'
export type { ModelMetric, RunMetricsAsked } from './evaluation/comparisons.ts'

// Comparisons.
export { comparisonTasks, newComparison, pairsFilter } from './evaluation/comparison-input.ts'
export type { NamedModel, NewComparison } from './evaluation/comparison-input.ts'
export type {
  ComparedMetric,
  ComparedPair,
  ComparedPairs,
  ComparedSlice,
  Comparison,
  ComparisonVerdict,
  PairChange,
} from './evaluation/comparison.ts'
export type { AskedPeople, ComparisonUseCases, PairsAsked } from './evaluation/comparisons.ts'

// How they are shown, on a page as in a report.
export {
  answerLine,
  differenceLine,
  REASONS_SAID,
  VERDICTS_SAID,
  widthsByLabels,
} from './evaluation/shown.ts'
export type { ShownDifference, WidthByLabels } from './evaluation/shown.ts'

// Gates.
export { newGate } from './evaluation/gate-input.ts'
export type { NewGate } from './evaluation/gate-input.ts'
export type { Gate, JudgedRule, Policy, PolicyRule, RuleReason } from './evaluation/gate.ts'
export type { GateUseCases } from './evaluation/gate-use-cases.ts'

// Calibrations.
export { calibrationExtension, newCalibration } from './evaluation/calibration-input.ts'
export type {
  CalibratedDifference,
  CalibratedModel,
  Calibration,
  CalibrationDesign,
  CalibrationPlan,
  CalibrationRefusal,
  CurvePoint,
  CalibrationStrata,
  CalibrationTruth,
  CalibrationUnitLine,
  NewCalibration,
} from './evaluation/calibration.ts'
export type { CalibrationUseCases } from './evaluation/calibrations.ts'

// For adapters.
export type { CalibrationFrame, CalibrationLabel, KeptCalibration } from './evaluation/calibration.ts'
export type { EndedLabels } from './assignment/calibrated-tasks.ts'
export type { CalibrationStore } from './evaluation/calibration-store.ts'
export type { KeptComparison } from './evaluation/comparison.ts'
export type { ComparisonStore, Pair, PairSide, PairSlice } from './evaluation/comparison-store.ts'

// For those who compose.
export { comparisonUseCases } from './evaluation/comparison-use-cases.ts'
export type { EvaluationDeps, EvaluationStores } from './evaluation/evaluation-deps.ts'
export { calibrationUseCases } from './evaluation/calibration-use-cases.ts'
export type { CalibrationDeps } from './evaluation/calibration-use-cases.ts'
export { gateUseCases } from './evaluation/gate-use-cases.ts'
export type { GateDeps } from './evaluation/gate-use-cases.ts'
