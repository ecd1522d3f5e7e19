import { type QualityScore, UNKNOWN_QUALITY } from './person.ts'

/** Why a person is given nothing: their answers fell off, they did not pass the first controls, or a manager said so. */
export const PAUSE_REASONS = ['drift', 'onboarding', 'manager'] as const
/** One of {@link PAUSE_REASONS}. */
export type PauseReason = (typeof PAUSE_REASONS)[number]

/** The weight of a newcomer's score of 0.5, in samples: two good ones and two bad ones, Beta(2, 2). */
export const PRIOR_SAMPLES = 4

/** A score and how many samples it rests on. */
export type Quality = Pick<QualityScore, 'score' | 'samples'>

/**
 * The score after one more observation (1 good, 0 bad). Observed from nothing (`undefined`), it is the mean of the Beta distribution
 * that began as the prior; a score that was set from outside moves from where it was set.
 */
export function observedQuality(before: Quality | undefined, outcome: 0 | 1): Quality {
  const { score, samples } = before ?? { score: UNKNOWN_QUALITY, samples: 0 }
  const weight = PRIOR_SAMPLES + samples
  return { score: (score * weight + outcome) / (weight + 1), samples: samples + 1 }
}
