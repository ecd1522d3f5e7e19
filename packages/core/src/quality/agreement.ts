import {
  type Agreement,
  alpha,
  cohen,
  DEFAULT_LEVEL,
  fleiss,
  type Interval,
  meanInterval,
  percent,
  shareInterval,
} from '@muster/statistics'
import { agree } from '../forms/agreement.ts'
import { comparatorOf } from '../forms/comparator.ts'
import type { Form, FormQuestion } from '../forms/form.ts'
import type { Json } from '../json/json.ts'
import { answerFrom, answerKey, compositionReader, type TimesGiven } from './answers.ts'
import type { CompositionCounter, PairCounter, RaterCounter, ShareCounter } from './counters.ts'
import type { AgreementRequest, AgreementValue } from './quality.ts'
import { type Coefficient, classesOf, isDiscrete, numberFor } from './questions.ts'

/** Most tasks, and most different sets, that an α of sets or numbers is computed of. */
const MOST_TASKS = 100_000
const MOST_SETS = 5_000

/** A coefficient without its place. */
export type Measured = Pick<
  AgreementValue,
  'value' | 'low' | 'high' | 'reason' | 'items' | 'raters' | 'answers'
>

/** The counters of one question and group of tasks. */
export interface GroupCounters {
  readonly compositions: readonly CompositionCounter[]
  readonly shares: readonly ShareCounter[]
  readonly raters: readonly RaterCounter[]
}

/** Options that coefficients have. */
export type AgreementOptions = Pick<AgreementRequest, 'level' | 'weights' | 'difference'>

/** Tasks that were answered alike. */
interface Items {
  readonly answers: readonly TimesGiven[]
  readonly tasks: number
}

/** The agreement of all who answered. */
export function measure(
  coefficient: Coefficient,
  question: FormQuestion,
  counters: GroupCounters,
  options: AgreementOptions = {},
): Measured {
  const raters = counters.raters.filter(({ compared }) => compared > 0).length
  const read = compositionReader()
  const items = counters.compositions.map(
    ({ composition, tasks }): Items => ({ answers: read(composition), tasks }),
  )
  switch (coefficient) {
    case 'percent':
      return isDiscrete(question)
        ? measured(percentOf(question, items, options), raters)
        : shareOf('agree', counters, options)
    case 'fleiss':
      return measured(fleissOf(items, options), raters)
    case 'alpha':
      return alphaOf(question, items, raters, options)
    case 'cohen':
      throw new RangeError('Cohen’s κ is of two people')
    case 'f1':
    case 'iou':
    case 'tau':
      return shareOf(coefficient, counters, options)
  }
}

/** The agreement of two people, from their own counters. */
export function measurePair(
  coefficient: Coefficient,
  form: Form | undefined,
  question: FormQuestion,
  { pairs, shares }: { readonly pairs: readonly PairCounter[]; readonly shares: readonly ShareCounter[] },
  options: AgreementOptions = {},
): Measured {
  if (!isDiscrete(question)) {
    const share = shares.find(({ kind }) => kind === (coefficient === 'percent' ? 'agree' : coefficient))
    const of = meanShare(share, coefficient === 'tau', options)
    return { ...of, raters: 2, answers: 2 * of.items }
  }
  const items = pairs.reduce((sum, { tasks }) => sum + tasks, 0)
  if (coefficient === 'percent') {
    const alike = pairs.map(
      ({ answerA, answerB, tasks }): Items => ({
        answers: [answerA, answerB].map((key) => ({ answer: answerFrom(key), times: 1 })),
        tasks,
      }),
    )
    return measured(percentOf(question, alike, options), 2)
  }
  const known = classesOf(form, question)
  const seen = pairs.flatMap(({ answerA, answerB }) => [answerA, answerB]).sort()
  const classes = [...new Set([...known, ...seen])]
  const table = classes.map((one) =>
    classes.map(
      (other) => pairs.find(({ answerA, answerB }) => answerA === one && answerB === other)?.tasks ?? 0,
    ),
  )
  const weights = comparatorOf(question).by === 'exact' ? 'none' : (options.weights ?? 'linear')
  const kappa = cohen(table, { weights, level: options.level ?? DEFAULT_LEVEL })
  return {
    value: kappa.value,
    ...ends(kappa.interval),
    reason: kappa.reason,
    items,
    raters: 2,
    answers: 2 * items,
  }
}

function percentOf(question: FormQuestion, items: readonly Items[], { level }: AgreementOptions): Agreement {
  return percent(items.map(given), {
    // Digests stand for answers that are the same or not, and so do for themselves.
    agree: (one, other) => agree(question, one, other),
    counts: items.map(({ tasks }) => tasks),
    level: level ?? DEFAULT_LEVEL,
  })
}

