import { type Json, valueAt } from '../json/json.ts'
import type { NewForm, QuestionOf } from './form.ts'
import type { Presentation } from './presentation.ts'
import { NO_SIDES } from './sides.ts'

/** A question, or one criterion of it, that asks which of two sides is better. */
export interface Preference {
  readonly question: string
  /** null: the question has none. */
  readonly criterion: string | null
}

/** The preferences that a form asks for, in its order. */
export function preferencesOf({ questions }: Pick<NewForm, 'questions'>): Preference[] {
  return questions.filter(isPairwise).flatMap(({ id: question, criteria }) => {
    const named: readonly (string | null)[] = criteria?.map(({ id }) => id) ?? [null]
    return named.map((criterion) => ({ question, criterion }))
  })
}

/**
 * Whether the answer to a preference is for the side that was shown first; `undefined`: it is for neither, or not given, or it is not known how the sides stood.
 */
export function isForFirst(
  { questions }: Pick<NewForm, 'questions'>,
  { question, criterion }: Preference,
  result: Json,
  sides: Presentation['sides'] | null,
): boolean | undefined {
  const asked = questions.filter(isPairwise).find(({ id }) => id === question)
  const side = valueAt(result, criterion === null ? `/${question}` : `/${question}/${criterion}`)
  const [first] = (asked && sides?.[asked.of]) ?? []
  if (typeof side !== 'string' || NO_SIDES.includes(side) || first === undefined) return undefined
  return side === first
}

function isPairwise(question: NewForm['questions'][number]): question is QuestionOf<'pairwise'> {
  return question.type === 'pairwise'
}
