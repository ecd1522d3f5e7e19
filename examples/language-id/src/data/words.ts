/** Languages here whose script puts no spaces between words. */
const WITHOUT_SPACES: ReadonlySet<string> = new Set(['ja', 'lo', 'th', 'zh'])

const OUTER_PUNCTUATION = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu

/** Words are what lies between spaces, or between the word spaces that Amharic writes as `፡`. */
const TOKEN = /[^\s፡]+/gu

/** Where each word of a text lies: `text.slice(from, to)`, without the punctuation around it. */
export interface Word {
  readonly from: number
  readonly to: number
}

/** The words of a text in order. Without spaces they are found by the ICU of this Node, and versions of it differ. */
export function wordsOf(text: string, language: string): Word[] {
  return WITHOUT_SPACES.has(language) ? segmented(text, language) : spaced(text)
}

function spaced(text: string): Word[] {
  const words: Word[] = []
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const bare = token.replace(OUTER_PUNCTUATION, '')
    if (bare === '') continue
    const from = index + token.indexOf(bare)
    words.push({ from, to: from + bare.length })
  }
  return words
}

function segmented(text: string, language: string): Word[] {
  const segments = new Intl.Segmenter(language, { granularity: 'word' }).segment(text)
  return [...segments]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ index, segment }) => ({ from: index, to: index + segment.length }))
}

/** `count` words of the text in a row, with what stands between them, from the word `first` on; fewer where it ends before. */
export function cut(text: string, words: readonly Word[], first: number, count: number): string {
  const chosen = words.slice(first, first + count)
  const start = chosen[0]
  const end = chosen.at(-1)
  return start === undefined || end === undefined ? '' : text.slice(start.from, end.to)
}

/** The text up to the end of the last word that ends within `max` UTF-16 units. */
export function cutAt(text: string, words: readonly Word[], max: number): string {
  if (text.length <= max) return text
  const last = words.findLast(({ to }) => to <= max)
  return last === undefined ? '' : text.slice(0, last.to)
}
