import { ValidationError } from '../errors.ts'
import { checkResult } from '../forms/check-result.ts'
import type { Fault } from '../forms/faults.ts'
import type { Form } from '../forms/form.ts'
import { parse } from '../input/parse.ts'
import type { Issue, Json } from '../json/json.ts'
import type { Assignment, RejectCode } from './assignment.ts'
import { reviewResult } from './assignment-input.ts'
import type { Handed } from './task/task-work.ts'

/** A result and a comment as they are kept: empty words are none. */
export function handed(result: Json, comment: string | undefined): Handed {
  return { result, comment: comment === undefined || comment === '' ? null : comment }
}

/** @throws ValidationError with every fault of what is handed in, by the form of its step */
export function checkHanded(
  form: Form | undefined,
  { stepType }: Pick<Assignment, 'stepType'>,
  payload: Json,
  { result, comment }: { readonly result: Json; readonly comment?: string | undefined },
): void {
  const words = commentFaults(form, stepType, comment)
  if (form === undefined && words.length === 0) {
    if (stepType === 'review') parse(reviewResult, result, ['result'])
    return
  }
  const faults = [...(form === undefined ? [] : resultFaults(form, stepType, payload, result)), ...words]
  if (faults.length > 0) throw new ValidationError(faults, 'The result is not as its form says')
}

/** The faults of a result at a step of this type. */
export function resultFaults(
  form: Form,
  stepType: Assignment['stepType'],
  payload: Json,
  result: Json,
): Fault[] {
  return checkResult(form, payload, result, { review: stepType === 'review' })
}

/** The refusal of free words for which there is no place. */
export function commentFaults(
  form: Form | undefined,
  stepType: Assignment['stepType'],
  comment: string | undefined,
): Issue[] {
  if (comment === undefined || (form?.comment === true && stepType !== 'review')) return []
  const message =
    stepType === 'review'
      ? 'must be absent: a review says it in its result'
      : 'must be absent: only a form with comment: true asks for it'
  return [{ path: 'comment', rule: 'unknownField', message }]
}

/** @throws ValidationError for a skip that the form of the step does not allow */
export function checkSkip(
  form: Form | undefined,
  { code, comment = '' }: { readonly code: RejectCode; readonly comment?: string },
): void {
  const { codes, commentRequired } = form?.skip ?? {}
  const faults: Issue[] = []
  if (codes !== undefined && !codes.includes(code))
    faults.push({ path: 'code', rule: 'option', message: `must be one of ${codes.join(', ')}` })
  if (commentRequired === true && comment.trim() === '')
    faults.push({ path: 'comment', rule: 'required', message: 'is required' })
  if (faults.length > 0) throw new ValidationError(faults, 'The form does not let it be skipped so')
}
