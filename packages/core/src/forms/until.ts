import { type Issue, pathOf } from '../json/json.ts'
import { finiteParts } from './finite.ts'
import type { NewForm } from './form.ts'

/** One thing that must hold before a step with adaptive overlap is complete. */
export type UntilRule =
  /** The likeliest answer is at least so likely, 0.5 < p < 1. */
  | { readonly question: string; readonly posterior: number }
  /** So many answers agree with each other and are more than half; from 2. */
  | { readonly question: string; readonly agreeing: number }

/** Overlap that is decided task by task: `min` people, and one more as long as `until` does not hold and there are fewer than `max`. */
export interface AdaptiveOverlap {
  readonly min: number
  readonly max: number
  /** All must hold. */
  readonly until: readonly UntilRule[]
  /** A slot that was added and has waited so long is no longer waited for; without it, it waits. */
  readonly giveUpAfterMinutes?: number
}

/** The faults of `until` by the form of its step, each with its path behind `at`. */
export function untilFaults(
  form: Pick<NewForm, 'show' | 'questions'>,
  { max, until }: AdaptiveOverlap,
  at: readonly PropertyKey[],
): Issue[] {
  return until.flatMap((rule, place): Issue[] => {
    const fault = (field: string, name: string, message: string): Issue[] => [
      { path: pathOf([...at, 'until', place, field]), rule: name, message },
    ]
    const question = form.questions.find(({ id }) => id === rule.question)
    if (question === undefined) return fault('question', 'unknownQuestion', 'names no question of the form')
    if ('agreeing' in rule) {
      return rule.agreeing > max
        ? fault('agreeing', 'max', `can never hold: at most ${max} people are asked`)
        : []
    }
    return finiteParts(form, question).length === 0
      ? fault(
          'posterior',
          'finite',
          `needs a question with the same few answers in every task: ${why(question)}`,
        )
      : []
  })
}

function why(question: NewForm['questions'][number]): string {
  return question.type === 'choice' || question.type === 'pairwise'
    ? 'each task has sides of its own'
    : `${question.type} has no end of them`
}
