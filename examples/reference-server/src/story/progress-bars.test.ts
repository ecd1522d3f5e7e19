import type { RunId } from '@muster/core'
import type { RunProgress } from '@muster/core/calls'
import { describe, expect, it } from 'vitest'
import { progressBars, progressText } from './progress-bars.ts'

const running: RunProgress = {
  runId: '' as RunId,
  status: 'running',
  total: 200,
  completed: 98,
  failed: 2,
  cancelled: 0,
  percentComplete: 50,
  ratePerSecond: 40,
  etaSeconds: 2.5,
  byModel: {
    cld3: { total: 100, completed: 100, failed: 0, cancelled: 0 },
    fasttext: { total: 100, completed: 23, failed: 2, cancelled: 0 },
  },
}

describe('progressBars', () => {
  it('shows each model beside the whole', () => {
    expect(progressBars('UDHR', running)).toEqual([
      'UDHR: 100 of 200 jobs (50 %), 2 failed, 40 a second, 3 s left',
      '  cld3      ████████████████████████  100/100',
      '  fasttext  ██████░░░░░░░░░░░░░░░░░░  25/100  2 failed',
    ])
  })
})

describe('progressText', () => {
  it('says nothing of a rate while nothing moves', () => {
    expect(progressText({ ...running, failed: 0, ratePerSecond: 0, etaSeconds: null })).toBe(
      '98 of 200 jobs (50 %)',
    )
  })

  it('keeps a slow rate from looking like none', () => {
    expect(progressText({ ...running, ratePerSecond: 0.4 })).toContain('0.4 a second')
  })

  it('says how a run stands that does not run', () => {
    expect(progressText({ ...running, status: 'paused' })).toBe('100 of 200 jobs (50 %), 2 failed, paused')
  })
})
