import type { ProjectId, Run, Task, TaskId } from '@muster/core'
import type { Muster } from '@muster/host'
import type { BasicAnalysis, Split } from '@muster-examples/language-id'
import { every } from './once.ts'

/** How the annotation of a task is given out. */
export type GivenBy = 'pull' | 'round_robin' | 'performance_weighted'

/** A task that a run's policy made of a scenario. */
export interface SplitTask {
  readonly taskId: TaskId
  readonly scenarioId: string
  readonly givenBy: GivenBy
}

/** The same, with what the analysis knows of the split: the true answer among it, which nobody who works on the task sees. */
export interface KnownTask extends SplitTask {
  readonly split: Split
}

/** The tasks of a run's splits by the scenarios' places, given out in these ways in turn. */
export async function tasksOf(
  muster: Muster,
  { runId }: Run,
  ways: readonly [GivenBy, ...GivenBy[]],
): Promise<SplitTask[]> {
  const escalated = every((request) => muster.runs.escalations(runId, { state: ['escalated'] }, request))
  const tasks: SplitTask[] = []
  for await (const { scenarioId, taskId } of escalated) {
    if (taskId === null) throw new TypeError(`Scenario ${scenarioId} is escalated and has no task`)
    tasks.push({ taskId, scenarioId, givenBy: ways[tasks.length % ways.length] ?? ways[0] })
  }
  return tasks
}

/** What the analysis knows of each task. @throws Error where it does not find the models split, by which the task was made */
export function knownTasks(
  tasks: readonly SplitTask[],
  { splits }: Pick<BasicAnalysis, 'splits'>,
): KnownTask[] {
  const byScenario = new Map(splits.map((split) => [split.scenarioId, split]))
  return tasks.map((task) => {
    const split = byScenario.get(task.scenarioId)
    if (split === undefined) throw new Error(`The analysis finds no split on ${task.scenarioId}`)
    return { ...task, split }
  })
}

/** Every task of the project. */
export async function tasksById(muster: Muster, projectId: ProjectId): Promise<Map<TaskId, Task>> {
  const byId = new Map<TaskId, Task>()
  for await (const task of every((request) => muster.tasks.list(projectId, {}, request))) {
    byId.set(task.taskId, task)
  }
  return byId
}
