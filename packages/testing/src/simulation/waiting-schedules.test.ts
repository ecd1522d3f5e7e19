import { describe } from 'vitest'
import { SEEN_WAITING, testSchedules } from './schedules.test.support.ts'

const WAITING = {
  people: true,
  jobs: true,
  flows: true,
  limits: true,
  sleepers: true,
  budgets: true,
  steps: 300,
}

describe('Muster under 240 long schedules in which jobs wait', () => {
  testSchedules(5_000, 240, WAITING, SEEN_WAITING)
})
