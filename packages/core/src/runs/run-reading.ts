import { NotFoundError, ValidationError } from '../errors.ts'
import type { RunId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobWithResult } from '../jobs/job.ts'
import { newestKey, page } from '../paging.ts'
import { windowOf } from '../rates/rate-use-cases.ts'
import type { Run } from './run.ts'
import type { RunDeps } from './run-deps.ts'
import { recentLimit, runsWhere } from './run-input.ts'
import { progressOf } from './run-progress.ts'
import { runResults, runResultsWithUsage } from './run-results.ts'
import type { RunJobKey, RunsWhere } from './run-store.ts'
import { runWaits } from './run-waits.ts'
import type { RunUseCases } from './runs.ts'

type Reading =
  | 'get'
  | 'findMany'
  | 'list'
  | 'find'
  | 'progress'
  | 'waitsFor'
  | 'durations'
  | 'rates'
  | 'jobs'
  | 'recentJobs'
  | 'recentJobsOf'
  | 'results'
  | 'resultsWithUsage'

/** Jobs from which it is said how long those of a model take. */
const TIMED_JOBS = 1_000

/** Reading runs, their jobs and their results. */
export function runReading({
  transactions,
  clock,
}: Pick<RunDeps, 'transactions' | 'clock'>): Pick<RunUseCases, Reading> {
  const { runs, rates, limits, budgets } = transactions.stores

  const get = async (runId: RunId): Promise<Run> => {
    const run = await runs.find(runId)
    if (!run) throw new NotFoundError('run', runId)
    return run
  }

  return {
    get,

    findMany: (runIds) => runs.findMany(runIds),

    async list(projectId, request) {
      return page(
        request,
        ['runs', projectId],
        newestKey(({ runId }) => runId),
        (slice) => runs.list(projectId, slice),
      )
    },

    async find({ projectId = null, limit, cursor, cursors, ...wanted }) {
      const where = parse(runsWhere, wanted) as RunsWhere
      const { status, definitionId, experimentId, model, from, to } = where
      return page(
        { limit, cursor, cursors },
        ['runs', projectId, status, definitionId, experimentId, model, from, to],
        newestKey(({ runId }) => runId),
        (slice) => runs.list(projectId, slice, where),
      )
    },

    async progress(runId) {
      return progressOf(await get(runId))
    },

    async waitsFor(runId) {
      return runWaits({ limits, budgets }, await get(runId), clock.now())
    },

    async durations(runId) {
      const { config } = await get(runId)
      const durations = await runs.durations(runId, TIMED_JOBS)
      return config.models.flatMap((model) => durations.filter((one) => one.model === model))
    },

    async rates(runId, request) {
      const { config } = await get(runId)
      const window = windowOf(request, clock.now())
      // The moment of an import says nothing of how fast its jobs went elsewhere.
      return { ...window, jobs: config.origin === undefined ? await rates.run(runId, window) : [] }
    },

    async jobs(runId, { state, model }, request) {
      const { config } = await get(runId)
      if (model !== undefined && !config.models.includes(model))
        throw new ValidationError([{ path: 'model', message: `names no model of the run: ${model}` }])
      const { items, nextCursor } = await page(
        request,
        ['run jobs', runId, state ?? null, model ?? null],
        ({ key }: { readonly job: JobWithResult; readonly key: RunJobKey }) => key,
        (slice) => runs.listJobs(runId, { state, model }, slice),
      )
      return { items: items.map(({ job }) => job), nextCursor }
    },

    async recentJobs(runId, limit) {
      await get(runId)
      return runs.recentJobs([runId], parse(recentLimit, limit, ['limit']))
    },

    async recentJobsOf(runIds, limit) {
      const jobs = await runs.recentJobs(runIds, parse(recentLimit, limit, ['limit']))
      const byRun = Map.groupBy(jobs, ({ runId }) => runId)
      return runIds.map((runId) => byRun.get(runId) ?? [])
    },

    async *results(runId) {
      await get(runId)
      yield* runResults(runs, runId)
    },

    async *resultsWithUsage(runId) {
      await get(runId)
      yield* runResultsWithUsage(runs, runId)
    },
  }
}
