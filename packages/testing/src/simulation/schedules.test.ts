import { describe, it } from 'vitest'
import { liveSchedules } from './schedules.test.support.ts'

describe('Muster under any schedule', () => {
  it('keeps every rule in the first 5 000', { timeout: 600_000 }, () => liveSchedules(1, 5_000))
})
