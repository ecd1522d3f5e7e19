import { afterEach, expect, it, vi } from 'vitest'
import type { WireEvent } from '../feed/follow.ts'
import { notePaces, paceOf, readRun, readRuns } from './data.ts'

const told = (runId: string, completed: number): WireEvent =>
  ({ type: 'run_progress', data: { runId, completed } }) as never

const answers = (body: unknown): void => {
  vi.stubGlobal('location', new URL('http://muster.test/console/'))
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body)))
}

afterEach(() => vi.unstubAllGlobals())

it('believes a signal of a run that is running, and none of one that is over', () => {
  notePaces([told('r1', 7)])
  expect(paceOf({ runId: 'r1', status: 'running' })?.completed).toBe(7)
  expect(paceOf({ runId: 'r1', status: 'completed' })).toBeUndefined()
  expect(paceOf({ runId: 'r2', status: 'running' })).toBeUndefined()
})

it('believes what is read later more than signals before', async () => {
  notePaces([told('r1', 7), told('r2', 8)])
  answers({ items: [{ runId: 'r1' }], nextCursor: null })
  await readRuns('p1', {}, undefined, 200)
  expect(paceOf({ runId: 'r1', status: 'running' })).toBeUndefined()
  expect(paceOf({ runId: 'r2', status: 'running' })?.completed).toBe(8)
  answers({ runId: 'r2' })
  await readRun('r2')
  expect(paceOf({ runId: 'r2', status: 'running' })).toBeUndefined()
})
