// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// Estimates of people's answers to all units, from labels of some and a judge's score of all.
export { uniform, stratified } from './calibration/uniform.ts'
export type { StratifiedEstimate } from './calibration/uniform.ts'
export { active } from './calibration/active.ts'
export type { ActiveEstimate, ActiveUnit } from './calibration/active.ts'
export type {
  CalibrationUnit,
  Estimate,
  EstimateOptions,
  EstimateReason,
  Target,
  WithInterval,
} from './calibration/sample.ts'

// Which units to label.
export { allocate, anytimeMultiplier, inclusion, neymanWeights, scoreBins } from './calibration/design.ts'
export type { AllocateOptions, AnytimeOptions, InclusionOptions } from './calibration/design.ts'

// The judge beside people.
export { judgeQuality } from './calibration/judge.ts'
export type { JudgedUnit, JudgeQuality, JudgeRate } from './calibration/judge.ts'
