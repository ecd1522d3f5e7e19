import { describe, expect, it } from 'vitest'
import type { AssignmentStatus } from './assignment.ts'
import { ASSIGNMENT_MOVES, transition } from './lifecycle.ts'

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

describe('the states of an assignment', () => {
  it('are seven', () => {
    expect(STATES).toHaveLength(7)
  })

  for (const from of STATES) {
    for (const to of STATES) {
      const move = `${from} → ${to}`
      it(`${LEGAL.has(move) ? 'know' : 'refuse'} ${move}`, () => {
        if (LEGAL.has(move)) expect(transition(from, to)).toBe(to)
        else expect(() => transition(from, to)).toThrow(expect.objectContaining({ details: { from, to } }))
      })
    }
  }
})
