import type { FormId, JobId, ProjectId, TaskId, UserId, WorkflowId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'

/** Most questions that a job puts in its life. */
export const MOST_ASKS = 20

/** Most questions of a job that wait for an answer at once. */
export const MOST_OPEN_ASKS = 5

/** Longest name of a question, or of a kept value, in characters. */
export const LONGEST_ASK_NAME = 100

/** The largest value that `once` keeps, in bytes as JSON, and the most of a job together. */
export const MAX_KEPT_BYTES: { readonly each: number; readonly together: number } = {
  each: 64 * 1024,
  together: 256 * 1024,
}

/**
 * The end of a wait for people: a default answer takes their place, the task is raised (its priority by 100, and skills that are waived after a
 * while are waived at once), or the ask fails.
 */
export type OnAskTimeout = { readonly answer: Json } | 'raise' | 'fail'

/** Any one of these skills, as a task asks for it. */
interface AskedSkill {
  readonly anyOf: readonly string[]
  /** 1..5, default 1. */
  readonly minLevel?: number | undefined
  readonly dropAfterMinutes?: number | null | undefined
}

/** A question that a handler puts to people. */
export interface AskWish {
  /** A form by its name, in its newest version, or by its id. It stands in for the forms of all annotation steps; left out: each step has its own. */
  readonly form?: string | undefined
  /** Shown to people: the payload of the task. */
  readonly payload: Json
  /** The workflow of the task; default: the project's. */
  readonly workflowId?: string | undefined
  /** Asked of people beside those of the steps. */
  readonly requiredSkills?: readonly AskedSkill[] | undefined
  /** −1000..1000, higher first, default 0. */
  readonly priority?: number | undefined
  /** How long people are waited for, 1 to 31 536 000 (a year); default: without end. */
  readonly timeoutSeconds?: number | undefined
  /** Needed beside `timeoutSeconds`. */
  readonly onTimeout?: OnAskTimeout | undefined
}

/** The answer to a question. */
export interface AskAnswer {
  /** The outcome of the task; null: people did not settle on one. */
  readonly answer: Json
  /** The people whose submissions made it. */
  readonly by: readonly UserId[]
  readonly taskId: TaskId
  /** The time was up, and `answer` is the default one. */
  readonly timedOut?: true
}

/**
 * How a question stands: `answered` by people, `defaulted` to the answer that was given for a time-out, `timedOut` without one, `cancelled` with its
 * task.
 */
export const ASK_STATES = ['open', 'answered', 'defaulted', 'timedOut', 'cancelled'] as const
/** One of {@link ASK_STATES}. */
export type AskState = (typeof ASK_STATES)[number]

/** A question of a job, as it is kept. */
export interface JobAsk {
  readonly name: string
  /** The SHA-256 of what was asked, as canonical JSON, in hex. */
  readonly digest: string
  readonly taskId: TaskId
  readonly state: AskState
  /** null while it is open, and if there is none. */
  readonly answer: Json
  readonly by: readonly UserId[]
  readonly askedAt: Date
  readonly endedAt: Date | null
  /** When people are waited for no longer; null: without end. */
  readonly timeoutAt: Date | null
  /** The task was completed again, with another outcome, after the job had this answer. */
  readonly stale: boolean
}

/** The questions and values that earlier attempts have left to a job. */
export interface JobLife {
  /** In the order in which they were asked. */
  readonly asks: readonly JobAsk[]
  /** The values of `once`, by name. */
  readonly kept: Readonly<Record<string, Json>>
}

/** A question as it was read, before it was seen whether it can be put. */
export interface ReadAsk {
  readonly name: string
  readonly digest: string
  readonly wish: AskWish
}

/** A question that can be put: its task is made when the attempt has ended. */
export interface PlannedAsk {
  readonly name: string
  readonly digest: string
  readonly projectId: ProjectId
  readonly workflowId: WorkflowId
  readonly formId: FormId | null
  readonly wish: AskWish
}

/** A question whose task is being made. */
export interface NewAsk {
  readonly jobId: JobId
  readonly name: string
  readonly digest: string
  readonly taskId: TaskId
  readonly timeoutAt: Date | null
  readonly onTimeout: OnAskTimeout | null
}
