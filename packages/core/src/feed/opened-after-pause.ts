import type { Logger } from '../environment.ts'
import type { ProjectId } from '../ids.ts'
import type { Stores } from '../stores.ts'

interface Deps {
  readonly stores: Pick<Stores, 'projects' | 'workflows' | 'overviews'>
  readonly logger: Logger
  readonly opened: (projectId: ProjectId, counts: ReadonlyMap<string, number>) => void
}

/**
 * Tells of each project how many of its tasks are open, by type of step, once nothing is paused: people who were given nothing may be
 * now. A project that is paused itself is left out. Reading that fails is dropped, as any signal may be.
 */
export async function openedAfterPause(
  { stores, logger, opened }: Deps,
  projectIds: readonly ProjectId[],
): Promise<void> {
  for (const projectId of projectIds)
    try {
      const counts = await openTasks(stores, projectId)
      if (counts.size > 0) opened(projectId, counts)
    } catch (error) {
      logger.debug({ err: error, projectId }, 'It could not be said that tasks are open')
    }
}

async function openTasks(
  { projects, workflows, overviews }: Deps['stores'],
  projectId: ProjectId,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const project = await projects.find(projectId)
  if (project === undefined || project.paused || project.workflowId === null) return counts
  const steps = (await workflows.find(project.workflowId))?.steps ?? []
  const typeOf = new Map(steps.map(({ stepId, stepType }) => [stepId, stepType]))
  for (const { stepId, count } of await overviews.countTasks({ projectId, status: ['open'] })) {
    const type = typeOf.get(stepId ?? '')
    if (type !== undefined && type !== 'automatic') counts.set(type, (counts.get(type) ?? 0) + count)
  }
  return counts
}
