import { assertAtLeast, assertOptions, assertPositive, assertWhole } from '../arithmetic/input.ts'
import { exp, ln } from '../arithmetic/ln-exp.ts'
import { type Labels, type SortedLabels, sortLabels } from './labels.ts'
import { TIE } from './tie.ts'

/** Options that every method has. */
export interface FitOptions {
  /** How many classes there are. */
  readonly classes: number
  /** Items whose class is known, with it: they teach who is accurate. */
  readonly gold?: Iterable<readonly [item: number, answer: number]>
  /**
   * Items with gold that were given out only to measure people: they say nothing of the prevalence.
   */
  readonly controls?: Iterable<number>
  /** A fit has converged in a round in which no posterior changed by so much; 1e-6 if not given. */
  readonly tolerance?: number
  /** The most rounds. */
  readonly limit?: number
}

/** The part of a fit that every method answers. */
export interface Fit {
  readonly items: number
  readonly people: number
  readonly classes: number
  /** The chance of each class of each item: that of class k of item i is at i · classes + k. */
  readonly posterior: Float64Array
  /**
   * The likeliest class of each item, the earlier of two within 1e-12; −1 of an item without labels
   * and gold.
   */
  readonly likeliest: Int32Array
  /** How many labels each person gave. */
  readonly labels: Int32Array
  readonly rounds: number
  /** Whether the last round changed nothing to speak of. If not, the limit ended it. */
  readonly converged: boolean
}

/** ln 0, where a count is 0 without pseudo-counts. */
const LN_0 = -1000

export function lnOr0(x: number): number {
  return x > 0 ? ln(x) : LN_0
}

/** Compensated sums side by side, in two plain columns, for the millions of terms of a round. */
export class Sums {
  readonly #sums: Float64Array
  readonly #lost: Float64Array

  constructor(length: number) {
    this.#sums = new Float64Array(length)
    this.#lost = new Float64Array(length)
  }

  add(at: number, term: number): void {
    const before = this.#sums[at] as number
    const after = before + term
    const lost = Math.abs(before) >= Math.abs(term) ? before - after + term : term - after + before
    this.#lost[at] = (this.#lost[at] as number) + lost
    this.#sums[at] = after
  }

