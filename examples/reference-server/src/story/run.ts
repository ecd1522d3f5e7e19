import type { Definition, Json, ProjectId, Run } from '@muster/core'
import type { RunProgress } from '@muster/core/calls'
import type { EscalationPolicy } from '@muster/core/escalation'
import type { Muster } from '@muster/host'
import type { MusterClient } from '@muster/transport-ws/client'
import type { Scenario } from '@muster-examples/language-id'
import { followToTheEnd } from './follow.ts'
import { every, first, once } from './once.ts'
import { progressBars, progressText } from './progress-bars.ts'
import type { Screen } from './screen.ts'

/** Without a terminal, a line at every tenth of the way. */
const LINES = 10

/** What a run of the story evaluates, and how much of it. */
export interface RunPlan {
  readonly definition: { readonly name: string; readonly scenarios: () => Promise<readonly Scenario[]> }
  readonly models: readonly string[]
  readonly samplePercentage: number
  readonly sampleSeed: number
  readonly maxJobsPerSecond: number | null
  /** What of it goes to people. */
  readonly escalation: EscalationPolicy
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

/** The story's run of this plan, if it was started before. */
export async function presentRun(
  muster: Muster,
  projectId: ProjectId,
  plan: RunPlan,
): Promise<Run | undefined> {
  return first(
    every((request) => muster.runs.list(projectId, request)),
    ({ config }) =>
      config.definitionSnapshot.name === plan.definition.name && config.experimentId === experimentOf(plan),
  )
}

function experimentOf({ samplePercentage, sampleSeed }: RunPlan): string {
  return `story: ${samplePercentage} % with seed ${sampleSeed}`
}

/** The story's run of a definition, with a preview before it is started. Started before, it is the same run again. */
export async function startedRun(
  muster: Muster,
  projectId: ProjectId,
  plan: RunPlan,
  screen: Screen,
): Promise<Run> {
  const definition = await definitionOf(muster, projectId, plan.definition)
  const { models, samplePercentage, sampleSeed, maxJobsPerSecond, escalation } = plan
  const experimentId = experimentOf(plan)
  const present = await presentRun(muster, projectId, plan)
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
    escalation,
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

/** What somebody needs who watches. */
export interface Watch {
  readonly muster: Muster
  /** How what becomes of runs is heard of: over the socket, as any client hears of it. */
  readonly live: MusterClient
  readonly screen: Screen
  readonly stop: AbortSignal
}

/** Shows how a run goes until it has completed. A run that somebody cancelled ends the watch too. */
export async function watchRun({ runId, config }: Run, { muster, live, screen, stop }: Watch): Promise<void> {
  const title = config.definitionSnapshot.name
  let said = -1
  const show = (progress: RunProgress): void => {
    screen.draw(progressBars(title, progress))
    const part = Math.floor((progress.percentComplete / 100) * LINES)
    if (!screen.live && (part > said || isOver(progress))) screen.say(`${title}: ${progressText(progress)}`)
    said = Math.max(said, part)
  }
  await followToTheEnd(live, `run:${runId}`, stop, (over) => ({
    snapshot: ({ run }) => {
      const { status, progress } = run as {
        status: Run['status']
        progress: Run['tallies'] & { percentComplete: number }
      }
      if (isOver({ status })) over()
      else show({ runId, status, ...progress, ratePerSecond: 0, etaSeconds: null })
    },
    event: ({ type, data }) => {
      if (type !== 'run_progress' && type !== 'run_status_changed') return
      if (isOver(data as unknown as Pick<RunProgress, 'status'>)) over()
      else if (type === 'run_progress') show(data as unknown as RunProgress)
    },
  }))
  // The last step of a signal may be one that was left out: what stays is what is stored.
  show(await muster.runs.progress(runId))
  screen.settle()
}

function isOver({ status }: Pick<RunProgress, 'status'>): boolean {
  return status === 'completed' || status === 'cancelled'
}
