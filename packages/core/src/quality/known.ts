import type { Form } from '../forms/form.ts'
import type { JudgedAnswer } from '../forms/gold.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { answerKey } from './answers.ts'
import { isDiscrete, questionsOf } from './questions.ts'

/** How often somebody gave an answer to a question whose answer was known. */
export interface KnownCounter {
  readonly projectId: ProjectId
  readonly stepId: string
  readonly question: string
  readonly userId: UserId
  /** The known answer by its key, and the one given; empty where answers are not the same or another, as of spans. */
  readonly known: string
  /** Also empty where none was given. */
  readonly given: string
  readonly right: boolean
  readonly times: number
}

/** The counters that judged answers add. */
export function knownCounters(
  place: Pick<KnownCounter, 'projectId' | 'stepId' | 'userId'>,
  form: Form | undefined,
  answers: readonly JudgedAnswer[],
): KnownCounter[] {
  const discrete = new Set(
    questionsOf(form)
      .filter(isDiscrete)
      .map(({ id }) => id),
  )
  return answers.map(({ question, known, given, right }) => {
    const keyOf = (answer: typeof given): string =>
      discrete.has(question) && answer !== undefined ? answerKey(answer) : ''
    return { ...place, question, known: keyOf(known), given: keyOf(given), right, times: 1 }
  })
}
