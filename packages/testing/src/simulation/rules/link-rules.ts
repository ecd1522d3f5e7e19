import type { JobId, Run, RunId } from '@muster/core'
import type { JobWithResult } from '@muster/core/ports'
import { must } from './violation.ts'

/** The rules about runs that start after others. */
export class LinkRules {
  /** Runs that were seen with jobs of their own. */
  readonly #made = new Set<RunId>()
  /** By reason, how many were not made; those that were as `made`. */
  readonly counts = new Map<string, number>()

  /** @throws ViolationError if a run was made too early, or of something else */
  look(runs: ReadonlyMap<RunId, Run>, jobs: ReadonlyMap<JobId, JobWithResult>): void {
    for (const run of runs.values()) {
      if (run.link?.state !== 'made' || this.#made.has(run.runId)) continue
      this.#made.add(run.runId)
      const parent = runs.get(run.link.parentId)
      const { when } = run.link
      const isTime = parent?.status === 'completed' || (when === 'ended' && parent?.status === 'cancelled')
      must('A run waits for the one before it', isTime, () => `${run.runId} after a ${parent?.status} run`)
      const [mine, before] = [scenariosOf(run.runId, jobs), scenariosOf(run.link.parentId, jobs)]
      must(
        'A run after another has its scenarios',
        mine === before,
        () => `${run.runId} has ${mine}, the one before it ${before}`,
      )
    }
  }

  /** Runs that wait for others that are over. */
  open(runs: Iterable<Run>): RunId[] {
    return [...runs].flatMap(({ runId, link }) =>
      link?.state === 'waiting' || link?.state === 'making' ? [runId] : [],
    )
  }

  /** What is true once everything has come to its end. @throws ViolationError */
  end(runs: ReadonlyMap<RunId, Run>): void {
    for (const { runId, link, status } of runs.values()) {
      if (link === null) continue
      const how = link.reason ?? link.state
      this.counts.set(`linked run: ${how}`, (this.counts.get(`linked run: ${how}`) ?? 0) + 1)
      const parent = runs.get(link.parentId)
      must(
        'A run is cancelled with the one that it waits for',
        link.reason !== 'parentCancelled' || (parent?.status === 'cancelled' && status === 'cancelled'),
        () => `${runId} is ${status} after a ${parent?.status} run`,
      )
    }
  }
}

/** The ids of a run's scenarios, each once. */
function scenariosOf(runId: RunId, jobs: ReadonlyMap<JobId, JobWithResult>): string {
  const ids = [...jobs.values()].flatMap((job) => (job.runId === runId ? [job.scenarioId ?? ''] : []))
  return [...new Set(ids)].toSorted((one, other) => (one < other ? -1 : 1)).join()
}
