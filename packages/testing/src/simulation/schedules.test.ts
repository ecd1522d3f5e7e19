import { describe } from 'vitest'
import { livedOf, testSchedules } from './schedules.test.support.ts'

describe('Muster under the first of 10 000 schedules', () => {
  testSchedules(1, livedOf(5_000))
})
