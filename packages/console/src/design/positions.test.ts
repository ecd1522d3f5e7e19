import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  boxHeight,
  drawnAt,
  type Extent,
  MOST_PX,
  type Place,
  placeOf,
  placeThatShows,
  scrolled,
} from './positions.ts'

const TOP: Place = { scrollTop: 0, top: 0 }
const LONG: Extent = { count: 10_000_000, rowHeight: 36, view: 720 }

const anyExtent = fc.record({
  count: fc.integer({ min: 1, max: 10_000_000 }),
  rowHeight: fc.constantFrom(32, 36, 40, 44, 56),
  view: fc.integer({ min: 200, max: 2_000 }),
})

it('scrolls a short list by px, as the browser does', () => {
  const short = { count: 1_000, rowHeight: 32, view: 640 }
  expect(boxHeight(short)).toBe(32_000)
  expect(scrolled(short, TOP, 320)).toEqual({ scrollTop: 320, top: 320 })
  expect(drawnAt(short, { scrollTop: 320, top: 320 }, 0)).toEqual({ start: 10, end: 30, offset: 320 })
})

it('keeps the box of ten million rows within what browsers can scroll, and comes to the last row', () => {
  expect(boxHeight(LONG)).toBe(MOST_PX)
  const last = scrolled(LONG, TOP, MOST_PX - LONG.view)
  expect(drawnAt(LONG, last).end).toBe(10_000_000)
  const half = scrolled(LONG, TOP, (MOST_PX - LONG.view) / 2)
  expect(drawnAt(LONG, half, 0).start).toBe(4_999_990)
})

it('moves row by row with the wheel, however long the list is', () => {
  const half = scrolled(LONG, TOP, (MOST_PX - LONG.view) / 2)
  const next = scrolled(LONG, half, half.scrollTop + 36)
  expect(next.top - half.top).toBeCloseTo(36, 3)
})

it('draws what fills the window, at the place of the window, wherever it is scrolled to', () => {
  const wherever = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
  fc.assert(
    fc.property(anyExtent, wherever, (extent, leaps) => {
      const most = boxHeight(extent) - extent.view
      let place = TOP
      for (const leap of leaps) place = scrolled(extent, place, Math.max(0, Math.round(leap * most)))
      const { start, end, offset } = drawnAt(extent, place, 0)
      const bottom = offset + (end - start) * extent.rowHeight
      expect(offset).toBeLessThanOrEqual(place.scrollTop + 1)
      const filled = Math.min(extent.view, extent.count * extent.rowHeight)
      expect(bottom).toBeGreaterThanOrEqual(place.scrollTop + filled - 1)
      expect(end - start).toBeLessThanOrEqual(Math.ceil(extent.view / extent.rowHeight) + 1)
    }),
  )
})

it('shows any row in full, and moves no further than it must', () => {
  fc.assert(
    fc.property(anyExtent, fc.double({ min: 0, max: 0.999_999, noNaN: true }), (extent, at) => {
      const row = Math.floor(at * extent.count)
      const place = placeThatShows(extent, TOP, row)
      expect(place.top).toBeLessThanOrEqual(row * extent.rowHeight)
      expect(place.top + extent.view).toBeGreaterThanOrEqual((row + 1) * extent.rowHeight)
      expect(placeThatShows(extent, place, row)).toEqual(place)
      expect(placeOf(extent, place.top).scrollTop).toBeLessThanOrEqual(MOST_PX)
    }),
  )
})
