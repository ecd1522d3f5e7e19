import type { VNode } from 'preact'
import './interval.css'

interface IntervalProps {
  /** What it shows, with its numbers: its name for those who do not see it. */
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
  /** The ends of the line. */
  readonly line: readonly [number, number]
  /** Where a dashed mark stands. */
  readonly mark?: number | undefined
  /** A second value, as a ring. */
  readonly other?: number | undefined
  /** Shaded from there to there. */
  readonly band?: readonly [number, number] | undefined
  readonly tone?: 'done' | 'failed' | undefined
}

/** A value with its interval on a line. */
export function Interval({ label, value, low, high, line, mark, other, band, tone }: IntervalProps): VNode {
  const [from, to] = line
  const at = (x: number): string => {
    const part = to === from ? 0.5 : (Math.min(to, Math.max(from, x)) - from) / (to - from)
    return `${(4 + 92 * part).toFixed(2)}%`
  }
  const width = (one: number, another: number): string =>
    `${(Number.parseFloat(at(another)) - Number.parseFloat(at(one))).toFixed(2)}%`
  return (
    <svg class={`interval ${tone ?? ''}`} role="img" aria-label={label}>
      {band !== undefined && (
        <rect class="interval-band" x={at(band[0])} width={width(...band)} y="2" height="24" rx="3" />
      )}
      <line class="interval-line" x1="0" x2="100%" y1="14" y2="14" />
      {mark !== undefined && <line class="interval-mark" x1={at(mark)} x2={at(mark)} y1="2" y2="26" />}
      <line class="interval-bar" x1={at(low)} x2={at(high)} y1="14" y2="14" />
      <line class="interval-end" x1={at(low)} x2={at(low)} y1="9" y2="19" />
      <line class="interval-end" x1={at(high)} x2={at(high)} y1="9" y2="19" />
      <circle class="interval-dot" cx={at(value)} cy="14" r="5" />
      {other !== undefined && <circle class="interval-ring" cx={at(other)} cy="14" r="5" />}
    </svg>
  )
}
