import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { systemClock } from './index.ts'

const LONG_MS = 60_000

it('a wait is over when its signal aborts', async () => {
  const cut = new AbortController()
  const waited = systemClock.wait(LONG_MS, cut.signal)
  cut.abort()
  await expect(waited).resolves.toBeUndefined()
})

it('a wait whose signal has aborted before is over at once', async () => {
  await expect(systemClock.wait(LONG_MS, AbortSignal.abort())).resolves.toBeUndefined()
})

it('a wait that is over leaves nothing on its signal', async () => {
  const { signal } = new AbortController()
  await systemClock.wait(1, signal)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
