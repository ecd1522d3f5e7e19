import type { Assignment, Json, ProjectId, StepType, TaskId, User } from '@muster/core'
import type { TaskResult } from '@muster/core/calls'
import type { Muster } from '@muster/host'
import { every } from './once.ts'
import type { Actor } from './project.ts'
import { share } from './report.ts'
import { table } from './screen.ts'
import type { GivenBy, KnownTask } from './tasks.ts'

const EVERY_STATUS: readonly Assignment['status'][] = [
  'assigned',
  'accepted',
  'in_progress',
  'submitted',
  'rejected',
  'expired',
  'reassigned',
]

/** The label in a result, where it has one. */
function labelIn(result: Json | null): string | undefined {
  return result !== null &&
    typeof result === 'object' &&
    'label' in result &&
    typeof result.label === 'string'
    ? result.label
    : undefined
}

/** What everybody did, how often they were right about the language, and the quality that their work has earned them. */
export async function peopleTable(
  muster: Muster,
  projectId: ProjectId,
  actors: readonly Actor[],
  results: readonly TaskResult[],
  truths: ReadonlyMap<TaskId, KnownTask>,
): Promise<string> {
  const rows: (string | number)[][] = []
  for (const { user, status } of actors) {
    const entries = await Array.fromAsync(
      every((request) =>
        muster.personalQueue.list({ ...request, userId: user.userId, projectId, status: EVERY_STATUS }),
      ),
    )
    const submitted = (type: StepType): number =>
      entries.filter((entry) => entry.status === 'submitted' && entry.stepType === type).length
    const ended = (as: Assignment['status']): number => entries.filter((entry) => entry.status === as).length
    const { right, total } = annotationsOf(user, results, truths)
    const quality = (await muster.people.qualityOf(user.userId)).find(
      (score) => score.projectId === projectId && score.stepType === 'annotation',
    )
    rows.push([
      status === 'active' ? user.displayName : `${user.displayName}, ${status}`,
      submitted('annotation'),
      submitted('review'),
      submitted('adjudication'),
      ended('rejected'),
      ended('reassigned'),
      share(right, total),
      quality === undefined ? '–' : quality.score.toFixed(2),
    ])
  }
  return table(
    ['person', 'annotated', 'reviewed', 'adjudicated', 'declined', 'handed back', 'right', 'quality'],
    rows,
  )
}

function annotationsOf(
  { userId }: User,
  results: readonly TaskResult[],
  truths: ReadonlyMap<TaskId, KnownTask>,
): { right: number; total: number } {
  let right = 0
  let total = 0
  for (const { taskId, submissions } of results) {
    const truth = truths.get(taskId)?.split.language
    const own = submissions.find(
      (submission) => submission.userId === userId && submission.stepId === 'annotate',
    )
    if (truth === undefined || own === undefined) continue
    total += 1
    if (labelIn(own.result) === truth) right += 1
  }
  return { right, total }
}

const WAYS: readonly (readonly [GivenBy, string])[] = [
  ['pull', 'pulled by whoever was free (gold)'],
  ['round_robin', 'pushed: round_robin'],
  ['performance_weighted', 'pushed: performance_weighted'],
]

/** The tasks that were given out in one way, and what became of them. */
interface Outcome {
  readonly tasks: number
  readonly settled: number
  readonly adjudicated: number
  readonly annotatedRight: number
  readonly settledRight: number
}

function outcomeOf(way: GivenBy, planned: readonly KnownTask[], results: readonly TaskResult[]): Outcome {
  const byTask = new Map(results.map((result) => [result.taskId, result]))
  const tasks = planned.filter(({ givenBy }) => givenBy === way)
  const settled = tasks.flatMap(({ taskId, split }) => {
    const result = byTask.get(taskId)
    return result === undefined ? [] : [{ truth: split.language, result }]
  })
  const submitted = (result: TaskResult, step: string) =>
    result.submissions.find(({ stepId }) => stepId === step)
  return {
    tasks: tasks.length,
    settled: settled.length,
    adjudicated: settled.filter(({ result }) => submitted(result, 'adjudicate') !== undefined).length,
    annotatedRight: settled.filter(
      ({ truth, result }) => labelIn(submitted(result, 'annotate')?.result ?? null) === truth,
    ).length,
    settledRight: settled.filter(({ truth, result }) => labelIn(result.outcome) === truth).length,
  }
}

/** How the annotations were given out, how many tasks that settled, and how often the people were right in the end. */
export function settlementTable(planned: readonly KnownTask[], results: readonly TaskResult[]): string {
  const rows = WAYS.map(([way, title]) => {
    const { tasks, settled, adjudicated, annotatedRight, settledRight } = outcomeOf(way, planned, results)
    return [title, tasks, settled, adjudicated, share(annotatedRight, settled), share(settledRight, settled)]
  })
  return table(['annotation', 'tasks', 'settled', 'adjudicated', 'annotator right', 'settled right'], rows)
}

/** Standard normal deviate of 95 %. */
const Z_95 = 1.96

/** What the one strategy gains over the other, beside what chance alone makes of so few tasks (the usual interval of a difference of proportions). */
export function strategiesCompared(planned: readonly KnownTask[], results: readonly TaskResult[]): string {
  const [weighted, robin] = (['performance_weighted', 'round_robin'] as const).map((way) => {
    const { settled, annotatedRight } = outcomeOf(way, planned, results)
    return { settled, right: annotatedRight / settled }
  })
  if (!weighted?.settled || !robin?.settled) return 'Too few tasks are settled to compare the strategies'
  const variance = [weighted, robin].reduce(
    (sum, { right, settled }) => sum + (right * (1 - right)) / settled,
    0,
  )
  const points = (value: number): string => (100 * value).toFixed(0)
  return ` performance_weighted − round_robin: ${points(weighted.right - robin.right)} points, ± ${points(Z_95 * Math.sqrt(variance))} by chance (95 %)`
}

/** On the texts that people settled: how often each model had been right, beside the people. */
export function againstModels(planned: readonly KnownTask[], results: readonly TaskResult[]): string {
  const byTask = new Map(results.map((result) => [result.taskId, result]))
  const settled = planned.flatMap((task) => {
    const result = byTask.get(task.taskId)
    return result === undefined ? [] : [{ task, label: labelIn(result.outcome) }]
  })
  const models = [...new Set(settled.flatMap(({ task }) => task.split.answers.map(({ model }) => model)))]
  const rows = models.map((model) => {
    const answers = settled.flatMap(({ task }) =>
      task.split.answers
        .filter((answer) => answer.model === model)
        .map(({ language }) => language === task.split.language),
    )
    return [model, share(answers.filter(Boolean).length, answers.length)]
  })
  const people = settled.filter(({ task, label }) => label === task.split.language).length
  return table(['who', 'right'], [...rows, ['people, in the end', share(people, settled.length)]])
}
