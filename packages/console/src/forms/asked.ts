import type { Condition, Form, FormQuestion, ShownThing } from '@muster/core/forms'
import { keysOf } from '@muster/core/forms'

/** Answers by question; what is not answered is absent. */
export type Answers = Readonly<Record<string, unknown>>

/** Whether a condition holds of these answers. A question without an answer fulfils none but `answered: false`. */
export function holds(condition: Condition, answers: Answers): boolean {
  if ('all' in condition) return condition.all.every((one) => holds(one, answers))
  if ('any' in condition) return condition.any.some((one) => holds(one, answers))
  if ('not' in condition) return !holds(condition.not, answers)
  const answer = answers[condition.question]
  if ('answered' in condition) return condition.answered === (answer !== undefined)
  if (answer === undefined) return false
  if ('is' in condition) return answer === condition.is
  if ('in' in condition) return condition.in.some((value) => value === answer)
  if ('has' in condition) return Array.isArray(answer) && answer.includes(condition.has)
  if (typeof answer !== 'number') return false
  return 'atLeast' in condition ? answer >= condition.atLeast : answer <= condition.atMost
}

/** The questions that are asked, given the answers to those before them. Answers of hidden ones count for nothing. */
export function askedOf(questions: readonly FormQuestion[], answers: Answers): FormQuestion[] {
  const known: Record<string, unknown> = {}
  return questions.filter((question) => {
    if (question.showIf !== undefined && !holds(question.showIf, known)) return false
    const answer = answers[question.id]
    if (answer !== undefined) known[question.id] = answer
    return true
  })
}

/** The result that the answers make: of what is asked, and no empty text or list of a question that may be left out. */
export function resultOf(questions: readonly FormQuestion[], answers: Answers): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const question of askedOf(questions, answers)) {
    // No mark is an answer, too, to what must be answered.
    const isMarked = question.type === 'spans' && question.required !== false
    const answer = answers[question.id] ?? (isMarked ? [] : undefined)
    if (answer === undefined || (question.required === false && isEmpty(answer))) continue
    result[question.id] = answer
  }
  return result
}

const isEmpty = (answer: unknown): boolean => answer === '' || (Array.isArray(answer) && answer.length === 0)

/** What a `choice`, `multi`, `ranking` or `pairwise` chooses among: its value, its words and its key. */
export interface Choice {
  readonly value: string
  readonly title: string
  readonly help?: string | undefined
  readonly key: string | null
}

/** A side's name by its place: A is the first shown. */
export function letterOf(place: number): string {
  return String.fromCharCode(65 + place)
}

/** The things shown, by name. */
export type ShownByName = ReadonlyMap<string, ShownThing>

type Choosing = Extract<FormQuestion, { readonly type: 'choice' | 'multi' }>

/** The options of a question in the order that was drawn, or the sides of its compare by their letters. */
export function choicesOf(
  question: Choosing,
  shown: ShownByName,
  orders: Readonly<Record<string, readonly string[]>>,
): Choice[] {
  if (question.of !== undefined) return sideChoices(question.of, shown)
  const options = question.options ?? []
  const order = orders[question.id]
  const ordered = order
    ? options.toSorted((one, other) => order.indexOf(one.value) - order.indexOf(other.value))
    : options
  const keys = keysOf(ordered)
  return ordered.map(({ value, title, help }, place) => ({
    value,
    title: title ?? value,
    ...(help !== undefined && { help }),
    key: keys[place] ?? null,
  }))
}

/** The sides of a compare as they are shown, to be chosen by letter or number. */
export function sideChoices(of: string, shown: ShownByName): Choice[] {
  return (shown.get(of)?.sides ?? []).map(({ id }, place) => ({
    value: id,
    title: letterOf(place),
    key: place < 9 ? String(place + 1) : null,
  }))
}

/** The choices of a pairwise question: the two sides, and what else the form allows. */
export function pairChoices(
  { of, tie, bothBad }: Extract<FormQuestion, { readonly type: 'pairwise' }>,
  shown: ShownByName,
): Choice[] {
  const [first, second] = shown.get(of)?.sides ?? []
  return [
    ...(first ? [{ value: first.id, title: 'A is better', key: 'a' }] : []),
    ...(second ? [{ value: second.id, title: 'B is better', key: 'b' }] : []),
    ...(tie ? [{ value: 'tie', title: 'Equal', key: 'e' }] : []),
    ...(bothBad ? [{ value: 'bothBad', title: 'Neither', key: 'n' }] : []),
  ]
}

/** One place where keys act: a question, or one criterion of a pairwise question that has several. */
export interface Stop {
  readonly question: FormQuestion
  readonly criterion?: string
}

/** The stops of all questions that are asked, in order. */
export function stopsOf(asked: readonly FormQuestion[]): Stop[] {
  return asked.flatMap((question): Stop[] =>
    question.type === 'pairwise' && question.criteria !== undefined
      ? question.criteria.map(({ id }) => ({ question, criterion: id }))
      : [{ question }],
  )
}

/** The questions of an item that has no form of its own: a review's, or any JSON. */
export function ownQuestions(form: Form | null, stepType: string): readonly FormQuestion[] {
  const comment = form?.comment ? [FREE_WORDS] : []
  const questions = [...(form?.questions ?? []), ...comment]
  if (stepType === 'review') return [...REVIEW, ...questions]
  return form === null ? [ANY_JSON] : questions
}

/** The id under which an answer that is any JSON is kept, which no form can have. */
export const WHOLE = '$result'

/** The id under which the free words beside a result are kept; no form can have it. */
export const COMMENT = '$comment'

const FREE_WORDS: FormQuestion = {
  id: COMMENT,
  type: 'text',
  title: 'Comment',
  required: false,
  lines: 2,
  maxLength: 10_000,
}

const ANY_JSON: FormQuestion = { id: WHOLE, type: 'json', title: 'Result', schema: {} }

const REVIEW: readonly FormQuestion[] = [
  {
    id: 'verdict',
    type: 'choice',
    title: 'Is the work right?',
    options: [
      { value: 'accept', title: 'Accept', key: 'y' },
      { value: 'return', title: 'Return to its author', key: 'r' },
    ],
  },
  {
    id: 'comment',
    type: 'text',
    title: 'What is to be changed?',
    required: false,
    lines: 3,
    maxLength: 10_000,
    showIf: { question: 'verdict', is: 'return' },
  },
]
