import type { VNode } from 'preact'
import { lookOf, ShapeOf, State } from '../design/state.tsx'
import { decimal } from '../design/time.ts'
import type { Cell } from './data.ts'

/** What one model said: its label, else its score, else how its job stands. One that is alone with it has an outline and a sign. */
export function CellView({
  cell,
  isOdd,
}: {
  readonly cell: Cell | undefined
  readonly isOdd: boolean
}): VNode {
  if (cell === undefined) return <span class="matrix-wait">…</span>
  const { label, score, state } = cell
  const said = label ?? (score === null ? undefined : decimal(score))
  if (said === undefined) return <State look={lookOf('job', state)} />
  return (
    <span class={isOdd ? 'matrix-said odd' : 'matrix-said'} title={isOdd ? `${said}: others differ` : said}>
      {isOdd && <ShapeOf shape="mark" />}
      <span dir="auto">{said}</span>
      {isOdd && <span class="unseen">: others differ</span>}
    </span>
  )
}
