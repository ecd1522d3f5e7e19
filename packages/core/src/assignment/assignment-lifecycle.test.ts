import { describe, expect, it } from 'vitest'
import { InvalidTransitionError } from '../errors.ts'
import type { AssignmentStatus } from './assignment.ts'
import { ASSIGNMENT_MOVES, transition } from './assignment-lifecycle.ts'

const STATES = Object.keys(ASSIGNMENT_MOVES) as AssignmentStatus[]

/** The table once more, as the domain draws it. */
const LEGAL = new Set([
  'assigned → accepted',
  'assigned → in_progress',
  'assigned → rejected',
  'assigned → expired',
  'assigned → reassigned',
  'accepted → in_progress',
  'accepted → rejected',
  'accepted → expired',
  'accepted → reassigned',
  'in_progress → submitted',
  'in_progress → rejected',
  'in_progress → expired',
  'in_progress → reassigned',
  'submitted → assigned',
  'expired → assigned',
  'reassigned → assigned',
])

/** Where the move leads, or what its refusal names. */
function answerTo(from: AssignmentStatus, to: AssignmentStatus): unknown {
  try {
    return transition(from, to)
  } catch (refusal) {
    if (refusal instanceof InvalidTransitionError) return refusal.details
    throw refusal
  }
}

describe('the states of an assignment', () => {
  it('are seven', () => {
    expect(STATES).toHaveLength(7)
  })

  for (const from of STATES) {
    for (const to of STATES) {
      const move = `${from} → ${to}`
      const legal = LEGAL.has(move)
      it(`${legal ? 'know' : 'refuse'} ${move}`, () => {
        expect(answerTo(from, to)).toEqual(legal ? to : { from, to })
      })
    }
  }
})
