// Job types, for machines
export { analyzeBasic } from './analysis/analyze-basic.ts'
export { analyzeDeep } from './analysis/analyze-deep.ts'
export { probeScenario } from './models/probe-scenario.ts'
