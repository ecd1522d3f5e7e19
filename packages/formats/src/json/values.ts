import { type Finding, FormatError, type Json, type ReadOptions } from '../record.ts'
import { lines, MAX_LINE } from '../text/lines.ts'
import { parseJson } from './parse.ts'

/** One of the values of a file. */
export interface Located {
  readonly is: 'value'
  readonly value: Json
  /** Where it begins, from 1. */
  readonly line: number
  /** Its pointer in a list, `''` if it stands for itself. */
  readonly place: string
}

/**
 * The values of a file that holds a list, or a value a line, or values one behind the other: whatever its name promises. A broken
 * line is told of and passed over; a broken list ends the reading.
 * @throws FormatError
 */
export async function* jsonValues(
  text: AsyncIterable<string>,
  { numbers = 'refuse' }: Pick<ReadOptions, 'numbers'> = {},
): AsyncGenerator<Located | Finding> {
  const { first, rest } = await firstOf(text)
  if (first === undefined) throw new FormatError('empty', 'holds nothing')
  if (first === '[') {
    for await (const part of parts(rest)) yield* parsed(part.text, part.line, part.place, numbers)
    return
  }
  let isByLine: boolean | undefined
  const all = lines(rest)
  for await (const { line, text: one } of all) {
    if (one.trim() === '') continue
    if (isByLine === undefined) {
      isByLine = isWhole(one)
      if (!isByLine) {
        const again = behind(one, all)
        for await (const part of parts(again, line)) yield* parsed(part.text, part.line, part.place, numbers)
        return
      }
    }
    yield* parsed(one, line, '', numbers)
  }
}

/** One value as a whole. @throws FormatError */
export function jsonDocument(
  text: string,
  { numbers }: Pick<ReadOptions, 'numbers'> = {},
): ReturnType<typeof parseJson> {
  if (text.trim() === '') throw new FormatError('empty', 'holds nothing')
  return parseJson(text, { numbers })
}

function* parsed(
  text: string,
  line: number,
  place: string,
  numbers: ReadOptions['numbers'],
): Generator<Located | Finding> {
  try {
    const { value, findings } = parseJson(text, { line, place, numbers })
    yield* findings
    if (!findings.some(({ level }) => level === 'error')) yield { is: 'value', value, line, place }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    yield error.finding
  }
}

/** Whether a line is a value, be it a faulty one, and not the beginning of one. */
function isWhole(line: string): boolean {
  try {
    parseJson(line)
    return true
  } catch (error) {
    return !(error instanceof FormatError && error.finding.code === 'truncated')
  }
}

/** The first sign that is no blank, and a text that still begins with it. */
async function firstOf(
  text: AsyncIterable<string>,
): Promise<{ readonly first: string | undefined; readonly rest: AsyncIterable<string> }> {
  const iterator = text[Symbol.asyncIterator]()
  const taken: string[] = []
  let first: string | undefined
  while (first === undefined) {
    const next = await iterator.next()
    if (next.done) break
    taken.push(next.value)
    first = /\S/.exec(next.value)?.[0]
  }
  async function* rest(): AsyncGenerator<string> {
    yield* taken
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return { first, rest: rest() }
}

/** A text that begins with a line that was taken already. */
async function* behind(
  first: string,
  rest: AsyncIterable<{ readonly text: string }>,
): AsyncGenerator<string> {
  yield `${first}\n`
  for await (const { text } of rest) yield `${text}\n`
}

interface Part {
  readonly text: string
  readonly line: number
  readonly place: string
}

/**
 * The elements of a list, or values one behind the other, as their texts: found by brackets and quotes alone, a piece at a time.
 * @throws FormatError `bad_json` between them, `truncated` if the last is cut, `too_long`
 */
async function* parts(text: AsyncIterable<string>, startLine = 1): AsyncGenerator<Part> {
  let base = -1
  let depth = 0
  let isString = false
  let isEscaped = false
  let isOver = false
  /** Whether a comma promises one more element. */
  let isOwed = false
  let line = startLine
  let begun: { line: number; held: string[]; length: number } | undefined
  let count = 0
  const end = (last: string): Part => {
    const part: { line: number; held: string[] } = begun ?? { line, held: [] }
    part.held.push(last)
    begun = undefined
    isOwed = false
    return { text: part.held.join('').trim(), line: part.line, place: base === 1 ? `/${count++}` : '' }
  }
  for await (const piece of text) {
    let from = 0
    for (let i = 0; i < piece.length; i++) {
      const c = piece.charCodeAt(i)
      if (c === 10) line++
      if (isString) {
        if (isEscaped) isEscaped = false
        else if (c === 92) isEscaped = true
        else if (c === 34) isString = false
        continue
      }
      if (c === 32 || c === 9 || c === 10 || c === 13) continue
      if (base === -1) {
        base = c === 91 ? 1 : 0
        if (base === 1) {
          depth = 1
          continue
        }
      }
      if (isOver) throw new FormatError('bad_json', 'must have nothing behind its list', { line })
      if (begun === undefined) {
        if (base === 1 && c === 93 && !(isOwed && count > 0)) {
          isOver = true
          continue
        }
        if (base === 1 && count > 0 && !isOwed) {
          if (c !== 44)
            throw new FormatError('bad_json', 'must have `,` between the elements of a list', { line })
          isOwed = true
          continue
        }
        if (c === 44 || c === 93 || c === 125 || (base === 0 && c !== 123 && c !== 91))
          throw new FormatError('bad_json', `must have a value, not ${JSON.stringify(piece[i])}`, { line })
        begun = { line, held: [], length: 0 }
        from = i
      }
      if (c === 34) isString = true
      else if (c === 91 || c === 123) depth++
      else if (c === 93 || c === 125) {
        if (base === 1 && depth === 1) {
          yield end(piece.slice(from, i))
          isOver = true
          continue
        }
        if (--depth === base) {
          yield end(piece.slice(from, i + 1))
        }
      } else if (c === 44 && base === 1 && depth === 1) {
        yield end(piece.slice(from, i))
        isOwed = true
      }
    }
    if (begun !== undefined) {
      begun.held.push(piece.slice(from))
      begun.length += piece.length - from
      if (begun.length > MAX_LINE)
        throw new FormatError('too_long', `must be values of at most ${MAX_LINE} characters`, {
          line: begun.line,
        })
    }
  }
  if (begun !== undefined || (base === 1 && !isOver))
    throw new FormatError('truncated', 'ends within a value: the file was cut', { line: begun?.line ?? line })
}
