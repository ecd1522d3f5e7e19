import type { VNode } from 'preact'
import { Panel } from '../design/panel.tsx'
import { clockTime, dayOf, figure, fullTime } from '../design/time.ts'
import type { Known, Move } from './data.ts'
import { HOW, MOVED, REASONS, WORDS } from './words.ts'

/** What happened to a task, oldest first, and where it stands now. */
export function History({ known }: { readonly known: Known }): VNode {
  const { task, moves } = known
  const live = task.assignments.filter(({ status }) =>
    ['assigned', 'accepted', 'in_progress'].includes(status),
  )
  const holders = live.map(({ userId }) => known.names.get(userId ?? '') ?? 'somebody')
  return (
    <Panel title={WORDS.happened} more={moves.length > 1 ? figure(moves.length) : undefined}>
      {moves.length === 0 && <p class="quiet task-none">{WORDS.happenedNone}</p>}
      <ol class="history">
        {moves.map((move, place) => (
          <Line key={place} move={move} known={known} isNewDay={isNewDay(move, moves[place - 1])} />
        ))}
        {task.status === 'open' && (
          <li class="history-now">
            <b>{WORDS.now}</b>
            <span>{holders.length === 0 ? WORDS.nowNobody : holders.join(', ')}</span>
          </li>
        )}
      </ol>
    </Panel>
  )
}

function Line({
  move,
  known,
  isNewDay: isFirstOfDay,
}: {
  readonly move: Move
  readonly known: Known
  readonly isNewDay: boolean
}): VNode {
  const at = new Date(move.at)
  return (
    <li id={move.decisionId === null ? undefined : `move-${move.decisionId}`}>
      <time dateTime={move.at} title={fullTime(at)}>
        {isFirstOfDay && <span class="history-day">{`${dayOf(at)} `}</span>}
        {clockTime(at).slice(0, 5)}
      </time>
      <span dir="auto">
        {toldOf(move, known)}
        {move.decisionId !== null && (
          <>
            {' '}
            <a
              href={`#given-${move.decisionId}`}
              onClick={(event) => jump(event, `given-${move.decisionId}`)}
            >
              why
            </a>
          </>
        )}
      </span>
    </li>
  )
}

/** The address is the route: a place on the page is gone to without it. */
function jump(event: Event, id: string): void {
  event.preventDefault()
  const to = document.getElementById(id)
  to?.scrollIntoView({ block: 'nearest' })
  to?.focus()
}

function isNewDay({ at }: Move, before: Move | undefined): boolean {
  return before === undefined || new Date(before.at).toDateString() !== new Date(at).toDateString()
}

/** A move in words. */
function toldOf(move: Move, { names }: Known): string {
  const { kind, from, to, by, userId, stepId, attempt, how, reason } = move
  const who = (id: string | null): string => (id === null ? 'somebody' : (names.get(id) ?? 'somebody'))
  const byWhom = by !== null && by !== userId ? ` by ${who(by)}` : ''
  const why = reason === null || reason === '' ? '' : `: ${REASONS[reason] ?? `“${reason}”`}`
  if (kind === 'assignment') {
    const deed = to === 'assigned' && how !== null ? (HOW[how] ?? 'has it') : (MOVED[to ?? ''] ?? `is ${to}`)
    const again = attempt !== null && attempt > 1 && to === 'assigned' ? `, attempt ${attempt}` : ''
    return `${who(userId)} ${deed} at ${stepId}${again}${byWhom}${why}`
  }
  if (kind === 'status') return from === null ? 'added' : `${to}${byWhom}${why}`
  if (kind === 'step') return to === null ? `left ${from}` : `went from ${from ?? 'the start'} to ${to}`
  if (kind === 'priority') return `priority ${from} → ${to}${byWhom}`
  return `asks for ${to ?? 'no skill of its own'}${from === null ? '' : `, no longer ${from}`}${byWhom}`
}
