import { agree } from '../../forms/agreement.ts'
import { checkPart } from '../../forms/check-result.ts'
import type { Form, FormQuestion, Show } from '../../forms/form.ts'
import { type Json, sameJson, valueAt } from '../../json/json.ts'
import type { AgreeOn } from './policy.ts'

/** The question of a form by whose comparator answers are compared, as it was when the policy was given. */
export interface ComparedQuestion {
  /** The part of the form that its answers are checked by. */
  readonly form: { readonly show: readonly Show[]; readonly questions: readonly FormQuestion[] }
  readonly question: FormQuestion
}

/** How answers to a scenario are read and held against each other. */
export interface Comparison {
  /** The answer in a model's result; undefined: it has none. */
  readonly answerIn: (result: Json) => Json | undefined
  /** The answer in what people settled on. */
  readonly outcomeIn: (outcome: Json) => Json | undefined
  readonly isSame: (one: Json | undefined, other: Json | undefined) => boolean
}

/** The question of a form, apart from the others: whether it is asked is no matter here. */
export function comparedQuestion(
  { show, questions }: Form,
  questionId: string,
): ComparedQuestion | undefined {
  const found = questions.find(({ id }) => id === questionId)
  if (!found) return undefined
  const { showIf: _showIf, from: _from, ...question } = found
  return { form: { show, questions: [question as FormQuestion] }, question: question as FormQuestion }
}

/** Where a model's result has its answer. */
export function pointerOf(agreeOn: AgreeOn): string {
  return typeof agreeOn === 'string' ? agreeOn : (agreeOn.at ?? `/${agreeOn.question}`)
}

/**
 * By equality of canonical JSON at a pointer, or by the comparator of a form's question. A value that the question does not take counts as no answer.
 */
export function comparisonOf(agreeOn: AgreeOn, compared: ComparedQuestion | null): Comparison {
  const at = pointerOf(agreeOn)
  if (!compared) {
    const read = (value: Json): Json | undefined => valueAt(value, at)
    return { answerIn: read, outcomeIn: read, isSame: isSameJson }
  }
  const { form, question } = compared
  const readAt =
    (pointer: string) =>
    (value: Json): Json | undefined => {
      const answer = valueAt(value, pointer)
      return answer !== undefined && checkPart(form, undefined, { [question.id]: answer }).length === 0
        ? answer
        : undefined
    }
  return {
    answerIn: readAt(at),
    outcomeIn: readAt(`/${question.id}`),
    isSame: (one, other) => agree(question, one, other),
  }
}

function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  return one === undefined || other === undefined ? one === other : sameJson(one, other)
}
