// Use cases on memory adapters, with a virtual clock

export { keptCounters, recounted } from '../quality/recount.ts'
export type { Engine } from './engine-world.ts'
export { ADJUDICATE, ANNOTATE, openEngine, REVIEW } from './engine-world.ts'
export { FORM_OF_ALL_KINDS, someAnswers } from './form-of-all-kinds.ts'
export { liveOf, shelvesOf } from './reading.ts'
export { aborted, all, intercepted, never, workerWorld } from './worker-world.ts'
