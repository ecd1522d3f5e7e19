import type { Definition, DefinitionId, ProjectId, RunId, RunPriority, Scenario } from '@muster/core'
import type { NewRun, Persistence } from '@muster/core/ports'
import { ids } from './databases.ts'

/** The job type of every benchmark's jobs. */
export const TYPE = 'bench'

/** A project with a definition of `scenarios` small scenarios. */
export async function prepare(
  { stores }: Pick<Persistence, 'stores'>,
  scenarios: number,
): Promise<{ readonly projectId: ProjectId; readonly definition: Definition }> {
  const projectId = ids.next() as ProjectId
  await stores.projects.add({
    projectId,
    externalId: null,
    name: 'Benchmark',
    workflowId: null,
    assignment: {
      maxConcurrentPerUser: 10,
      crossStepExclusionPairs: [],
      cooldownMinutes: 0,
      leaseMinutes: 60,
      defaultStrategy: 'round_robin',
      weights: { capacity: 0.5, performance: 0.5 },
      maxReturns: 2,
      holdMinutes: 1440,
      undoSeconds: 10,
    },
    quality: null,
    paused: false,
    version: 1,
    createdAt: new Date(),
  })
  const definition = await stores.definitions.add(
    {
      definitionId: ids.next() as DefinitionId,
      projectId,
      name: 'Benchmark',
      jobType: TYPE,
      createdAt: new Date(),
    },
    await stores.definitions.stage(batches(scenarios)),
  )
  return { projectId, definition }
}

/** A run of all scenarios of `definition` × `models` models. */
export function aRun(
  projectId: ProjectId,
  definition: Definition,
  models: number,
  priority: RunPriority = 'normal',
): NewRun {
  const names = Array.from({ length: models }, (_, index) => `model-${index + 1}`)
  const total = definition.scenarioCount
  const none = { completed: 0, failed: 0, cancelled: 0 }
  return {
    run: {
      runId: ids.next() as RunId,
      projectId,
      definitionId: definition.definitionId,
      status: 'pending',
      priority,
      config: {
        models: names,
        repeats: 1,
        samplePercentage: 100,
        sampleSeed: 0,
        experimentId: null,
        maxJobsPerSecond: null,
        definitionSnapshot: definition,
      },
      tallies: {
        total: total * models,
        ...none,
        byModel: Object.fromEntries(names.map((name) => [name, { total, ...none }])),
      },
      escalation: null,
      link: null,
      ratePerSecond: 0,
      version: 1,
      startedBy: null,
      createdAt: new Date(),
      startedAt: null,
      finishedAt: null,
    },
    places: Array.from({ length: total }, (_, index) => index + 1),
    jobType: TYPE,
    maxAttempts: 3,
    idempotencyKey: null,
  }
}

async function* batches(scenarios: number): AsyncGenerator<readonly Scenario[], void> {
  const size = 1_000
  for (let start = 0; start < scenarios; start += size) {
    yield Array.from({ length: Math.min(size, scenarios - start) }, (_, index) => ({
      scenarioId: String(start + index + 1),
      payload: { taskId: start + index + 1, projectId: 'p1' },
    }))
  }
}