  at(at: number): number {
    return (this.#sums[at] as number) + (this.#lost[at] as number)
  }

  clear(): void {
    this.#sums.fill(0)
    this.#lost.fill(0)
  }
}

/** The state of a fit, which a method's two steps work on. */
export interface Fitting {
  readonly labels: SortedLabels
  readonly posterior: Float64Array
  /** 1 for each item whose class is known. */
  readonly fixed: Uint8Array
  /** 1 for each item that says something of the prevalence. */
  readonly counted: Uint8Array
}

/** The two steps of a method. */
export interface Steps {
  /** Learns of the people from the posteriors. */
  maximise(): void
  /** ln of what each class of an item would be, up to a constant of the item, into `scores`. */
  score(item: number, scores: Float64Array): void
}

/** Answers that are counted before the first is given. */
export interface PseudoCounts {
  readonly right: number
  readonly wrong: number
  readonly ofClass: number
}

/** The pseudo-counts given, and those of the method for the others. @throws RangeError if one is not as it must be */
export function pseudoCountsOf(given: Partial<PseudoCounts> = {}, ofMethod: PseudoCounts): PseudoCounts {
  const { right = ofMethod.right, wrong = ofMethod.wrong, ofClass = ofMethod.ofClass } = given
  const counts = { right, wrong, ofClass }
  assertOptions(given, Object.keys(counts))
  for (const [name, count] of Object.entries(counts)) assertAtLeast(`pseudoCounts.${name}`, count, 0)
  return counts
}

/** The options of every method, and of one, with what is taken if they are not given. */
const OPTIONS = ['classes', 'gold', 'controls', 'tolerance', 'limit']

/** Starts from the share of each item's answers; gold is fixed. No start is random. */
export function start(labels: Labels, options: FitOptions, ...more: readonly string[]): Fitting {
  assertOptions(options, [...OPTIONS, ...more])
  const { classes, gold = [], controls = [], tolerance, limit } = options
  if (tolerance !== undefined) assertPositive('tolerance', tolerance)
  if (limit !== undefined) assertWhole('limit', limit, 1)
  const sorted = sortLabels(labels, classes)
  const { items, starts, answer } = sorted
  const posterior = new Float64Array(items * classes)
  const fixed = new Uint8Array(items)
  const counted = new Uint8Array(items)
  for (let i = 0; i < items; i++) {
    const [from, to] = [starts[i] as number, starts[i + 1] as number]
    if (from === to) continue
    counted[i] = 1
    for (let at = from; at < to; at++) {
      const place = i * classes + (answer[at] as number)
      posterior[place] = (posterior[place] as number) + 1
    }
    for (let k = 0; k < classes; k++)
      posterior[i * classes + k] = (posterior[i * classes + k] as number) / (to - from)
  }
  for (const [item, known] of gold) {
    assertWhole('item of gold', item)
    assertWhole(`gold of item ${item}`, known, 0, classes - 1)
    if (item >= items) continue
    fixed[item] = 1
    posterior.fill(0, item * classes, (item + 1) * classes)
    posterior[item * classes + known] = 1
  }
  for (const item of controls) {
    assertWhole('item of controls', item)
    if (item >= items) continue
    if (fixed[item] === 0) throw new RangeError(`controls must have gold, and item ${item} has none`)
    counted[item] = 0
  }
  return { labels: sorted, posterior, fixed, counted }
}

/** Rounds of the two steps until nothing changes, and the answer that all methods share. */
export function fit(fitting: Fitting, steps: Steps, { tolerance = 1e-6 }: FitOptions, limit: number): Fit {
  const { labels, posterior } = fitting
  let [rounds, converged] = [0, false]
  while (!converged && rounds < limit) {
    steps.maximise()
    converged = expect(fitting, steps) < tolerance
    rounds++
  }
  // So people are told of by the same posteriors as items.
  steps.maximise()
  const { items, people, classes, given } = labels
  unlabelled(fitting, steps)
  const likeliest = likeliestOf(fitting)
  return { items, people, classes, posterior, likeliest, labels: given, rounds, converged }
}

/** p_k = (c + Σ T_ik) ÷ (cK + I) over the items that count; even of none. */
export function prevalenceOf({ labels, posterior, counted }: Fitting, classCount: number): Float64Array {
  const { items, classes } = labels
  const sums = new Sums(classes)
  let all = 0
  for (let i = 0; i < items; i++) {
    if (counted[i] === 0) continue
    all++
    for (let k = 0; k < classes; k++) sums.add(k, posterior[i * classes + k] as number)
  }
  const whole = classCount * classes + all
  return Float64Array.from({ length: classes }, (_, k) =>
    whole > 0 ? (classCount + sums.at(k)) / whole : 1 / classes,
  )
}

/** The likeliest of the chances from an offset on: the earlier of two within 1e-12. */
function likeliestIn(posterior: ArrayLike<number>, from: number, classes: number): number {
  let best = 0
  for (let k = 1; k < classes; k++) {
    if ((posterior[from + k] as number) > (posterior[from + best] as number) + TIE) best = k
  }
  return best
}

/** e to the power of the scores, made to sum to 1. */
export function normalise(scores: Float64Array): void {
  let largest = scores[0] as number
  for (const score of scores) if (score > largest) largest = score
  let total = 0
  for (let k = 0; k < scores.length; k++) {
    const chance = exp((scores[k] as number) - largest)
    scores[k] = chance
    total += chance
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / total
}

/** New posteriors of the items that are not known; gives the largest change. */
function expect({ labels, posterior, fixed }: Fitting, steps: Steps): number {
  const { items, classes, starts } = labels
  const scores = new Float64Array(classes)
  let largest = 0
  for (let i = 0; i < items; i++) {
    if (fixed[i] === 1 || starts[i] === starts[i + 1]) continue
    steps.score(i, scores)
    normalise(scores)
    for (let k = 0; k < classes; k++) {
      const at = i * classes + k
      const change = Math.abs((scores[k] as number) - (posterior[at] as number))
      if (change > largest) largest = change
      posterior[at] = scores[k] as number
    }
  }
  return largest
}

/** An item that nobody answered is as likely of each class as any item. */
function unlabelled({ labels, posterior, fixed }: Fitting, steps: Steps): void {
  const { items, classes, starts } = labels
  const scores = new Float64Array(classes)
  for (let i = 0; i < items; i++) {
    if (fixed[i] === 1 || starts[i] !== starts[i + 1]) continue
    steps.score(i, scores)
    normalise(scores)
    posterior.set(scores, i * classes)
  }
}

function likeliestOf({ labels, posterior, fixed }: Fitting): Int32Array {
  const { items, classes, starts } = labels
  const likeliest = new Int32Array(items).fill(-1)
  for (let i = 0; i < items; i++) {
    if (fixed[i] === 0 && starts[i] === starts[i + 1]) continue
    likeliest[i] = likeliestIn(posterior, i * classes, classes)
  }
  return likeliest
}
