import { describe, expect, it } from 'vitest'
import { RunStateError } from '../errors.ts'
import type { Run, RunStatus } from './run.ts'
import { afterControl, RUN_MOVES, type RunControl } from './run-lifecycle.ts'
import { freshTallies, progressOf } from './run-progress.ts'

const started = new Date('2026-03-02T12:00:00Z')

function run(status: RunStatus, startedAt: Date | null = started, failed = 1): Run {
  const tallies = {
    ...freshTallies(['m'], 4),
    failed,
    byModel: { m: { total: 4, completed: 0, failed, cancelled: 0 } },
  }
  return { status, startedAt, tallies, ratePerSecond: 0 } as unknown as Run
}

describe('A run', () => {
  it.each<[RunControl, RunStatus, RunStatus | undefined]>([
    ['pause', 'pending', 'paused'],
    ['pause', 'running', 'paused'],
    ['pause', 'paused', undefined],
    ['resume', 'paused', 'running'],
    ['resume', 'running', undefined],
    ['resume', 'pending', undefined],
    ['cancel', 'pending', 'cancelled'],
    ['cancel', 'running', 'cancelled'],
    ['cancel', 'paused', 'cancelled'],
    ['cancel', 'cancelled', undefined],
    ['retry_failed', 'completed', 'running'],
  ])('on %s while %s goes to %s', (control, status, next) => {
    expect(afterControl(control, run(status))).toBe(next)
    expect([...RUN_MOVES[status], undefined]).toContain(next)
  })

  it.each<[RunControl, RunStatus]>([
    ['pause', 'completed'],
    ['pause', 'cancelled'],
    ['resume', 'completed'],
    ['resume', 'cancelled'],
    ['cancel', 'completed'],
    ['retry_failed', 'cancelled'],
    ['retry_failed', 'running'],
    ['retry_failed', 'paused'],
    ['retry_failed', 'pending'],
  ])('refuses %s while %s', (control, status) => {
    expect(() => afterControl(control, run(status))).toThrow(RunStateError)
  })

  it('resumes as pending when none of its jobs ever started', () => {
    expect(afterControl('resume', run('paused', null))).toBe('pending')
  })

  it('stays as it is when there is no failed job to retry, unless it was cancelled', () => {
    for (const status of ['pending', 'running', 'paused', 'completed'] as const) {
      expect(afterControl('retry_failed', run(status, started, 0))).toBeUndefined()
    }
    expect(() => afterControl('retry_failed', run('cancelled', started, 0))).toThrow(RunStateError)
  })
})

describe('Progress', () => {
  it('counts each model and gives the rest at the present rate', () => {
    const tallies = {
      ...freshTallies(['a', 'b'], 50),
      completed: 20,
      failed: 4,
      cancelled: 1,
      byModel: {
        a: { total: 50, completed: 20, failed: 0, cancelled: 0 },
        b: { total: 50, completed: 0, failed: 4, cancelled: 1 },
      },
    }
    expect(progressOf({ ...run('running'), tallies, ratePerSecond: 5 })).toMatchObject({
      total: 100,
      percentComplete: 25,
      etaSeconds: 15,
      byModel: tallies.byModel,
    })
  })

  it('knows no end while nothing moves, and none is left at the end', () => {
    expect(progressOf({ ...run('running'), ratePerSecond: 0 }).etaSeconds).toBeNull()
    expect(progressOf({ ...run('paused'), ratePerSecond: 9 }).etaSeconds).toBeNull()
    expect(progressOf({ ...run('completed', started, 4), ratePerSecond: 0 })).toMatchObject({
      percentComplete: 100,
      etaSeconds: 0,
    })
  })
})
