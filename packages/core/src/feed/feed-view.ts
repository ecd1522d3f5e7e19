import { queueItemView } from '../queue/queue-view.ts'
import type { QueueStatus } from '../queue/queues.ts'
import { runView } from '../runs/run-view.ts'
import type { QueueUpdate, Snapshot } from './feed-items.ts'

/** A snapshot as it goes out. */
export function snapshotView(snapshot: Snapshot): object {
  switch (snapshot.channel) {
    case 'me':
      return { assignments: snapshot.assignments, stats: snapshot.stats }
    case 'project': {
      const { queue, runs, presence } = snapshot
      return { queue: queueView(queue), runs: runs.map(runView), presence }
    }
    case 'run':
      return { run: runView(snapshot.run) }
    case 'queues':
      return { queues: snapshot.queues.map(queueView) }
    case 'admin':
      return { ...snapshot.system, projects: snapshot.projects }
  }
}

function queueView(status: QueueStatus): object {
  return { ...status, items: status.items.map(queueItemView) }
}

/** How a queue stands, as it goes out. */
export function queueUpdateView(update: QueueUpdate): object {
  return { ...update, changed: update.changed.map(queueItemView) }
}
