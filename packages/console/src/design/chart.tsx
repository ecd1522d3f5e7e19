import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from './button.tsx'
import './chart.css'
import { PlainTable } from './plain-table.tsx'
import type { ChartProps } from './plot.ts'
import { decimal, fullTime } from './time.ts'

/** Values over time, from zero; the same numbers as a table on demand. What draws it is loaded with the first chart. */
export function Chart(props: ChartProps): VNode {
  const place = useRef<HTMLDivElement>(null)
  const isTable = useSignal(false)
  const plot = useRef<{ readonly draw: (props: ChartProps) => void; readonly stop: () => void }>(undefined)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    if (isTable.value) return
    let isOver = false
    void import('./plot.ts').then(
      ({ plotted }) => {
        if (!isOver && place.current !== null) plot.current = plotted(place.current, latest.current)
      },
      () => {
        // Without what draws it the numbers are still there.
        isTable.value = true
      },
    )
    return () => {
      isOver = true
      plot.current?.stop()
      plot.current = undefined
    }
  }, [isTable.value])
  useEffect(() => plot.current?.draw(props))
  const { summary, series, times, unit = '', height = 180 } = props
  return (
    <figure class="chart">
      {isTable.value ? (
        <PlainTable
          label={summary}
          keyOf={(at) => String(at)}
          rows={times.map((_, row) => row).reverse()}
          columns={[
            { id: 'time', title: 'Time', draw: (row) => fullTime(new Date(times[row] ?? 0)) },
            ...series.map(({ title, values }, column) => ({
              id: String(column),
              title: unit === '' ? title : `${title}, ${unit}`,
              isFigure: true,
              draw: (row: number) => {
                const value = values[row]
                return value === null || value === undefined ? '–' : decimal(value)
              },
            })),
          ]}
        />
      ) : (
        <div ref={place} class="plot" role="img" aria-label={summary} style={{ height: `${height}px` }} />
      )}
      <figcaption>
        {series.length > 1 &&
          !isTable.value &&
          series.map(({ title }, at) => (
            <span key={title} class={`legend s${(at % 8) + 1} dash${at % 4}`}>
              {title}
            </span>
          ))}
        <Button kind="quiet" pressed={isTable.value} onClick={() => (isTable.value = !isTable.value)}>
          As a table
        </Button>
      </figcaption>
    </figure>
  )
}
