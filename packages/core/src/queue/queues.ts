import type { Assignment, AssignmentStatus } from '../assignment/assignment.ts'
import type { SeenTask } from '../assignment/assignments.ts'
import type { DatabaseDescription } from '../environment.ts'
import type { ValidationError } from '../errors.ts'
import type { AssignmentId, JobId, ProjectId, RunId, TaskId, UserId } from '../ids.ts'
import type { LinkWhen, Need, OnFailure } from '../jobs/flows.ts'
import type { JobState, JobWithResult, QueueItem } from '../jobs/job.ts'
import type { JobCounts } from '../jobs/job-store.ts'
import type { SystemProcesses } from '../jobs/processes/process-calls.ts'
import type { Issue, Json } from '../json/json.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { Role, UserStatus } from '../people/person.ts'
import type { Pause } from '../quality/watch.ts'
import type { StepType } from '../workflow/workflow.ts'

/** An assignment in its holder's personal queue. */
export interface QueueEntry {
  readonly assignmentId: AssignmentId
  readonly taskId: TaskId
  readonly projectId: ProjectId
  readonly projectName: string
  readonly stepId: string
  readonly stepType: StepType
  readonly status: AssignmentStatus
  /** null in a project with controls. */
  readonly priority: number | null
  readonly assignedAt: Date
  readonly expiresAt: Date | null
  readonly timeInQueueSeconds: number
  readonly estimatedDurationMinutes: number | null
  readonly attempt: number
  /** null where the form of its step, or a project with controls, hides it. */
  readonly externalId: string | null
  /** The reviewer's words when the work was sent back. */
  readonly returnComment: string | null
  readonly submittedAt: Date | null
  /** When what was handed in goes through; null: nothing waits. */
  readonly submitsAt: Date | null
  readonly hasDraft: boolean
  /** Whether it is held ahead of what they work on, unseen. */
  readonly ahead: boolean
  /** As its holder may see it; absent unless it was asked for. */
  readonly task?: SeenTask
}

/** Live assignments of one person, counted; pending is assigned and accepted. */
export interface PersonalQueueStats {
  readonly totalPending: number
  readonly totalInProgress: number
  readonly byProject: Readonly<
    Record<string, { readonly projectName: string; readonly pending: number; readonly inProgress: number }>
  >
}

/** The same, with what was submitted since a moment. */
export interface PersonalQueueStatsSince extends PersonalQueueStats {
  readonly submitted: number
  /** Half of the submissions took longer, from start to submission; null: there are none. */
  readonly medianSeconds: number | null
}

/** A person's assignments. Input schema: `personalQueueQuery` in `queue/input.ts`. */
export interface PersonalQueueUseCases {
  /**
   * Default: live ones, priority desc, then assignedAt asc. `age` sorts by assignedAt, `project` by projectName, `submitted` by when it was handed in; order
   * defaults to desc for priority and submitted, asc otherwise.
   */
  list(
    request: PageRequest & {
      readonly userId: UserId
      readonly projectId?: ProjectId | undefined
      readonly stepType?: StepType | undefined
      readonly status?: readonly AssignmentStatus[] | undefined
      readonly sort?: 'priority' | 'age' | 'project' | 'submitted' | undefined
      readonly order?: 'asc' | 'desc' | undefined
      /** `task`: each with its task. */
      readonly include?: readonly 'task'[] | undefined
    },
  ): Promise<Page<QueueEntry>>
  stats(userId: UserId): Promise<PersonalQueueStats>
  statsSince(userId: UserId, since: Date): Promise<PersonalQueueStatsSince>
}

/** A member of a project, with what they do there. */
export interface ProjectPerson {
  readonly userId: UserId
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly role: Role
  readonly status: UserStatus
  readonly scripted: boolean
  /** Skill name → level 1..5. */
  readonly skills: Readonly<Record<string, number>>
  /** Live assignments over all projects. */
  readonly live: number
  /** How many of those they may have while one is given here: the smaller of their own limit and the project's. */
  readonly limit: number
  /** The last 24 hours in the project. */
  readonly lastDay: {
    /** Submitted, and not sent back again. */
    readonly submitted: number
    /** From start to submission; null: nothing was started and submitted. */
    readonly medianSeconds: number | null
    /** Given again because a review sent them back. */
    readonly returned: number
    readonly declined: number
  }
  /** By type of step: the score with its 95 % interval, null below two samples. */
  readonly quality: readonly {
    readonly stepType: string
    readonly score: number
    readonly samples: number
    readonly low: number | null
    readonly high: number | null
  }[]
  /** null: they are given work. */
  readonly paused: Pause | null
  /** Whether they have the project open now. */
  readonly present: boolean
  /** When they last had it open; null: not within 72 hours. */
  readonly lastSeenAt: Date | null
}

