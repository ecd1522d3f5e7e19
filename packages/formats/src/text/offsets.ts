/** The unit that places in a text are counted in. */
export type OffsetUnit = 'utf16' | 'codepoint' | 'grapheme'

const CUTS_PAIRS = /[\ud800-\udfff]/

/**
 * The place, in code points, of a place that is counted in another unit; undefined for one outside the text or within a character.
 */
export function toCodePoints(text: string, offset: number, unit: OffsetUnit): number | undefined {
  if (!Number.isSafeInteger(offset) || offset < 0) return undefined
  if (unit === 'codepoint') return offset <= codePoints(text) ? offset : undefined
  if (unit === 'utf16') {
    if (offset > text.length) return undefined
    const before = text.slice(0, offset)
    if (/[\ud800-\udbff]$/.test(before) && /^[\udc00-\udfff]/.test(text.slice(offset))) return undefined
    return codePoints(before)
  }
  let counted = 0
  let points = 0
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (counted === offset) return points
    counted++
    points += codePoints(segment)
  }
  return counted === offset ? points : undefined
}

/** The length of a text in code points. */
export function codePoints(text: string): number {
  if (!CUTS_PAIRS.test(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** The part of a text between two places in code points. */
export function sliceCodePoints(text: string, start: number, end: number): string {
  return CUTS_PAIRS.test(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end)
}

/** Whether counting in code points, in UTF-16 units and in graphemes may differ. */
export function isAstral(text: string): boolean {
  return CUTS_PAIRS.test(text)
}
