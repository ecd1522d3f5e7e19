// Time, chance and ids that a test holds in its hand

export { SeededRandom } from './system/seeded-random.ts'
export { SequentialIds } from './system/sequential-ids.ts'
export { VirtualClock } from './system/virtual-clock.ts'

// Receivers outside

export { ScriptedSender } from './webhooks/scripted-sender.ts'

// What worlds are made from

export { ended, TaskWorld } from './tasks/task-world.ts'
export {
  after,
  anAssignment,
  aProject,
  aStep,
  aTaskWork,
  aUser,
  aWorkflow,
  freeSlots,
  NINE,
  newId,
  withAssignment,
} from './worlds/samples.ts'