function fleissOf(items: readonly Items[], { level }: AgreementOptions): Agreement {
  const keys = items.map(({ answers }) =>
    answers.map(({ answer, times }) => [answerKey(answer), times] as const),
  )
  const classes = [...new Set(keys.flat().map(([key]) => key))].sort()
  const table = keys.map((answers) => {
    const times = new Map(answers)
    return classes.map((key) => times.get(key) ?? 0)
  })
  return fleiss(table, { counts: items.map(({ tasks }) => tasks), level: level ?? DEFAULT_LEVEL })
}

function alphaOf(
  question: FormQuestion,
  items: readonly Items[],
  raters: number,
  { level = DEFAULT_LEVEL, difference = 'interval' }: AgreementOptions,
): Measured {
  const counts = items.map(({ tasks }) => tasks)
  const { by } = comparatorOf(question)
  if (by === 'exact') {
    const named = items.map((one) => given(one).map(answerKey))
    return measured(alpha(named, { counts, level }), raters)
  }
  if (by === 'set') {
    const sets = items.map((one) => given(one) as (readonly string[])[])
    const distinct = new Set(sets.flat()).size
    return isTooMuch(items) || distinct > MOST_SETS
      ? tooMany(items, raters)
      : measured(alpha(sets, { difference: 'set', counts, level }), raters)
  }
  if (!isDiscrete(question) && isTooMuch(items)) return tooMany(items, raters)
  const numbers = items.map((one) => given(one).map((answer) => numberFor(question, answer)))
  const of = by === 'ordinal' ? 'ordinal' : difference
  const distinct = of === 'ratio' ? new Set(numbers.flat()).size : 0
  return distinct > MOST_SETS
    ? tooMany(items, raters)
    : measured(alpha(numbers, { difference: of, counts, level }), raters)
}

function isTooMuch(items: readonly Items[]): boolean {
  return items.reduce((sum, { tasks }) => sum + tasks, 0) > MOST_TASKS
}

function tooMany(items: readonly Items[], raters: number): Measured {
  const paired = items
    .map(({ answers, tasks }) => ({ tasks, answers: answers.reduce((sum, { times }) => sum + times, 0) }))
    .filter(({ answers }) => answers > 1)
  return {
    value: null,
    low: null,
    high: null,
    reason: 'too_many',
    items: paired.reduce((sum, { tasks }) => sum + tasks, 0),
    raters,
    answers: paired.reduce((sum, { tasks, answers }) => sum + tasks * answers, 0),
  }
}

function shareOf(
  kind: ShareCounter['kind'],
  { shares, raters }: GroupCounters,
  options: AgreementOptions,
): Measured {
  const of = meanShare(
    shares.find((share) => share.kind === kind),
    kind === 'tau',
    options,
  )
  return {
    ...of,
    reason: of.reason && raters.length > 0 ? 'one_rater' : of.reason,
    raters: raters.filter(({ compared }) => compared > 0).length,
    answers: raters.reduce((sum, { compared }) => sum + compared, 0),
  }
}

/** The mean share with its interval: x ± t·s/√n for what may be below 0, else Wilson’s at the same error. */
function meanShare(
  share: ShareCounter | undefined,
  isSigned: boolean,
  { level = DEFAULT_LEVEL }: AgreementOptions,
): Pick<Measured, 'value' | 'low' | 'high' | 'reason' | 'items'> {
  if (share === undefined) return { value: null, low: null, high: null, reason: 'empty', items: 0 }
  const { tasks, sum, squares } = share
  const value = Number(sum) / tasks / 1e9
  if (tasks < 2) return { value, low: null, high: null, reason: null, items: tasks }
  const n = BigInt(tasks)
  const variance = Number(n * squares - sum * sum) / (tasks * (tasks - 1)) / 1e18
  const se = Math.sqrt(variance / tasks)
  const { low, high } = isSigned
    ? meanInterval(value, se, tasks, { level })
    : shareInterval(value, se, tasks, { level })
  const cut = isSigned ? { low: Math.max(-1, low), high: Math.min(1, high) } : { low, high }
  return { value, ...cut, reason: null, items: tasks }
}

function measured({ value, interval, reason, items, answers }: Agreement, raters: number): Measured {
  return { value, ...ends(interval), reason, items, raters, answers }
}

function ends(interval: Interval | null): Pick<Measured, 'low' | 'high'> {
  return { low: interval?.low ?? null, high: interval?.high ?? null }
}

/** The answers of a task, each as often as it was given. */
function given({ answers }: Items): Json[] {
  return answers.flatMap(({ answer, times }) => Array.from({ length: times }, () => answer))
}
