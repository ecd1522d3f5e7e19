import { expect, it } from 'vitest'
import {
  asked,
  bulkOf,
  exported,
  further,
  type Job,
  movedTo,
  type Operation,
  skippedWords,
  stillMatches,
  waitingWords,
} from './data.ts'

it('names filters as the API does, and leaves out what is not asked', () => {
  expect(asked({ state: 'failed', run: 'r1', scenario: 's', type: undefined })).toEqual({
    state: 'failed',
    runId: 'r1',
    scenarioId: 's',
  })
})

it('moves what the filters name, in the project in sight', () => {
  expect(bulkOf('retry', { projectId: 'p1', filters: { state: 'failed', cause: '7' } }, undefined)).toEqual({
    action: 'retry',
    filter: { state: ['failed'], cause: 7, projectId: 'p1' },
  })
  expect(bulkOf('priority', { projectId: undefined, filters: { state: 'pending' } }, 9)).toEqual({
    action: 'priority',
    filter: { state: ['pending'] },
    priority: 9,
  })
})

it('moves those that are named, and of these the ones alone that it can', () => {
  const chosen = { projectId: 'p1', filters: { state: 'failed' }, ids: ['a', 'b'] }
  expect(bulkOf('cancel', chosen, undefined)).toEqual({
    action: 'cancel',
    filter: { projectId: 'p1', jobIds: ['a', 'b'], state: ['pending', 'active'] },
  })
  expect(exported(chosen)).toEqual({ projectId: 'p1', jobIds: ['a', 'b'] })
  expect(exported({ projectId: undefined, filters: {} })).toEqual({
    state: ['pending', 'active', 'completed', 'failed', 'cancelled'],
  })
})

it('says each reason for which a job waits, and why some were passed over', () => {
  const waitsFor: Parameters<typeof waitingWords>[0]['waitsFor'] = [
    { kind: 'paused', by: 'run' },
    { kind: 'concurrency', by: 'limit', key: 'model:y', used: 3, of: 3, opensAt: null },
    { kind: 'coolDown', by: 'limit', key: 'provider:x', opensAt: '2026-01-01T00:00:20.000Z' },
    { kind: 'perMinute', by: 'limit', key: 'a:b', of: 60, opensAt: '2026-01-01T00:00:01.000Z' },
    { kind: 'worker' },
    { kind: 'notDue', opensAt: '2026-01-01T00:00:30.000Z' },
    { kind: 'turn', before: 3, beforeInAll: 1204 },
    { kind: 'person', asks: ['verdict', 'draft'] },
    { kind: 'person', asks: [] },
  ]
  expect(waitingWords({ waitsFor }, Date.parse('2026-01-01T00:00:00Z'))).toEqual([
    'Its run is paused.',
    'The limit model:y is full.',
    'The limit provider:x cools for 20 s.',
    'The limit a:b allows 60 a minute: it opens in 1 s.',
    'No worker that is alive does jobs of this type.',
    'It is not due yet: in 30 s.',
    expect.stringMatching(/^It is number 4 of its project: 3 there before it, 1.204 in all\.$/),
    'It waits for people to answer verdict, draft.',
    'People have answered: it is put in line in a moment.',
  ])
  expect(skippedWords({ completed: 2, odd: 1 })).toBe('2 had completed, 1 odd')
})

it('takes nothing back of a move that has come further, nor of one that has ended', () => {
  const now = { state: 'running', done: 5, skipped: { failed: 2 } } as unknown as Operation
  expect(further(now, { done: 4, skipped: {} })).toBe(now)
  expect(further(now, { done: 6, skipped: { failed: 2 } })).toMatchObject({ done: 6, state: 'running' })
  const ended = { ...now, state: 'done' } as Operation
  expect(further(ended, { done: 9, skipped: {} })).toBe(ended)
})

it('keeps no error, step or end of the state that a job has left', () => {
  const error = { code: 'c', message: 'm' } as NonNullable<Job['error']>
  const failed = { error, step: null, startedAt: 'a', finishedAt: 'b' }
  const job = { ...failed, state: 'failed' as const }
  expect(movedTo(job, 'pending', 'c', undefined)).toMatchObject({
    error: null,
    startedAt: null,
    finishedAt: null,
  })
  expect(movedTo(job, 'completed', 'c', undefined)).toMatchObject({ error: null, finishedAt: 'c' })
  expect(movedTo({ ...job, error: null }, 'failed', 'c', error)).toMatchObject({ error, finishedAt: 'c' })
})

it('knows by its state whether a job still matches', () => {
  expect(stillMatches({ state: 'active' }, { state: 'pending,active' })).toBe(true)
  expect(stillMatches({ state: 'active' }, { state: 'failed' })).toBe(false)
  expect(stillMatches({ state: 'active' }, {})).toBe(true)
})
