/** The order of texts by their UTF-16 units, which no locale changes. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
