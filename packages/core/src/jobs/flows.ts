import type { JobId, RunId } from '../ids.ts'

/** How the jobs that one waits for must have ended: `completed` by their result, or `ended` however. */
export const NEEDS = ['completed', 'ended'] as const
/** One of {@link NEEDS}. */
export type Need = (typeof NEEDS)[number]

/** The fate of a job as soon as one that it needs completed is not: it fails, is cancelled, or waits for the others and runs. */
export const ON_FAILURES = ['fail', 'cancel', 'run'] as const
/** One of {@link ON_FAILURES}. */
export type OnFailure = (typeof ON_FAILURES)[number]

/**
 * The moment at which what waits for a run begins: that run has completed; it has ended, completed or cancelled; it has completed, and every task that its
 * escalation made has ended.
 */
export const LINK_WHENS = ['completed', 'ended', 'peopleDone'] as const
/** One of {@link LINK_WHENS}. */
export type LinkWhen = (typeof LINK_WHENS)[number]

/** Jobs that one may wait for, and that may wait for one, at most. */
export const MOST_LINKS = 10_000

/** A run that a job waits for, and until when. */
export interface AwaitedRun {
  readonly runId: RunId
  readonly when: LinkWhen
}

/** The jobs that one waits for, each once, or in their place a run. */
export interface After {
  readonly parents: readonly JobId[]
  readonly run?: AwaitedRun | undefined
  readonly need: Need
  readonly onFailure: OnFailure
}

/** How far the jobs are that one waits for: how many have not ended, and how many have ended otherwise than completed. */
export interface ParentCounts {
  readonly open: number
  readonly failed: number
}

/** The fate of a job that waits: it waits on, or starts, or ends without having begun. */
export function flowVerdict(
  { open, failed }: ParentCounts,
  { need, onFailure }: Pick<After, 'need' | 'onFailure'>,
): 'wait' | 'start' | 'fail' | 'cancel' {
  if (need === 'completed' && onFailure !== 'run' && failed > 0) return onFailure
  return open === 0 ? 'start' : 'wait'
}
