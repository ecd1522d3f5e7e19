// Results of the job types, which have an entry of their own: it loads no detector.
export type { BasicAnalysis } from './analysis/analyze-basic.ts'
export type { DeepAnalysis } from './analysis/analyze-deep.ts'
export type { AnalysisPayload } from './analysis/probes.ts'
export type { AccuracyRow, ConfusionRow, Split } from './analysis/tables.ts'
// Scenarios
export { buildUdhrScenarios, type Scenario } from './data/udhr-scenarios.ts'
export { uiScenarios } from './data/ui-scenarios.ts'
export { languageName } from './languages.ts'
export type { ProbeAnswer } from './models/model.ts'
export { modelNames } from './models/models.ts'
export type { ScenarioPayload } from './models/probe-scenario.ts'

// People and their work
export { cast, type ScriptedPerson } from './people/cast.ts'
export type { LabelResult, StepWork, WorkResult } from './people/scripted-work.ts'
export { candidatesOf, splitPolicy } from './story/split-policy.ts'
export { storyAssignment, storyWorkflow } from './story/workflow.ts'
