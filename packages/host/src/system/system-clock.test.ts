import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { systemClock } from './index.ts'

const LONG_MS = 60_000

it('ends a wait when its signal aborts', async () => {
  const cut = new AbortController()
  const waited = systemClock.wait(LONG_MS, cut.signal)
  cut.abort()
  await expect(waited).resolves.toBeUndefined()
})

it('ends a wait at once if its signal has aborted before', async () => {
  await expect(systemClock.wait(LONG_MS, AbortSignal.abort())).resolves.toBeUndefined()
})

it('leaves nothing on the signal of a wait that is over', async () => {
  const { signal } = new AbortController()
  await systemClock.wait(1, signal)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('gives what the process has before it its turn', async () => {
  const seen: string[] = []
  setImmediate(() => seen.push('what was due'))
  await systemClock.turn?.()
  expect(seen).toEqual(['what was due'])
})
