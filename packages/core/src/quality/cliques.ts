/**
 * Whether `size` of `count` things are each alike with each other. Agreement within a bound does not carry over, so it is not enough that one is like all others.
 * Branches end as soon as colours show that they cannot reach the size (Tomita & Seki 2003).
 */
export function haveClique(
  count: number,
  size: number,
  alike: (one: number, other: number) => boolean,
): boolean {
  if (size <= 1) return count >= size
  const near = Array.from({ length: count }, (_, one) =>
    Array.from({ length: count }, (_, other) => one !== other && alike(one, other)),
  )
  const grow = (candidates: readonly number[], missing: number): boolean => {
    if (missing === 0) return true
    const coloured = byColour(candidates, near)
    for (let last = coloured.length - 1; last >= 0; last--) {
      const { vertex, colour } = coloured[last] as Coloured
      if (colour < missing) return false
      const left = coloured.slice(0, last).map((one) => one.vertex)
      if (
        grow(
          left.filter((other) => near[vertex]?.[other]),
          missing - 1,
        )
      )
        return true
    }
    return false
  }
  return grow([...near.keys()], size)
}

interface Coloured {
  readonly vertex: number
  /** From 1; no clique among those up to here has more. */
  readonly colour: number
}

/** The candidates in colours, of which no two of one are alike, the first colours first. */
function byColour(candidates: readonly number[], near: readonly (readonly boolean[])[]): Coloured[] {
  const classes: number[][] = []
  for (const vertex of candidates) {
    const free = classes.find((members) => members.every((member) => !near[vertex]?.[member]))
    if (free === undefined) classes.push([vertex])
    else free.push(vertex)
  }
  return classes.flatMap((members, place) => members.map((vertex) => ({ vertex, colour: place + 1 })))
}
