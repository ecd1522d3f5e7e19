import { assertAtLeast, assertShare, assertWhole } from '../arithmetic/input.ts'
import { lnOr0, normalise } from './fit.ts'

/** One answer, and the accuracy of the person who gave it. */
export interface BelievedAnswer {
  /** The number of the class, from 0. */
  readonly answer: number
  /** The chance that the person is right. */
  readonly accuracy: number
}

/** Nobody is certain. */
const MOST_BELIEVED = 0.99
const SUMS_TO_1 = 1e-9

/**
 * The chance of each class of one item, by one step of Bayes from the share of each class and the
 * answers. Accuracies are cut to 1/K…0.99: nobody is believed to be worse than chance, and nobody
 * to be certain.
 *
 * @param prevalence the share of each class, two or more that sum to 1
 * @throws RangeError if an answer is no class, or an accuracy or the prevalence is not as it must
 *   be
 */
export function posterior(answers: Iterable<BelievedAnswer>, prevalence: ArrayLike<number>): number[] {
  const classes = prevalence.length
  assertWhole('the number of classes in prevalence', classes, 2)
  const scores = new Float64Array(classes)
  let total = 0
  for (let k = 0; k < classes; k++) {
    assertShare(`prevalence[${k}]`, prevalence[k] as number)
    total += prevalence[k] as number
    scores[k] = lnOr0(prevalence[k] as number)
  }
  if (Math.abs(total - 1) > SUMS_TO_1) throw new RangeError(`prevalence must sum to 1, and sums to ${total}`)
  for (const { answer, accuracy } of answers) {
    assertWhole('answer', answer, 0, classes - 1)
    assertShare('accuracy', accuracy)
    const q = mostBelieved(accuracy, classes)
    scores[answer] = (scores[answer] as number) + lnOr0(q) - lnOr0((1 - q) / (classes - 1))
  }
  normalise(scores)
  return [...scores]
}

/** An accuracy as fitted, and how many labels it rests on. */
export interface FittedAccuracy {
  readonly accuracy: number
  readonly labels: number
}

/** Answers to gold since the fit. */
export interface GoldAnswers {
  readonly right: number
  readonly wrong: number
}

/** Labels that a newcomer is taken to have given in the fit of one accuracy. */
const BEFORE = 5

/**
 * The accuracy that {@link oneCoin} fitted, with what gold has shown since: (q·n + right) ÷ (n +
 * right + wrong), n = 5 + labels.
 *
 * @throws RangeError if a number is not as it must be
 */
export function accuracySince(fitted: FittedAccuracy, gold: GoldAnswers): number {
  assertShare('accuracy', fitted.accuracy)
  assertAtLeast('labels', fitted.labels, 0)
  assertAtLeast('right', gold.right, 0)
  assertAtLeast('wrong', gold.wrong, 0)
  const n = BEFORE + fitted.labels
  return (fitted.accuracy * n + gold.right) / (n + gold.right + gold.wrong)
}

/** An accuracy cut to what anybody is believed. */
export function mostBelieved(accuracy: number, classes: number): number {
  return Math.min(MOST_BELIEVED, Math.max(1 / classes, accuracy))
}
