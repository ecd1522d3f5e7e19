import { type Fit, type FitOptions, fit, lnOr0, prevalenceOf, pseudoCountsOf, Sums, start } from './fit.ts'
import type { Labels } from './labels.ts'

/** Options of {@link dawidSkene}; at most 500 rounds if no limit is given. */
export interface DawidSkeneOptions extends FitOptions {
  /**
   * Answers that everybody is taken to have given before their first. With 0 for all it is the
   * maximum likelihood.
   */
  readonly pseudoCounts?: {
    /** On the diagonal, of each class; 2 if not given. */
    readonly right?: number
    /** Off the diagonal, of each class, together; 0.5 if not given. */
    readonly wrong?: number
    /** Items of each class; 1 if not given. */
    readonly ofClass?: number
  }
}

/** The fit of a confusion matrix for each person. */
export interface DawidSkeneFit extends Fit {
  /**
   * The chance that person j says s of an item of class z is at (j · classes + z) · classes + s.
   */
  readonly confusion: Float64Array
  /** The share of each class. */
  readonly prevalence: Float64Array
}

/**
 * The class of each item and the confusion matrix of each person, which also says who mixes up
 * which classes. By expectation and maximisation from the shares of answers, so the same labels
 * give the same bits, in any order.
 *
 * Source: Dawid & Skene 1979, Appl Stat 28, with pseudo-counts.
 *
 * @throws RangeError if a label, gold or an option is not as it must be
 */
export function dawidSkene(labels: Labels, options: DawidSkeneOptions): DawidSkeneFit {
  const ofMethod = { right: 2, wrong: 0.5, ofClass: 1 }
  const { right, wrong, ofClass } = pseudoCountsOf(options.pseudoCounts, ofMethod)
  const fitting = start(labels, options, 'pseudoCounts')
  const { posterior } = fitting
  const { people, classes, starts, person, answer, items } = fitting.labels

  let prevalence = new Float64Array(classes)
  const lnPrevalence = new Float64Array(classes)
  const confusion = new Float64Array(people * classes * classes)
  // By what was said first, so that both steps walk along the classes.
  const lnConfusion = new Float64Array(confusion.length)
  const counts = new Sums(confusion.length)

  const common = fit(
    fitting,
    {
      maximise() {
        prevalence = prevalenceOf(fitting, ofClass) as Float64Array<ArrayBuffer>
        for (let k = 0; k < classes; k++) lnPrevalence[k] = lnOr0(prevalence[k] as number)
        counts.clear()
        for (let i = 0; i < items; i++) {
          for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
            const row = ((person[at] as number) * classes + (answer[at] as number)) * classes
            for (let z = 0; z < classes; z++) counts.add(row + z, posterior[i * classes + z] as number)
          }
        }
        for (let j = 0; j < people; j++) {
          for (let z = 0; z < classes; z++) normaliseRow(j, z)
        }
      },
      score(i, scores) {
        scores.set(lnPrevalence)
        for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
          const row = ((person[at] as number) * classes + (answer[at] as number)) * classes
          for (let z = 0; z < classes; z++)
            scores[z] = (scores[z] as number) + (lnConfusion[row + z] as number)
        }
      },
    },
    options,
    options.limit ?? 500,
  )
  return { ...common, confusion, prevalence }

  function normaliseRow(j: number, z: number): void {
    let total = 0
    const row = (j * classes + z) * classes
    for (let said = 0; said < classes; said++) {
      const before = said === z ? right : wrong / (classes - 1)
      const count = before + counts.at((j * classes + said) * classes + z)
      confusion[row + said] = count
      total += count
    }
    for (let said = 0; said < classes; said++) {
      const share = total > 0 ? (confusion[row + said] as number) / total : 1 / classes
      confusion[row + said] = share
      lnConfusion[(j * classes + said) * classes + z] = lnOr0(share)
    }
  }
}
