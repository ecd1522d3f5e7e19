import type { AssignmentId, FormId, ProjectId, TaskId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Coefficient } from './questions.ts'
import type { LiftedPause, Watch } from './watch.ts'

/** The people whose agreement is asked for: of everybody, of each pair of people, or of each skill, on tasks that require it. */
export const AGREEMENT_BY = ['overall', 'pair', 'skill'] as const
/** One of {@link AGREEMENT_BY}. */
export type AgreementBy = (typeof AGREEMENT_BY)[number]

/** The agreement that is asked for. A member left out narrows nothing. */
export interface AgreementRequest {
  readonly stepId?: string | undefined
  readonly question?: string | undefined
  /** Default `overall`. */
  readonly by?: AgreementBy | undefined
  readonly coefficient?: Coefficient | undefined
  /** Of the intervals, between 0 and 1. Default 0.95. */
  readonly level?: number | undefined
  /** Of Cohen's κ, where answers have an order. Default `linear`. */
  readonly weights?: 'linear' | 'quadratic' | undefined
  /** Of α over numbers: `ratio` takes them for amounts, which are not negative. */
  readonly difference?: 'interval' | 'ratio' | undefined
}

/**
 * Why there is no value: nobody answered (`empty`), no task has two answers (`one_rater`), all answers are the same, so that chance agrees too (`no_variation`), or more
 * tasks, or different answers to them, than one call computes with (`too_many`).
 */
export const NO_AGREEMENT_REASONS = ['empty', 'one_rater', 'no_variation', 'too_many'] as const
/** One of {@link NO_AGREEMENT_REASONS}. */
export type NoAgreementReason = (typeof NO_AGREEMENT_REASONS)[number]

/** How far people agree on one question of one version of a form. */
export interface AgreementValue {
  /** null: the step has no form, and the one question `label`. */
  readonly formId: FormId | null
  readonly stepId: string
  readonly question: string
  /** null: everybody, on all tasks. `a` is the smaller id. */
  readonly group: { readonly skill: string } | { readonly a: UserId; readonly b: UserId } | null
  readonly coefficient: Coefficient
  /** At most 1; null with a reason. */
  readonly value: number | null
  /** null without a value, and where the items say nothing of its error; so is `high`. */
  readonly low: number | null
  readonly high: number | null
  readonly reason: NoAgreementReason | null
  /** Tasks with two answers or more. */
  readonly items: number
  /** People who gave these answers. */
  readonly raters: number
  readonly answers: number
}

/** How far each two people agree on a question. */
export interface AgreementMatrix {
  readonly formId: FormId | null
  readonly stepId: string
  readonly question: string
  /** By id. */
  readonly people: readonly UserId[]
  /** Those who have a task in common; with fewer than 10 they have only their number. */
  readonly cells: readonly {
    readonly a: UserId
    readonly b: UserId
    readonly items: number
    readonly percent: number | null
    /** null also where the answers have no classes. */
    readonly cohen: number | null
  }[]
}

/** Answers of a person to a question whose answer was known, by step and question. */
export interface KnownAnswers {
  readonly stepId: string
  readonly question: string
  readonly right: number
  readonly wrong: number
  /** How often each answer was given where another, or the same, was known; none where answers are not the same or another, as of spans. */
  readonly answers: readonly {
    readonly known: Json
    /** null: none. */
    readonly given: Json
    readonly right: boolean
    readonly times: number
  }[]
}

/** An accuracy with its interval. */
export interface Accuracy {
  readonly stepId: string
  readonly question: string
  /** The share of right answers. */
  readonly value: number
  /** null of one answer; so is `high`. */
  readonly low: number | null
  readonly high: number | null
  readonly answers: number
}

/** A person as a project watches them. */
export interface PersonQuality {
  readonly userId: UserId
  readonly known: readonly KnownAnswers[]
  readonly accuracy: readonly Accuracy[]
  readonly watch: Omit<Watch, 'projectId' | 'userId'>
  /** Pauses that were lifted, the latest first, 100 at most. */
  readonly pauses: readonly LiftedPause[]
  /** Controls of the project that the person never had, 1000 at most. */
  readonly controlsLeft: number
  /** Submitted since the person's answers became suspect, newest first, 1000 at most. */
  readonly suspect: readonly {
    readonly taskId: TaskId
    readonly assignmentId: AssignmentId
    readonly submittedAt: Date
  }[]
}

/** A move on a person in a project. */
export interface PersonMove {
  readonly projectId: ProjectId
  readonly userId: UserId
  readonly reason: string
  /** The caller; not given: the host. */
  readonly by?: UserId | undefined
}

/** The quality of people's work in a project: how far they agree, how well they do, and who is given nothing. For its managers. */
export interface QualityUseCases {
  /**
   * From what is counted at this moment: steps that are complete. By step, version of the form, question, group and coefficient. Questions of the project's workflow that nobody has answered are
   * there too, as `empty`.
   * @throws NotFoundError; ValidationError for a step, a question or a coefficient that there is none of
   */
  agreement(projectId: ProjectId, request?: AgreementRequest): Promise<readonly AgreementValue[]>
  /** Of the newest version of the form that was answered, unless one is named. @throws NotFoundError; ValidationError */
  matrix(
    projectId: ProjectId,
    of: {
      readonly stepId: string
      readonly question: string
      readonly formId?: FormId | undefined
    },
  ): Promise<AgreementMatrix>
  /** @throws NotFoundError for a project, and for a person who neither is a member nor was watched */
  person(projectId: ProjectId, userId: UserId): Promise<PersonQuality>
  /**
   * Gives the person nothing more in the project; their work there ends as `reassigned`, drafts kept. Twice changes nothing.
   * @throws NotFoundError; ValidationError
   */
  pause(move: PersonMove): Promise<PersonQuality['watch']>
  /** Gives the person work again: what speaks against them begins anew. The reason is kept with the pause. Of somebody who is not paused nothing changes. @throws NotFoundError; ValidationError */
  resume(move: PersonMove): Promise<PersonQuality['watch']>
  /**
   * Asks one more person on each task that is still open where the person has annotated since then; by default, since their answers became suspect. Gives these tasks.
   * @throws NotFoundError; ConflictError if nothing says since when
   */
  reopen(request: {
    readonly projectId: ProjectId
    readonly userId: UserId
    readonly since?: Date | undefined
    /** The caller, as the past of the tasks names them; not given: the host. */
    readonly by?: UserId | undefined
  }): Promise<{ readonly taskIds: readonly TaskId[] }>
}
