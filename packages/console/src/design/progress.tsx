import type { VNode } from 'preact'
import './progress.css'
import type { Tone } from './state.tsx'

/** A part of a bar. */
export interface Part {
  readonly title: string
  readonly value: number
  readonly tone: Tone
}

interface ProgressProps {
  /** What the bar is of; its parts are read out after it. */
  readonly label: string
  readonly parts: readonly Part[]
  /** What all of it is; the sum of the parts without it. */
  readonly total?: number | undefined
  readonly isTall?: boolean
}

/** A bar of parts, each told by its colour and read out by its number; the numbers stand beside it. */
export function Progress({ label, parts, total, isTall = false }: ProgressProps): VNode {
  const sum = parts.reduce((before, { value }) => before + value, 0)
  const whole = Math.max(total ?? sum, sum, 1)
  const said = parts.filter(({ value }) => value > 0).map(({ title, value }) => `${value} ${title}`)
  return (
    <span
      class={isTall ? 'progress tall' : 'progress'}
      role="img"
      aria-label={`${label}: ${said.length === 0 ? 'nothing' : said.join(', ')}`}
    >
      {parts.map(({ title, value, tone }) => (
        <i
          key={title}
          class={`part-${tone}`}
          title={`${value} ${title}`}
          style={{ width: `${(value / whole) * 100}%` }}
        />
      ))}
    </span>
  )
}
