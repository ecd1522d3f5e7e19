import { type AnswerOf, call } from '../api/call.ts'
import { exact } from '../design/time.ts'

/** A calibration with what its labels say by now. */
export type Calibration = AnswerOf<'GET /calibrations/{id}'>
/** One of its models. */
export type Calibrated = Calibration['models'][number]
/** What a calibration would draw. */
export type Plan = Extract<AnswerOf<'POST /projects/{projectId}/calibrations'>, { readonly tasks: number }>

/** Reads one calibration. @throws CallError */
export function readCalibration(id: string): Promise<Calibration> {
  return call('GET /calibrations/{id}', { params: { id } })
}

/** How a judge’s score is got, in a few words. */
export function judgeSaid({ judge }: Pick<Calibration, 'judge'>): string {
  const { type, at, name } = judge as { readonly type: string; readonly at?: string; readonly name?: string }
  if (at === undefined) return name ?? type
  return type === 'value' ? at || '/' : `${type} ${at}`
}

/** The ends of an interval. */
export function between({
  low,
  high,
}: {
  readonly low: number | null
  readonly high: number | null
}): string {
  return low === null ? '–' : `${exact(low)} to ${exact(high)}`
}

/** What is known of each model, in short. */
export function summaryOf({ models }: Pick<Calibration, 'models'>): string {
  return models
    .map(({ model, estimate, low, high }) =>
      estimate === null ? `${model} –` : `${model} ${exact(estimate)} (${between({ low, high })})`,
    )
    .join(' · ')
}

/** The questions that people of a project are asked by forms. */
export async function questionsOf(projectId: string): Promise<readonly { value: string; title: string }[]> {
  const { workflowId } = await call('GET /projects/{projectId}', { params: { projectId } })
  if (workflowId === null) return []
  const { steps } = await call('GET /workflows/{id}', { params: { id: workflowId } })
  const forms = await Promise.all(
    steps.flatMap(({ stepType, formId }) =>
      stepType === 'annotation' && formId !== null ? call('GET /forms/{id}', { params: { id: formId } }) : [],
    ),
  )
  return forms.flatMap(({ questions }) =>
    questions.map(({ id, title }) => ({ value: id, title: `${title} (${id})` })),
  )
}
