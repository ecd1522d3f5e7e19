import type { VNode } from 'preact'
import { clockTime } from '../design/time.ts'
import { connection } from '../feed/follow.ts'

/** The state of the live connection, in the rail. */
export function ConnectionState(): VNode | null {
  if (connection.value.kind !== 'live') return null
  return (
    <p class="connection">
      <span class="dot" /> live
    </p>
  )
}

/** Says that live updates are interrupted. */
export function ConnectionBar(): VNode {
  const state = connection.value
  return (
    <div class="connection-bar" role="status" hidden={state.kind !== 'lost'}>
      {state.kind === 'lost' &&
        `Live updates are interrupted; shown as of ${clockTime(state.since)}. What you answer is kept.`}
    </div>
  )
}
