import type { FormId, ProjectId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { Aggregate, AggregationMethod } from './aggregation.ts'
import type { FitWithSkills } from './fit-store.ts'
import type { ModelStrengths } from './strengths.ts'

/** Which answers: to a question of a step by a version of its form. A member that is left out must be plain: the only one that fits. */
export interface AnswersAsked {
  readonly stepId?: string | undefined
  readonly question?: string | undefined
  /** Of a pairwise question with criteria. */
  readonly criterion?: string | undefined
  /** Default: the newest version that was answered. */
  readonly formId?: FormId | undefined
}

/** Which answers, and how they become one. */
export interface AggregatesAsked extends AnswersAsked {
  /** Default `oneCoin`. */
  readonly method?: AggregationMethod | undefined
}

/** Which comparisons, and how sure the intervals are to be. */
export interface StrengthsAsked extends AnswersAsked {
  /** Default 0.95. */
  readonly level?: number | undefined
}

/** {@link ModelStrengths}, and of which answers. */
export interface StrengthsOfAnswers extends ModelStrengths {
  readonly formId: FormId
  readonly stepId: string
  readonly question: string
  readonly criterion: string | null
}

/** From many answers to one, and what they say of people and models. For managers of the project. */
export interface FitUseCases {
  /**
   * Fits the accuracy of each person at a question, now. Submissions go by it from then on.
   * @throws NotFoundError; ValidationError for answers that there are none of, or that are not finite; ConflictError if they are being fitted
   */
  refit(projectId: ProjectId, of?: AnswersAsked): Promise<FitWithSkills>
  /** Newest first. @throws NotFoundError */
  fits(
    projectId: ProjectId,
    where: { readonly stepId?: string | undefined; readonly question?: string | undefined },
    request: PageRequest,
  ): Promise<Page<FitWithSkills>>
  /**
   * One answer for each task that has gone on from the step, in the order of taskId.
   * @throws NotFoundError; ValidationError
   */
  aggregates(projectId: ProjectId, of?: AggregatesAsked): AsyncIterable<Aggregate>
  /** The same a page at a time: each page is made of all answers anew. */
  aggregatesPage(projectId: ProjectId, of: AggregatesAsked, request: PageRequest): Promise<Page<Aggregate>>
  /** How strong models are by what people preferred, of a pairwise question. @throws NotFoundError; ValidationError */
  strengths(projectId: ProjectId, of?: StrengthsAsked): Promise<StrengthsOfAnswers>
}
