import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { FormatError } from '../record.ts'

/** The cells of one row, as text. */
export interface Row {
  /** Where it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Signs that separate cells, the likeliest first. */
const DELIMITERS = [',', ';', '\t', '|']
/** Longest header and longest row, in characters. */
const LONGEST_ROW = 16 * 1024 * 1024

/**
 * The rows of a table with its header as the first; lines end in `\n`, `\r\n` or `\r`, and a first line `sep=;` names the delimiter.
 * Empty lines are no rows.
 * @throws FormatError `bad_csv` naming the line where the fault began
 */
export async function* rows(
  text: AsyncIterable<string>,
  { delimiter }: { readonly delimiter?: string | undefined } = {},
): AsyncGenerator<Row> {
  const { header, rest } = await headerOf(text)
  const isMac = header.endsWith('\r')
  const named = /^sep=(.)(?:\r\n|\r|\n|$)/i.exec(header)
  const quotes = new Quotes(isMac ? '\r' : '\n', named ? 2 : 1)
  const parser = parse({
    delimiter: delimiter ?? named?.[1] ?? sniff(header),
    record_delimiter: isMac ? ['\r'] : ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
  })
  const followed = quotes.follow(named ? behind(rest, named[0].length) : rest)
  // A fault of either side ends the loop below.
  pipeline(followed, parser, () => undefined)
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const line = quotes.next()
      if (cells.length > 1 || cells[0] !== '') yield { line, cells }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw faultOf(error, quotes.openedAt, quotes.next())
  }
}

function faultOf(error: CsvError, openedAt: number, line: number): FormatError {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return new FormatError('bad_csv', 'opens a quote that nothing closes', { line: openedAt })
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new FormatError('too_long', `must be rows of at most ${LONGEST_ROW} characters`, { line })
  return new FormatError('bad_csv', `has a quote where none may stand: ${error.message}`, { line })
}

/** Text up to the end of the first line that ends outside quotes, and a text that still begins with it. */
async function headerOf(
  text: AsyncIterable<string>,
): Promise<{ readonly header: string; readonly rest: AsyncIterable<string> }> {
  const iterator = text[Symbol.asyncIterator]()
  let taken = ''
  let end = -1
  while (end === -1 && taken.length < LONGEST_ROW) {
    const next = await iterator.next()
    if (next.done) break
    taken += next.value
    end = endOfLine(taken)
  }
  async function* rest(): AsyncGenerator<string> {
    if (taken !== '') yield taken
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return { header: end === -1 ? taken : taken.slice(0, end), rest: rest() }
}

function endOfLine(text: string): number {
  let isQuoted = false
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === '"') isQuoted = !isQuoted
    else if (!isQuoted && (text[i] === '\n' || text[i] === '\r'))
      return text[i] === '\r' && text[i + 1] === '\n' ? i + 2 : i + 1
  }
  return -1
}

function sniff(header: string): string {
  const counts = DELIMITERS.map(() => 0)
  let isQuoted = false
  for (const sign of header) {
    if (sign === '"') isQuoted = !isQuoted
    const index = isQuoted ? -1 : DELIMITERS.indexOf(sign)
    if (index >= 0) counts[index] = (counts[index] ?? 0) + 1
  }
  const most = Math.max(...counts)
  return DELIMITERS[counts.indexOf(most)] ?? ','
}

async function* behind(text: AsyncIterable<string>, length: number): AsyncGenerator<string> {
  let skip = length
  for await (const piece of text) {
    const rest = piece.slice(skip)
    skip = Math.max(0, skip - piece.length)
    if (rest !== '') yield rest
  }
}

/** Remembers where rows begin and where the last quote was opened: the parser counts other lines, and names the file's end. */
class Quotes {
  /** The line of the last quote that was opened. */
  openedAt: number
  readonly #end: string
  #starts: number[]
  #line: number
  #isOpen = false
  #last = ''

  constructor(end: string, line: number) {
    this.#end = end
    this.#line = line
    this.#starts = [line]
    this.openedAt = line
  }

  /** The line where the row begins that the parser gives next. */
  next(): number {
    return this.#starts.shift() ?? this.#line
  }

  async *follow(text: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of text) {
      for (let i = 0; i < piece.length; i++) this.#see(piece[i] ?? '')
      yield piece
    }
  }

  #see(sign: string): void {
    if (sign === '"') {
      // Two quotes stand for one that is text.
      if (!this.#isOpen && this.#last !== '"') this.openedAt = this.#line
      this.#isOpen = !this.#isOpen
    } else {
      if (sign === '\n' ? this.#last !== '\r' : sign === '\r') this.#line++
      if (sign === this.#end && !this.#isOpen) this.#starts.push(this.#line)
    }
    this.#last = sign
  }
}
