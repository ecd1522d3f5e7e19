import type { ProjectId, Run } from '@muster/core'
import {
  type BasicAnalysis,
  buildUdhrScenarios,
  type DeepAnalysis,
  modelNames,
  splitPolicy,
  uiScenarios,
} from '@muster-examples/language-id'
import type { TokenHolder } from '../development-tokens.ts'
import { analysisOf } from './analysis.ts'
import { pullAll, pushAll, type Shift } from './people.ts'
import { againstModels, peopleTable, settlementTable, strategiesCompared } from './people-report.ts'
import { type Stage, setStage } from './project.ts'
import { accuracyTable, leakTable } from './report.ts'
import { presentRun, type RunPlan, startedRun, type Watch, watchRun } from './run.ts'
import { type KnownTask, knownTasks, tasksById, tasksOf } from './tasks.ts'
import { openToVisitors } from './visitor.ts'
import { whatWaits } from './waiting.ts'

const SEED = 42

/** How much of each definition is evaluated, in percent. */
interface Samples {
  readonly udhr: number
  readonly ui: number
}

/** Of the texts that the models split on, about as many of the one as of the other. */
const SAMPLES: Samples = { udhr: 10, ui: 12 }

export interface Telling extends Watch {
  /** Where the server is. */
  readonly origin: string
  /** Jobs a second at most; null: as fast as they go. */
  readonly pace: number | null
  /** Prints a link to the console and a token for each, or the links alone; missing where tokens are not to be shown. */
  readonly printTokens: ((holders: readonly TokenHolder[], linksAlone?: boolean) => Promise<void>) | undefined
  readonly samples?: Samples
}

/**
 * Tells the story: machines answer, people settle what the machines could not, and the result is shown. Everything is looked for before it is made, so
 * told again after any interruption it goes on where it was; told to the end, it shows the same result.
 */
export async function tellStory(telling: Telling): Promise<void> {
  const { muster, screen, stop, pace, printTokens, samples = SAMPLES } = telling
  const visitor = await openToVisitors(muster)
  await printTokens?.([visitor], true)
  const stage = await setStage(muster)
  const { projectId } = stage.project
  const plan = (definition: RunPlan['definition'], samplePercentage: number, isGold: boolean): RunPlan => ({
    definition,
    models: modelNames,
    samplePercentage,
    sampleSeed: SEED,
    maxJobsPerSecond: pace,
    escalation: splitPolicy({ isGold }),
  })
  // What the models split on in the Declaration measures people; what is then known of them is put to use on the interface strings.
  const declaration = plan(
    { name: 'UDHR language id', scenarios: () => buildUdhrScenarios(SEED) },
    samples.udhr,
    true,
  )
  const strings = plan({ name: 'UI strings', scenarios: async () => uiScenarios() }, samples.ui, false)
  const shift: Shift = { muster, projectId, actors: stage.actors, screen, stop }

  const first = await decidedRun(telling, projectId, declaration)
  const pulled = await tasksOf(muster, first, ['pull'])
  // Once the others are there, pulling annotations would take what is to be pushed.
  if ((await presentRun(muster, projectId, strings)) === undefined) await pullAll(shift)
  const second = await decidedRun(telling, projectId, strings)
  const pushed = await tasksOf(muster, second, ['round_robin', 'performance_weighted'])
  await pushAll(shift, pushed)
  const runs = [first, second]

  const runIds = runs.map(({ runId }) => runId)
  const basic = await analysisOf<BasicAnalysis>(muster, {
    projectId,
    type: 'analyze:basic',
    runIds,
    screen,
    stop,
  })
  if (basic.kind === 'failed') throw new Error(`analyze:basic failed: ${basic.why}`)
  const known = knownTasks([...pulled, ...pushed], basic.result)
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
  await showPeople(telling, stage, known)
  await showWayIn(telling, stage, runs)
  // The last line is where to go on: a fresh link, since the first may have been used.
  await printTokens?.([visitor], true)
}

/** Starts the run of a plan, shows how it goes, and waits until its policy has decided what goes to people. */
async function decidedRun(telling: Telling, projectId: ProjectId, plan: RunPlan): Promise<Run> {
  const { muster, screen, stop } = telling
  const run = await startedRun(muster, projectId, plan, screen)
  await watchRun(run, telling)
  const escalation = await muster.runs.decided(run.runId, { signal: stop })
  screen.say(
    `${plan.definition.name}: the models split on ${escalation?.escalated} texts, which go to people`,
  )
  return run
}

async function showPeople(
  { muster, screen }: Telling,
  { project, actors }: Stage,
  known: readonly KnownTask[],
): Promise<void> {
  const { projectId } = project
  const results = await Array.fromAsync(muster.tasks.results(projectId))
  const truths = new Map(known.map((task) => [task.taskId, task]))
  screen.say('', 'What the people did (scripted: programs that stand in for people)')
  screen.say(await peopleTable(muster, projectId, actors, results, truths))
  screen.say(
    '',
    'How their tasks were given out and settled',
    settlementTable(known, results),
    strategiesCompared(known, results),
  )
  screen.say('', 'On the texts that were settled', againstModels(known, results))

  const waits = await whatWaits(muster, known, await tasksById(muster, projectId), actors)
  if (waits.length > 0) screen.say('', `${known.length - results.length} tasks wait`, ...waits)
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
