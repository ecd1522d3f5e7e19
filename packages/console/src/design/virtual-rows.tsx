import { signal, useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { boxHeight, drawnAt, type Extent, type Place, placeThatShows, scrolled } from './positions.ts'
import './virtual-rows.css'

interface VirtualRowsProps {
  readonly label: string
  /** How many rows there are. */
  readonly count: number
  /** What a row holds: its cells, each with the role `gridcell`. */
  readonly draw: (index: number) => ComponentChildren
  /** What keeps a row that moves the same row. */
  readonly keyOf: (index: number) => string
  readonly header?: ComponentChildren
  /** The row that keys act on. */
  readonly at: number | undefined
  readonly onAt: (index: number) => void
  readonly onOpen?: ((index: number) => void) | undefined
  /** What is in sight, `end` excluded: for whoever loads. */
  readonly onSeen?: ((start: number, end: number) => void) | undefined
  readonly isSelected?: ((index: number) => boolean) | undefined
  readonly isDimmed?: ((index: number) => boolean) | undefined
  /** The height of a row in px, if not the page’s own. */
  readonly rowHeight?: number | undefined
  /** The number of columns. */
  readonly columns: number
  readonly gridRef?: { current: HTMLElement | null } | undefined
}

const LEAST_VIEW = 200

/** Rows of one height, of which only those in sight are drawn: one tab stop, moved in by arrows, Page, Home and End. */
export function VirtualRows(props: VirtualRowsProps): VNode {
  const { label, count, keyOf, header, at, onAt, onOpen, onSeen, columns } = props
  const name = useId()
  const grid = useRef<HTMLDivElement>(null)
  const place = useSignal<Place>({ scrollTop: 0, top: 0 })
  const size = useSignal({ view: LEAST_VIEW, rowHeight: props.rowHeight ?? 32 })
  const extent: Extent = { count, ...size.value }
  const latest = useRef(extent)
  latest.current = extent
  useSize(grid, props.rowHeight, (next) => {
    size.value = next
  })
  const { start, end, offset } = drawnAt(extent, place.value)
  useEffect(() => onSeen?.(start, end), [start, end, count])
  const show = (row: number): void => {
    const next = placeThatShows(extent, place.peek(), row)
    if (next === place.peek() || grid.current === null) return
    place.value = next
    grid.current.scrollTop = next.scrollTop
  }
  useLayoutEffect(() => {
    if (at !== undefined) show(at)
  }, [at])
  const move = (to: number): void => onAt(Math.min(count - 1, Math.max(0, to)))
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || count === 0) return
    if (event.target !== event.currentTarget) return
    const page = Math.max(1, Math.floor(extent.view / extent.rowHeight) - 1)
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key]
    if (by !== undefined) move(at === undefined ? (by > 0 ? 0 : count - 1) : at + by)
    else if (event.key === 'Home') move(0)
    else if (event.key === 'End') move(count - 1)
    else if (event.key === 'Enter' && at !== undefined && onOpen) onOpen(at)
    else return
    event.preventDefault()
  }
  const hasActive = at !== undefined && at >= start && at < end
  return (
    <div
      ref={(element) => {
        grid.current = element
        if (props.gridRef) props.gridRef.current = element
      }}
      class="virtual-rows"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={count + (header === undefined ? 0 : 1)}
      aria-colcount={columns}
      aria-multiselectable={props.isSelected ? 'true' : undefined}
      aria-activedescendant={hasActive ? `${name}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: { scrollTop } }) => {
        if (scrollTop !== place.peek().scrollTop)
          place.value = scrolled(latest.current, place.peek(), scrollTop)
      }}
    >
      {header !== undefined && (
        <div class="virtual-header" role="row" aria-rowindex={1}>
          {header}
        </div>
      )}
      <div class="virtual-box" role="presentation" style={{ height: `${boxHeight(extent)}px` }}>
        <div class="virtual-drawn" role="rowgroup" style={{ transform: `translateY(${offset}px)` }}>
          {Array.from({ length: Math.max(0, end - start) }, (_, n) => start + n).map((index) => (
            <Row
              key={keyOf(index)}
              id={`${name}-${index}`}
              index={index}
              isAt={index === at}
              rowIndex={index + (header === undefined ? 1 : 2)}
              height={extent.rowHeight}
              of={props}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

interface RowProps {
  readonly id: string
  readonly index: number
  readonly isAt: boolean
  readonly rowIndex: number
  readonly height: number
  /** The same for as long as nothing but the place was changed. */
  readonly of: VirtualRowsProps
}

const NOTHING = signal(0)

/** A row. While a list is scrolled the rows that stay in sight are not drawn again. */
function Row({ id, index, isAt, rowIndex, height, of }: RowProps): VNode {
  // Of what reads a signal, signals draw nothing again that has the same properties.
  void NOTHING.value
  const { draw, isDimmed, isSelected, onAt, onOpen } = of
  return (
    <div
      id={id}
      class={`virtual-row${isAt ? ' at' : ''}${isDimmed?.(index) ? ' dimmed' : ''}`}
      role="row"
      aria-rowindex={rowIndex}
      aria-selected={isSelected?.(index)}
      style={{ height: `${height}px` }}
      onClick={(event) => {
        onAt(index)
        if (onOpen && !isOfItsOwn(event.target)) onOpen(index)
      }}
    >
      {draw(index)}
    </div>
  )
}

const isOfItsOwn = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, input, select, label') !== null

/** Follows the height of the window and of rows, which the size of the screen and the density change. */
function useSize(
  grid: { readonly current: HTMLElement | null },
  rowHeight: number | undefined,
  set: (size: { readonly view: number; readonly rowHeight: number }) => void,
): void {
  useLayoutEffect(() => {
    const element = grid.current
    if (element === null) return
    const measure = (): void => {
      const own = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row'))
      const header = element.querySelector('.virtual-header')?.getBoundingClientRect().height ?? 0
      set({
        view: Math.max(LEAST_VIEW, element.clientHeight - header),
        rowHeight: rowHeight ?? (Number.isFinite(own) ? own : 32),
      })
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    const looks = new MutationObserver(measure)
    looks.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] })
    return () => {
      sizes.disconnect()
      looks.disconnect()
    }
  }, [rowHeight])
}
