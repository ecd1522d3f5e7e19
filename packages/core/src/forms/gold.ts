import { type Json, valueAt } from '../json/json.ts'
import { agree } from './agreement.ts'
import { comparatorOf } from './comparator.ts'
import type { NewForm } from './form.ts'

/** One answer held against the one that is known. */
export interface JudgedAnswer {
  readonly question: string
  readonly right: boolean
  readonly known: Json
  /** `undefined`: not answered, which is wrong. */
  readonly given: Json | undefined
}

/** A submission held against a known answer, which is a part of a result. */
export interface JudgedByGold {
  /** Whether every judged answer is right; null if none is judged. */
  readonly right: boolean | null
  /** Of each question that gold answers and that is compared, in the order of the form. */
  readonly answers: readonly JudgedAnswer[]
}

/** Holds a submission against a known answer, question by question, by their comparators. A question whose answers are not compared (`ignore`) is not judged. */
export function judgeGold(form: Pick<NewForm, 'questions'>, gold: Json, result: Json): JudgedByGold {
  const answers = form.questions.flatMap((question): JudgedAnswer[] => {
    const known = valueAt(gold, `/${question.id}`)
    if (known === undefined || comparatorOf(question).by === 'ignore') return []
    const given = valueAt(result, `/${question.id}`)
    return [{ question: question.id, right: agree(question, given, known), known, given }]
  })
  return { right: answers.length === 0 ? null : answers.every(({ right }) => right), answers }
}
