import type { ProjectId, QueueItem, RunId } from '@muster/core'
import type { Muster } from '@muster/host'
import type { AnalysisPayload } from '@muster-examples/language-id'
import { once } from './once.ts'
import type { Screen } from './screen.ts'

const LOOK_MS = 100
const SETTLED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])

/** How an analysis ended: what it found, or why there is nothing. */
export type Analysis<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly why: string }

/** The analysis of these runs by a job of this type, as a loose item of the project's queue. Added where it is missing, then waited for. */
export async function analysisOf<Result>(
  muster: Muster,
  { projectId, type, runIds, screen, stop }: AnalysisRequest,
): Promise<Analysis<Result>> {
  const payload: AnalysisPayload = { runIds: [...runIds] }
  const found = await once(
    muster,
    `${type} ${runIds.join(' ')}`,
    () => findItem(muster, projectId, type, payload),
    () => muster.queue.add(projectId, { type, payload }, null),
  )
  // Python may have been installed since: a start of the server is a new chance.
  const item = found.state === 'failed' ? await muster.queue.retry(projectId, found.jobId) : found
  for (;;) {
    stop.throwIfAborted()
    const { state, result, error, step } = await muster.queue.get(projectId, item.jobId)
    if (SETTLED.has(state)) {
      if (state === 'completed') return { kind: 'done', result: result as Result }
      return { kind: 'failed', why: error?.message ?? `it was ${state}` }
    }
    if (step !== null) screen.draw([`${type}: ${step.name} (${step.index} of ${step.total})`])
    await muster.clock.wait(LOOK_MS, stop)
  }
}

export interface AnalysisRequest {
  readonly projectId: ProjectId
  readonly type: 'analyze:basic' | 'analyze:deep'
  readonly runIds: readonly RunId[]
  readonly screen: Screen
  readonly stop: AbortSignal
}

/** The latest item of this type for these runs. Lists don't show payloads, so each one of the type is looked at. */
async function findItem(
  muster: Muster,
  projectId: ProjectId,
  type: string,
  payload: AnalysisPayload,
): Promise<QueueItem | undefined> {
  const wanted = JSON.stringify(payload)
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await muster.queue.status(projectId, { type, cursor })
    for (const item of items) {
      const { payload: given } = await muster.queue.get(projectId, item.jobId)
      if (JSON.stringify(given) === wanted && item.state !== 'cancelled') return item
    }
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return undefined
}
