import type { VNode } from 'preact'
import './plot.css'
import type { Tick } from './ticks.ts'

/** An axis from one end to the other. */
export interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly Tick[]
  /** What it is of, if its ticks do not say so. */
  readonly title?: string
}

/** A value, with its interval if it has one. */
export interface Dot {
  readonly x: number
  readonly y: number
  readonly low?: number | null
  readonly high?: number | null
}

interface PlotProps {
  /** What it shows, with its numbers: its name for those who do not see it. */
  readonly label: string
  readonly x: Axis
  readonly y: Axis
  /** Points in order, each line in a look of its own: the first is `0`. A value that is not known breaks its line. */
  readonly lines: readonly {
    readonly points: readonly (readonly [x: number, y: number | null])[]
    readonly look: number
  }[]
  readonly dots?: readonly Dot[]
  /** Changes of state: a line with its words. */
  readonly marks?: readonly Tick[]
  /** In px. */
  readonly height?: number
}

/** Words of a mark that stand this far to the right end before it. */
const EDGE = 70

/** Lines and values between two axes. */
export function Plot({ label, x, y, lines, dots = [], marks = [], height = 180 }: PlotProps): VNode {
  const part = (value: number, { from, to }: Axis): number =>
    to === from ? 50 : Math.min(100, Math.max(0, (100 * (value - from)) / (to - from)))
  const atX = (value: number): string => `${part(value, x)}%`
  const upright = (key: string, kind: string, at: number, low: number, high: number): VNode => (
    <path key={key} class={kind} d={`M${part(at, x)} ${100 - part(low, y)}V${100 - part(high, y)}`} />
  )
  return (
    <div
      class={y.title === undefined ? 'plot' : 'plot titled'}
      role="img"
      aria-label={label}
      style={{ height: `${height}px` }}
    >
      {y.title !== undefined && <span class="plot-title">{y.title}</span>}
      <div class="plot-area">
        {y.ticks.map(({ at, title }) => (
          <span key={at} class="plot-y" style={{ bottom: `${part(at, y)}%` }}>
            {title}
          </span>
        ))}
        {x.ticks.map(({ at, title }) => (
          <span key={at} class="plot-x" style={{ left: atX(at) }}>
            {title}
          </span>
        ))}
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {y.ticks.map(({ at }) => (
            <path key={at} d={`M0 ${100 - part(at, y)}H100`} />
          ))}
          {x.ticks.map(({ at }) => upright(`x${at}`, '', at, y.from, y.to))}
          {lines.map(({ points, look }, nth) => (
            <path
              key={`line${nth}`}
              class={`plot-line s${(look % 8) + 1} dash${look % 4}`}
              d={pathOf(
                points,
                (value) => part(value, x),
                (value) => 100 - part(value, y),
              )}
            />
          ))}
          {marks.map(({ at, title }) => upright(`mark${at}${title}`, 'plot-mark', at, y.from, y.to))}
          {dots.map(
            (dot) =>
              dot.low != null &&
              dot.high != null &&
              upright(`dot${dot.x}`, 'plot-bar', dot.x, dot.low, dot.high),
          )}
        </svg>
        {dots.map((dot) => (
          <i key={dot.x} class="plot-dot" style={{ left: atX(dot.x), bottom: `${part(dot.y, y)}%` }} />
        ))}
        {marks.map(({ at, title }) => (
          <span
            key={`${at}${title}`}
            class="plot-said"
            // Words at the end stand before their line.
            style={part(at, x) > EDGE ? { right: `${100 - part(at, x)}%` } : { left: atX(at) }}
          >
            {title}
          </span>
        ))}
      </div>
      {x.title !== undefined && <span class="plot-title end">{x.title}</span>}
    </div>
  )
}

function pathOf(
  points: readonly (readonly [number, number | null])[],
  atX: (value: number) => number,
  atY: (value: number) => number,
): string {
  let isBroken = true
  return points
    .map(([x, y]) => {
      if (y === null) {
        isBroken = true
        return ''
      }
      const move = isBroken ? 'M' : 'L'
      isBroken = false
      return `${move}${atX(x).toFixed(2)} ${atY(y).toFixed(2)}`
    })
    .join('')
}
