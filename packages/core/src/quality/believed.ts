import type { FormId, ProjectId, UserId } from '../ids.ts'

/** Which answers a fit is of: those to one question, or criterion, of a step by one version of its form. */
export interface FitKey {
  readonly projectId: ProjectId
  readonly stepId: string
  readonly formId: FormId
  /** A question's id, or `question.criterion`. */
  readonly question: string
}

/** Right and wrong answers to gold. */
export interface GoldCounts {
  readonly right: number
  readonly wrong: number
}

/** How often a person is right at a question, as far as it is known. */
export interface KnownAccuracy {
  readonly userId: UserId
  /** By the newest fit; null: it has nobody of that name. */
  readonly fitted: { readonly accuracy: number; readonly labels: number } | null
  /** Answers to gold since that fit. */
  readonly since: GoldCounts
}

/** The belief about the answers to a question: by the newest fit, if there is one. */
export interface Belief {
  /** As in {@link FitKey}. */
  readonly question: string
  readonly fit: { readonly number: number; readonly prevalence: readonly number[] } | null
  readonly people: readonly KnownAccuracy[]
}

/** A person of whom nothing is known: 4 of 5 answers right. */
export const NEWCOMER: NonNullable<KnownAccuracy['fitted']> = { accuracy: 0.8, labels: 0 }
