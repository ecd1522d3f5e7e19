import { type FiniteAnswer, finiteParts } from '../forms/finite.ts'
import type { Answers, FormQuestion, NewForm } from '../forms/form.ts'
import { outcomeOf } from '../forms/outcome.ts'
import type { Json } from '../json/json.ts'

/** Chances of answers, by question or `question.criterion`, then by the answer as text. */
type Posteriors = Readonly<Record<string, Readonly<Record<string, number>>>>

/** How much likelier a later answer must be than an earlier one. */
const TIE = 1e-12

/**
 * The outcome of a step as `outcomeOf` gives it, but for questions of whose answers a posterior is known: theirs is the likeliest answer. A question that more than
 * half left without an answer has none.
 */
export function outcomeBelieved(
  form: Pick<NewForm, 'show' | 'questions'>,
  results: readonly Answers[],
  posteriors: Posteriors,
): Answers | null {
  const believed = new Map<string, Json>()
  for (const question of form.questions) {
    const missing = results.filter((result) => !Object.hasOwn(result, question.id)).length
    const answer = missing * 2 > results.length ? undefined : likeliestOf(form, question, posteriors)
    if (answer !== undefined) believed.set(question.id, answer)
  }
  return outcomeOf(form, results, believed)
}

/** The likeliest answer, of a question with criteria that to each; `undefined`: no posterior of it is known. */
function likeliestOf(
  form: Pick<NewForm, 'show'>,
  question: FormQuestion,
  posteriors: Posteriors,
): Json | undefined {
  const parts = finiteParts(form, question)
  const answers = parts.map(({ key, classes }) => {
    const chances = posteriors[key]
    if (chances === undefined) return undefined
    const chanceOf = (answer: FiniteAnswer): number => chances[String(answer)] ?? 0
    return classes.reduce((best, answer) => (chanceOf(answer) > chanceOf(best) + TIE ? answer : best))
  })
  if (answers.length === 0 || answers.includes(undefined)) return undefined
  const [first] = parts
  if (first?.criterion === null) return answers[0]
  return Object.fromEntries(parts.map(({ criterion }, place) => [criterion, answers[place] as Json]))
}
