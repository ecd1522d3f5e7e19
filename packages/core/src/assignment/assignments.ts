import type { Answers, Form } from '../forms/form.ts'
import type { Presentation } from '../forms/presentation.ts'
import type { UntilRule } from '../forms/until.ts'
import type { ShownThing } from '../forms/visible.ts'
import type { AssignmentId, FormId, ProjectId, TaskId, UserId } from '../ids.ts'
import type { AskOf } from '../jobs/asks/ask-store.ts'
import type { Json } from '../json/json.ts'
import type { Operation } from '../operations/operation.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { Principal } from '../people/person.ts'
import type { Task, TaskPurpose, TaskStatus } from '../workflow/task.ts'
import type { Requirement, Step } from '../workflow/workflow.ts'
import type { NewRequirement } from '../workflow/workflows.ts'
import type { Assignment, Candidate, Decision, Person, ReasonCode, RejectCode } from './assignment.ts'
import type { TaskFilter } from './stores/task-store.ts'
import type { GivenBy, TaskMove } from './task-move.ts'
import type { ReadStepTotals } from './task-steps.ts'

/** A task to be added. `gold` is the known answer, which the submissions of annotation are checked against. */
export interface NewTask {
  readonly payload: Json
  readonly priority?: number | undefined
  readonly requiredSkills?: readonly NewRequirement[] | undefined
  readonly gold?: Json | undefined
  readonly externalId?: string | null | undefined
  /** Stands in for the form of every annotation step of its workflow. */
  readonly formId?: FormId | null | undefined
  /** `control`: given out only to measure people, by its `gold`. Default `work`. */
  readonly purpose?: TaskPurpose | undefined
}

/** The tasks of one project, or of all that a person manages. */
export type TasksOf = ProjectId | Principal

/** The state of an open step: a free slot that somebody may take, none since each is `held` or one is `resting` or kept for its person, or a free one for `nobody`. */
export const STEP_STATES = ['free', 'held', 'resting', 'nobody'] as const
/** One of {@link STEP_STATES}. */
export type StepState = (typeof STEP_STATES)[number]

/** The reason that holds for most people; there is nobody to ask: `noEligiblePerson`. */
export type MainReason = ReasonCode | 'noEligiblePerson'

/** Which tasks, and in what order; a part that is not given excludes none. */
export interface TaskQuery
  extends Pick<
    TaskFilter,
    | 'status'
    | 'stepId'
    | 'externalId'
    | 'q'
    | 'holder'
    | 'skill'
    | 'from'
    | 'to'
    | 'flagged'
    | 'purpose'
    | 'order'
  > {
  /** Open ones that nobody may take, of which this is the main reason. */
  readonly waits?: MainReason | undefined
}

/** One move on many tasks: a priority for all, or their end. */
export interface TaskBulk {
  readonly action: 'priority' | 'cancel'
  readonly filter: Omit<TaskQuery, 'order'> & {
    readonly projectId?: ProjectId | undefined
    readonly taskIds?: readonly TaskId[] | undefined
  }
  /** How many the caller expects to match: at most 5 % and 10 more may. */
  readonly expect?: number | undefined
  /** With the action `priority`, and for that alone. */
  readonly priority?: number | undefined
}

/** A task in a manager's list. */
export interface ListedTask extends Task {
  /** null: it is at no people step. */
  readonly stepState: StepState | null
  /** null: somebody may take it, or it is at no people step. */
  readonly mainReason: MainReason | null
  /** People with a live assignment on it. */
  readonly holders: readonly { readonly userId: UserId; readonly displayName: string }[]
  readonly flagged: boolean
}

/** Tasks counted. */
export interface TaskCounts {
  readonly byStatus: Readonly<Record<TaskStatus, number>>
  /** Open ones by the step at which they stand. */
  readonly byStep: Readonly<Record<string, number>>
  /** Open ones at people steps, of the first 10 000 in the order of the list. */
  readonly byState: Readonly<Record<StepState, number>>
  /** Of these, those that nobody may take, by their main reason. */
  readonly byReason: Readonly<Partial<Record<MainReason, number>>>
  /** Open steps that were judged. */
  readonly judged: number
  /** Whether all of them were. */
  readonly complete: boolean
}

