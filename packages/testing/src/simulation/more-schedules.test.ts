import { describe } from 'vitest'
import { livedOf, testSchedules } from './schedules.test.support.ts'

// In a file of its own, so that both run at once.
describe('Muster under the schedules from 5 001 on', () => {
  testSchedules(5_001, livedOf(5_000))
})
