import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { isNarrow } from '../design/narrow.ts'
import { State } from '../design/state.tsx'
import { figure } from '../design/time.ts'
import { VirtualRows } from '../design/virtual-rows.tsx'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed } from '../route/route.ts'
import { CellView, PeopleView } from './cell.tsx'
import { cellIn, isSplit, type ModelColumn, type Row, type RowsInSight, signOf } from './data.ts'
import { WORDS } from './words.ts'

const CELL_PX = 132
const HEAD_PX = 420
/** A card: its name, its text, and a line for each two models. */
const CARD_PX = 60
const CARD_LINE_PX = 26
const CARD_MODELS = 4

interface MatrixProps {
  readonly label: string
  readonly columns: readonly ModelColumn[]
  /** Whether some of them go to people, who have a column then. */
  readonly hasPeople: boolean
  readonly rows: RowsInSight
  readonly count: number
  /** Another once rows were read. */
  readonly turn: number
  readonly onSeen: (start: number, end: number) => void
}

/** Rows and columns of which only those in sight are drawn. */
export function Matrix({ label, columns, hasPeople, rows, count, onSeen }: MatrixProps): VNode {
  const at = useSignal<number | undefined>(undefined)
  const grid = useRef<HTMLElement | null>(null)
  const sight = useSignal({ left: 0, width: 1_000 })
  useEffect(() => {
    const element = grid.current
    if (element === null) return
    const look = (): void => {
      const [left, width] = [element.scrollLeft, element.clientWidth]
      if (left !== sight.peek().left || width !== sight.peek().width) sight.value = { left, width }
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    return () => {
      element.removeEventListener('scroll', look)
      sizes.disconnect()
    }
  }, [])
  useEffect(() => {
    at.value = undefined
  }, [rows])
  const open = (index: number): boolean => {
    const row = rows.at(index)
    if (row !== undefined) become(changed({ item: String(row.place) }))
    return row !== undefined
  }
  const moveTo = (index: number): void => {
    at.value = Math.min(count - 1, Math.max(0, index))
  }
  const move = (by: number, event?: KeyboardEvent): boolean => {
    if (event?.key.startsWith('Arrow') && event.target !== grid.current) return false
    if (document.activeElement !== grid.current) grid.current?.focus({ preventScroll: true })
    moveTo(at.peek() === undefined ? 0 : (at.peek() ?? 0) + by)
    return true
  }
  useDeeds(['list'], {
    rowDown: (event) => move(1, event),
    rowUp: (event) => move(-1, event),
    openRow: () => at.peek() !== undefined && open(at.peek() ?? 0),
  })
  const { left, width } = sight.value
  const first = Math.max(0, Math.floor((left - HEAD_PX) / CELL_PX))
  const last = Math.min(columns.length, Math.ceil((left + width - HEAD_PX) / CELL_PX) + 1)
  const shown = useMemo(
    () => columns.slice(first, last).map((column, index) => ({ ...column, nth: first + index })),
    [columns, first, last],
  )
  const isCards = isNarrow.value
  const all = columns.length + (hasPeople ? 1 : 0)
  const style = isCards ? {} : { '--wide': `${HEAD_PX + all * CELL_PX}px` }
  return (
    <div class={isCards ? 'matrix cards' : 'matrix'} style={style}>
      <VirtualRows
        label={label}
        count={count}
        columns={isCards ? 1 : 2 + all}
        gridRef={grid}
        at={at.value}
        onAt={moveTo}
        onOpen={open}
        onSeen={onSeen}
        keyOf={String}
        rowHeight={isCards ? cardHeight(columns.length + (hasPeople ? 1 : 0)) : undefined}
        header={
          isCards ? undefined : (
            <>
              <div role="columnheader" aria-colindex={1} class="matrix-name">
                Scenario
              </div>
              <div role="columnheader" aria-colindex={2} class="matrix-text">
                Text
              </div>
              {shown.map(({ key, model, isBeside, nth }) => (
                <div
                  key={key}
                  role="columnheader"
                  aria-colindex={nth + 3}
                  class={isBeside ? 'matrix-cell beside-run' : 'matrix-cell'}
                  style={{ left: leftOf(nth) }}
                  title={isBeside ? `${model}, ${WORDS.besideRun}` : model}
                  dir="auto"
                >
                  {model}
                  {isBeside && <small> {WORDS.second}</small>}
                </div>
              ))}
              {hasPeople && (
                <div
                  role="columnheader"
                  aria-colindex={columns.length + 3}
                  class="matrix-cell"
                  style={{ left: leftOf(columns.length) }}
                >
                  {WORDS.people}
                </div>
              )}
            </>
          )
        }
        draw={(index) =>
          isCards ? (
            <Card row={rows.at(index)} columns={columns} hasPeople={hasPeople} />
          ) : (
            <Cells row={rows.at(index)} shown={shown} peopleAt={hasPeople ? columns.length : undefined} />
          )
        }
      />
    </div>
  )
}

const leftOf = (nth: number): string => `${HEAD_PX + nth * CELL_PX}px`

function Cells({
  row,
  shown,
  peopleAt,
}: {
  readonly row: Row | undefined
  readonly shown: readonly (ModelColumn & { readonly nth: number })[]
  readonly peopleAt: number | undefined
}): VNode {
  return (
    <>
      <div role="gridcell" aria-colindex={1} class="matrix-name" title={row?.scenarioId} dir="auto">
        {row?.scenarioId ?? '…'}
      </div>
      <div role="gridcell" aria-colindex={2} class="matrix-text" title={row?.preview} dir="auto">
        {row !== undefined && isSplit(row) && <State look={{ shape: 'mark', word: 'split', tone: 'wait' }} />}
        <span>{row?.preview ?? ''}</span>
      </div>
      {shown.map((column) => (
        <div
          key={column.key}
          role="gridcell"
          aria-colindex={column.nth + 3}
          class={column.isBeside ? 'matrix-cell beside-run' : 'matrix-cell'}
          style={{ left: leftOf(column.nth) }}
        >
          {isUnsampled(row, column) ? (
            <span class="matrix-wait" title={WORDS.notSampled}>
              –
            </span>
          ) : (
            <CellView cell={cellIn(row, column)} sign={signOf(row, column)} />
          )}
        </div>
      ))}
      {peopleAt !== undefined && (
        <div
          role="gridcell"
          aria-colindex={peopleAt + 3}
          class="matrix-cell"
          style={{ left: leftOf(peopleAt) }}
        >
          <PeopleView people={row?.people} />
        </div>
      )}
    </>
  )
}

/** Whether the run beside has no job of this scenario. */
function isUnsampled(row: Row | undefined, column: ModelColumn): boolean {
  return row !== undefined && column.isBeside && cellIn(row, column) === undefined
}

function cardHeight(models: number): number {
  const lines = Math.ceil(Math.min(models, CARD_MODELS) / 2) + (models > CARD_MODELS ? 1 : 0)
  return CARD_PX + lines * CARD_LINE_PX
}

/** One scenario on a phone, its models below, people first. */
function Card({
  row,
  columns,
  hasPeople,
}: {
  readonly row: Row | undefined
  readonly columns: readonly ModelColumn[]
  readonly hasPeople: boolean
}): VNode {
  const most = hasPeople ? CARD_MODELS - 1 : CARD_MODELS
  return (
    <div role="gridcell" class="matrix-card">
      <span class="matrix-card-head" dir="auto">
        <b>{row?.scenarioId ?? '…'}</b>
        {row !== undefined && isSplit(row) && <State look={{ shape: 'mark', word: 'split', tone: 'wait' }} />}
      </span>
      <span dir="auto">{row?.preview ?? ''}</span>
      <span class="matrix-card-cells">
        {hasPeople && (
          <span>
            <small>{WORDS.people}</small>{' '}
            {row?.people == null ? <span class="matrix-wait">–</span> : <PeopleView people={row.people} />}
          </span>
        )}
        {columns.slice(0, most).map((column) => (
          <span key={column.key}>
            <small dir="auto">
              {column.model}
              {column.isBeside && ` ${WORDS.second}`}
            </small>{' '}
            {isUnsampled(row, column) ? (
              <span class="matrix-wait">–</span>
            ) : (
              <CellView cell={cellIn(row, column)} sign={signOf(row, column)} />
            )}
          </span>
        ))}
        {columns.length > most && <small>and {figure(columns.length - most)} more</small>}
      </span>
    </div>
  )
}
