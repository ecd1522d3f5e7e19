import type { JobId, ProjectId } from '../../ids.ts'
import type { QueueItem } from '../../jobs/job.ts'
import { MAX_PAGE } from '../../paging.ts'
import { MOST_RUNS, type Reading } from '../snapshots.ts'
import type { JobStates } from './job-states.ts'
import type { Placed } from './placed-items.ts'
import type { QueueStates, SeenQueue } from './queue-states.ts'
import type { RunStates, SeenRuns, WantedRuns } from './run-states.ts'
import type { Newcomers } from './state-reader.ts'

/** Items beyond the first page that a look reads. */
const MOST_READ = 300

/** How much later than facts of the same moment a reader is told a signal. */
const MOST_LATE_MS = 10_000

/** The purpose of a look, beside the states told before. */
export interface Wanted {
  readonly newcomers: Newcomers
  readonly runs: WantedRuns
  readonly placed: Placed
}

/** The findings of one look. */
export interface Seen extends SeenRuns, SeenQueue {
  /** Items that were too many to be read. */
  readonly unread: ReadonlySet<JobId>
}

/** Reads all that is told together, as of the moment of `reading`. */
export async function lookAt(
  reading: Reading,
  projectId: ProjectId,
  told: { readonly runs: RunStates; readonly queue: QueueStates; readonly jobs: JobStates },
  wanted: Wanted,
): Promise<Seen> {
  const { queue, runs, items } = reading
  // Those who come back may have been told places that are far behind by now.
  const isBack = wanted.newcomers.some(([, { isBack: comesBack }]) => comesBack)
  const status = await queue.status(projectId, isBack ? { limit: MAX_PAGE } : {})
  const live = await runs.listLive(projectId, MOST_RUNS)
  const recent = isBack ? (await runs.list(projectId, { limit: MOST_RUNS })).map((run) => run.runId) : []
  const known = new Set(live.map(({ runId }) => runId))
  const others = [...told.runs.asked(wanted.runs, recent, wanted.newcomers)].filter((id) => !known.has(id))
  const shown = new Set(status.items.map(({ jobId }) => jobId))
  const hidden = [...itemsTold(told, wanted)].filter((jobId) => !shown.has(jobId))
  const elsewhere = hidden.slice(0, MOST_READ)
  const latest = () =>
    told.jobs.latest(status.counts.completed, (limit) => reading.completed(projectId, limit))
  return {
    status,
    live,
    recent,
    others: others.length === 0 ? [] : await runs.findMany(others),
    elsewhere: elsewhere.length === 0 ? [] : await items(elsewhere),
    unread: new Set(hidden.slice(MOST_READ)),
    completed: isBack ? await since(await latest(), reading, projectId, wanted.newcomers) : [],
  }
}

/** Of these, what those who come back may not have been told: a signal comes later than the facts that were committed before it. */
async function since(
  completed: readonly QueueItem[],
  reading: Reading,
  projectId: ProjectId,
  newcomers: Newcomers,
): Promise<readonly QueueItem[]> {
  if (completed.length === 0) return completed
  const back = newcomers.flatMap(([, { isBack, behind }]) => (isBack ? [behind] : []))
  const seqs = back.filter((seq) => seq !== undefined)
  const moment =
    seqs.length === back.length ? await reading.momentOf(projectId, Math.min(...seqs)) : undefined
  const from = (moment?.getTime() ?? 0) - MOST_LATE_MS
  return completed.filter(({ finishedAt }) => (finishedAt?.getTime() ?? 0) >= from)
}

/** The items of which somebody was told something. */
function itemsTold(
  { queue, jobs }: { readonly queue: QueueStates; readonly jobs: JobStates },
  { newcomers, placed }: Wanted,
): Set<JobId> {
  const told = new Set([...queue.itemIds, ...jobs.itemIds])
  for (const [, { queue }] of newcomers) for (const { jobId } of queue?.items ?? []) told.add(jobId)
  for (const places of placed.values()) for (const jobId of places.keys()) told.add(jobId)
  return told
}
