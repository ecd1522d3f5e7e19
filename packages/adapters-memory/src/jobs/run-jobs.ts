import type { JobId } from '@muster/core'
import type { NewRun } from '@muster/core/ports'
import { RUN_PRIORITIES } from '@muster/core/rules'
import type { MemoryContext } from '../tables/tables.ts'
import { JobMoves } from './job-moves.ts'
import { NEW_JOB } from './job-row.ts'

/** Makes the jobs of a run with their lane, counts them, and gives their ids. */
export function makeJobs(
  { tables, ids }: MemoryContext,
  wanted: Omit<NewRun, 'idempotencyKey'>,
): readonly JobId[] {
  const { run, jobType } = wanted
  const made = jobsFor(tables.jobs, () => ids.next() as JobId, wanted)
  tables.jobs.keepJobsOf(run.runId, made)
  const moves = new JobMoves(tables.jobs, run.createdAt)
  moves.arrive(run.projectId, jobType, made.length)
  moves.finish()
  return made
}

function jobsFor(
  tables: MemoryContext['tables']['jobs'],
  nextId: () => JobId,
  { run, places, jobType, maxAttempts, limits = [null] }: Omit<NewRun, 'idempotencyKey'>,
): JobId[] {
  const { runId, projectId, config, definitionId } = run
  const scenarios = tables.scenarios.get(definitionId) ?? []
  const lane = tables.lane(projectId, runId, RUN_PRIORITIES[run.priority])
  const createdAt = run.createdAt.getTime()
  const limitSets = limits.map((set) => (set ? tables.limits.number(set) : null))
  const keyed = limitSets.some((limitSet) => limitSet !== null)
  if (keyed) for (const limitSet of limitSets) tables.limits.enter(lane, limitSet, false)
  const jobs: JobId[] = []
  for (const place of places) {
    const scenario = scenarios[place - 1]
    if (!scenario) throw new Error(`Definition ${definitionId} has no scenario at place ${place}`)
    const { models, repeats } = config
    const each = models.flatMap((model, index) =>
      Array.from({ length: repeats }, (_, nth) => ({ model, index, repeat: nth + 1 })),
    )
    for (const { model, index, repeat } of each) {
      const jobId = nextId()
      tables.put({
        ...NEW_JOB,
        jobId,
        projectId,
        runId,
        taskId: null,
        type: jobType,
        lane,
        limitSet: limitSets[Math.floor(jobs.length / repeats) % limitSets.length] ?? null,
        seq: lane.append(jobId, true),
        payload: scenario.payload,
        model,
        scenarioId: scenario.scenarioId,
        place,
        modelPlace: index + 1,
        repeat,
        state: 'pending',
        maxAttempts,
        availableAt: createdAt,
        createdBy: run.startedBy,
        createdAt,
      })
      jobs.push(jobId)
    }
  }
  return jobs
}
