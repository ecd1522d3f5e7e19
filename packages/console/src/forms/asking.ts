import type { FormQuestion } from '@muster/core/forms'

/** What every kind of question is drawn from. */
export interface Asking<Question extends FormQuestion = FormQuestion> {
  readonly question: Question
  readonly answer: unknown
  readonly onAnswer: (answer: unknown) => void
  /** What names the field, and what else is said of it. */
  readonly labelledBy: string
  readonly describedBy: string | undefined
}
