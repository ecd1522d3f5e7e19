import { UnavailableError } from '@muster/core'
import type { WaitOptions } from '@muster/core/calls'
import type { Clock } from '@muster/core/ports'
import { elapsedMs } from '@muster/core/use-cases'

interface Looking<Seen> {
  readonly clock: Clock
  /** Aborts, with a ClosedError, once this Muster closes. */
  readonly closing: AbortSignal
  readonly look: () => Promise<Seen>
  readonly isSo: (seen: Seen) => boolean
  readonly everyMs: number
  /** Such as `The import did not end`. */
  readonly otherwise: string
  /** By what has elapsed; default: now. */
  readonly startedAt?: number
}

/**
 * Looks until it is so, also while the store is away for a time, and gives what it saw then.
 * @throws ClosedError once this Muster closes; the signal's reason; a DOMException named `TimeoutError`; what a look throws
 */
export async function until<Seen>(
  { clock, closing, look, isSo, everyMs, otherwise, startedAt = elapsedMs(clock) }: Looking<Seen>,
  { signal, timeoutMs }: WaitOptions,
): Promise<Seen> {
  const stop = signal ? AbortSignal.any([signal, closing]) : closing
  for (;;) {
    stop.throwIfAborted()
    const seen = await look().catch(whileAway)
    if (seen !== undefined && isSo(seen)) return seen
    if (elapsedMs(clock) - startedAt >= (timeoutMs ?? Number.POSITIVE_INFINITY))
      throw new DOMException(`${otherwise} within ${timeoutMs} ms`, 'TimeoutError')
    await clock.wait(everyMs, stop)
  }
}

/** Nothing, while the store is away. */
function whileAway(error: unknown): undefined {
  if (!(error instanceof UnavailableError)) throw error
}