/** A change of a task; `requiredSkills` are those of the task itself, replaced whole. */
export interface TaskChange {
  readonly priority?: number | undefined
  readonly requiredSkills?: readonly NewRequirement[] | undefined
}

/** The caller who asks for a change, and the version that they saw. */
export interface Asked {
  readonly ifVersion?: number | undefined
  readonly by?: UserId | undefined
}

/** A move as one person may see it: `by` is null too if they may not know it. */
export type SeenMove = Omit<TaskMove, 'before' | 'decisionId'> & {
  /** null: nothing decided it, or the viewer may not see it. */
  readonly decisionId: string | null
}

/** One person in a decision that is explained to a manager, with what it was decided from. */
export interface ExplainedCandidate extends Candidate, Pick<Person, 'status' | 'live' | 'quality'> {
  readonly displayName: string
  readonly scripted: boolean
  /** Levels of those skills that are asked for, by name; the others of theirs are left out. */
  readonly skills: Readonly<Record<string, number>>
  /** The limit that holds for them here. */
  readonly limit: number
}

/** The decision on one step of a task, with what a manager needs to change it. */
export interface ExplainedDecision extends Omit<Decision, 'candidates'> {
  /** The requirements that hold now: those of the step, then the task's own, without those that are waived. */
  readonly requirements: readonly Requirement[]
  /** People who were considered. */
  readonly considered: number
  /** Of these, how many may take the step. */
  readonly eligible: number
  /** The reason that holds for most people; null: somebody may take it. */
  readonly mainReason: ReasonCode | 'noEligiblePerson' | null
  /** How many people each reason holds for. */
  readonly reasons: Readonly<Partial<Record<ReasonCode, number>>>
  /** A page of the people, nearest first: those who may by score, then by fewest reasons, then by how far off they are. */
  readonly candidates: readonly ExplainedCandidate[]
  readonly nextCursor: string | null
}

/** How an assignment was given, as it was recorded. */
export interface TaskDecision {
  /** Names it in the history: of a push the recorded decision, of a pull its assignment and attempt. */
  readonly decisionId: string
  readonly how: GivenBy
  readonly decidedAt: Date
  readonly stepId: string
  readonly assignmentId: AssignmentId | null
  readonly attempt: number | null
  readonly chosen: UserId | null
  /** null: a pull, which takes the best open step for its person. */
  readonly strategy: string | null
  /** Of a pull: the open steps that stood before it, none of them for the person; counted up to {@link MOST_BEFORE}. */
  readonly before: number | null
  /** By userId; of a pull none, nor of a batch that was not replayed. */
  readonly candidates: readonly Candidate[]
  /** Whether the recorded input gives the same choice now; null: a pull, a strategy that is no longer registered, or a batch too big to be replayed unasked. */
  readonly replayed: boolean | null
}

/** Which decisions on a task. */
export interface DecisionsRequest extends PageRequest {
  /** The `decisionId` of one whose batch is to be replayed however big it is. */
  readonly replay?: string | undefined
}

/** An assignment as one person may see it: `userId` is null if they may see the result but not its author. */
export type SeenAssignment = Omit<Assignment, 'userId'> & { readonly userId: UserId | null }

/**
 * A task as those see it who do not manage its project. If that has controls, nothing is said of any task by which a control could be told from it: null are its state, and
 * all that its author chose but the payload.
 */
export type SeenTask = Omit<Task, HiddenOfTask> & { readonly [Field in HiddenOfTask]: Task[Field] | null }
type HiddenOfTask =
  | 'status'
  | 'priority'
  | 'requiredSkills'
  | 'formId'
  | 'version'
  | 'createdAt'
  | 'stepOpenedAt'
  | 'returns'

