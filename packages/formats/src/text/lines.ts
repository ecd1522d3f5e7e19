import { FormatError } from '../record.ts'

/** Longest line, in UTF-16 units, unless said otherwise. */
export const MAX_LINE = 16 * 1024 * 1024

/** One line without its end. */
export interface Line {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/**
 * The lines of a text; `\n` and `\r\n` end one.
 * @throws FormatError `too_long`, naming the line
 */
export async function* lines(
  text: AsyncIterable<string> | Iterable<string>,
  longest = MAX_LINE,
): AsyncGenerator<Line> {
  let line = 1
  let held: string[] = []
  let length = 0
  for await (const piece of text) {
    let from = 0
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      held.push(piece.slice(from, end))
      length += end - from
      bounded(length, longest, line)
      yield { line, text: held.join('').replace(/\r$/, '') }
      held = []
      length = 0
      line++
      from = end + 1
    }
    if (from < piece.length) held.push(piece.slice(from))
    length += piece.length - from
    bounded(length, longest, line)
  }
  if (length > 0) yield { line, text: held.join('') }
}

function bounded(length: number, longest: number, line: number): void {
  if (length > longest)
    throw new FormatError('too_long', `must be lines of at most ${longest} characters`, { line })
}

/** A text as a whole. @throws FormatError `too_long` */
export async function joined(text: AsyncIterable<string>, longest: number): Promise<string> {
  const parts: string[] = []
  let length = 0
  for await (const part of text) {
    length += part.length
    if (length > longest)
      throw new FormatError('too_long', `must be at most ${longest} characters: this format is held whole`)
    parts.push(part)
  }
  return parts.join('')
}
