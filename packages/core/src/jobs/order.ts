/**
 * The order of all that is in line, stated once. Lanes of the highest priority come first; within a priority lanes take turns, the least
 * recently served first, each giving one job a round; within a lane the oldest comes first. A job's position is its 1-based rank.
 */
export interface Line<Item> {
  /** The lane's number; breaks ties between lanes never served. */
  readonly lane: number
  /** −1000..1000, higher first. */
  readonly priority: number
  /** When the lane was last served, as a number that only grows; smaller is served sooner. */
  readonly turn: number
  /** The jobs in line, oldest first. Read only as far as the order is asked for. */
  readonly items: Iterable<Item>
}

/** Orders lanes by their turn: by priority, then the longest unserved, then by number. */
export function byTurn(a: Omit<Line<unknown>, 'items'>, b: Omit<Line<unknown>, 'items'>): number {
  return b.priority - a.priority || a.turn - b.turn || a.lane - b.lane
}

/** Everything in `lines` in order, lazily: the first k cost O(lanes + k). */
export function* inOrder<Item>(
  lines: Iterable<Line<Item>>,
): Generator<{ readonly item: Item; readonly lane: number }, undefined> {
  const sorted = [...lines].sort(byTurn)
  for (let start = 0; start < sorted.length; ) {
    const priority = sorted[start]?.priority
    let end = start
    while (sorted[end]?.priority === priority) end++
    let round = sorted.slice(start, end).map(({ lane, items }) => ({ lane, items: items[Symbol.iterator]() }))
    while (round.length > 0) {
      const next: typeof round = []
      for (const line of round) {
        const { done, value } = line.items.next()
        if (done) continue
        yield { item: value, lane: line.lane }
        next.push(line)
      }
      round = next
    }
    start = end
  }
}

/**
 * The position of the job at `place` (1-based) of the lane `mine`, by arithmetic over how many stand in each lane: what stands before it
 * in its own lane, everything of higher priority, and of each lane of its priority as many as have had their turn by then.
 */
export function positionAt(
  mine: Omit<Line<unknown>, 'items'>,
  place: number,
  lanes: Iterable<Omit<Line<unknown>, 'items'> & { readonly length: number }>,
): number {
  let position = place
  for (const other of lanes) {
    if (other.lane === mine.lane || other.priority < mine.priority) continue
    if (other.priority > mine.priority) position += other.length
    else position += Math.min(other.length, byTurn(other, mine) < 0 ? place : place - 1)
  }
  return position
}
