import { describe, it } from 'vitest'
import { liveSchedules, SEEN_WAITING } from './schedules.test.support.ts'

const WAITING = { people: true, jobs: true, flows: true, limits: true, sleepers: true, steps: 300 }

describe('Muster under schedules in which jobs wait', () => {
  it('keeps every rule in 240 long ones', { timeout: 600_000 }, () =>
    liveSchedules(5_000, 240, WAITING, SEEN_WAITING),
  )
})
