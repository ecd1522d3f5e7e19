import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { Button } from './button.tsx'
import './chart.css'
import { PlainTable } from './plain-table.tsx'
import { Plot } from './plot.tsx'
import { type Tick, timeTicks, valueTicks } from './ticks.ts'
import { decimal, fullTime } from './time.ts'

interface ChartProps {
  /** One sentence that says what the chart shows: its name for those who do not see it. */
  readonly summary: string
  /** Instants in ms, in order. */
  readonly times: readonly number[]
  /** A value for each instant; null where none is known. */
  readonly series: readonly { readonly title: string; readonly values: readonly (number | null)[] }[]
  /** Stands at the axis, such as `/s`. */
  readonly unit?: string
  /** Changes of state, at their instants. One after the last value stands at its edge. */
  readonly marks?: readonly Tick[]
}

/** Values over time, from zero; the same numbers as a table on demand. */
export function Chart({ summary, times, series, unit = '', marks = [] }: ChartProps): VNode {
  const isTable = useSignal(false)
  const [first = 0, last = first] = [times[0], times.at(-1)]
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const to = most > 0 ? most * 1.1 : 1
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
        <Plot
          label={summary}
          x={{ from: first, to: last, ticks: timeTicks(first, last) }}
          y={{ from: 0, to, ticks: valueTicks(0, to, (value) => `${decimal(value)}${unit && ` ${unit}`}`) }}
          lines={series.map(({ values }, look) => ({
            points: times.map((at, nth) => [at, values[nth] ?? null] as const),
            look,
          }))}
          dots={times.length === 1 ? series.map(({ values }) => ({ x: first, y: values[0] ?? 0 })) : []}
          marks={marks.filter(({ at }) => at >= first)}
        />
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
