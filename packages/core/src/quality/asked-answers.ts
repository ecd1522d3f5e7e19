import { NotFoundError, ValidationError } from '../errors.ts'
import { type FiniteQuestion, finiteParts } from '../forms/finite.ts'
import type { Form, FormQuestion } from '../forms/form.ts'
import type { FormStore } from '../forms/form-store.ts'
import type { FormId, ProjectId, WorkflowId } from '../ids.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { FitKey } from './believed.ts'
import type { FitStore } from './fit-store.ts'
import type { AnswersAsked } from './fits.ts'

/** The stores by which the steps of a project are known, with their forms. */
export interface StepStores {
  readonly projects: Pick<ProjectStore, 'find'>
  readonly forms: Pick<FormStore, 'find'>
  readonly workflows: { find(workflowId: WorkflowId): Promise<StepsAsked | undefined> }
}

/** The stores by which it is known which answers are meant. */
export interface AskedStores extends StepStores {
  readonly fits: Pick<FitStore, 'listCounted'>
}

interface StepsAsked {
  readonly steps: readonly {
    readonly stepId: string
    readonly stepType: string
    readonly formId: FormId | null
  }[]
}

/** The answers that are meant. */
export interface AnswersMeant {
  /** Its question as a whole; {@link AnswersMeant.part} says which criterion. */
  readonly key: FitKey
  readonly form: Form
  readonly question: FormQuestion
  /** undefined: the answers are not finite. */
  readonly part: FiniteQuestion | undefined
  readonly criterion: string | null
}

/**
 * The one question that is meant, among those of the project's steps with forms that `fits` lets through.
 * @throws NotFoundError; ValidationError for what there is none of, or several
 */
export async function answersMeant(
  stores: AskedStores,
  projectId: ProjectId,
  asked: AnswersAsked,
  fits: (form: Form, question: FormQuestion) => boolean,
): Promise<AnswersMeant> {
  const steps = await stepsOf(stores, projectId)
  const { stepId, question, formId, criterion } = asked
  if (stepId !== undefined && !steps.some((step) => step.stepId === stepId))
    throw fault('stepId', 'names no step of the project that has a form')
  const ofStep = steps.filter(
    ({ form, ...step }) =>
      (stepId === undefined || step.stepId === stepId) && (formId === undefined || form.formId === formId),
  )
  if (ofStep.length === 0)
    throw fault(formId === undefined ? 'stepId' : 'formId', 'names no form of the step')
  if (question !== undefined && !ofStep.some(({ form }) => form.questions.some(({ id }) => id === question)))
    throw fault('question', 'names no question of the step')
  const places = ofStep.flatMap(({ form, ...step }) =>
    form.questions
      .filter((one) => (question === undefined || one.id === question) && fits(form, one))
      .map((one) => ({ ...step, form, question: one })),
  )
  if (places.length === 0)
    throw fault('question', 'must have answers of this kind: the same few in every task, or a preference')
  single(
    'stepId',
    places.map((place) => place.stepId),
  )
  single(
    'question',
    places.map((place) => place.question.id),
  )
  const newest = places.toSorted(
    (one, other) =>
      Number(other.answered) - Number(one.answered) ||
      other.form.createdAt.getTime() - one.form.createdAt.getTime() ||
      other.form.version - one.form.version,
  )[0] as (typeof places)[number]
  return {
    key: {
      projectId,
      stepId: newest.stepId,
      formId: newest.form.formId,
      question: newest.question.id,
    },
    form: newest.form,
    question: newest.question,
    ...criterionOf(newest.form, newest.question, criterion),
  }
}

interface StepWithForm {
  readonly stepId: string
  readonly form: Form
  readonly answered: boolean
}

/** Steps with each form that was answered, and those of the project's workflow. */
async function stepsOf(
  { projects, workflows, forms, fits }: AskedStores,
  projectId: ProjectId,
): Promise<StepWithForm[]> {
  const project = await projects.find(projectId)
  if (project === undefined) throw new NotFoundError('project', projectId)
  const workflow = project.workflowId === null ? undefined : await workflows.find(project.workflowId)
  const counted = await fits.listCounted({ projectId })
  const answered = new Set(counted.map(({ stepId, formId }) => `${stepId} ${formId}`))
  const found = new Map<string, StepWithForm>()
  for (const { stepId, formId } of [...counted, ...(workflow?.steps ?? [])]) {
    const key = `${stepId} ${formId}`
    const form = formId === null || found.has(key) ? undefined : await forms.find(formId)
    if (form) found.set(key, { stepId, form, answered: answered.has(key) })
  }
  return [...found.values()]
}

function criterionOf(
  form: Form,
  question: FormQuestion,
  asked: string | undefined,
): Pick<AnswersMeant, 'part' | 'criterion'> {
  const parts = finiteParts(form, question)
  const criteria = question.type === 'pairwise' ? (question.criteria ?? []).map(({ id }) => id) : []
  if (criteria.length === 0) {
    if (asked !== undefined)
      throw fault('criterion', `is of a question with criteria, which ${question.id} is not`)
    return { part: parts[0], criterion: null }
  }
  if (asked === undefined && criteria.length > 1)
    throw fault('criterion', `is required: there are ${criteria.join(', ')}`)
  const criterion = asked ?? criteria[0] ?? null
  if (criterion === null || !criteria.includes(criterion))
    throw fault('criterion', `must be one of ${criteria.join(', ')}`)
  return { part: parts.find((part) => part.criterion === criterion), criterion }
}

/** @throws ValidationError if there are several */
function single(path: string, names: readonly string[]): void {
  const all = [...new Set(names)].sort()
  if (all.length > 1) throw fault(path, `is required: there are ${all.join(', ')}`)
}

function fault(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}
