import type { ComponentChildren, ComponentProps, VNode } from 'preact'
import { Interval } from './interval.tsx'
import './interval-row.css'

interface IntervalRowProps {
  /** What it is of, and what is said of that. */
  readonly name: ComponentChildren
  /** The interval; undefined: there is none. */
  readonly interval: ComponentProps<typeof Interval> | undefined
  /** The ends of its line in words. */
  readonly ends: readonly [string, string]
  /** Its figures. */
  readonly children: ComponentChildren
  /** It is the one that is looked at. */
  readonly isNow?: boolean
}

/** A row of a list: its name, its interval, its figures. */
export function IntervalRow({ name, interval, ends, children, isNow }: IntervalRowProps): VNode {
  return (
    <li class={isNow ? 'interval-row now' : 'interval-row'}>
      <div class="interval-name">{name}</div>
      <div>
        {interval === undefined ? (
          <p class="panel-note">No interval</p>
        ) : (
          <>
            <Interval {...interval} />
            <p class="interval-ends" aria-hidden="true">
              <span>{ends[0]}</span>
              <span>{ends[1]}</span>
            </p>
          </>
        )}
      </div>
      <div class="interval-figures">{children}</div>
    </li>
  )
}
