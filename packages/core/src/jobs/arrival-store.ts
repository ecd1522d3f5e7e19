import type { JobId, ProjectId, UserId } from '../ids.ts'

/** A job that was put in line after it had arrived, or, asleep before, had all its answers. */
export interface ArrivedJob {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly type: string
  readonly priority: number
  readonly createdBy: UserId | null
  /** Whether it was counted, and told of, before: it waited for others, or was asleep. */
  readonly counted: boolean
}

/** Jobs that have arrived, by a transaction of the host or out of their sleep, and stand in no line yet. */
export interface ArrivalStore {
  /** Whether there are any: of those of the last 15 s by the backend's clock, or of all. And whether jobs have ended that others wait for, in the same look. */
  look(recent: boolean): Promise<{ readonly arrived: boolean; readonly ended: boolean }>
  /** Puts up to `limit` of them at the ends of their lanes, in the order of their ids, and gives them. The caller appends the facts of new ones. One caller at a time. */
  collect(limit: number, recent: boolean): Promise<readonly ArrivedJob[]>
  /** Makes job types known, so that no transaction of a host is the first to name one. */
  know(types: readonly string[]): Promise<void>
}
