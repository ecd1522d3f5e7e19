import { describe } from 'vitest'
import { testSchedules } from './schedules.test.support.ts'

describe('Muster under the first 5 000 schedules', () => {
  testSchedules(1, 5_000)
})
