import { differenceLine } from '@muster/core/evaluation'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { Button } from '../design/button.tsx'
import { Interval } from '../design/interval.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { figure, signed } from '../design/time.ts'
import { changed, hrefOf, route } from '../route/route.ts'
import { type Comparison, chance, type Slice, valueSaid } from './data.ts'
import { WORDS } from './words.ts'

/** Values that are drawn unasked. */
const FEW = 20

interface SlicesProps {
  readonly comparison: Comparison
  readonly metric: string
}

/** One metric by the values at a pointer, those that differ most surely first. */
export function Slices({ comparison: { slices }, metric }: SlicesProps): VNode {
  const isAll = useSignal(false)
  const pointers = Array.from(new Set(slices.map(({ at }) => at)))
  const { slice: asked } = route.value
  const now = pointers.find((at) => at === asked) ?? pointers[0]
  const rows = slices
    .filter((slice) => slice.at === now && slice.metric === metric)
    .sort((one, other) => (one.q ?? 2) - (other.q ?? 2) || other.n - one.n)
  const shown = isAll.value ? rows : rows.slice(0, FEW)
  return (
    <Panel title={WORDS.slices} more={`${metric} · ${WORDS.slicesMore}`} class="compare-slices">
      {pointers.length > 1 && (
        <Tabs
          label="Slices by"
          now={now ?? ''}
          tabs={pointers.map((at) => ({ id: at, title: at, href: hrefOf(changed({ slice: at })) }))}
        />
      )}
      <PlainTable<Slice>
        label={`${WORDS.slices} by ${now ?? ''}`}
        rows={shown}
        keyOf={({ value }) => valueSaid(value)}
        columns={[
          {
            id: 'value',
            title: now === '' ? 'Value' : (now ?? ''),
            draw: ({ value }) => <bdi>{valueSaid(value)}</bdi>,
          },
          { id: 'n', title: 'n', isFigure: true, draw: ({ n }) => figure(n) },
          {
            id: 'picture',
            title: 'Worse · better',
            draw: (slice) => <Picture slice={slice} />,
          },
          {
            id: 'difference',
            title: 'Difference',
            isFigure: true,
            draw: ({ difference }) => signed(difference),
          },
          {
            id: 'interval',
            title: 'Interval',
            isFigure: true,
            draw: ({ low, high }) => (low === null ? 'fewer than 10' : `${signed(low)} to ${signed(high)}`),
          },
          { id: 'q', title: 'q', isFigure: true, draw: ({ q }) => chance(q) },
        ]}
      />
      {rows.length > FEW && (
        <div class="panel-body">
          <Button kind="quiet" pressed={isAll.value} onClick={() => (isAll.value = !isAll.value)}>
            {`${WORDS.slicesAll} ${figure(rows.length)}`}
          </Button>
        </div>
      )}
    </Panel>
  )
}

function Picture({ slice }: { readonly slice: Slice }): VNode {
  const { value, difference, low, high } = slice
  const line = differenceLine(slice)
  if (line === null || difference === null || low === null || high === null) return <span>–</span>
  return (
    <Interval
      label={`${valueSaid(value)}: ${signed(difference)}, from ${signed(low)} to ${signed(high)}`}
      value={difference}
      low={low}
      high={high}
      line={line}
      mark={0}
    />
  )
}
