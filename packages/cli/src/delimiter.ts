/** What is said of a delimiter that is none. */
export const DELIMITER_RULE = 'one character, and no quote or line break; \\t is a tab'

/** The delimiter of a table that a word names; undefined if it is none. */
export function delimiterIn(text: string): string | undefined {
  if (text === '\\t') return '\t'
  return /^[^"\r\n]$/.test(text) ? text : undefined
}
