import type { Clock, Ids } from '../environment.ts'
import { ClosedError, NotFoundError, UnavailableError, ValidationError } from '../errors.ts'
import type { RunId, UserId } from '../ids.ts'
import type { Run } from '../runs/run.ts'
import type { RunUseCases } from '../runs/runs.ts'
import type { FeedItem, FeedUseCases, Subscription } from './feed-items.ts'

/** A run at its end. */
export type FinishedRun = Run & { readonly status: 'completed' | 'cancelled' }

/** How long somebody waits. */
export interface WaitOptions {
  /** Rejects with its reason once it aborts. */
  readonly signal?: AbortSignal | undefined
  /** Rejects with a DOMException named `TimeoutError` after so long, in ms. */
  readonly timeoutMs?: number | undefined
}

interface Deps {
  readonly feed: FeedUseCases
  readonly runs: Pick<RunUseCases, 'get'>
  readonly clock: Clock
  readonly ids: Ids
}

/** Before a run that was told to have ended is asked for again, if the store is away, in ms. */
const AGAIN_MS = 500

/**
 * The run once it has ended, as the feed tells: whichever process works on it. A run that ended before is given at once.
 * @throws NotFoundError; ClosedError once the feed closes; the signal's reason; a DOMException named `TimeoutError`
 */
export async function runEnd(
  deps: Deps,
  runId: RunId,
  { signal, timeoutMs }: WaitOptions = {},
): Promise<FinishedRun> {
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
    throw new ValidationError([{ path: 'timeoutMs', message: 'must be a number of ms from 0' }])
  }
  signal?.throwIfAborted()
  const over = new AbortController()
  const stop = new AbortController()
  const abort = (): void => stop.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
    void deps.clock.wait(timeoutMs, over.signal).then(() => {
      stop.abort(new DOMException(`The run has not ended within ${timeoutMs} ms`, 'TimeoutError'))
    })
  }
  try {
    return await orAborted(followed(deps, runId, stop.signal), stop.signal)
  } finally {
    signal?.removeEventListener('abort', abort)
    over.abort()
    stop.abort()
  }
}

/** `work`, unless the signal aborts first: then its reason is thrown. */
function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

async function followed(deps: Deps, runId: RunId, stop: AbortSignal): Promise<FinishedRun> {
  const subscription = await deps.feed.subscribe({
    // Nobody's: the host itself asks.
    userId: deps.ids.next() as UserId,
    tokenRole: 'admin',
    channel: { kind: 'run', runId },
    states: false,
  })
  const close = (): void => subscription.close()
  stop.addEventListener('abort', close, { once: true })
  try {
    return await endOf(subscription, () => atLast(deps, runId, stop), runId)
  } finally {
    stop.removeEventListener('abort', close)
    close()
  }
}

async function endOf(
  subscription: Subscription,
  read: () => Promise<Run>,
  runId: RunId,
): Promise<FinishedRun> {
  const { opening } = subscription
  if (!opening.resumed && opening.snapshot.channel === 'run' && hasEnded(opening.snapshot.run)) {
    return opening.snapshot.run
  }
  for await (const item of subscription) {
    if (item.kind === 'closed') throw new NotFoundError('run', runId)
    if (!mayTellOfTheEnd(item)) continue
    // One that was ended and opened again in the meantime goes on.
    const run = await read()
    if (hasEnded(run)) return run
  }
  throw new ClosedError()
}

function mayTellOfTheEnd(item: FeedItem): boolean {
  return item.kind === 'reload' || (item.kind === 'event' && item.event.type === 'run_status_changed')
}

function hasEnded(run: Run): run is FinishedRun {
  return run.status === 'completed' || run.status === 'cancelled'
}

/** The run, however long the store is away. */
async function atLast({ runs, clock }: Deps, runId: RunId, stop: AbortSignal): Promise<Run> {
  for (;;) {
    try {
      return await runs.get(runId)
    } catch (error) {
      if (!(error instanceof UnavailableError) || stop.aborted) throw error
      await clock.wait(AGAIN_MS, stop)
    }
  }
}