/** A task as one person may see it: results of others only if the blindness rules allow it, names only for managers. */
export interface TaskView {
  readonly task: SeenTask
  readonly steps: readonly Step[]
  readonly assignments: readonly SeenAssignment[]
  /** Of each step with adaptive overlap that has opened, how far it is. For managers alone: others' view has none, and such a step seems to ask for `min` people. */
  readonly overlap?: readonly StepOverlap[]
  /** The job that asks, by the name of its question. For managers alone; absent if none does. */
  readonly ask?: AskOf
  /** The payload as the form of its first step with one shows it, or of the viewer's own; empty without a form. */
  readonly show: readonly ShownThing[]
}

/** How many people are asked about a step of a task, until when, and what their answers come to so far. */
export interface StepOverlap {
  readonly stepId: string
  /** Slots that it has. */
  readonly slots: number
  readonly min: number
  readonly max: number
  /** Each rule, and whether it held when it was last asked; null: it was not asked yet. */
  readonly until: readonly (UntilRule & { readonly holds: boolean | null })[]
  /** Of each question, or `question.criterion`, the chance of each answer when it was last asked; null: none was asked yet. */
  readonly posterior: Readonly<Record<string, Readonly<Record<string, number>>>> | null
}

/**
 * One completed task with all that was submitted. `outcome` is what people settled on: the adjudication's result if there was one, else the
 * annotation result that more than half agree on, or with a form { question → answer that more than half agree with, or null }; null if there
 * is none, or if the last review of it rejects it.
 */
export interface TaskResult {
  readonly taskId: TaskId
  readonly externalId: string | null
  readonly payload: Json
  readonly submissions: readonly {
    readonly assignmentId: AssignmentId
    readonly stepId: string
    readonly userId: UserId
    readonly slotNo: number
    /** The orders that the person was shown; null: the step has no form. */
    readonly presentation: Presentation | null
    readonly result: Json
    readonly comment: string | null
    /** When the person began, and handed it in. */
    readonly startedAt: Date | null
    readonly submittedAt: Date | null
  }[]
  readonly outcome: Json | null
  /** Whether there is an outcome, with an answer to every question that is compared. */
  readonly settled: boolean
  /** Of questions that were asked until an answer was likely enough, or `question.criterion`: the chance of each answer, of which the likeliest is the outcome; null: there are none. */
  readonly posterior: Readonly<Record<string, Readonly<Record<string, number>>>> | null
}

/** Position effects that are asked for. */
export interface PositionRequest {
  readonly stepId?: string | undefined
  readonly question?: string | undefined
  /** Of the intervals; default 0.95. */
  readonly level?: number | undefined
}

/** How much more often than half of the time people prefer the side that they are shown first. */
export interface PositionOf {
  readonly stepId: string
  readonly question: string
  /** null: the question has none. */
  readonly criterion: string | null
  /** Of decisive answers, those for the side shown first; null with a reason. */
  readonly share: number | null
  /** share − ½, with its interval by task. */
  readonly effect: number | null
  readonly low: number | null
  readonly high: number | null
  /** No decisive answer, or only one task that has any. */
  readonly reason: 'empty' | 'one_task' | null
  /** Answers that name a side. */
  readonly decisive: number
  /** Tasks with such an answer. */
  readonly tasks: number
}

/** A task that was there before a call that would have added it, with its place in the call. */
export interface ExistingTask {
  readonly index: number
  readonly externalId: string
  readonly taskId: TaskId
  /** Whether its payload, or its known answer, is another than the given one. */
  readonly differs: boolean
}

/** The answer of a call that adds only missing tasks. */
export interface MissingAdded {
  /** New tasks, in the given order. */
  readonly added: readonly Task[]
  /** In the given order. */
  readonly existing: readonly ExistingTask[]
}

/** The answers of a person so far. */
export interface Draft {
  readonly answers: Json
  /** Absent: no words. */
  readonly comment?: string
  /** To be named by a save that builds on it. */
  readonly draftVersion: number
  /** null: it was kept by an older version of Muster. */
  readonly savedAt: Date | null
}

/** A draft as it was saved, and what is left to be answered. */
export interface SavedDraft {
  readonly draftVersion: number
  readonly savedAt: Date
  /** Empty without a form. */
  readonly open: readonly { readonly question: string | null; readonly rule: string }[]
}

