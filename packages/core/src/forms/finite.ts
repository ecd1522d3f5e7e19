import type { Json } from '../json/json.ts'
import { type FormQuestion, type NewForm, placesOf } from './form.ts'
import { fixedSides, NO_SIDES } from './sides.ts'

/** One of few possible answers. */
export type FiniteAnswer = string | number | boolean

/** A question, or one criterion of a pairwise question, whose possible answers are few and the same in every task. */
export interface FiniteQuestion {
  /** The question's id; of a criterion `question.criterion`. */
  readonly key: string
  readonly question: string
  /** null: the question as a whole. */
  readonly criterion: string | null
  /** The possible answers, in the order of the form. */
  readonly classes: readonly FiniteAnswer[]
}

/**
 * The parts of a question that have finite answers: itself, or of a pairwise question each criterion. None: its answers are not finite, or each task has sides
 * of its own.
 */
export function finiteParts(form: Pick<NewForm, 'show'>, question: FormQuestion): FiniteQuestion[] {
  const classes = possibleAnswers(form, question)
  if (classes === undefined || classes.length < 2) return []
  const { id } = question
  if (question.type === 'pairwise' && question.criteria !== undefined) {
    return question.criteria.map((criterion) => ({
      key: keyOfPart(id, criterion.id),
      question: id,
      criterion: criterion.id,
      classes,
    }))
  }
  return [{ key: id, question: id, criterion: null, classes }]
}

/** The name of a question, or of one criterion of it. */
export function keyOfPart(question: string, criterion: string | null | undefined): string {
  return criterion == null ? question : `${question}.${criterion}`
}

/** All of a form's questions and criteria that have finite answers. */
export function finiteQuestions(form: Pick<NewForm, 'show' | 'questions'>): FiniteQuestion[] {
  return form.questions.flatMap((question) => finiteParts(form, question))
}

/** The number of the class of an answer to the question, from 0; −1: it is none of them, or there is no answer. */
export function classOf(
  { criterion, classes }: Pick<FiniteQuestion, 'criterion' | 'classes'>,
  answer: Json | undefined,
): number {
  if (answer === undefined || answer === null) return -1
  if (criterion === null) return classes.indexOf(answer as FiniteAnswer)
  const judged = (answer as { readonly [criterion: string]: Json })[criterion]
  return judged === undefined ? -1 : classes.indexOf(judged as FiniteAnswer)
}

/** Chances of classes, by the answer as text. */
export function byAnswer(
  { classes }: Pick<FiniteQuestion, 'classes'>,
  chances: ArrayLike<number>,
): Record<string, number> {
  return Object.fromEntries(classes.map((answer, k) => [String(answer), chances[k] ?? 0]))
}

/** The possible answers to a question, of one with criteria to each; undefined: they are not few, or each task has its own. */
export function possibleAnswers(
  form: Pick<NewForm, 'show'>,
  question: FormQuestion,
): readonly FiniteAnswer[] | undefined {
  switch (question.type) {
    case 'yesNo':
      return [true, false]
    case 'scale':
      return placesOf(question)
    case 'choice':
      return (
        question.options?.map(({ value }) => value) ??
        (question.of === undefined ? undefined : fixedSides(form, question.of))
      )
    case 'pairwise': {
      const sides = fixedSides(form, question.of)
      return sides && [...sides, ...NO_SIDES.filter((name) => question[name as 'tie' | 'bothBad'] === true)]
    }
    case 'multi':
    case 'number':
    case 'text':
    case 'ranking':
    case 'spans':
    case 'json':
      return undefined
  }
}
