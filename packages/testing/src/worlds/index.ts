// Use cases on memory adapters, with a virtual clock
export type { Engine } from './engine-world.ts'
export { ADJUDICATE, ANNOTATE, openEngine, REVIEW } from './engine-world.ts'
export { liveOf, shelvesOf } from './reading.ts'
export { aborted, all, intercepted, never, workerWorld } from './worker-world.ts'
