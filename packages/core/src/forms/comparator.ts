import type { Agree, ComparatorName, FormQuestion, QuestionType } from './form.ts'

/** A comparator with its bound as it counts: what its author left out is filled in. */
export interface Comparator {
  readonly by: ComparatorName
  /** Of `ordinal` in places, of `interval` in the unit of the answer. */
  readonly within: number
  /** Of `set`, `span` and `ranking`, 0..1. */
  readonly atLeast: number
}

const DEFAULTS: Readonly<Record<QuestionType, ComparatorName>> = {
  choice: 'exact',
  multi: 'set',
  yesNo: 'exact',
  scale: 'ordinal',
  number: 'interval',
  text: 'ignore',
  ranking: 'ranking',
  pairwise: 'exact',
  spans: 'span',
  json: 'exact',
}

/** The comparator of a question: its own, else the one of its type. */
export function comparatorOf({ agree, type }: Pick<FormQuestion, 'agree' | 'type'>): Comparator {
  const { by, within = 0, atLeast } = typeof agree === 'object' ? agree : named(agree ?? DEFAULTS[type])
  return { by, within, atLeast: atLeast ?? (by === 'span' ? 0.5 : 1) }
}

function named(by: ComparatorName): Exclude<Agree, string> & { readonly by: ComparatorName } {
  return { by } as never
}

const FITS: Readonly<Record<ComparatorName, (question: FormQuestion) => boolean>> = {
  exact: () => true,
  ordinal: (question) =>
    question.type === 'scale' || (question.type === 'choice' && question.options !== undefined),
  interval: ({ type }) => type === 'scale' || type === 'number',
  set: ({ type }) => type === 'multi',
  span: ({ type }) => type === 'spans',
  text: ({ type }) => type === 'text',
  ranking: ({ type }) => type === 'ranking',
  ignore: () => true,
}

/** Whether the comparator can hold answers to this question against each other. */
export function fits(by: ComparatorName, question: FormQuestion): boolean {
  return FITS[by](question)
}
