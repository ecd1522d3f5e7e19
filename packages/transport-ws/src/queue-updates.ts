import type { JobId, ProjectId, QueueItem } from '@muster/core'
import { NotFoundError } from '@muster/core'
import type { FeedEvent } from '@muster/core/feed'
import { queueItemView } from '@muster/core/feed'
import type { Muster } from '@muster/host'

/** The names of a queue's events on `/queue_updates`. */
const UPDATE_TYPES: Readonly<Record<string, string>> = {
  queue_item_added: 'item_added',
  queue_item_removed: 'item_removed',
  job_started: 'item_started',
  job_completed: 'item_completed',
  job_failed: 'item_failed',
  job_retried: 'item_retried',
  position_updated: 'position_updated',
  queue_cleared: 'queue_cleared',
  queue_paused: 'queue_paused',
  queue_resumed: 'queue_resumed',
}

/** Looked up once for all who ask before it is read; a later caller is told what is then. */
const asked = new WeakMap<Muster, Map<string, Promise<QueueItem | undefined>>>()

/** An event of a queue in the words of `/queue_updates`, and the item that it shows. */
export async function queueUpdateFrame(
  muster: Muster,
  event: FeedEvent,
): Promise<{ readonly frame: object; readonly item: QueueItem | undefined }> {
  const { type, projectId, occurredAt, seq, prev, cursor, eventId } = event
  const data = event.data as Readonly<Record<string, unknown>>
  const item = await itemOf(muster, projectId, event.data)
  const positions = type === 'position_updated' ? (data['items'] as readonly object[]) : []
  const frame = {
    type: 'QueueUpdate',
    updateType: UPDATE_TYPES[type],
    projectId,
    queue: item === undefined ? positions.slice(0, 50) : [queueItemView(item)],
    affectedUserId: data['createdBy'] ?? item?.createdBy ?? null,
    globalPosition: item?.globalPosition ?? null,
    timestamp: occurredAt,
    ...('runId' in data ? { runId: data['runId'] } : {}),
    ...('count' in data ? { count: data['count'] } : {}),
    seq,
    prev,
    cursor,
    eventId,
  }
  return { frame, item }
}

function itemOf(muster: Muster, projectId: ProjectId | null, data: object): Promise<QueueItem | undefined> {
  if (projectId === null || !('itemId' in data)) return Promise.resolve(undefined)
  const itemId = data.itemId as JobId
  const waiting = asked.get(muster) ?? new Map<string, Promise<QueueItem | undefined>>()
  asked.set(muster, waiting)
  const known =
    waiting.get(itemId) ??
    soon().then(() => {
      waiting.delete(itemId)
      return find(muster, projectId, itemId)
    })
  waiting.set(itemId, known)
  return known
}

/** After all who are written to in this turn have asked. */
function soon(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

async function find(muster: Muster, projectId: ProjectId, itemId: JobId): Promise<QueueItem | undefined> {
  try {
    return await muster.queue.get(projectId, itemId)
  } catch (error) {
    // The event is told all the same; who wants to know more can ask.
    if (!(error instanceof NotFoundError))
      muster.logger.debug({ err: error, itemId }, 'An item could not be read')
    return undefined
  }
}
