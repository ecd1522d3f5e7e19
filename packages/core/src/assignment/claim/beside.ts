import type { NewFact } from '../../events/event.ts'
import type { ProjectId, UserId } from '../../ids.ts'
import type { StepType } from '../../workflow/workflow.ts'
import type { AssignmentStores } from '../assignment-deps.ts'
import type { AssignmentUseCases, ClaimResult } from '../assignments.ts'

/** A claim that is made in a transaction together with something else. */
export interface ClaimBeside {
  /** Takes the locks that come before those of tasks. */
  readonly lock: (stores: AssignmentStores) => Promise<unknown>
  /** Claims, and gives the facts of it, to be appended last. */
  readonly make: (stores: AssignmentStores) => Promise<readonly NewFact[]>
  /** The answer, once that is committed. */
  readonly answer: () => Promise<ClaimResult>
}

/** The person who claims beside something else, and where. */
interface NextRequest {
  readonly userId: UserId
  readonly projectId?: ProjectId | undefined
  readonly stepType?: StepType | undefined
}

/** The pull, alone or beside something else. */
export interface Claiming {
  readonly claimNext: AssignmentUseCases['claimNext']
  readonly beside: (request: NextRequest) => ClaimBeside
}
