import type { Clock } from '@muster/core/ports'
import { describe, expect, it } from 'vitest'

/** A clock, and a way to let time pass on it: a machine's own needs none. */
export interface OpenClock {
  readonly clock: Clock
  readonly pass?: (ms: number) => Promise<void>
}

/** Everything that {@link Clock} promises, case by case. */
export function clockContract(name: string, open: () => OpenClock): void {
  describe(`${name} is a Clock`, () => {
    it('never goes back while it is waited on, and reaches the moment waited for', async () => {
      const { clock, pass } = open()
      const before = clock.now().getTime()
      const waiting = clock.wait(20)
      await pass?.(20)
      await waiting
      // A timer may be a millisecond ahead of the clock.
      expect(clock.now().getTime()).toBeGreaterThanOrEqual(before + 19)
    })

    it('gives a moment of its own each time: who changes one changes nothing', () => {
      const { clock } = open()
      const before = clock.now().getTime()
      clock.now().setTime(0)
      expect(clock.now().getTime()).toBeGreaterThanOrEqual(before)
    })

    it('ends a wait at once when it is aborted, before or while it waits, and does not reject', async () => {
      const { clock } = open()
      await clock.wait(3_600_000, AbortSignal.abort())
      const abort = new AbortController()
      const waiting = clock.wait(3_600_000, abort.signal)
      abort.abort(new Error('enough'))
      expect(await waiting).toBeUndefined()
    })
  })
}
