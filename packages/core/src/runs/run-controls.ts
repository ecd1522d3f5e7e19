import { NotFoundError, RunStateError, VersionConflictError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { RunId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { demandType } from './demand-type.ts'
import type { Run, RunStatus } from './run.ts'
import type { RunDeps, RunStores } from './run-deps.ts'
import { runChange } from './run-input.ts'
import { afterControl, type RunControl } from './run-lifecycle.ts'
import type { RunStore } from './run-store.ts'
import type { RunUseCases } from './runs.ts'

/** Steering runs. */
export function runControls({
  transactions,
  jobTypes,
  clock,
  nudge,
}: RunDeps): Pick<RunUseCases, 'pause' | 'resume' | 'cancel' | 'retryFailed' | 'change'> {
  /** The run, locked. @throws NotFoundError, VersionConflictError */
  const lock = async (runs: RunStore, runId: RunId, ifVersion: number | undefined): Promise<Run> => {
    const run = await runs.lock(runId)
    if (!run) throw new NotFoundError('run', runId)
    if (ifVersion !== undefined && ifVersion !== run.version) {
      throw new VersionConflictError(`The run is at version ${run.version}`, { version: run.version })
    }
    return run
  }

  const control = async (name: RunControl, runId: RunId, ifVersion: number | undefined): Promise<Run> => {
    const run = await transactions.transaction(async (stores) => {
      const before = await lock(stores.runs, runId, ifVersion)
      const { origin } = before.config
      if (name === 'retry_failed' && origin !== undefined)
        throw new RunStateError('have its failed jobs retried', before.status, origin)
      const status = afterControl(name, before)
      if (status === undefined) return before
      if (name === 'retry_failed') demandType(jobTypes, before.config.definitionSnapshot.jobType, 'runId')
      return applyControl(stores, name, before, status, clock.now())
    })
    nudge()
    return run
  }

  return {
    pause: (runId, ifVersion) => control('pause', runId, ifVersion),
    resume: (runId, ifVersion) => control('resume', runId, ifVersion),
    cancel: (runId, ifVersion) => control('cancel', runId, ifVersion),
    retryFailed: (runId, ifVersion) => control('retry_failed', runId, ifVersion),

    async change(runId, wanted, ifVersion) {
      const { priority, maxJobsPerSecond } = parse(runChange, wanted)
      const run = await transactions.transaction(async (stores) => {
        const before = await lock(stores.runs, runId, ifVersion)
        if (before.status === 'cancelled') throw new RunStateError('be changed', before.status)
        const now = { priority: before.priority, maxJobsPerSecond: before.config.maxJobsPerSecond }
        const pacing = {
          priority: priority ?? now.priority,
          maxJobsPerSecond: maxJobsPerSecond === undefined ? now.maxJobsPerSecond : maxJobsPerSecond,
        }
        if (pacing.priority === now.priority && pacing.maxJobsPerSecond === now.maxJobsPerSecond)
          return before
        const after = await stores.runs.change(runId, pacing, clock.now())
        const { projectId, version } = after
        await stores.events.append([fact(projectId, 'run_changed', { runId, ...pacing, version })])
        return after
      })
      nudge()
      return run
    },
  }
}

/** Moves a run, locked before, and tells of it. */
async function applyControl(
  stores: Pick<RunStores, 'runs' | 'events'>,
  name: RunControl,
  before: Run,
  status: RunStatus,
  now: Date,
): Promise<Run> {
  const { runId, projectId } = before
  const after = await move(stores.runs, name, runId, status, now)
  const removed = name === 'cancel' ? after.tallies.cancelled - before.tallies.cancelled : 0
  const returned = name === 'retry_failed' ? before.tallies.failed : 0
  await stores.events.append([
    fact(projectId, 'run_status_changed', {
      runId,
      status: after.status,
      from: before.status,
      version: after.version,
    }),
    ...(removed > 0
      ? [fact(projectId, 'queue_item_removed', { runId, count: removed, createdBy: null })]
      : []),
    ...(returned > 0
      ? [fact(projectId, 'queue_item_added', { runId, count: returned, createdBy: null })]
      : []),
  ])
  return after
}

/** Cancels a run in the transaction of these stores, unless it has ended. */
export async function cancelWithin(
  stores: Pick<RunStores, 'runs' | 'events'>,
  runId: RunId,
  now: Date,
): Promise<void> {
  const run = await stores.runs.lock(runId)
  if (run === undefined || run.status === 'completed' || run.status === 'cancelled') return
  await applyControl(stores, 'cancel', run, 'cancelled', now)
}

function move(runs: RunStore, name: RunControl, runId: RunId, status: RunStatus, now: Date): Promise<Run> {
  switch (name) {
    case 'pause':
      return runs.pause(runId)
    case 'resume':
      return runs.resume(runId, status === 'running' ? 'running' : 'pending', now)
    case 'cancel':
      return runs.cancel(runId, now)
    case 'retry_failed':
      return runs.reopenFailed(runId, now)
  }
}
