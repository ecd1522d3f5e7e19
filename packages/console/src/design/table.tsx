import type { ComponentChildren, VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { useDeeds } from '../keys/page-keys.ts'
import { Icon } from './icon.tsx'
import { isNarrow } from './narrow.ts'
import './table.css'
import { VirtualRows } from './virtual-rows.tsx'

/** A column of a table. */
export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** Its width, as a track of a CSS grid: `120px`, `minmax(140px, 2fr)`. */
  readonly track: string
  /** Figures stand at the end of their column. */
  readonly isFigure?: boolean
  readonly draw: (row: Row) => ComponentChildren
  /** It can be sorted by. */
  readonly isSortable?: boolean
}

/** The way rows are in order. */
export interface Sorting {
  readonly by: string
  readonly order: 'asc' | 'desc'
}

/** Rows that are selected, by id. */
export interface Selecting {
  readonly has: (id: string) => boolean
  readonly toggle: (id: string) => void
  /** Selects a row beside one that is, as `shift` and an arrow do. */
  readonly add: (id: string) => void
  /** All that is shown; a second time, all that match. */
  readonly all: () => void
  /** Selects all from the row that was selected last to this one. */
  readonly range: (id: string) => void
}

interface DataTableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** The row that keys act on, by id. */
  readonly at: string | undefined
  readonly onAt: (id: string) => void
  readonly onOpen?: (row: Row) => void
  readonly selection?: Selecting | undefined
  /** It no longer matches what is asked for. */
  readonly isDimmed?: (row: Row) => boolean
  readonly sorting?: Sorting | undefined
  readonly onSort?: (sorting: Sorting) => void
  /** The end of the rows, or their beginning, is near: there may be more. */
  readonly onNear?: (end: 'start' | 'end') => void
  /** A row as two lines, for a phone; without it the table scrolls sideways by itself. */
  readonly narrow?: (row: Row) => ComponentChildren
  /** Least width of a row in px before the table scrolls sideways by itself. */
  readonly leastWidth?: number
}

/** Rows this near to an end ask for more. */
const NEAR = 40
const NARROW_ROW = 60

/** A table of many rows, by keys as by pointer: `j` `k` and arrows move, `Enter` opens, `x` and `shift` with arrows select. */
export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { label, rows, keyOf, onOpen, selection, onNear, narrow } = props
  const grid = useRef<HTMLElement>(null)
  const at = props.at === undefined ? -1 : rows.findIndex((row) => keyOf(row) === props.at)
  const moveTo = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (row !== undefined) props.onAt(keyOf(row))
  }
  const move = (by: number, event?: KeyboardEvent): boolean => {
    // An arrow elsewhere scrolls, or is another list's.
    if (event?.key.startsWith('Arrow') && event.target !== grid.current) return false
    if (document.activeElement !== grid.current) grid.current?.focus({ preventScroll: true })
    moveTo(at < 0 ? 0 : at + by)
    return true
  }
  const select = (by: number): boolean => {
    if (selection === undefined || at < 0) return false
    selection.add(keyOf(rows[at] as Row))
    const next = rows[at + by]
    if (next === undefined) return true
    selection.add(keyOf(next))
    moveTo(at + by)
    return true
  }
  useDeeds(['list'], {
    rowDown: (event) => move(1, event),
    rowUp: (event) => move(-1, event),
    ...(onOpen && {
      openRow: () => {
        if (at < 0) return false
        onOpen(rows[at] as Row)
        return true
      },
    }),
    ...(selection && {
      selectRow: () => {
        if (at < 0) return false
        selection.toggle(keyOf(rows[at] as Row))
        return true
      },
      selectDown: () => select(1),
      selectUp: () => select(-1),
      selectAll: () => selection.all(),
    }),
  })
  const isCards = narrow !== undefined && isNarrow.value
  const columns: readonly Column<Row>[] = isCards ? [] : props.columns
  const tracks = `${selection && !isCards ? '28px ' : ''}${columns.map(({ track }) => track).join(' ')}`
  return (
    <div
      class={`data-table${isCards ? ' cards' : ''}`}
      style={{
        '--tracks': tracks,
        '--least': isCards ? '0px' : `${props.leastWidth ?? columns.length * 90}px`,
      }}
    >
      <VirtualRows
        label={label}
        count={rows.length}
        columns={isCards ? 1 : columns.length + (selection ? 1 : 0)}
        gridRef={grid}
        at={at < 0 ? undefined : at}
        onAt={moveTo}
        {...(onOpen && { onOpen: (index: number) => onOpen(rows[index] as Row) })}
        keyOf={(index) => keyOf(rows[index] as Row)}
        isSelected={selection && ((index) => selection.has(keyOf(rows[index] as Row)))}
        isDimmed={(index) => props.isDimmed?.(rows[index] as Row) ?? false}
        rowHeight={isCards ? NARROW_ROW : undefined}
        onSeen={(start, end) => {
          if (start < NEAR) onNear?.('start')
          if (end > rows.length - NEAR) onNear?.('end')
        }}
        header={isCards ? undefined : <Header {...props} />}
        draw={(index) => {
          const row = rows[index] as Row
          if (isCards)
            return (
              <div class="card" role="gridcell">
                {narrow(row)}
              </div>
            )
          return (
            <>
              {selection && <Tick id={keyOf(row)} selection={selection} />}
              {columns.map(({ id, isFigure, draw }) => (
                <div key={id} class={isFigure ? 'cell figure' : 'cell'} role="gridcell">
                  {draw(row)}
                </div>
              ))}
            </>
          )
        }}
      />
    </div>
  )
}

function Tick({ id, selection }: { readonly id: string; readonly selection: Selecting }): VNode {
  const isOn = selection.has(id)
  return (
    <div class="cell tick-cell" role="gridcell">
      <button
        type="button"
        class="tick"
        tabIndex={-1}
        aria-pressed={isOn}
        aria-label={isOn ? 'Selected' : 'Select'}
        onClick={({ shiftKey }) => (shiftKey ? selection.range(id) : selection.toggle(id))}
      >
        <span class={isOn ? 'tick-box on' : 'tick-box'}>{isOn && <Icon name="check" />}</span>
      </button>
    </div>
  )
}

function Header<Row>({ columns, selection, sorting, onSort }: DataTableProps<Row>): VNode {
  return (
    <>
      {selection && (
        <div class="cell" role="columnheader">
          <span class="unseen">Selected</span>
        </div>
      )}
      {columns.map(({ id, title, isFigure, isSortable }) => {
        const isBy = sorting?.by === id
        const order = isBy ? sorting.order : undefined
        const sorted = order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : undefined
        return (
          <div key={id} class={isFigure ? 'cell figure' : 'cell'} role="columnheader" aria-sort={sorted}>
            {isSortable && onSort ? (
              <button
                type="button"
                class="sort"
                tabIndex={-1}
                onClick={() => onSort({ by: id, order: order === 'desc' ? 'asc' : 'desc' })}
              >
                {title}
                {order !== undefined && <Icon name={order === 'asc' ? 'up' : 'down'} />}
              </button>
            ) : (
              title
            )}
          </div>
        )
      })}
    </>
  )
}
