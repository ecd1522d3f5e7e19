/** Letters that a slip of the hand, a plural or a swap costs; a short name has no room for as many. */
const MOST_SLIPS = 3

/** The one of `known` that `name` was probably meant as; undefined: none is near. Case does not count. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const most = Math.min(MOST_SLIPS, Math.max(1, Math.floor(name.length / 3)))
  let nearest: string | undefined
  let least = most + 1
  for (const each of known) {
    const distance = distanceOf(name.toLowerCase(), each.toLowerCase())
    if (distance < least) [least, nearest] = [distance, each]
  }
  return nearest
}

/** How many letters must be put in, left out or changed to make one word of the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of one.split('').entries()) {
    const next = [at + 1]
    for (const [index, its] of other.split('').entries()) {
      const [left = 0, above = 0, corner = 0] = [next[index], row[index + 1], row[index]]
      next.push(Math.min(left + 1, above + 1, corner + (letter === its ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
