// Whole systems on memory adapters, under schedules that a seed chooses
export type { Adaptation } from './adaptation.ts'
export { ViolationError } from './rules/violation.ts'
export type { SimulationOptions, SimulationReport } from './simulate.ts'
export { SimulationError, simulate } from './simulate.ts'
export type { ManyOptions, ManyReport } from './simulate-many.ts'
export { simulateMany } from './simulate-many.ts'
