import { describe } from 'vitest'
import { testSchedules } from './schedules.test.support.ts'

// In a file of its own, so that both halves run at once.
describe('Muster under another 5 000 schedules', () => {
  testSchedules(5_001, 5_000)
})
