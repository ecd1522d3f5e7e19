import type { AssignmentConfig } from '@muster/core'
import type { NewWorkflow } from '@muster/core/calls'

/** One person names the language, another checks it, and where they cannot agree a third decides. */
export const storyWorkflow: NewWorkflow = {
  name: 'Name the language',
  steps: [
    { stepId: 'annotate', stepType: 'annotation', leaseMinutes: 30, estimatedDurationMinutes: 1 },
    {
      stepId: 'review',
      stepType: 'review',
      excludes: ['annotate'],
      leaseMinutes: 30,
      estimatedDurationMinutes: 1,
    },
    {
      stepId: 'adjudicate',
      stepType: 'adjudication',
      excludes: ['annotate', 'review'],
      when: 'rejectedByReview',
      leaseMinutes: 30,
      estimatedDurationMinutes: 2,
    },
  ],
}

/** The project's rules for giving out work: after one return without agreement, a third person decides. */
export const storyAssignment: Partial<AssignmentConfig> = {
  maxReturns: 1,
  maxConcurrentPerUser: 5,
  leaseMinutes: 30,
  defaultStrategy: 'hybrid_capacity_performance',
}
