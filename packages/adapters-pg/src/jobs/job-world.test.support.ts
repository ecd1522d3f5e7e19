import type { DefinitionId, ProjectId, Run, RunId, Scenario } from '@muster/core'
import type { NewRun, Stores } from '@muster/core/ports'
import { aProject, newId } from '@muster/testing'

/** A new project in `stores`. */
export async function addProject(stores: Stores): Promise<ProjectId> {
  const project = aProject()
  await stores.projects.add(project)
  return project.projectId
}

/** A new run of `scenarios` × `models` jobs of type `probe`, of a definition of its own. */
export async function addRun(
  stores: Stores,
  projectId: ProjectId,
  {
    scenarios,
    models,
    now,
    limits,
  }: Pick<NewRun, 'limits'> & {
    readonly scenarios: number
    readonly models: number
    readonly now: Date
  },
): Promise<Run> {
  const definition = await stores.definitions.add(
    { definitionId: newId() as DefinitionId, projectId, name: 'Probes', jobType: 'probe', createdAt: now },
    await stores.definitions.stage(inOneBatch(scenarios)),
  )
  const names = Array.from({ length: models }, (_, index) => `m${index}`)
  const none = { completed: 0, failed: 0, cancelled: 0 }
  const request: NewRun = {
    run: {
      runId: newId() as RunId,
      projectId,
      definitionId: definition.definitionId,
      status: 'pending',
      priority: 'normal',
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
        total: scenarios * models,
        ...none,
        byModel: Object.fromEntries(names.map((name) => [name, { total: scenarios, ...none }])),
      },
      escalation: null,
      link: null,
      ratePerSecond: 0,
      version: 1,
      startedBy: null,
      createdAt: now,
      startedAt: null,
      finishedAt: null,
    },
    places: Array.from({ length: scenarios }, (_, index) => index + 1),
    jobType: 'probe',
    maxAttempts: 3,
    idempotencyKey: null,
    limits,
  }
  return (await stores.runs.add(request)).run
}

async function* inOneBatch(scenarios: number): AsyncGenerator<readonly Scenario[], void> {
  yield Array.from({ length: scenarios }, (_, index) => ({ scenarioId: `s${index}`, payload: { index } }))
}
