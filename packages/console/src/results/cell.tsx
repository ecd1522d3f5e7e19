import type { VNode } from 'preact'
import { lookOf, ShapeOf, State } from '../design/state.tsx'
import { decimal, figure } from '../design/time.ts'
import { type Cell, mostSaid, type People } from './data.ts'

/** What one model said: its label, else its score, else how its job stands. One that stands out has an outline and a sign. */
export function CellView({
  cell,
  sign,
}: {
  readonly cell: Cell | undefined
  /** Why it stands out. */
  readonly sign?: string | undefined
}): VNode {
  if (cell === undefined) return <span class="matrix-wait">…</span>
  const { score, state } = cell
  const most = mostSaid(cell)
  const said = most?.label ?? (score === null ? undefined : decimal(score))
  if (said === undefined) return <State look={lookOf('job', state)} />
  return (
    <span
      class={sign === undefined ? 'matrix-said' : 'matrix-said odd'}
      title={sign === undefined ? said : `${said}: ${sign}`}
    >
      {sign !== undefined && <ShapeOf shape="mark" />}
      <span dir="auto">{said}</span>
      {most !== undefined && most.of > 1 && (
        <small>
          {' '}
          {figure(most.times)} of {figure(most.of)}
        </small>
      )}
      {sign !== undefined && <span class="unseen">: {sign}</span>}
    </span>
  )
}

/** What people made of it: their outcome, else how the task stands, and how many have answered. */
export function PeopleView({ people }: { readonly people: People | null | undefined }): VNode | null {
  if (people == null) return null
  const { label, answers, status } = people
  return (
    <span class="matrix-people" title={`${label ?? lookOf('task', status).word}: ${answered(answers)}`}>
      {label === null ? <State look={lookOf('task', status)} /> : <span dir="auto">{label}</span>}
      <small>
        ({figure(answers)}
        <span class="unseen"> answered</span>)
      </small>
    </span>
  )
}

function answered(answers: number): string {
  return answers === 1 ? 'one answer' : `${figure(answers)} answers`
}
