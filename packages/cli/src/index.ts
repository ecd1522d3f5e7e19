export type { Surroundings } from './program.ts'
export { main } from './program.ts'
