import { NotFoundError } from '../errors.ts'
import type { ProjectId } from '../ids.ts'
import type { Principal } from '../people/person.ts'
import type { TaskStatus } from '../workflow/task.ts'
import type { StepType } from '../workflow/workflow.ts'
import type { AssignmentDeps } from './assignment-deps.ts'
import type { Stay } from './stores/overview-store.ts'

/** Newest tasks of a project by which it is said how long one stands at a step. */
export const TIMED_TASKS = 1_000

/** How tasks of a project stand at a step. */
export interface StepTotal {
  readonly stepId: string
  /** null: the workflow of the project has no such step. */
  readonly stepType: StepType | null
  /** Tasks that stand at it; null: it is not told. */
  readonly open: number | null
  /** How long tasks stood at it that have left it, for managers; null: none of the newest {@link TIMED_TASKS} tasks has. */
  readonly stay: {
    /** So often one left it. */
    readonly times: number
    readonly p50Ms: number
    readonly p90Ms: number
  } | null
}

/**
 * Tasks of a project in all, and by the steps of its workflow in their order. Annotators of a project that has controls are told no number:
 * each moves with work that they hand in, and with a control it does not.
 */
export interface StepTotals {
  readonly tasks: Readonly<Record<TaskStatus, number>> | null
  readonly steps: readonly StepTotal[]
}

/** @throws NotFoundError */
export type ReadStepTotals = (viewer: Principal, projectId: ProjectId) => Promise<StepTotals>

/** Reads how tasks of a project stand at its steps. */
export function stepTotals({
  transactions: { stores },
}: Pick<AssignmentDeps, 'transactions'>): ReadStepTotals {
  const { projects, workflows, overviews } = stores
  return async (viewer, projectId) => {
    const project = await projects.find(projectId)
    if (project === undefined) throw new NotFoundError('project', projectId)
    const workflow = project.workflowId === null ? undefined : await workflows.find(project.workflowId)
    const isManager = viewer.role !== 'annotator'
    const isTold = isManager || project.quality?.controls === undefined
    const counts = isTold ? await overviews.countTasks({ projectId }) : []
    const newest = isManager ? await overviews.listKeys({ projectId }, { limit: TIMED_TASKS }) : []
    const stays = Map.groupBy(
      newest.length === 0 ? [] : await overviews.listStays(newest.map(({ taskId }) => taskId)),
      ({ stepId }) => stepId,
    )
    const tasks = { open: 0, completed: 0, cancelled: 0 }
    const open = new Map<string, number>()
    for (const { status, stepId, count } of counts) {
      tasks[status] += count
      if (status === 'open' && stepId !== null) open.set(stepId, (open.get(stepId) ?? 0) + count)
    }
    const known = new Map((workflow?.steps ?? []).map(({ stepId, stepType }) => [stepId, stepType]))
    const others = [...open.keys()].filter((stepId) => !known.has(stepId)).sort()
    const steps = [...known.keys(), ...others].map((stepId) => ({
      stepId,
      stepType: known.get(stepId) ?? null,
      open: isTold ? (open.get(stepId) ?? 0) : null,
      stay: stayOf(stays.get(stepId) ?? []),
    }))
    return { tasks: isTold ? tasks : null, steps }
  }
}

/** By nearest rank. */
function stayOf(stays: readonly Stay[]): StepTotal['stay'] {
  const sorted = stays.map(({ ms }) => ms).sort((one, other) => one - other)
  const rank = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0
  return sorted.length === 0 ? null : { times: sorted.length, p50Ms: rank(0.5), p90Ms: rank(0.9) }
}
