import { NotFoundError } from '../errors.ts'
import type { ProjectId, RunId } from '../ids.ts'
import type { RunResult } from '../jobs/job.ts'
import type { JobUsage } from '../usage/usage.ts'
import type { RunResultKey, RunStore } from './run-store.ts'

/** Most results read from the store at a time. */
const BATCH = 500

/** Every settled job of a run, a batch in memory at a time, by the scenario's place, then the model's, then the repeat. */
export async function* runResults(
  runs: Pick<RunStore, 'listResults'>,
  runId: RunId,
): AsyncGenerator<RunResult, void> {
  for await (const { result } of listed(runs, runId)) yield result
}

/** The same with what the attempts at each used. */
export async function* runResultsWithUsage(
  runs: Pick<RunStore, 'listResults'>,
  runId: RunId,
): AsyncGenerator<RunResultWithUsage, void> {
  for await (const { result, usage } of listed(runs, runId)) yield { ...result, usage }
}

/** One settled job of a run, with what its attempts used. */
export interface RunResultWithUsage extends RunResult {
  readonly usage: JobUsage | null
}

async function* listed(
  runs: Pick<RunStore, 'listResults'>,
  runId: RunId,
): AsyncGenerator<Awaited<ReturnType<RunStore['listResults']>>[number], void> {
  let after: RunResultKey | undefined
  for (;;) {
    const rows = await runs.listResults(runId, { limit: BATCH, after })
    if (rows.length === 0) return
    yield* rows
    after = rows.at(-1)?.key
  }
}

/**
 * The same for a job's handler, which reads runs of its own project alone.
 * @throws NotFoundError, when read, for a run that is unknown there
 */
export function projectRunResults(
  runs: Pick<RunStore, 'find' | 'listResults'>,
): (projectId: ProjectId, runId: RunId) => AsyncIterable<RunResult> {
  return async function* (projectId, runId) {
    const run = await runs.find(runId)
    if (run?.projectId !== projectId) throw new NotFoundError('run', runId)
    yield* runResults(runs, runId)
  }
}