/** All that a page needs to let a person work on an assignment. */
export interface AssignmentWork {
  readonly assignment: SeenAssignment
  /** null: any JSON is a result. */
  readonly form: Form | null
  /** By the form, or by that of the step that is judged; without one, the payload as one `json`. */
  readonly show: readonly ShownThing[]
  readonly presentation: Presentation | null
  /** The answers that questions start with: of the payload, and in an adjudication those that were agreed on; of a returned row what was submitted. */
  readonly start: Answers
  /** The answers so far, or the kept result of a submission that came after the lease was lost. */
  readonly draft: Draft | null
  /** Those that a review or an adjudication judges, without names, in the order drawn. */
  readonly submissions: readonly {
    readonly assignmentId: AssignmentId
    readonly result: Json
    readonly comment: string | null
  }[]
  /** In an adjudication, the questions on which its submissions do not agree. */
  readonly contested: readonly string[]
}

/** Tasks. Input schemas in `assignment/input.ts`: `newTasks` ({ tasks: NewTask[] }, ≤ 10 000), `taskChange`. */
export interface TaskUseCases {
  /**
   * All or nothing, in the given order.
   * @throws ValidationError; ConflictError if the project has no workflow, or naming in `details.errors` each externalId that is taken
   */
  add(projectId: ProjectId, tasks: readonly NewTask[]): Promise<Task[]>
  /**
   * Adds the tasks whose externalId the project does not have; those without one always. Repeating the call adds nothing more.
   * @throws ValidationError; ConflictError if the project has no workflow
   */
  addMissing(projectId: ProjectId, tasks: readonly NewTask[]): Promise<MissingAdded>
  get(taskId: TaskId): Promise<Task>
  view(taskId: TaskId, viewer: Principal): Promise<TaskView>
  /**
   * Newest first unless asked for otherwise. With `waits` a page may be short, or empty, before the end: it goes on where `nextCursor` is.
   * @throws ValidationError
   */
  list(of: TasksOf, query: TaskQuery, request: PageRequest): Promise<Page<ListedTask>>
  /** How many there are, by what keeps them. @throws ValidationError */
  counts(of: TasksOf, query?: TaskQuery): Promise<TaskCounts>
  /** How tasks of a project stand at its steps, as far as the viewer may know. @throws NotFoundError */
  steps: ReadStepTotals
  setPriority(taskId: TaskId, priority: number, ifVersion?: number): Promise<Task>
  /**
   * Changes what is given. `by` is the person who asks, for the history.
   * @throws ValidationError, VersionConflictError; ConflictError if it is over
   */
  change(taskId: TaskId, change: TaskChange, asked?: Asked): Promise<Task>
  /** Ends its live assignments as expired. A cancelled one: unchanged. @throws ConflictError when completed */
  cancel(taskId: TaskId, ifVersion?: number, by?: UserId): Promise<Task>
  /**
   * Begins one move on all open tasks that match, which the scheduler works off. `by` must manage the filter's project; without one it is about all that they manage.
   * @throws ValidationError; ChangedError if more match than are expected; ConflictError if too many operations run
   */
  bulk(request: TaskBulk, by?: Principal): Promise<Operation>
  /** How many tasks such a move would be about now. @throws ValidationError */
  bulkCount(request: Omit<TaskBulk, 'expect'>, by?: Principal): Promise<number>
  /**
   * Every move of the task and its assignments, oldest first; when it was added comes first. Others than managers: their own moves, and of who made
   * them only whether they did.
   * @throws NotFoundError; ForbiddenError without a row on it
   */
  history(taskId: TaskId, viewer: Principal, request: PageRequest): Promise<Page<SeenMove>>
  /**
   * How it was given out, newest first, each decision as it was recorded. Others than managers: what was decided of themselves, and nothing in a
   * project with controls.
   * @throws NotFoundError; ForbiddenError without a row on it
   */
  decisions(taskId: TaskId, viewer: Principal, request: DecisionsRequest): Promise<Page<TaskDecision>>
  /** Opens the slots of its current step that wait for people to take their work back. @throws NotFoundError, VersionConflictError */
  endReservations(taskId: TaskId, ifVersion?: number): Promise<Task>
  /** The position effect of each pairwise question, or criterion of one, over the completed tasks. @throws ValidationError */
  positionEffects(projectId: ProjectId, request?: PositionRequest): Promise<PositionOf[]>
  /** In task order. */
  results(projectId: ProjectId): AsyncIterable<TaskResult>
}

