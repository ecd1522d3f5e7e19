import { type Fit, type FitOptions, fit, lnOr0, prevalenceOf, pseudoCountsOf, Sums, start } from './fit.ts'
import type { Labels } from './labels.ts'

/** Options of {@link oneCoin}; at most 200 rounds if no limit is given. */
export interface OneCoinOptions extends FitOptions {
  /**
   * Answers that everybody is taken to have given before their first, so that a newcomer is
   * believed a little.
   */
  readonly pseudoCounts?: {
    /** 4 if not given. */
    readonly right?: number
    /** 1 if not given. */
    readonly wrong?: number
    /** Items of each class; 1 if not given. */
    readonly ofClass?: number
  }
}

/** The fit of one accuracy for each person. */
export interface OneCoinFit extends Fit {
  /** The chance that each person's answer is right: (4 + right) ÷ (5 + labels). */
  readonly accuracy: Float64Array
  /** The share of each class. */
  readonly prevalence: Float64Array
}

/**
 * The class of each item and the accuracy of each person, one number a person: errors are spread
 * evenly over the other classes. By expectation and maximisation from the shares of answers, so the
 * same labels give the same bits, in any order.
 *
 * Source: the homogeneous model of Dawid & Skene 1979, Appl Stat 28, with pseudo-counts.
 *
 * @throws RangeError if a label, gold or an option is not as it must be
 */
export function oneCoin(labels: Labels, options: OneCoinOptions): OneCoinFit {
  const ofMethod = { right: 4, wrong: 1, ofClass: 1 }
  const { right, wrong, ofClass } = pseudoCountsOf(options.pseudoCounts, ofMethod)
  const fitting = start(labels, options, 'pseudoCounts')
  const { posterior } = fitting
  const { people, classes, starts, person, answer, items, given } = fitting.labels

  let prevalence = new Float64Array(classes)
  const lnPrevalence = new Float64Array(classes)
  const accuracy = new Float64Array(people)
  // ln of how much likelier a class is if the person said it than if they did not.
  const weight = new Float64Array(people)
  const rights = new Sums(people)

  const common = fit(
    fitting,
    {
      maximise() {
        prevalence = prevalenceOf(fitting, ofClass) as Float64Array<ArrayBuffer>
        for (let k = 0; k < classes; k++) lnPrevalence[k] = lnOr0(prevalence[k] as number)
        rights.clear()
        for (let i = 0; i < items; i++) {
          for (let at = starts[i] as number; at < (starts[i + 1] as number); at++)
            rights.add(person[at] as number, posterior[i * classes + (answer[at] as number)] as number)
        }
        for (let j = 0; j < people; j++) {
          const whole = right + wrong + (given[j] as number)
          const q = whole > 0 ? (right + rights.at(j)) / whole : 1 / classes
          accuracy[j] = q
          weight[j] = lnOr0(q) - lnOr0((1 - q) / (classes - 1))
        }
      },
      score(i, scores) {
        scores.set(lnPrevalence)
        for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
          const said = answer[at] as number
          scores[said] = (scores[said] as number) + (weight[person[at] as number] as number)
        }
      },
    },
    options,
    options.limit ?? 200,
  )
  return { ...common, accuracy, prevalence }
}
