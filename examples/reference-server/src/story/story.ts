import type { Run } from '@muster/core'
import {
  type BasicAnalysis,
  buildUdhrScenarios,
  type DeepAnalysis,
  modelNames,
  uiScenarios,
} from '@muster-examples/language-id'
import type { TokenHolder } from '../development-tokens.ts'
import { analysisOf } from './analysis.ts'
import { workThrough } from './people.ts'
import { againstModels, peopleTable, settlementTable, strategiesCompared } from './people-report.ts'
import { type Stage, setStage } from './project.ts'
import { accuracyTable, leakTable } from './report.ts'
import { type RunPlan, startedRun, type Watch, watchRun } from './run.ts'
import { type PlannedTask, planTasks, tasksByName } from './tasks.ts'
import { whatWaits } from './waiting.ts'

const SEED = 42

/** How much of each definition is evaluated, in percent. */
interface Samples {
  readonly udhr: number
  readonly ui: number
}

/** Enough interface strings to compare with the phrases of the Declaration, of which there are fewer. */
const SAMPLES: Samples = { udhr: 10, ui: 25 }

export interface Telling extends Watch {
  /** Where the server is. */
  readonly origin: string
  /** Jobs a second at most; null: as fast as they go. */
  readonly pace: number | null
  /** Prints a token for each; missing where tokens are not to be shown. */
  readonly printTokens: ((holders: readonly TokenHolder[]) => Promise<void>) | undefined
  readonly samples?: Samples
}

/**
 * Tells the story: machines answer, people settle what the machines could not, and the result is shown. Everything is looked for before it is made, so
 * told again after any interruption it goes on where it was; told to the end, it shows the same result.
 */
export async function tellStory(telling: Telling): Promise<void> {
  const { muster, screen, stop, pace, samples = SAMPLES } = telling
  const stage = await setStage(muster)
  const { projectId } = stage.project
  const plan = (definition: RunPlan['definition'], samplePercentage: number): RunPlan => ({
    definition,
    models: modelNames,
    samplePercentage,
    sampleSeed: SEED,
    maxJobsPerSecond: pace,
  })
  const plans = [
    plan({ name: 'UDHR language id', scenarios: () => buildUdhrScenarios(SEED) }, samples.udhr),
    plan({ name: 'UI strings', scenarios: async () => uiScenarios() }, samples.ui),
  ]
  const runs: Run[] = []
  for (const each of plans) {
    const run = await startedRun(muster, projectId, each, screen)
    await watchRun(run, telling)
    runs.push(run)
  }

  const runIds = runs.map(({ runId }) => runId)
  const basic = await analysisOf<BasicAnalysis>(muster, {
    projectId,
    type: 'analyze:basic',
    runIds,
    screen,
    stop,
  })
  if (basic.kind === 'failed') throw new Error(`analyze:basic failed: ${basic.why}`)
  const planned = planTasks(basic.result)
  screen.say('', `The models split on ${planned.length} texts: these go to people`)
  await workThrough({ muster, projectId, actors: stage.actors, screen, stop }, planned)
  const deep = await analysisOf<DeepAnalysis>(muster, {
    projectId,
    type: 'analyze:deep',
    runIds,
    screen,
    stop,
  })

  screen.say('', 'How often the models were right', accuracyTable(basic.result))
  screen.say(
    '',
    'What the Declaration flatters: phrases of languages that both datasets have',
    leakTable(deep),
  )
  await showPeople(telling, stage, planned)
  await showWayIn(telling, stage, runs)
}

async function showPeople(
  { muster, screen }: Telling,
  { project, actors }: Stage,
  planned: readonly PlannedTask[],
): Promise<void> {
  const { projectId } = project
  const results = await Array.fromAsync(muster.tasks.results(projectId))
  const truths = new Map(planned.map((task) => [task.externalId, task]))
  screen.say('', 'What the people did (scripted: programs that stand in for people)')
  screen.say(await peopleTable(muster, projectId, actors, results, truths))
  screen.say(
    '',
    'How their tasks were given out and settled',
    settlementTable(planned, results),
    strategiesCompared(planned, results),
  )
  screen.say('', 'On the texts that were settled', againstModels(planned, results))

  const waits = await whatWaits(muster, planned, await tasksByName(muster, projectId), actors)
  if (waits.length > 0) screen.say('', `${planned.length - results.length} tasks wait`, ...waits)
}

async function showWayIn(
  { screen, origin, printTokens }: Telling,
  { project, manager, actors }: Stage,
  runs: readonly Run[],
): Promise<void> {
  const api = `${origin}/api/v1`
  screen.say(
    '',
    'Look around (each but the documentation wants one of the tokens: curl -H "Authorization: Bearer <jwt>" …)',
    `  documentation  ${origin}/docs`,
    `  queue status   ${api}/projects/${project.projectId}/queue/status`,
    ...runs.map(
      ({ runId, config }) =>
        `  results        ${api}/runs/${runId}/results.ndjson (${config.definitionSnapshot.name})`,
    ),
    `  settled tasks  ${api}/projects/${project.projectId}/results.ndjson`,
  )
  const annotators = actors.filter(({ status }) => status === 'active').slice(0, 2)
  await printTokens?.([
    { label: 'manager', userId: manager.userId, role: 'manager' },
    ...annotators.map(({ user }) => ({
      label: `annotator ${user.displayName}`,
      userId: user.userId,
      role: user.role,
    })),
  ])
  screen.say('The story is told; the server stays up until Ctrl-C')
}
