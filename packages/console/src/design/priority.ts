/** The priority that a text is; undefined: it is none, as an empty one. */
export function priorityOf(text: string): number | undefined {
  const value = Number(text)
  return text.trim() !== '' && Number.isInteger(value) && Math.abs(value) <= 1_000 ? value : undefined
}
