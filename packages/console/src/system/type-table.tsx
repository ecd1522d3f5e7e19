import type { VNode } from 'preact'
import { Empty } from '../design/empty.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import type { Column } from '../design/table.tsx'
import { decimal, figure } from '../design/time.ts'
import { hrefOf } from '../route/route.ts'
import { shortDuration, type TypeRow } from './data.ts'
import { WORDS } from './words.ts'

const figures = (
  id: string,
  title: string,
  draw: (row: TypeRow) => string,
): Omit<Column<TypeRow>, 'track'> => ({ id, title, isFigure: true, draw })

const COLUMNS: readonly Omit<Column<TypeRow>, 'track'>[] = [
  {
    id: 'type',
    title: 'Type',
    draw: ({ type }) => <a href={hrefOf({ page: 'jobs', type })}>{type}</a>,
  },
  figures('workers', 'Workers', ({ workers }) => figure(workers)),
  figures('pending', 'Pending', ({ pending }) => figure(pending)),
  figures('active', 'At work', ({ active }) => figure(active)),
  figures('failed', 'Failed', ({ failed }) => figure(failed)),
  figures('rate', 'Ended a second', ({ rate }) => decimal(rate)),
  figures('p95', 'Took, p95', ({ p95Ms }) => shortDuration(p95Ms)),
  figures('lost', 'Leases lost', ({ lost }) => figure(lost)),
  {
    id: 'workerLost',
    title: 'worker_lost',
    isFigure: true,
    draw: ({ type, workerLost }) =>
      workerLost === 0 ? (
        '0'
      ) : (
        <a href={hrefOf({ page: 'jobs', type, state: 'failed' })}>{figure(workerLost)}</a>
      ),
  },
]

/** How jobs of each type stand and go, in all projects. */
export function TypeTable({ rows }: { readonly rows: readonly TypeRow[] }): VNode {
  return (
    <Panel title={WORDS.types} more={WORDS.typesOf} class="wide">
      {rows.length === 0 ? (
        <Empty title={WORDS.typesNone} />
      ) : (
        <PlainTable label={WORDS.types} columns={COLUMNS} rows={rows} keyOf={({ type }) => type} />
      )}
    </Panel>
  )
}