/** The answer to a claim; "nothing" is one, too. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly assignment: Assignment; readonly task: SeenTask }
  /** `open`: tasks open at a people step in the person's projects (after the filters); each counts once under every reason that holds. */
  | {
      readonly kind: 'nothing'
      readonly open: number
      readonly reasons: Readonly<Partial<Record<ReasonCode, number>>>
    }

/** The kind of work somebody wants: of the project or of all of theirs, of that type of step or of any. */
export interface NextWish {
  readonly projectId?: ProjectId | undefined
  readonly stepType?: Step['stepType'] | undefined
}

/** A submission, and what its person is to do next. */
export interface SubmittedWithNext {
  readonly assignment: Assignment
  readonly next: ClaimResult
}

/** A skill that open tasks ask for and somebody lacks: any of these at that level. */
export interface MissingSkill {
  readonly anyOf: readonly string[]
  readonly minLevel: number
  /** Open tasks that ask for it. */
  readonly count: number
}

/** The work that a person could claim in their projects, and what keeps the rest from them. */
export interface Outlook {
  /** Tasks open at a people step. */
  readonly open: number
  /** Of these, at least so many are theirs to take; no more than 500 are counted. */
  readonly forMe: number
  readonly reasons: Readonly<Partial<Record<ReasonCode, number>>>
  /** Those that most tasks ask for, first. */
  readonly missing: readonly MissingSkill[]
}

/** The person who makes a move, as the directory knows them; or a principal, as a transport has it. */
export type Mover =
  | { readonly userId: UserId; readonly by?: undefined }
  | { readonly by: Principal; readonly userId?: undefined }

/** On which assignment, and as it was seen: `attempt` is the fence. */
export interface Moved {
  readonly assignmentId: AssignmentId
  readonly attempt?: number | undefined
  readonly ifVersion?: number | undefined
}

/** A change of an assignment that is no move, and so asks for no attempt. */
export type Mark = Mover & Omit<Moved, 'attempt'>

/** A move on an assignment by its holder, a manager of the project or an admin. */
export type Move = Mover & Moved

/**
 * The assignment engine. Moves throw NotFoundError, ForbiddenError (not the holder), LeaseLostError (stale attempt, or the hold has ended) and InvalidTransitionError.
 * Input schemas in `assignment/input.ts`: `claimRequest`, `moveRequest`, `submission`, `flagRequest`, `rejection`, `releaseRequest`, `reassignRequest`, `assignRequest`, `batchRequest`.
 */
