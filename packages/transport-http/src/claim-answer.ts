import type { Principal } from '@muster/core'
import type { AssignmentUseCases } from '@muster/core/calls'
import type { ClaimResult } from '@muster/core/inbox'
import { z } from 'zod'
import { claimView, workView } from './views.ts'

/** How much a claim tells of what was claimed. */
export const claimQuery = z.strictObject({ include: z.enum(['work']).optional() })

/** A claim as it goes out, with all that a page needs to work on it if that is asked for: else a page would ask once more. */
export async function claimAnswer(
  assignments: Pick<AssignmentUseCases, 'work'>,
  claim: ClaimResult,
  caller: Principal,
  { include }: z.output<typeof claimQuery>,
): Promise<object> {
  const view = claimView(claim, caller)
  if (claim.kind === 'nothing' || include === undefined) return view
  return { ...view, work: workView(await assignments.work(claim.assignment.assignmentId, caller)) }
}
