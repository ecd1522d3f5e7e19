import type { Definition, Json, Muster, ProjectId, Run, RunProgress } from '@muster/core'
import type { Scenario } from '@muster-examples/language-id'
import { every, first, once } from './once.ts'
import { progressBars, progressText } from './progress-bars.ts'
import type { Screen } from './screen.ts'

const LOOK_MS = 200
/** Without a terminal, a line at every tenth of the way. */
const LINES = 10

/** What a run of the story evaluates, and how much of it. */
export interface RunPlan {
  readonly definition: { readonly name: string; readonly scenarios: () => Promise<readonly Scenario[]> }
  readonly models: readonly string[]
  readonly samplePercentage: number
  readonly sampleSeed: number
  readonly maxJobsPerSecond: number | null
}

/** The definition of that name; made where there is none. */
async function definitionOf(
  muster: Muster,
  projectId: ProjectId,
  { name, scenarios }: RunPlan['definition'],
): Promise<Definition> {
  return once(
    muster,
    `definition ${name}`,
    () =>
      first(
        every((request) => muster.definitions.list(projectId, request)),
        (definition) => definition.name === name,
      ),
    async () => {
      const texts = await scenarios()
      return muster.definitions.add(projectId, {
        name,
        jobType: 'probe:scenario',
        scenarios: texts.map(({ scenarioId, payload }) => ({ scenarioId, payload: payload as Json })),
      })
    },
  )
}

/** The story's run of a definition, with a preview before it is started. Started before, it is the same run again. */
export async function startedRun(
  muster: Muster,
  projectId: ProjectId,
  plan: RunPlan,
  screen: Screen,
): Promise<Run> {
  const definition = await definitionOf(muster, projectId, plan.definition)
  const { models, samplePercentage, sampleSeed, maxJobsPerSecond } = plan
  const experimentId = `story: ${samplePercentage} % with seed ${sampleSeed}`
  const isOurs = (run: Run): boolean =>
    run.definitionId === definition.definitionId && run.config.experimentId === experimentId
  const present = await first(
    every((request) => muster.runs.list(projectId, request)),
    isOurs,
  )
  if (present !== undefined) {
    screen.say(`${definition.name}: goes on with run ${present.runId}`)
    return present
  }
  const request = {
    definitionId: definition.definitionId,
    models,
    samplePercentage,
    sampleSeed,
    maxJobsPerSecond,
    experimentId,
  }
  const preview = await muster.runs.preview(projectId, request)
  screen.say(
    `${definition.name}: ${samplePercentage} % of ${definition.scenarioCount} scenarios with seed ${sampleSeed} are ${preview.scenarios}; ` +
      `with ${models.length} models that makes ${preview.jobs} jobs`,
  )
  return muster.runs.start(projectId, request, {
    idempotencyKey: `${definition.definitionId} ${experimentId}`,
  })
}

/** Shows how a run goes until it has completed. A run that somebody cancelled ends the watch too. */
export async function watchRun(
  muster: Muster,
  run: Run,
  screen: Screen,
  stop: AbortSignal,
): Promise<RunProgress> {
  const title = run.config.definitionSnapshot.name
  let said = -1
  for (;;) {
    stop.throwIfAborted()
    const progress = await muster.runs.progress(run.runId)
    const over = progress.status === 'completed' || progress.status === 'cancelled'
    if (screen.live) {
      screen.draw(progressBars(title, progress))
      if (over) screen.settle()
    } else {
      const part = Math.floor((progress.percentComplete / 100) * LINES)
      if (part > said || over) screen.say(`${title}: ${progressText(progress)}`)
      said = Math.max(said, part)
    }
    if (over) return progress
    await muster.clock.wait(LOOK_MS, stop)
  }
}
