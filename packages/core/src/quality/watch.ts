import { cusumSteps, isAlarm } from '@muster/statistics'
import type { ProjectId, UserId } from '../ids.ts'
import type { QualityPolicy } from '../people/person.ts'
import type { PauseReason } from '../people/quality.ts'

/** Why and since when somebody is given nothing in a project. */
export interface Pause {
  readonly since: Date
  readonly reason: PauseReason
  /** The manager who paused them; null: nobody did. */
  readonly by: UserId | null
  /** The manager's words. */
  readonly words: string | null
}

/** A pause that is over. */
export interface LiftedPause extends Pause {
  readonly lifted: {
    readonly at: Date
    /** The manager who lifted it; null: the host. */
    readonly by: UserId | null
    /** Why. */
    readonly words: string
  }
}

/** How somebody has answered where the answer was known, in one project. */
export interface Watch {
  readonly projectId: ProjectId
  readonly userId: UserId
  /** Submissions that were judged, controls and work alike. */
  readonly judged: number
  readonly right: number
  /** Of them, controls. */
  readonly controls: number
  readonly controlsRight: number
  /** The CUSUM, in millionths. */
  readonly sum: number
  /** When the sum was last 0 after an answer; null: not yet. */
  readonly cleanSince: Date | null
  /** The first answer since then; null while the sum is 0. */
  readonly suspectSince: Date | null
  /** null: they are given work. */
  readonly paused: Pause | null
}

/** A submission that was judged. */
export interface Judged {
  readonly right: boolean
  readonly isControl: boolean
  readonly now: Date
}

/** Nothing was judged yet. */
export function freshWatch(projectId: ProjectId, userId: UserId): Watch {
  return {
    projectId,
    userId,
    judged: 0,
    right: 0,
    controls: 0,
    controlsRight: 0,
    sum: 0,
    cleanSince: null,
    suspectSince: null,
    paused: null,
  }
}

/** The watch after one more answer, with a pause if it raises one. */
export function watchAfter(before: Watch, { right, isControl, now }: Judged, policy: QualityPolicy): Watch {
  const one = right ? 1 : 0
  const steps = policy.pause && cusumSteps(policy.pause)
  const sum = steps === undefined ? before.sum : Math.max(0, before.sum + (right ? steps.right : steps.wrong))
  const after: Watch = {
    ...before,
    judged: before.judged + 1,
    right: before.right + one,
    controls: before.controls + (isControl ? 1 : 0),
    controlsRight: before.controlsRight + (isControl ? one : 0),
    sum,
    cleanSince: sum === 0 ? now : before.cleanSince,
    suspectSince: sum === 0 ? null : (before.suspectSince ?? now),
  }
  if (before.paused !== null) return after
  const reason = reasonToPause(after, isControl, policy)
  return reason === null ? after : { ...after, paused: { since: now, reason, by: null, words: null } }
}

function reasonToPause(
  { sum, judged, controls, controlsRight }: Watch,
  isControl: boolean,
  { pause, controls: policy }: QualityPolicy,
): PauseReason | null {
  if (pause !== undefined && isAlarm({ sum, judged, suspectSince: null }, pause)) return 'drift'
  const onboarding = policy?.onboarding
  // Only the answer that completes it can fail it: a person who was let on after that stays on.
  if (onboarding === undefined || !isControl || controls !== onboarding.count) return null
  return controlsRight / controls < onboarding.passAt ? 'onboarding' : null
}

/** The watch once a manager has lifted the pause: the sum begins anew, the count of onboarding stays. */
export function watchResumed(before: Watch, now: Date): Watch {
  return { ...before, sum: 0, cleanSince: now, suspectSince: null, paused: null }
}