export interface AssignmentUseCases {
  get(assignmentId: AssignmentId): Promise<Assignment>
  /** An assignment as one person may see it. */
  view(assignmentId: AssignmentId, viewer: Principal): Promise<SeenAssignment>
  /** The holder's and managers'. @throws NotFoundError, ForbiddenError */
  work(assignmentId: AssignmentId, viewer: Principal): Promise<AssignmentWork>
  /**
   * The best open step for this person, in their projects or the one named. With `ahead` it is held, unseen, for after what they work on: one at most,
   * which a repeat answers; for 45 s from the last {@link heartbeat} on anything else of theirs; given back or lapsed it leaves no trace.
   * @throws ConflictError with `ahead` if they hold nothing and work on nothing
   */
  claimNext(request: NextWish & { userId: UserId; ahead?: boolean | undefined }): Promise<ClaimResult>
  /** At most 5 s old. It gives nothing out. */
  outlook(userId: UserId): Promise<Outlook>
  accept(move: Move): Promise<Assignment>
  start(move: Move): Promise<Assignment>
  /** Extends the lease, and that of what they hold ahead; raises no version. @throws ConflictError for what is held ahead itself */
  heartbeat(move: Move): Promise<Assignment>
  /**
   * From `in_progress` alone. With `undoSeconds` it is checked at once and goes through only then, as `submittedAt` of now; a submission that
   * waits already is replaced. A review's result is { verdict: accept | return, comment? } plus the answers to its form, or whatever else without one. `comment`
   * is for steps whose form asks for it.
   * @throws ValidationError with every fault; LeaseLostError, having kept what was handed in as the row's draft
   */
  submit(
    move: Move & {
      readonly result: Json
      readonly comment?: string | undefined
      /** 0 (default) to 30. */
      readonly undoSeconds?: number | undefined
    },
  ): Promise<Assignment>
  /** Hands in and claims the next in one transaction: refused, it claims nothing. The holder's alone. @throws as {@link submit} */
  submitWithNext(
    move: Move & {
      readonly result: Json
      readonly comment?: string | undefined
      readonly undoSeconds?: number | undefined
      readonly next: NextWish
    },
  ): Promise<SubmittedWithNext>
  /** Takes back what waits to go through: it is the draft then. Unchanged if nothing waits. @throws InvalidTransitionError once it went through */
  takeBack(move: Move): Promise<Assignment>
  /**
   * Keeps what is answered so far: it raises no version, and extends a live hold whose `attempt` is named. Taken in every status but submitted and rejected.
   * @throws ValidationError for unknown questions, wrong types and sizes; ConflictError with the kept draft in `details.draft` where `draftVersion` is not its version
   */
  saveDraft(
    request: Mover & {
      readonly assignmentId: AssignmentId
      readonly answers: Json
      readonly comment?: string | undefined
      readonly draftVersion?: number | undefined
      readonly attempt?: number | undefined
    },
  ): Promise<SavedDraft>
  /**
   * Marks it for managers, in any status; it ends nothing. The same words again change nothing. Its holder's alone.
   * @throws ValidationError without words
   */
  flag(request: Mark & { readonly comment: string }): Promise<Assignment>
  /** Takes the mark away: its holder's, a manager's. */
  unflag(request: Mark): Promise<Assignment>
  reject(
    move: Move & { readonly code: RejectCode; readonly comment?: string | undefined },
  ): Promise<Assignment>
  release(move: Move & { readonly reason?: string | undefined }): Promise<Assignment>
  /** Moves the slot at once to the person named or the strategy's choice, never the same one; gives the new row. A manager's. @throws NoEligiblePersonError, AlreadyAssignedError; nothing changed then */
  reassign(
    move: Moved & {
      /** The caller; not given: the host. */
      readonly by?: Principal | undefined
      /** The person who gets it. */
      readonly userId?: UserId | undefined
      readonly reason: string
    },
  ): Promise<Assignment>
  /**
   * Push. With `userId` that person alone is considered; `override` (an admin's, recorded) lifts exclusions and nothing else.
   * @throws NoEligiblePersonError with the decision; AlreadyAssignedError with the row
   */
  assign(request: {
    taskId: TaskId
    userId?: UserId | undefined
    strategy?: string | undefined
    override?: { readonly reason: string } | undefined
    by?: Principal | undefined
  }): Promise<Assignment>
  /** The explained decision that a push would make now; changes nothing. Nearest people first, 200 a page unless asked for fewer. */
  candidates(
    request: {
      taskId: TaskId
      strategy?: string | undefined
      userId?: UserId | undefined
    } & PageRequest,
  ): Promise<ExplainedDecision>
  /** A whole project in one decision. Unassigned ones carry the reason that holds for most people. */
  assignBatch(request: {
    projectId: ProjectId
    strategy?: string | undefined
    limit?: number | undefined
  }): Promise<{
    readonly assigned: number
    readonly unassigned: readonly {
      readonly taskId: TaskId
      readonly reason: ReasonCode | 'noEligiblePerson'
    }[]
  }>
  /** Acts on everything that is due: leases, cooldowns, holds, automatic steps whose job is done. The sweeper calls it; so may anyone. Says how many tasks moved. */
  expireDue(): Promise<number>
}
