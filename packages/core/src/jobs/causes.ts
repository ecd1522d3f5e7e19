/** Causes of one type in one project that are told apart at most; further ones are counted as {@link OTHER_CAUSE}. */
export const MOST_CAUSES = 1_000

/** Causes that a list shows. */
export const MOST_CAUSES_LISTED = 200

/** How much time one count of a cause covers, in seconds. */
export const CAUSE_STRETCH_SECONDS = 600

/** The pattern of failures that are not told apart. */
export const OTHER_CAUSE = 'other'

/** Characters of a message that are looked at. */
const MOST_LOOKED_AT = 300

// Parts that differ from one failure to the next of the same kind, in this order: a URL holds paths and numbers, a quote may hold all of them.
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#'"“”)\]]+)[^\s'"“”)\]]*/gi, '$1…'],
  [/"[^"]*"|'(?=[^']*\d)[^']*'|'[^']{13,}'|“[^”]*”|`[^`]*`/g, ''],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#'],
  [/\b[^\s@<>"'(]+@[^\s@<>"')]+\.[a-z]{2,}\b/gi, '@'],
  [/\b0x[0-9a-f]+\b/gi, '#'],
  [/(?:[\w.@~-]+)?(?:[/\\][\w.@~+-]+){2,}[/\\]?/g, ''],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?\b/g, 'T'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, '#'],
  [/\b(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[A-Za-z])[A-Za-z0-9+/_-]{20,}={0,2}/g, '#'],
  [/[-+]?\d+(?:[.,:_ ']\d+)*(?:\s?(?:ms|s|min|h|[kmgt]?i?b|%)\b)?/gi, '#'],
  [/#(?:\s*#)+/g, '#'],
  [/\s+/g, ' '],
]

/** The kind of failure that a message tells of: its first line, without what differs from one failure to the next. Failures of one type, code and pattern have one cause. */
export function causePattern(message: string): string {
  const line = (message.trimStart().split(/[\r\n\u2028\u2029]/, 1)[0] ?? '').slice(0, MOST_LOOKED_AT)
  let pattern = line.toWellFormed()
  for (const [variable, by] of VARIABLE) {
    pattern = by === '' ? pattern.replaceAll(variable, shortened) : pattern.replaceAll(variable, by)
  }
  return pattern.trim()
}

/** A short quote without a digit is a name, and stays; of a path its last name does. */
function shortened(found: string): string {
  const quote = /^["'“`]/.test(found)
  if (quote) return found.length > 14 || /\d/.test(found) ? '"…"' : found
  const name = found.split(/[/\\]/).findLast((part) => part !== '') ?? ''
  return `/…/${name}`
}
