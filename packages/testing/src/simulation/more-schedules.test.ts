import { describe, it } from 'vitest'
import { liveSchedules } from './schedules.test.support.ts'

// In a file of its own, so that both halves run at once.
describe('Muster under any other schedule', () => {
  it('keeps every rule in another 5 000', { timeout: 600_000 }, () => liveSchedules(5_001, 5_000))
})
