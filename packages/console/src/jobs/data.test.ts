import { expect, it } from 'vitest'
import { asked, bulkOf, skippedWords, stillMatches, waitingWords } from './data.ts'

it('names filters as the API does, and leaves out what is not asked', () => {
  expect(asked({ state: 'failed', run: 'r1', scenario: 's', type: undefined })).toEqual({
    state: 'failed',
    runId: 'r1',
    scenarioId: 's',
  })
})

it('moves what the filters name, in the project in sight', () => {
  expect(bulkOf('retry', 'p1', { state: 'failed', cause: '7' }, undefined)).toEqual({
    action: 'retry',
    filter: { state: ['failed'], cause: 7, projectId: 'p1' },
  })
  expect(bulkOf('priority', undefined, { state: 'pending' }, 9)).toEqual({
    action: 'priority',
    filter: { state: ['pending'] },
    priority: 9,
  })
})

it('says each reason for which a job waits, and why some were passed over', () => {
  const waitsFor = [
    { kind: 'paused', by: 'run' },
    { kind: 'worker' },
    { kind: 'notDue', opensAt: '2026-01-01T00:00:30.000Z' },
    { kind: 'turn', before: 3, beforeInAll: 1204 },
  ] as const
  expect(waitingWords({ waitsFor: [...waitsFor] }, Date.parse('2026-01-01T00:00:00Z'))).toEqual([
    'Its run is paused.',
    'No worker that is alive does jobs of this type.',
    'It is not due yet: in 30 s.',
    expect.stringMatching(/^3 of this project stand before it, 1.204 in all\.$/),
  ])
  expect(skippedWords({ completed: 2, odd: 1 })).toBe('2 had completed, 1 odd')
})

it('knows by its state whether a job still matches', () => {
  expect(stillMatches({ state: 'active' }, { state: 'pending,active' })).toBe(true)
  expect(stillMatches({ state: 'active' }, { state: 'failed' })).toBe(false)
  expect(stillMatches({ state: 'active' }, {})).toBe(true)
})
