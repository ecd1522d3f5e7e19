import { assertOptions, assertSameLength, assertShare } from '../arithmetic/input.ts'
import { ln } from '../arithmetic/ln-exp.ts'
import { type Labels, sortLabels } from './labels.ts'
import { mostBelieved } from './posterior.ts'
import { TIE } from './tie.ts'

/** How votes count. */
export interface MajorityOptions {
  /** How many classes there are. */
  readonly classes: number
  /** The accuracy of each person, by which votes are weighed; if not given, all are alike. */
  readonly accuracy?: ArrayLike<number>
}

/**
 * The class that each item has the most votes for, or `null` of a tie or of no votes. With
 * accuracies a vote counts ln(q(K − 1)/(1 − q)), q cut to 1/K…0.99: so that of somebody no better
 * than chance counts nothing.
 *
 * @throws RangeError if a label is not as it must be, or somebody has no accuracy in 0…1
 */
export function majority(labels: Labels, options: MajorityOptions): (number | null)[] {
  assertOptions(options, ['classes', 'accuracy'])
  const { classes, accuracy } = options
  const { items, people, starts, person, answer } = sortLabels(labels, classes)
  const weights = new Float64Array(people).fill(1)
  if (accuracy) {
    if (accuracy.length < people) assertSameLength('accuracy', accuracy.length, 'people', people)
    for (let j = 0; j < people; j++) {
      assertShare(`accuracy[${j}]`, accuracy[j] as number)
      const q = mostBelieved(accuracy[j] as number, classes)
      weights[j] = ln((q * (classes - 1)) / (1 - q))
    }
  }
  const votes = new Float64Array(classes)
  const voted = new Uint8Array(classes)
  return Array.from({ length: items }, (_, i) => {
    votes.fill(0)
    voted.fill(0)
    for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
      const said = answer[at] as number
      votes[said] = (votes[said] as number) + (weights[person[at] as number] as number)
      voted[said] = 1
    }
    return winnerOf(votes, voted)
  })
}

/** Among the classes that somebody voted for. */
function winnerOf(votes: Float64Array, voted: Uint8Array): number | null {
  let most = Number.NEGATIVE_INFINITY
  for (const [k, vote] of votes.entries()) if (voted[k] === 1 && vote > most) most = vote
  const winners = [...votes.keys()].filter((k) => voted[k] === 1 && (votes[k] as number) >= most - TIE)
  return winners.length === 1 ? (winners[0] as number) : null
}
