import { NotFoundError, type Principal, type Run, type RunId, type Task, type TaskId } from '@muster/core'
import type { TaskView } from '@muster/core/calls'
import type { JobWithResult } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import DataLoader from 'dataloader'

/** Reads for one operation: each thing once, and what is asked for together, together. */
export interface Loaders {
  readonly run: DataLoader<RunId, Run>
  readonly task: DataLoader<TaskId, Task>
  readonly taskView: DataLoader<TaskId, TaskView>
  /** What settled last in a run, at most `limit`. */
  recentJobs(limit: number): DataLoader<RunId, readonly JobWithResult[]>
}

export function loadersOf(muster: Muster, viewer: Principal): Loaders {
  const recentJobs = new Map<number, DataLoader<RunId, readonly JobWithResult[]>>()
  return {
    run: new DataLoader<RunId, Run>(async (runIds) => {
      const runs = new Map((await muster.runs.findMany(runIds)).map((run) => [run.runId, run]))
      return runIds.map((runId) => runs.get(runId) ?? new NotFoundError('run', runId))
    }),
    task: eachOnce((taskId: TaskId) => muster.tasks.get(taskId)),
    taskView: eachOnce((taskId: TaskId) => muster.tasks.view(taskId, viewer)),
    recentJobs(limit) {
      const loader =
        recentJobs.get(limit) ??
        new DataLoader<RunId, readonly JobWithResult[]>((runIds) => muster.runs.recentJobsOf(runIds, limit))
      recentJobs.set(limit, loader)
      return loader
    },
  }
}

/** Remembers what was read, where there is nothing that reads many at once. */
function eachOnce<Key, Thing>(read: (key: Key) => Promise<Thing>): DataLoader<Key, Thing> {
  return new DataLoader((keys) => Promise.all(keys.map((key) => read(key).catch((error: Error) => error))))
}
