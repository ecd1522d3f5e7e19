import { useComputed, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { me } from '../api/session.ts'
import { Button } from '../design/button.tsx'
import { connection, follow } from '../feed/follow.ts'
import { route } from '../route/route.ts'
import { Bench } from './bench.tsx'
import { NothingForYou } from './nothing.tsx'
import { useOnePlace } from './one-place.ts'
import { Shift } from './shift.ts'
import { useUndoKey } from './undo.tsx'
import './work.css'
import { WORDS } from './words.ts'

/** The page asks again at a random moment within this once there may be work, so that not all ask at once. */
const SPREAD_MS = 2_000

/** Where people work: one item, its questions, one key from the next. */
export function Page(): VNode {
  const userId = me.value?.userId ?? ''
  const { isHere, takeOver } = useOnePlace(userId)
  if (isHere === undefined) return <Opening />
  if (!isHere)
    return (
      <main class="work-message" tabIndex={-1}>
        <h1>{WORDS.elsewhereTitle}</h1>
        <p>{WORDS.elsewhereMore}</p>
        <div class="deeds">
          <Button kind="primary" onClick={takeOver}>
            {WORDS.takeOver}
          </Button>
        </div>
      </main>
    )
  return <AtWork userId={userId} />
}

function Opening(): VNode {
  return (
    <main class="work-message" aria-busy="true" tabIndex={-1}>
      <h1 class="unseen">{WORDS.title}</h1>
      <p class="late">{WORDS.opening}</p>
    </main>
  )
}

function AtWork({ userId }: { readonly userId: string }): VNode {
  const shift = useRef<Shift>(undefined)
  shift.current ??= new Shift(userId)
  const { current } = shift
  useShift(current, userId)
  useUndoKey(current)
  const view = current.view.value
  const said = <Said shift={current} />
  switch (view.kind) {
    case 'opening':
      return <Opening />
    case 'item':
      return (
        <>
          <Bench key={view.item.id} item={view.item} shift={current} />
          {said}
        </>
      )
    case 'nothing':
      return (
        <>
          <NothingForYou nothing={view.nothing} shift={current} onBreak={() => void current.away(true)} />
          {said}
        </>
      )
    case 'away':
      return (
        <>
          <main class="work-message" tabIndex={-1}>
            <h1>{WORDS.away}</h1>
            <p>{WORDS.awayMore}</p>
            <div class="deeds">
              <Button kind="primary" onClick={() => void current.away(false)}>
                {WORDS.back}
              </Button>
            </div>
          </main>
          {said}
        </>
      )
    case 'failed':
      return (
        <main class="work-message" tabIndex={-1}>
          <h1>This did not work</h1>
          <p>{view.problem.detail}.</p>
          <p class="quiet">
            {view.problem.code}
            {view.problem.requestId !== undefined && ` · ${view.problem.requestId}`}
          </p>
          <div class="deeds">
            <Button kind="primary" onClick={() => void current.next()}>
              Again
            </Button>
          </div>
        </main>
      )
  }
}

/** What is said to whoever listens, and what became of something that is no longer in sight. */
function Said({ shift }: { readonly shift: Shift }): VNode {
  const isShown = useComputed(() => shift.notice.value !== '')
  return (
    <>
      <p class="unseen" aria-live="polite">
        {shift.said}
      </p>
      {isShown.value && (
        <div class="toast" role="status">
          <span>{shift.notice.value}</span>
          <button type="button" class="button" onClick={() => (shift.notice.value = '')}>
            Close
          </button>
        </div>
      )}
    </>
  )
}

/** Begins the shift, tells it what happens elsewhere, and ends it. */
function useShift(shift: Shift, userId: string): void {
  const again = useSignal<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    const soon = (): void => {
      shift.told()
      askSoon()
    }
    const askSoon = (): void => {
      if (again.peek() !== undefined || shift.view.peek().kind !== 'nothing') return
      again.value = setTimeout(() => {
        again.value = undefined
        void shift.again()
      }, Math.random() * SPREAD_MS)
    }
    void shift.begin(route.peek().item)
    const stops = [
      follow('me', {
        anew: soon,
        event: ({ type, data }) => {
          const { assignmentId = '', userId: whose, previousUserId, previousAssignmentId } = data as Named
          if (type === 'task_assigned' && whose === userId) void shift.given(assignmentId)
          // By another tab, or another browser of this person.
          if (type === 'task_status_changed' && whose === userId) shift.dropped(assignmentId)
          if (type === 'task_unavailable' && whose === userId) void shift.taken(assignmentId)
          if (type === 'task_reassigned' && previousUserId === userId)
            void shift.taken(previousAssignmentId ?? '')
          // Of places on tasks that came to be free the server tells once a second, and of what names this person.
          soon()
        },
      }),
      ...(me.peek()?.memberships ?? []).slice(0, MOST_FOLLOWED).map(({ projectId }) =>
        follow(`project:${projectId}`, {
          anew: soon,
          event: ({ type }) => {
            if (type === 'queue_resumed') soon()
          },
        }),
      ),
      // What opened while nothing was heard is told to nobody again.
      connection.subscribe(({ kind }) => {
        if (kind === 'live') soon()
      }),
      // It was told while it asked.
      shift.view.subscribe(({ kind }) => {
        if (kind === 'nothing' && shift.mayHaveMissed) askSoon()
      }),
    ]
    const moved = (): void => shift.active()
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') shift.hidden()
      else shift.hold()
    }
    const closed = (): void => shift.end(true)
    addEventListener('keydown', moved)
    addEventListener('pointermove', moved)
    addEventListener('pagehide', closed)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      for (const stop of stops) stop()
      clearTimeout(again.peek())
      removeEventListener('keydown', moved)
      removeEventListener('pointermove', moved)
      removeEventListener('pagehide', closed)
      document.removeEventListener('visibilitychange', hidden)
      shift.end()
    }
  }, [shift])
}

/** Projects of which this page hears at most. */
const MOST_FOLLOWED = 50

interface Named {
  readonly assignmentId?: string
  readonly userId?: string
  readonly previousUserId?: string
  readonly previousAssignmentId?: string
}
