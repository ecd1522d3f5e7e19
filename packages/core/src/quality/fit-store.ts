import type { FormId, ProjectId, UserId } from '../ids.ts'
import type { Belief, FitKey } from './believed.ts'

/** The accuracies of people at one question, and the shares of its answers, fitted to all answers that there were. */
export interface Fit {
  readonly projectId: ProjectId
  readonly stepId: string
  readonly formId: FormId
  /** As in {@link FitKey}. */
  readonly question: string
  /** From 1, for each project, step and question. */
  readonly number: number
  readonly method: 'oneCoin'
  /** Tasks that it rests on. */
  readonly settled: number
  /** The share of each answer, in the order of the form. */
  readonly prevalence: readonly number[]
  readonly rounds: number
  readonly converged: boolean
  readonly fittedAt: Date
}

/** How often a person is right, as fitted. */
export interface Skill {
  readonly userId: UserId
  readonly accuracy: number
  /** Answers that it rests on. */
  readonly labels: number
}

/** Keeps fits, and says what is believed by them. */
export interface FitStore {
  /** By the newest fit of each of the questions, in their order, and for the people named. One statement. */
  believe(
    key: Omit<FitKey, 'question'>,
    questions: readonly string[],
    userIds: readonly UserId[],
  ): Promise<Belief[]>
  /** Keeps a fit with its skills under the next number, and gives it. @throws ConflictError if somebody keeps another at this moment */
  add(fit: Omit<Fit, 'number'>, skills: readonly Skill[]): Promise<Fit>
}
