import type { Clock, Ids } from '../environment.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { FormStore } from '../forms/form-store.ts'
import { keptForm, readWhole } from '../forms/form-use-cases.ts'
import { untilFaults } from '../forms/until.ts'
import type { FormId, WorkflowId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { type Issue, pathOf } from '../json/json.ts'
import { newestKey, page } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import { judgedFormId } from './step-forms.ts'
import { adaptiveOverlap, isPeopleStep, type Requirement, type Step, type Workflow } from './workflow.ts'
import { newWorkflow } from './workflow-input.ts'
import type { WorkflowStore } from './workflow-store.ts'
import type { NewOverlap, NewRequirement, NewStep, WorkflowUseCases } from './workflows.ts'

/** Dependencies of the use cases of workflows. */
export interface WorkflowDeps {
  readonly transactions: Transactions<{ readonly workflows: WorkflowStore; readonly forms: FormStore }>
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

  /** Forms that come with steps, made first, and those that are named, by the step's place. @throws ValidationError for one that is not there */
  const formsOf = async (
    forms: FormStore,
    steps: readonly NewStep[],
    now: Date,
  ): Promise<(FormId | null)[]> => {
    const found: (FormId | null)[] = []
    for (const [index, { form, formId = null }] of steps.entries()) {
      if (form !== undefined) found.push((await keptForm(forms, form, ids, now)).formId)
      else if (formId === null || (await forms.find(formId)) !== undefined) found.push(formId)
      else throw new ValidationError([{ path: `steps[${index}].formId`, message: 'names no form' }])
    }
    return found
  }

  return {
    async add(input) {
      const { name, steps } = parse(newWorkflow, input)
      checkNames(steps)
      checkForms(steps)
      const createdAt = clock.now()
      return transactions.transaction(async (stores) => {
        const formIds = await formsOf(stores.forms, steps, createdAt)
        const made = withForms(
          steps.map((step, index) => stepOf(step, steps.slice(0, index))),
          formIds,
        )
        await checkOverlaps(stores.forms, made)
        const workflow: Workflow = {
          workflowId: ids.next() as WorkflowId,
          name,
          steps: made,
          version: 1,
          createdAt,
        }
        await stores.workflows.add(workflow)
        return workflow
      })
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

/** Forms that come with steps are whole. @throws ValidationError naming each place behind `steps[1].form` */
function checkForms(steps: readonly NewStep[]): void {
  for (const [index, { form }] of steps.entries())
    if (form !== undefined) readWhole(form, ['steps', index, 'form'])
}

/** Overlap that waits for answers waits for answers to the step's own form. @throws ValidationError naming each fault, behind `steps[1].assignmentsRequired` */
async function checkOverlaps(forms: FormStore, steps: readonly Step[]): Promise<void> {
  const issues: Issue[] = []
  for (const [index, step] of steps.entries()) {
    const overlap = adaptiveOverlap(step)
    if (overlap === undefined) continue
    const at = ['steps', index, 'assignmentsRequired']
    const form = step.formId === null ? undefined : await forms.find(step.formId)
    issues.push(
      ...(form === undefined
        ? [{ path: pathOf([...at, 'until']), rule: 'form', message: 'needs a form: the step has none' }]
        : untilFaults(form, overlap, at)),
    )
  }
  if (issues.length > 0) throw new ValidationError(issues)
}

/** The steps with their forms; an adjudication without one has that of the nearest annotation before it. */
function withForms(steps: readonly Step[], formIds: readonly (FormId | null)[]): Step[] {
  const done: Step[] = []
  for (const [index, step] of steps.entries()) {
    const own = formIds[index] ?? null
    done.push({ ...step, formId: own ?? judgedFormId(done, step) ?? null })
  }
  return done
}

function stepOf(step: NewStep, earlier: readonly NewStep[]): Step {
  const judges = step.stepType === 'review' || step.stepType === 'adjudication'
  const earlierPeople = earlier.filter(isPeopleStep).map(({ stepId }) => stepId)
  return {
    stepId: step.stepId,
    stepType: step.stepType,
    requiredSkills: (step.requiredSkills ?? []).map(requirementOf),
    assignmentsRequired: overlapOf(step.assignmentsRequired ?? 1),
    excludes: [...new Set(step.excludes ?? (judges ? earlierPeople : []))],
    strategy: step.strategy ?? null,
    leaseMinutes: step.leaseMinutes ?? null,
    cooldownMinutes: step.cooldownMinutes ?? null,
    estimatedDurationMinutes: step.estimatedDurationMinutes ?? null,
    when: step.when ?? 'always',
    agreeOn: step.agreeOn ?? null,
    formId: null,
    jobType: step.jobType ?? null,
  }
}

function overlapOf(given: number | NewOverlap): Step['assignmentsRequired'] {
  if (typeof given === 'number') return given
  const { giveUpAfterMinutes, ...overlap } = given
  return giveUpAfterMinutes == null ? overlap : { ...overlap, giveUpAfterMinutes }
}
