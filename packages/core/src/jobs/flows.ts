import type { JobId } from '../ids.ts'

/** How the jobs that one waits for must have ended: `completed` by their result, or `ended` however. */
export const NEEDS = ['completed', 'ended'] as const
/** One of {@link NEEDS}. */
export type Need = (typeof NEEDS)[number]

/** The fate of a job as soon as one that it needs completed is not: it fails, is cancelled, or waits for the others and runs. */
export const ON_FAILURES = ['fail', 'cancel', 'run'] as const
/** One of {@link ON_FAILURES}. */
export type OnFailure = (typeof ON_FAILURES)[number]

/** Jobs that one may wait for, and that may wait for one, at most. */
export const MOST_LINKS = 10_000

/** The jobs that one waits for, each once. */
export interface After {
  readonly parents: readonly JobId[]
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
