import type { FormId, ProjectId, TaskId, UserId, WorkflowId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Slice } from '../paging.ts'
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
  /** Tasks with an answer, which it rests on. */
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

/** A fit with the accuracies of its people, by userId. */
export interface FitWithSkills extends Fit {
  readonly skills: readonly Skill[]
}

/** Where a fit stands in a list that is newest first. */
export interface FitListKey {
  readonly fittedAt: Date
  readonly stepId: string
  readonly question: string
  readonly number: number
}

/** How many tasks have gone on from a step with answers to a question, now and when its newest fit was made. */
export interface CountedTasks extends FitKey {
  readonly settled: number
  /** 0: there is no fit. */
  readonly atFit: number
}

/** The answers to one question of a task that has gone on from a step. */
export interface SettledTask {
  readonly taskId: TaskId
  readonly externalId: string | null
  /** The known answer; null: there is none. */
  readonly gold: Json
  /** null unless it was asked for. */
  readonly payload: Json
  /** Whether it was given out only to measure people. */
  readonly isControl: boolean
  /** Of the submissions that count, by slot; `answer` null: the question was hidden or left out. */
  readonly answers: readonly { readonly userId: UserId; readonly answer: Json }[]
}

/** A workflow that tasks went through; `formId`: of the tasks' own, null: each step had its own. */
export interface TaskWay {
  readonly workflowId: WorkflowId
  readonly formId: FormId | null
}

/** The answers of people to a completed task, with how the sides stood that they were shown. */
export interface ShownWork extends TaskWay {
  readonly taskId: TaskId
  /** Of the submissions that count, by slot. */
  readonly answers: readonly {
    readonly stepId: string
    /** The answers asked for that were given, by question. */
    readonly answers: Readonly<Record<string, Json>>
    /** By what compares them, in the order shown; null: it is not known. */
    readonly sides: Readonly<Record<string, readonly string[]>> | null
  }[]
}

/** Keeps fits, says what is believed by them, and reads the answers that they are made of. */
export interface FitStore {
  /** By the newest fit of each of the questions, in their order, and for the people named. One statement. */
  believe(
    key: Omit<FitKey, 'question'>,
    questions: readonly string[],
    userIds: readonly UserId[],
  ): Promise<Belief[]>
  /**
   * Keeps a fit with its skills under the next number, and gives it; `counted`: tasks that had been counted when its answers were read.
   * @throws ConflictError if somebody keeps another at this moment
   */
  add(fit: Omit<Fit, 'number'>, counted: number, skills: readonly Skill[]): Promise<Fit>
  /** Newest first. */
  list(
    where: {
      readonly projectId: ProjectId
      readonly stepId?: string | undefined
      readonly question?: string | undefined
    },
    slice: Slice<FitListKey>,
  ): Promise<FitWithSkills[]>
  /**
   * Questions of steps with a form whose answers agreement counts one by one: of the project, or of all; of those that have `least` tasks more than at their newest fit. A
   * fit of one criterion is one of its question.
   */
  listCounted(where: {
    readonly projectId?: ProjectId | undefined
    readonly least?: number | undefined
  }): Promise<CountedTasks[]>
  /** Whether the caller has the question to fit, alone, until then: nobody else has it at `now`. */
  take(key: FitKey, now: Date, until: Date): Promise<boolean>
  /** Ends what {@link FitStore.take} gave. */
  release(key: FitKey): Promise<void>
  /** The ways that completed tasks of the project went, in any order. */
  listWays(projectId: ProjectId): Promise<TaskWay[]>
  /** Completed tasks of the project by id, with answers to the questions at the steps named, and nothing else of their results. */
  readShown(
    of: {
      readonly projectId: ProjectId
      readonly stepIds: readonly string[]
      readonly questions: readonly string[]
    },
    slice: Slice<{ readonly taskId: TaskId }>,
  ): Promise<ShownWork[]>
  /**
   * Tasks of the project that have gone on from the step, and controls of it, by the form, with the answers to the question, a part at a time; `question` as a whole, not a criterion. In
   * the order in which they were added. `next` is where to go on; undefined: that was all.
   */
  readSettled(
    key: FitKey,
    slice: Slice<SettledKey>,
    withPayload: boolean,
  ): Promise<{ readonly tasks: readonly SettledTask[]; readonly next: SettledKey | undefined }>
}

/** How far settled tasks are read. */
export interface SettledKey {
  readonly createdAt: Date
  readonly taskId: TaskId
}
