import type { ProjectId, RunId } from '../../ids.ts'
import type { LinkWhen } from '../../jobs/flows.ts'
import type { StagedScenarios } from '../definition-store.ts'
import type { Run, Scenario } from '../run.ts'
import type { NewRun } from '../run-store.ts'
import type { RunSettings } from '../runs.ts'
import type { LinkEnd, LinkMapping, LinkRefusal, RunFlowLink } from './link.ts'

/** How a linked run is made once it is time; kept as it was asked for. */
export interface LinkRequest {
  readonly jobType: string
  readonly settings: RunSettings
  /** null: the scenarios of the run before, as they are. */
  readonly from: LinkMapping | null
}

/** A run that starts after another, about to be kept: it has no jobs. */
export interface NewLink {
  readonly run: Run
  readonly parentId: RunId
  readonly when: LinkWhen
  readonly request: LinkRequest
  readonly idempotencyKey: string | null
}

/** A link as it was asked for. */
export interface KeptLink {
  readonly runId: RunId
  readonly projectId: ProjectId
  readonly parentId: RunId
  readonly when: LinkWhen
  readonly request: LinkRequest
}

/** A link whose run has no jobs yet, and how far its scenarios are. */
export interface OpenLink extends KeptLink {
  /** As far as the run before was read: the place of a scenario; 0: nothing was. */
  readonly place: number
  /** All of it was read. */
  readonly isRead: boolean
  /** When that run had ended, as it was read; null: nothing was. */
  readonly parentEndedAt: Date | null
  readonly staged: StagedScenarios
  readonly refused: number
  readonly refusals: readonly LinkRefusal[]
}

/** A link that may be due. */
export interface DueLink extends Pick<OpenLink, 'runId' | 'parentId' | 'when' | 'isRead'> {
  /** Its own run was cancelled. */
  readonly isCancelled: boolean
}

/** A part of the run before, and the scenarios that it made. */
export interface LinkPart extends Pick<OpenLink, 'place' | 'isRead' | 'refused' | 'refusals'> {
  readonly parentEndedAt: Date
  /** To be kept behind those that are there. */
  readonly scenarios: readonly Scenario[]
}

/**
 * Keeps which runs start after which. A run that waits for another is there with no jobs and no lane; its scenarios are kept part by part, seen by
 * nobody, until its jobs are made in one transaction.
 */
export interface RunLinkStore {
  /** Keeps the run and its link. With an `idempotencyKey` already used in the project, gives the first run and keeps nothing. The caller appends the facts if `created`. */
  add(link: NewLink): Promise<{ readonly run: Run; readonly created: boolean }>
  find(runId: RunId): Promise<KeptLink | undefined>
  /**
   * Those without jobs, of runs of these job types, that may be due: the run before has ended, or their own was cancelled. By runId, behind `after`.
   */
  listDue(jobTypes: readonly string[], after: RunId | null, limit: number): Promise<readonly DueLink[]>
  /** Of several links those that exist, of runs that start after these. By the run before, then by runId. */
  listChildren(parentIds: readonly RunId[], limit: number): Promise<readonly RunFlowLink[]>
  /** Locks the link, unless somebody else holds it; undefined then, and if its run has jobs or will have none. */
  take(runId: RunId): Promise<OpenLink | undefined>
  /** The same, but waits for the one that holds it. The run, if it is locked too, is locked before. */
  lock(runId: RunId): Promise<OpenLink | undefined>
  /** Locks a run that has no jobs, so that nothing moves it; jobs may be added to the project's queue behind it. */
  lockRun(runId: RunId): Promise<Run | undefined>
  /** Of these those that scenarios kept for the link, locked before, have already. */
  findStaged(runId: RunId, scenarioIds: readonly string[]): Promise<readonly string[]>
  /** Keeps a part for the link, locked before. */
  stage(runId: RunId, part: LinkPart): Promise<void>
  /** Forgets all parts of the link, locked before: it is read from the beginning. */
  reset(runId: RunId): Promise<void>
  /**
   * Gives the run, locked with its link before, its jobs, all or nothing, as `RunStore.add` does: of a definition that was added in this transaction. A paused run stays
   * so. Gives it at its next version.
   */
  fill(run: Omit<NewRun, 'idempotencyKey'>, now: Date): Promise<Run>
  /** The link, locked before, ends without jobs, and what was kept for it is forgotten. With `nothingToDo` the run, locked too, completes. Gives the run. */
  end(runId: RunId, reason: LinkEnd, message: string | null, now: Date): Promise<Run>
}
