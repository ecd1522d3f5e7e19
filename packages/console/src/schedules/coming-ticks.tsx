import type { VNode } from 'preact'
import { Ago } from '../design/ago.tsx'
import { fullTime } from '../design/time.ts'
import { localSaid, type Upcoming } from './data.ts'
import { NOTES } from './words.ts'

/** Ticks to come, each as the clock of its zone shows it. */
export function ComingTicks({ items }: { readonly items: readonly Upcoming[] }): VNode {
  return (
    <ol class="schedule-next">
      {items.map((tick) => (
        <li key={tick.at}>
          <span>
            <time dateTime={tick.at} title={fullTime(new Date(tick.at))}>
              {localSaid(tick)}
            </time>
            {tick.note !== null && <em> {NOTES[tick.note]}</em>}
          </span>
          <Ago at={tick.at} />
        </li>
      ))}
    </ol>
  )
}