/** An assignment, as managers see what somebody holds or held. */
export type HeldAssignment = Pick<
  Assignment,
  | 'assignmentId'
  | 'taskId'
  | 'stepId'
  | 'stepType'
  | 'status'
  | 'attempt'
  | 'assignedAt'
  | 'startedAt'
  | 'submittedAt'
  | 'expiresAt'
  | 'returnComment'
>

/** A member of a project with what they hold there and what they had last. */
export interface PersonInProject extends ProjectPerson {
  /** Live ones in the project, the oldest first; 200 at most. */
  readonly holds: readonly HeldAssignment[]
  /** Those that were given last, live or not, the newest first; 20 at most. */
  readonly recent: readonly HeldAssignment[]
}

/** The members of a project, for its managers. */
export interface ProjectPeopleUseCases {
  /** By userId. @throws NotFoundError for the project */
  inProject(projectId: ProjectId, request: PageRequest): Promise<Page<ProjectPerson>>
  /** @throws NotFoundError for the project, or for somebody who is no member */
  memberOf(projectId: ProjectId, userId: UserId): Promise<PersonInProject>
}

/**
 * A loose job; `priority` −1000..1000, higher first, default 5. It waits for `delaySeconds`, or until `runAt`, before it is in line: one of the two, at
 * most five years ahead; the past means now.
 */
export interface NewQueueItem {
  readonly type: string
  readonly payload: Json
  readonly priority?: number | undefined
  readonly delaySeconds?: number | undefined
  /** An instant: a Date, or ISO 8601 with its zone. */
  readonly runAt?: Date | string | undefined
  /** It is to be the only job of its type in its project that holds this key. */
  readonly unique?: UniqueWish | undefined
  /** The jobs that it waits for, or the run, if it does. */
  readonly after?: AfterWish | undefined
}

/** The jobs that one waits for, or in their place a run: it is pending, and in no line, until these are so far. */
export interface AfterWish {
  /** Of the same project, up to 10 000: each by its id, or in `addMany` by the place of an earlier item of the call, from 0. */
  readonly jobs?: readonly (JobId | { readonly item: number })[] | undefined
  /** `completed` (default): it starts once all of these jobs have completed. `ended`: once all have ended, however. */
  readonly need?: Need | undefined
  /** A run of the same project, with `when`. */
  readonly runId?: RunId | undefined
  /** It starts once that run has completed; has ended, however; has completed and its people are done. */
  readonly when?: LinkWhen | undefined
  /** Its fate as soon as one that it needs completed has failed or was cancelled: it fails (default), is cancelled, or waits for the others and runs. */
  readonly onFailure?: OnFailure | undefined
}

/** `keep`: the job that holds the key stays as it is. `replace`: it gets the new payload, priority and time, unless it has begun. */
export type OnExisting = 'keep' | 'replace'

/** A key that one job of a project and type holds at a time. */
export interface UniqueWish {
  /** 1–200 characters. */
  readonly key: string
  /** It holds the key at least as long as this from its creation, whatever becomes of it: at most a year. */
  readonly windowSeconds?: number | undefined
  /** The states in which it holds the key, `pending` among them; default pending and active. */
  readonly states?: readonly JobState[] | undefined
  /** The fate of the job that holds the key already. Default `keep`. */
  readonly onExisting?: OnExisting | undefined
}

/** The item that was added, or the one that holds its unique key already. */
export interface AddedQueueItem extends QueueItem {
  readonly status: 'added' | 'existing'
  /** Of an existing one: whether it was added with another payload. */
  readonly differs?: boolean
}

/** `each`: an item that is refused costs only itself. `atomic`: all are added, or none. */
export type AddMode = 'each' | 'atomic'

/** How an item of many came off, at its place. */
export type AddedItem =
  | { readonly status: 'added'; readonly jobId: JobId }
  /** The job holds its unique key already; `differs`: it was added with another payload. */
  | { readonly status: 'existing'; readonly jobId: JobId; readonly differs: boolean }
  | {
      readonly status: 'refused'
      /** `busy`: an open transaction has held its unique key for 5 s. */
      readonly code: ValidationError['code'] | 'busy'
      /** Each with the path of the item, such as `items[3].payload.text`. */
      readonly errors: readonly Issue[]
    }

/** How many items came off. */
export interface AddedItems {
  readonly added: number
  /** Items whose unique key another job holds. */
  readonly existing: number
  readonly refused: number
  /** In the order in which they were given. */
  readonly items: readonly AddedItem[]
}

/** `items` is a page of the queue. */
export interface QueueStatus extends Page<QueueItem> {
  readonly projectId: ProjectId
  /** The project's own gate or the system's. */
  readonly paused: boolean
  readonly counts: JobCounts
  readonly byType: Readonly<Record<string, JobCounts>>
  readonly updatedAt: Date
}

