import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { isOld } from '../api/session.ts'
import { clockTime, figure } from '../design/time.ts'
import { connection, upToDate } from '../feed/follow.ts'
import { held } from '../feed/hold.ts'
import { catchingUp } from '../feed/live.ts'
import { WORDS } from './words.ts'

/** The state of the live connection, in the rail. */
export function ConnectionState(): VNode | null {
  const stands = held.value
  if (stands !== undefined)
    return (
      <p class="connection held">
        held at {clockTime(stands.since).slice(0, 5)} · {figure(stands.changes)}{' '}
        {stands.changes === 1 ? 'change' : 'changes'}
      </p>
    )
  if (connection.value.kind !== 'live') return null
  return (
    <p class="connection">
      <span class="dot" /> {catchingUp.value ? WORDS.catchingUp : WORDS.live}
    </p>
  )
}

const SHOWN_MS = 8_000

/** Says that live updates are interrupted, that what is shown is held, or that all of it was read anew. */
export function ConnectionBar(): VNode {
  const state = connection.value
  const stands = held.value
  const read = upToDate.value
  useEffect(() => {
    if (read === undefined) return
    const timer = setTimeout(() => {
      upToDate.value = undefined
    }, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [read])
  const said =
    state.kind === 'lost'
      ? `Live updates are interrupted; shown as of ${clockTime(state.since)}. What you answer is kept.`
      : stands !== undefined
        ? `Held at ${clockTime(stands.since)}: what is shown stands. Press . to go on.`
        : isOld.value
          ? WORDS.old
          : read !== undefined
            ? WORDS.upToDate
            : undefined
  return (
    <div
      class={state.kind === 'lost' ? 'connection-bar' : 'connection-bar calm'}
      role="status"
      hidden={said === undefined}
    >
      {said}
      {said === WORDS.old && (
        <button type="button" class="bar-deed" onClick={() => location.reload()}>
          {WORDS.reload}
        </button>
      )}
    </div>
  )
}
