/** A marked stretch: offsets in code points, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly label: string
  readonly attributes?: Readonly<Record<string, string>>
}

/** A stretch of the text with everything that marks it. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Places of the spans over it in the list given. */
  readonly over: readonly number[]
}

/** The text cut at every boundary, so that each piece is marked as a whole. */
export function piecesOf(
  points: readonly string[],
  spans: readonly Pick<Span, 'start' | 'end'>[],
  cuts: readonly number[] = [],
): Piece[] {
  const boundaries = new Set([0, points.length, ...cuts])
  for (const { start, end } of spans) boundaries.add(start).add(end)
  const at = [...boundaries].filter((place) => place >= 0 && place <= points.length).sort((a, b) => a - b)
  return at.slice(0, -1).map((start, place) => {
    const end = at[place + 1] ?? points.length
    const over = spans.flatMap((span, index) => (span.start < end && span.end > start ? [index] : []))
    return { start, end, text: points.slice(start, end).join(''), over }
  })
}

const isWord = (point: string | undefined): boolean => /[\p{L}\p{N}\p{M}_]/u.test(point ?? '')

/** Where a word begins or ends next to `from`, in the direction given. */
export function wordEdge(points: readonly string[], from: number, direction: 1 | -1): number {
  let place = from
  const next = (): number => (direction === 1 ? place : place - 1)
  const inside = (): boolean => place + direction >= 0 && place + direction <= points.length
  while (inside() && !isWord(points[next()])) place += direction
  while (inside() && isWord(points[next()])) place += direction
  return place
}

/** The stretch widened to whole words. */
export function wholeWords(points: readonly string[], start: number, end: number): readonly [number, number] {
  let [from, to] = [start, end]
  while (from < to && /\s/u.test(points[from] ?? '')) from += 1
  while (to > from && /\s/u.test(points[to - 1] ?? '')) to -= 1
  while (from > 0 && isWord(points[from]) && isWord(points[from - 1])) from -= 1
  while (to < points.length && isWord(points[to - 1]) && isWord(points[to])) to += 1
  return [from, to]
}

/** Whether a stretch would lie over one that is marked. */
export function overlaps(spans: readonly Pick<Span, 'start' | 'end'>[], start: number, end: number): boolean {
  return spans.some((span) => span.start < end && span.end > start)
}
