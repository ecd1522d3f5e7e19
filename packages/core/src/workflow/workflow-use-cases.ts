import type { Clock, Ids } from '../environment.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { WorkflowId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { Issue } from '../json/json.ts'
import { newestKey, page } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import { isPeopleStep, type Requirement, type Step, type Workflow } from './workflow.ts'
import { newWorkflow } from './workflow-input.ts'
import type { WorkflowStore } from './workflow-store.ts'
import type { NewRequirement, NewStep, WorkflowUseCases } from './workflows.ts'

/** Dependencies of the use cases of workflows. */
export interface WorkflowDeps {
  readonly transactions: Transactions<{ readonly workflows: WorkflowStore }>
  readonly clock: Clock
  readonly ids: Ids
  /** The registered job types and strategies. */
  readonly jobTypes: { has(name: string): boolean }
  readonly strategies: { has(name: string): boolean }
}

/** The use cases of workflows. */
export function workflowUseCases({
  transactions,
  clock,
  ids,
  jobTypes,
  strategies,
}: WorkflowDeps): WorkflowUseCases {
  const { workflows } = transactions.stores

  /** @throws ValidationError naming each step that names something not registered */
  const checkNames = (steps: readonly NewStep[]): void => {
    const issues = steps.flatMap(({ jobType, strategy }, index) => {
      const found: Issue[] = []
      if (jobType != null && !jobTypes.has(jobType)) {
        found.push({ path: `steps[${index}].jobType`, message: 'names no registered job type' })
      }
      if (strategy != null && !strategies.has(strategy)) {
        found.push({ path: `steps[${index}].strategy`, message: 'names no registered strategy' })
      }
      return found
    })
    if (issues.length > 0) throw new ValidationError(issues)
  }

  return {
    async add(input) {
      const { name, steps } = parse(newWorkflow, input)
      checkNames(steps)
      const workflow: Workflow = {
        workflowId: ids.next() as WorkflowId,
        name,
        steps: steps.map((step, index) => stepOf(step, steps.slice(0, index))),
        version: 1,
        createdAt: clock.now(),
      }
      await transactions.transaction((stores) => stores.workflows.add(workflow))
      return workflow
    },

    async get(workflowId) {
      const workflow = await workflows.find(workflowId)
      if (workflow === undefined) throw new NotFoundError('workflow', workflowId)
      return workflow
    },

    list: (request) =>
      page(
        request,
        ['workflows'],
        newestKey<Workflow>(({ workflowId }) => workflowId),
        (slice) => workflows.list(slice),
      ),
  }
}

/** A requirement with what its author left out. */
export function requirementOf({ anyOf, minLevel, dropAfterMinutes }: NewRequirement): Requirement {
  return { anyOf, minLevel: minLevel ?? 1, dropAfterMinutes: dropAfterMinutes ?? null }
}

function stepOf(step: NewStep, earlier: readonly NewStep[]): Step {
  const judges = step.stepType === 'review' || step.stepType === 'adjudication'
  const earlierPeople = earlier.filter(isPeopleStep).map(({ stepId }) => stepId)
  return {
    stepId: step.stepId,
    stepType: step.stepType,
    requiredSkills: (step.requiredSkills ?? []).map(requirementOf),
    assignmentsRequired: step.assignmentsRequired ?? 1,
    excludes: [...new Set(step.excludes ?? (judges ? earlierPeople : []))],
    strategy: step.strategy ?? null,
    leaseMinutes: step.leaseMinutes ?? null,
    cooldownMinutes: step.cooldownMinutes ?? null,
    estimatedDurationMinutes: step.estimatedDurationMinutes ?? null,
    when: step.when ?? 'always',
    agreeOn: step.agreeOn ?? null,
    jobType: step.jobType ?? null,
  }
}
