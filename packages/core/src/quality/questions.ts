import { placeOf } from '../forms/agreement.ts'
import { comparatorOf } from '../forms/comparator.ts'
import { possibleAnswers } from '../forms/finite.ts'
import type { Form, FormQuestion, NewForm } from '../forms/form.ts'
import type { Json } from '../json/json.ts'
import { answerKey, wholeKey } from './answers.ts'
import type { ShareKind } from './counters.ts'

/** The one question of a step without a form: the part of its results that must be equal for them to agree. */
const LABEL: FormQuestion = { id: 'label', type: 'json', title: 'Label', schema: {} }

/** A coefficient of agreement. */
export const COEFFICIENTS = ['percent', 'cohen', 'fleiss', 'alpha', 'f1', 'iou', 'tau'] as const
/** One of {@link COEFFICIENTS}. */
export type Coefficient = (typeof COEFFICIENTS)[number]

/** The questions of a step, by its form. */
export function questionsOf(form: Form | undefined): readonly FormQuestion[] {
  return form?.questions ?? [LABEL]
}

/** Whether two answers are the same or not, and nothing between: how often each two people gave which is counted. */
export function isDiscrete(question: FormQuestion): boolean {
  const { by } = comparatorOf(question)
  return by === 'exact' || by === 'ordinal' || (by === 'interval' && question.type === 'scale')
}

/** Whether it is counted how often each answer was given. Also of sets and numbers, whose α is made of them. */
export function hasCompositions(question: FormQuestion): boolean {
  const { by } = comparatorOf(question)
  return isDiscrete(question) || by === 'set' || by === 'interval'
}

/** The measures by which it is summed up how far answers to one task agree; none where {@link isDiscrete compositions} say that. */
export function shareKindsOf(question: FormQuestion): readonly ShareKind[] {
  const { by } = comparatorOf(question)
  if (by === 'ignore' || isDiscrete(question)) return []
  if (by === 'span') return ['agree', 'f1', 'iou']
  return by === 'ranking' ? ['agree', 'tau'] : ['agree']
}

/** Answers as they are counted. Sets and numbers must be read again, so they have no digest. */
export function keyFor(question: FormQuestion, answer: Json): string {
  if (isDiscrete(question)) return answerKey(answer)
  return wholeKey(Array.isArray(answer) ? [...(answer as readonly string[])].sort() : answer)
}

/** The coefficients that are for a question, of everybody or (`pair`) of two people. */
export function coefficientsOf(question: FormQuestion, by: 'overall' | 'pair'): readonly Coefficient[] {
  const { by: comparator } = comparatorOf(question)
  if (comparator === 'ignore') return []
  const measures = shareKindsOf(question).filter((kind) => kind !== 'agree')
  const finite = hasFewAnswers(question)
  if (by === 'pair') return ['percent', ...(finite ? (['cohen'] as const) : []), ...measures]
  return [
    'percent',
    ...(finite ? (['fleiss'] as const) : []),
    ...(hasCompositions(question) ? (['alpha'] as const) : []),
    ...measures,
  ]
}

/** Whether each answer is one of a few, as of a choice. */
function hasFewAnswers(question: FormQuestion): boolean {
  if (question === LABEL) return true
  const types: readonly FormQuestion['type'][] = ['choice', 'yesNo', 'scale', 'pairwise']
  return isDiscrete(question) && types.includes(question.type)
}

/** All answers that may be given, by their keys; without those that each task has of its own. */
export function classesOf(
  form: Pick<NewForm, 'show'> | undefined,
  question: FormQuestion,
): readonly string[] {
  const criteria = question.type === 'pairwise' ? question.criteria : undefined
  if (form === undefined || criteria !== undefined) return []
  return (possibleAnswers(form, question) ?? []).map(answerKey)
}

/** An answer as a number, where its comparator knows an order. */
export function numberFor(question: FormQuestion, answer: Json): number {
  return comparatorOf(question).by === 'ordinal' ? placeOf(question, answer) : Number(answer)
}
