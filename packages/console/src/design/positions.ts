/** Tallest content that is scrolled as it is: browsers cut boxes somewhere above 17 million px. */
export const MOST_PX = 8_000_000

/** A list of rows of one height, seen through a window. All lengths are px. */
export interface Extent {
  readonly count: number
  readonly rowHeight: number
  /** The height of the window. */
  readonly view: number
}

/** Where a list is scrolled to: in the box that the browser scrolls, and among the rows. They differ if the list is taller than that box. */
export interface Place {
  readonly scrollTop: number
  readonly top: number
}

/** The rows to draw, `end` excluded, and how far from the top of the box the first of them stands. */
export interface Drawn {
  readonly start: number
  readonly end: number
  readonly offset: number
}

const totalOf = ({ count, rowHeight }: Extent): number => count * rowHeight

/** The height of the box that is scrolled. */
export function boxHeight(extent: Extent): number {
  return Math.min(totalOf(extent), MOST_PX)
}

const mostTop = (extent: Extent): number => Math.max(0, totalOf(extent) - extent.view)
const mostScroll = (extent: Extent): number => Math.max(0, boxHeight(extent) - extent.view)

/** Scrolled by the browser to `scrollTop`: a step smaller than the window moves by as many px, a leap goes in proportion; both ends are ends. */
export function scrolled(extent: Extent, before: Place, scrollTop: number): Place {
  const [most, mostBox] = [mostTop(extent), mostScroll(extent)]
  if (most === mostBox) return { scrollTop, top: Math.min(scrollTop, most) }
  if (scrollTop <= 0) return { scrollTop, top: 0 }
  // Browsers round where they scroll to.
  if (scrollTop >= mostBox - 1) return { scrollTop, top: most }
  const step = scrollTop - before.scrollTop
  const top = Math.abs(step) < extent.view ? before.top + step : (scrollTop / mostBox) * most
  return { scrollTop, top: Math.min(most, Math.max(0, top)) }
}

/** The place that shows the rows from `top` px on. */
export function placeOf(extent: Extent, top: number): Place {
  const [most, mostBox] = [mostTop(extent), mostScroll(extent)]
  const at = Math.min(most, Math.max(0, top))
  return { top: at, scrollTop: most === mostBox ? at : (at / most) * mostBox }
}

/** The nearest place that shows a row in full. */
export function placeThatShows(extent: Extent, now: Place, row: number): Place {
  const { rowHeight, view } = extent
  const [first, last] = [row * rowHeight, (row + 1) * rowHeight - view]
  if (now.top > first) return placeOf(extent, first)
  if (now.top < last) return placeOf(extent, last)
  return now
}

/** The rows to draw at a place, with some more on either side so that scrolling meets no gap. */
export function drawnAt(extent: Extent, { top, scrollTop }: Place, more = 6): Drawn {
  const { count, rowHeight, view } = extent
  const start = Math.max(0, Math.floor(top / rowHeight) - more)
  const end = Math.min(count, Math.ceil((top + view) / rowHeight) + more)
  return { start, end, offset: scrollTop - top + start * rowHeight }
}
