import { positionEffect, type ShownTask } from '@muster/statistics/comparison'
import { NotFoundError } from '../errors.ts'
import { isForFirst, type Preference, preferencesOf } from '../forms/first-shown.ts'
import type { Form } from '../forms/form.ts'
import type { ProjectId, TaskId } from '../ids.ts'
import type { ShownWork, TaskWay } from '../quality/fit-store.ts'
import { readForms } from '../workflow/step-forms.ts'
import type { AssignmentStores } from './assignment-deps.ts'
import type { PositionOf, PositionRequest } from './assignments.ts'

/** The stores that position effects are read from. */
interface ShownStores extends Pick<AssignmentStores, 'fits' | 'forms' | 'workflows'> {}

/** A step that asks for preferences. */
interface PreferringStep {
  readonly stepId: string
  readonly form: Form
  readonly preferences: readonly Preference[]
}

/** Tasks that are read at once. */
const PAGE = 1_000

/** A preference with what each task says of it. */
interface Counted extends Preference {
  readonly stepId: string
  readonly tasks: ShownTask[]
}

/**
 * The position effects over completed tasks, by step and then as their forms ask. Versions of a form count together: how people read from left to right is the same in all. Of
 * results only the preferences are read.
 * @throws NotFoundError
 */
export async function positionEffects(
  stores: ShownStores,
  projectId: ProjectId,
  asked: PositionRequest,
): Promise<PositionOf[]> {
  const ways = new Map<string, readonly PreferringStep[]>()
  for (const way of await stores.fits.listWays(projectId))
    ways.set(keyOf(way), await preferringSteps(stores, way, asked))
  const steps = [...ways.values()].flat()
  const stepIds = [...new Set(steps.map(({ stepId }) => stepId))]
  const questions = [
    ...new Set(steps.flatMap(({ preferences }) => preferences.map(({ question }) => question))),
  ]
  const found = new Map<string, Counted>()
  let after: { readonly taskId: TaskId } | undefined
  while (stepIds.length > 0) {
    const works = await stores.fits.readShown({ projectId, stepIds, questions }, { limit: PAGE, after })
    for (const work of works) {
      for (const step of ways.get(keyOf(work)) ?? []) note(found, step, work)
      after = { taskId: work.taskId }
    }
    if (works.length < PAGE) break
  }
  const options = asked.level === undefined ? {} : { level: asked.level }
  return [...found.values()].map(({ tasks: shown, ...of }) => ({ ...of, ...positionEffect(shown, options) }))
}

async function preferringSteps(
  { workflows, forms }: ShownStores,
  { workflowId, formId }: TaskWay,
  { stepId, question }: PositionRequest,
): Promise<PreferringStep[]> {
  const workflow = await workflows.find(workflowId)
  if (workflow === undefined) throw new NotFoundError('workflow', workflowId)
  const byStep = await readForms(forms, workflow, formId)
  return workflow.steps.flatMap((step) => {
    const form = byStep.get(step.stepId)
    if (form === undefined || (stepId !== undefined && step.stepId !== stepId)) return []
    const preferences = preferencesOf(form).filter(
      (one) => question === undefined || one.question === question,
    )
    return preferences.length === 0 ? [] : [{ stepId: step.stepId, form, preferences }]
  })
}

function note(
  found: Map<string, Counted>,
  { stepId, form, preferences }: PreferringStep,
  work: ShownWork,
): void {
  const here = work.answers.filter((one) => one.stepId === stepId)
  for (const preference of preferences) {
    const key = JSON.stringify([stepId, preference])
    const counted = found.get(key) ?? { ...preference, stepId, tasks: [] }
    found.set(key, counted)
    const decisive = here.flatMap(({ answers, sides }) => isForFirst(form, preference, answers, sides) ?? [])
    const first = decisive.filter((isFirst) => isFirst).length
    counted.tasks.push({ first, second: decisive.length - first })
  }
}

function keyOf({ workflowId, formId }: TaskWay): string {
  return `${workflowId} ${formId ?? ''}`
}
