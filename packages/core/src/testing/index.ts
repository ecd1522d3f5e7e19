export { SeededRandom } from './seeded-random.ts'
export { SequentialIds } from './sequential-ids.ts'
export { VirtualClock } from './virtual-clock.ts'