/** A project's queue of jobs. Input schemas in `queue/input.ts`: `newQueueItem`, `queuePriority`. */
export interface ProjectQueueUseCases {
  /** @throws ValidationError for a type that is neither registered nor of any job of the project */
  status(
    projectId: ProjectId,
    request: PageRequest & {
      readonly state?: readonly JobState[] | undefined
      readonly type?: string | undefined
    },
  ): Promise<QueueStatus>
  /**
   * Adds an item, or gives the one that holds its unique key.
   * @throws JobValidationError naming each path; ValidationError for an unknown type; OutOfBoundsError for a time more than five years ahead;
   * BusyError if an open transaction has held the key for 5 s
   */
  add(projectId: ProjectId, item: NewQueueItem, createdBy?: UserId | null): Promise<AddedQueueItem>
  /**
   * Adds up to 10 000 items, a thousand in one statement; `atomic`, and in a call with an idempotency key, all in one. The feed names up to a hundred of
   * them, and says of more how many there are.
   * @throws NotFoundError for the project; ValidationError for a list that is none or empty, OutOfBoundsError for one that is too long, ValidationError `atomic` for every item that is at
   * fault; BusyError if an open transaction has held one of the keys for 5 s
   */
  addMany(
    projectId: ProjectId,
    items: readonly NewQueueItem[],
    options?: { readonly mode?: AddMode | undefined; readonly createdBy?: UserId | null | undefined },
  ): Promise<AddedItems>
  /** Adds items as they come, a thousand in one statement, and answers each at its turn; no more are read until these are added. @throws NotFoundError for the project */
  addAll(
    projectId: ProjectId,
    items: Iterable<NewQueueItem> | AsyncIterable<NewQueueItem>,
    options?: { readonly createdBy?: UserId | null | undefined },
  ): AsyncIterable<AddedItem>
  /** @throws NotFoundError */
  get(projectId: ProjectId, itemId: JobId): Promise<QueueItem & Pick<JobWithResult, 'payload' | 'result'>>
  /** The item whatever its project is, or `undefined`. */
  find(itemId: JobId): Promise<(QueueItem & Pick<JobWithResult, 'payload' | 'result'>) | undefined>
  /**
   * pending, and asleep with its open tasks → cancelled; active → told to stop (`cancelling`). `flow`: with it all that waits for it, and so on, that has not begun;
   * what has begun is told to stop.
   * @throws InvalidTransitionError when settled
   */
  cancel(
    projectId: ProjectId,
    itemId: JobId,
    options?: { readonly flow?: boolean | undefined },
  ): Promise<QueueItem>
  /** Effective for the next job that begins. @throws InvalidTransitionError when not pending */
  setPriority(projectId: ProjectId, itemId: JobId, priority: number): Promise<QueueItem>
  /**
   * A failed item is pending again with attempt 0. Those that ended because of it alone wait for it again. It keeps the answers that people gave it, and the
   * values of `once`, unless it is to begin `fresh`. `force`: one that ended because of another goes on without that.
   * @throws InvalidTransitionError when not failed; UniqueHeldError while another job holds its unique key; ParentFailedError without `force`
   */
  retry(
    projectId: ProjectId,
    itemId: JobId,
    options?: { readonly force?: boolean | undefined; readonly fresh?: boolean | undefined },
  ): Promise<QueueItem>
  /** Cancels what is pending, run jobs included. */
  clear(projectId: ProjectId): Promise<{ readonly cancelled: number }>
  /** Idempotent. Also stops giving out assignments of the project. */
  pause(projectId: ProjectId): Promise<QueueStatus>
  resume(projectId: ProjectId): Promise<QueueStatus>
}

/** All queues together; `paused` is the system’s own gate. */
export interface SystemQueueStatus {
  readonly paused: boolean
  readonly counts: JobCounts
  readonly types: readonly ({ readonly type: string } & JobCounts)[]
}

/** Work that nobody does. */
export interface Unattended {
  /** By type: pending jobs of which no live worker does any. */
  readonly jobsWithoutWorker: Readonly<Record<string, number>>
  /** Since when delays or retries are due while no scheduler is alive; null if one is, or nothing is due. */
  readonly noSchedulerSince: Date | null
}

/** The version that runs, the database that it stands on, and how long it keeps things. */
export interface SystemSetup {
  /** Of Muster. */
  readonly version: string
  /** null: all is kept in memory. */
  readonly database: DatabaseDescription | null
  readonly keepEventsHours: number
  readonly keepDraftsDays: number
}

/** All queues together; an admin's. */
export interface SystemQueueUseCases {
  /** The work that nobody does now. @throws UnavailableError */
  unattended(): Promise<Unattended>
  /** The processes that there are, and what they do. @throws UnavailableError */
  processes(): Promise<SystemProcesses>
  /** The version that runs here, its database, and how long it keeps things. @throws UnavailableError */
  setup(): Promise<SystemSetup>
  status(): Promise<SystemQueueStatus>
  pause(): Promise<SystemQueueStatus>
  resume(): Promise<SystemQueueStatus>
}
