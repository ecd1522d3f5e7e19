import { type Fit, type FitOptions, fit, lnOr0, Sums, start } from './fit.ts'
import type { Labels } from './labels.ts'

/** The fit of a trust and a habit for each person. */
export interface MaceFit extends Fit {
  /** The chance that each person answers by the item. */
  readonly trust: Float64Array
  /** The chance that person j says k if not by the item is at j · classes + k. */
  readonly habit: Float64Array
}

const BEFORE_TRUST = 0.5
const BEFORE_HABIT = 0.1

/**
 * The class of each item, and of each person how far to trust them and what they say when they do
 * not look. By expectation and maximisation from the shares of answers, so the same labels give the
 * same bits, in any order; at most 500 rounds if no limit is given.
 *
 * Source: Hovy et al. 2013, NAACL (MACE).
 *
 * @throws RangeError if a label, gold or an option is not as it must be
 */
export function mace(labels: Labels, options: FitOptions): MaceFit {
  const fitting = start(labels, options)
  const { posterior } = fitting
  const { people, classes, starts, person, answer, items, given } = fitting.labels

  const trust = new Float64Array(people).fill(0.5)
  const habit = new Float64Array(people * classes).fill(1 / classes)
  // ln of how much likelier a class is if the person said it than if they did not.
  const weight = new Float64Array(people * classes)
  const trusted = new Sums(people)
  const habits = new Sums(people * classes)

  const common = fit(
    fitting,
    {
      maximise() {
        trusted.clear()
        habits.clear()
        for (let i = 0; i < items; i++) {
          for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
            const j = person[at] as number
            const said = answer[at] as number
            const theta = trust[j] as number
            const byHabit = (1 - theta) * (habit[j * classes + said] as number)
            const byItem = ((posterior[i * classes + said] as number) * theta) / (theta + byHabit)
            trusted.add(j, byItem)
            habits.add(j * classes + said, 1 - byItem)
          }
        }
        for (let j = 0; j < people; j++) learn(j)
      },
      score(i, scores) {
        scores.fill(0)
        for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
          const said = answer[at] as number
          const more = weight[(person[at] as number) * classes + said] as number
          scores[said] = (scores[said] as number) + more
        }
      },
    },
    options,
    options.limit ?? 500,
  )
  return { ...common, trust, habit }

  function learn(j: number): void {
    const theta = (BEFORE_TRUST + trusted.at(j)) / (1 + (given[j] as number))
    trust[j] = theta
    let whole = BEFORE_HABIT * classes
    for (let k = 0; k < classes; k++) whole += habits.at(j * classes + k)
    for (let k = 0; k < classes; k++) {
      const at = j * classes + k
      const share = (BEFORE_HABIT + habits.at(at)) / whole
      habit[at] = share
      const byHabit = (1 - theta) * share
      weight[at] = lnOr0(theta + byHabit) - lnOr0(byHabit)
    }
  }
}
