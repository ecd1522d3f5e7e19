/** The order of texts by their UTF-16 units, which no locale changes. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** A text as searches compare it, on every adapter: letters A to Z as a to z, all others as they are, whatever the locale. */
export function folded(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
