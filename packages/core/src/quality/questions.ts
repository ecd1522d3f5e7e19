import { comparatorOf } from '../forms/comparator.ts'
import type { Form, FormQuestion } from '../forms/form.ts'

/** The one question of a step without a form: the part of its results that must be equal for them to agree. */
const LABEL: FormQuestion = { id: 'label', type: 'json', title: 'Label', schema: {} }

/**
 * How agreement on a question is counted: by `composition`, how often each answer was given, for those whose answers are compared one by one; by `share`, how far
 * the answers of each task agree, for sets, spans, rankings, texts and free numbers; or not at all.
 */
export type Counting = 'composition' | 'share' | 'nothing'

export function countingOf(question: FormQuestion): Counting {
  const { by } = comparatorOf(question)
  if (by === 'ignore') return 'nothing'
  if (by === 'exact' || by === 'ordinal') return 'composition'
  return by === 'interval' && question.type === 'scale' ? 'composition' : 'share'
}

/** The questions that are counted of a step. */
export function questionsOf(form: Form | undefined): readonly FormQuestion[] {
  const questions = form?.questions ?? [LABEL]
  return questions.filter((question) => countingOf(question) !== 'nothing')
}
