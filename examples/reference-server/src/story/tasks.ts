import { ConflictError, type ProjectId, type Task } from '@muster/core'
import type { Muster } from '@muster/host'
import { type BasicAnalysis, type Split, type StoryTask, taskOfSplit } from '@muster-examples/language-id'
import { every } from './once.ts'

const SEED = 42
/** What measures people comes first. */
const GOLD_PRIORITY = 10

/** How the annotation of a task is given out. */
export type GivenBy = 'pull' | 'round_robin' | 'performance_weighted'

/** A split as a task, with the true answer, which nobody who works on it sees. */
export interface PlannedTask extends StoryTask {
  readonly truth: string
  readonly split: Split
  /** Gold tasks are pulled, and measure people; what is then known of them is put to use on the others. */
  readonly givenBy: GivenBy
}

/** The task of every split: the gold ones to be pulled, the others to be pushed, by two strategies in turn. */
export function planTasks({ splits }: Pick<BasicAnalysis, 'splits'>): PlannedTask[] {
  let pushed = 0
  return splits.map((split) => {
    const task = taskOfSplit(split, { seed: SEED })
    const givenBy =
      task.gold !== undefined ? 'pull' : pushed++ % 2 === 0 ? 'round_robin' : 'performance_weighted'
    return { ...task, truth: split.language, split, givenBy }
  })
}

/** Adds those of the tasks that are not there yet, and gives all that are. */
export async function addTasks(
  muster: Muster,
  projectId: ProjectId,
  planned: readonly PlannedTask[],
): Promise<Map<string, Task>> {
  const present = await tasksByName(muster, projectId)
  const missing = planned.filter(({ externalId }) => !present.has(externalId))
  if (missing.length === 0) return present
  try {
    await muster.tasks.add(
      projectId,
      missing.map(({ externalId, payload, requiredSkills, gold }) => ({
        externalId,
        payload: { text: payload.text, candidates: [...payload.candidates] },
        requiredSkills,
        priority: gold === undefined ? 0 : GOLD_PRIORITY,
        ...(gold === undefined ? {} : { gold: { label: gold.label } }),
      })),
    )
  } catch (error) {
    // Another process tells the story on the same database and was faster: look again.
    if (!(error instanceof ConflictError)) throw error
  }
  return addTasks(muster, projectId, planned)
}

/** Every task of the project that has a name, by it. */
export async function tasksByName(muster: Muster, projectId: ProjectId): Promise<Map<string, Task>> {
  const byName = new Map<string, Task>()
  for await (const task of every((request) => muster.tasks.list(projectId, {}, request))) {
    if (task.externalId !== null) byName.set(task.externalId, task)
  }
  return byName
}
