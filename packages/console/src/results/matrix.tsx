import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { isNarrow } from '../design/narrow.ts'
import { State } from '../design/state.tsx'
import { figure } from '../design/time.ts'
import { VirtualRows } from '../design/virtual-rows.tsx'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed } from '../route/route.ts'
import { CellView } from './cell.tsx'
import { isOdd, isSplit, type Row, type RowsInSight } from './data.ts'

const CELL_PX = 132
const HEAD_PX = 420
/** A card: its name, its text, and a line for each two models. */
const CARD_PX = 60
const CARD_LINE_PX = 26
const CARD_MODELS = 4

interface MatrixProps {
  readonly label: string
  readonly models: readonly string[]
  readonly rows: RowsInSight
  readonly count: number
  /** Another once rows were read. */
  readonly turn: number
  readonly onSeen: (start: number, end: number) => void
}

/** Rows and columns of which only those in sight are drawn. */
export function Matrix({ label, models, rows, count, onSeen }: MatrixProps): VNode {
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
  const last = Math.min(models.length, Math.ceil((left + width - HEAD_PX) / CELL_PX) + 1)
  const shown = useMemo(
    () => models.slice(first, last).map((model, index) => ({ model, column: first + index })),
    [models, first, last],
  )
  const isCards = isNarrow.value
  const style = isCards ? {} : { '--wide': `${HEAD_PX + models.length * CELL_PX}px` }
  return (
    <div class={isCards ? 'matrix cards' : 'matrix'} style={style}>
      <VirtualRows
        label={label}
        count={count}
        columns={isCards ? 1 : 2 + models.length}
        gridRef={grid}
        at={at.value}
        onAt={moveTo}
        onOpen={open}
        onSeen={onSeen}
        keyOf={String}
        rowHeight={isCards ? cardHeight(models.length) : undefined}
        header={
          isCards ? undefined : (
            <>
              <div role="columnheader" aria-colindex={1} class="matrix-name">
                Scenario
              </div>
              <div role="columnheader" aria-colindex={2} class="matrix-text">
                Text
              </div>
              {shown.map(({ model, column }) => (
                <div
                  key={model}
                  role="columnheader"
                  aria-colindex={column + 3}
                  class="matrix-cell"
                  style={{ left: `${HEAD_PX + column * CELL_PX}px` }}
                  title={model}
                  dir="auto"
                >
                  {model}
                </div>
              ))}
            </>
          )
        }
        draw={(index) =>
          isCards ? (
            <Card row={rows.at(index)} models={models} />
          ) : (
            <Cells row={rows.at(index)} shown={shown} />
          )
        }
      />
    </div>
  )
}

function Cells({
  row,
  shown,
}: {
  readonly row: Row | undefined
  readonly shown: readonly { readonly model: string; readonly column: number }[]
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
      {shown.map(({ model, column }) => (
        <div
          key={model}
          role="gridcell"
          aria-colindex={column + 3}
          class="matrix-cell"
          style={{ left: `${HEAD_PX + column * CELL_PX}px` }}
        >
          <CellView cell={row?.cells[model]} isOdd={row !== undefined && isOdd(row, model)} />
        </div>
      ))}
    </>
  )
}

function cardHeight(models: number): number {
  const lines = Math.ceil(Math.min(models, CARD_MODELS) / 2) + (models > CARD_MODELS ? 1 : 0)
  return CARD_PX + lines * CARD_LINE_PX
}

/** One scenario on a phone, its models below. */
function Card({ row, models }: { readonly row: Row | undefined; readonly models: readonly string[] }): VNode {
  return (
    <div role="gridcell" class="matrix-card">
      <span class="matrix-card-head" dir="auto">
        <b>{row?.scenarioId ?? '…'}</b>
        {row !== undefined && isSplit(row) && <State look={{ shape: 'mark', word: 'split', tone: 'wait' }} />}
      </span>
      <span dir="auto">{row?.preview ?? ''}</span>
      <span class="matrix-card-cells">
        {models.slice(0, CARD_MODELS).map((model) => (
          <span key={model}>
            <small dir="auto">{model}</small>{' '}
            <CellView cell={row?.cells[model]} isOdd={row !== undefined && isOdd(row, model)} />
          </span>
        ))}
        {models.length > CARD_MODELS && <small>and {figure(models.length - CARD_MODELS)} more</small>}
      </span>
    </div>
  )
}
