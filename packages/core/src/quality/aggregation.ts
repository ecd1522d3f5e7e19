import { dawidSkene, mace, majority, oneCoin } from '@muster/statistics'
import { byAnswer, type FiniteAnswer, type FiniteQuestion } from '../forms/finite.ts'
import type { FormQuestion } from '../forms/form.ts'
import { questionOutcome } from '../forms/outcome.ts'
import type { TaskId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import { type AnswerLabels, fitOptions } from './labels.ts'

/** Ways from many answers to one. */
export const AGGREGATION_METHODS = ['majority', 'weighted', 'oneCoin', 'dawidSkene', 'mace'] as const
/** One of {@link AGGREGATION_METHODS}. */
export type AggregationMethod = (typeof AGGREGATION_METHODS)[number]

/** The answers to one question of one task, as one. */
export interface Aggregate {
  readonly taskId: TaskId
  readonly externalId: string | null
  /** null: there is none. */
  readonly value: Json
  /** The chance of each answer; null: the method has none, or nobody answered. */
  readonly posterior: Readonly<Record<string, number>> | null
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>
}

/**
 * Makes one answer of many, task by task, in the order of their ids. `accuracy`: how often each person, in the order of the labels, is right, which `weighted` weighs by.
 */
export function* aggregated(
  method: AggregationMethod,
  part: FiniteQuestion,
  question: FormQuestion,
  labels: AnswerLabels,
  accuracy: readonly number[],
): Generator<Aggregate> {
  const { classes } = part
  const fitted = chancesBy(method, labels)
  const votes =
    method === 'weighted' ? majority(labels.given, { classes: classes.length, accuracy }) : undefined
  const counts = countsOf(labels)
  for (const [item, { taskId, externalId, isControl }] of labels.tasks.entries()) {
    if (isControl) continue
    const given = counts.subarray(item * classes.length, (item + 1) * classes.length)
    const answered = given.some((count) => count > 0)
    const value = (): FiniteAnswer | Json | undefined => {
      if (fitted) return classes[fitted.likeliest[item] ?? -1]
      if (votes) return classes[votes[item] ?? -1]
      return outcomeOf(part, question, given, labels.missing[item] ?? 0)
    }
    const known = fitted !== undefined && (fitted.likeliest[item] ?? -1) !== -1
    const from = item * classes.length
    yield {
      taskId,
      externalId,
      value: (answered || known ? value() : undefined) ?? null,
      posterior: known ? byAnswer(part, fitted.posterior.subarray(from, from + classes.length)) : null,
      answers: Object.fromEntries(Object.entries(byAnswer(part, given)).filter(([, count]) => count > 0)),
    }
  }
}

function chancesBy(method: AggregationMethod, labels: AnswerLabels) {
  const options = fitOptions(labels)
  switch (method) {
    case 'oneCoin':
      return oneCoin(labels.given, options)
    case 'dawidSkene':
      return dawidSkene(labels.given, options)
    case 'mace':
      return mace(labels.given, options)
    case 'majority':
    case 'weighted':
      return undefined
  }
}

/** How often each class was given, task by task. */
function countsOf({ classes, tasks, given }: AnswerLabels): Int32Array {
  const counts = new Int32Array(tasks.length * classes)
  given.items.forEach((item, place) => {
    const at = item * classes + (given.answers[place] as number)
    counts[at] = (counts[at] as number) + 1
  })
  return counts
}

/** The outcome as a task has it; of a criterion, the answer of more than half. */
function outcomeOf(
  { criterion, classes }: FiniteQuestion,
  question: FormQuestion,
  given: Int32Array,
  missing: number,
): Json | undefined {
  const answers: (Json | undefined)[] = Array.from({ length: missing })
  given.forEach((count, k) => {
    for (let time = 0; time < count; time++) answers.push(classes[k] as Json)
  })
  const compared: FormQuestion =
    criterion === null ? question : { id: question.id, type: 'json', title: question.title, schema: {} }
  return questionOutcome(compared, answers)
}
