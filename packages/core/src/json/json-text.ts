import { ValidationError } from '../errors.ts'
import { type Issue, MAX_JSON_DEPTH, pathOf } from './json.ts'

/** Where a number may be that a double does not keep: no other text is looked at more closely. */
const SUSPICIOUS = /\d{16}|\d[eE][+-]?\d/
const NUMBER = /-?\d[\d.eE+-]*/g
const LONGEST_SHOWN = 40

/** Stands where a number was that cannot be kept. */
class Lost {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

/**
 * The value of a JSON text in which each number survives. A fraction becomes the nearest double. An integer that a double neither holds nor
 * writes as it was, and a number beyond the range of doubles, are refused.
 * @throws SyntaxError, as `JSON.parse`; ValidationError naming the place of each such number behind `at`
 */
export function parseJson(text: string, at: readonly PropertyKey[] = []): unknown {
  const value: unknown = JSON.parse(text)
  if (SUSPICIOUS.test(text) && [...numbersIn(text)].some((source) => !survives(source))) {
    throw new ValidationError(lostIn(text, at))
  }
  return value
}

/** Whether the double that `source` is read as has its value. */
export function survives(source: string): boolean {
  const value = Number(source)
  if (!Number.isFinite(value)) return false
  const given = decimalOf(source)
  // A fraction, be it written as an integer's tenth part.
  if (given.exponent < 0 || given.digits === '') return true
  const kept = decimalOf(String(value))
  if (given.digits === kept.digits && given.exponent === kept.exponent) return true
  return (
    BigInt(value) ===
    BigInt(`${source.startsWith('-') ? '-' : ''}${given.digits}${'0'.repeat(given.exponent)}`)
  )
}

/** Why a number cannot be kept that {@link survives} says does not. */
export function lostNumber(source: string): string {
  const shown = source.length <= LONGEST_SHOWN ? source : `${source.slice(0, LONGEST_SHOWN)}…`
  const value = Number(source)
  return Number.isFinite(value)
    ? `must be a number that a double holds: ${shown} would become ${String(value)}; send it as text`
    : `must be within ±${Number.MAX_VALUE}, not ${shown}; send it as text`
}

/** The numbers of a valid JSON text, as they are written. */
function* numbersIn(text: string): Iterable<string> {
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from)
    const end = quote === -1 ? text.length : quote
    for (const [source] of text.slice(from, end).matchAll(NUMBER)) yield source
    from = quote === -1 ? end : endOfString(text, quote)
  }
}

/** The place behind the string that begins at `quote`. */
function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text[before] === '\\') before -= 1
    if ((end - before) % 2 === 1) return end + 1
  }
}

/** Digits without zeros on either side, and the power of ten that they are multiplied with; no digits: zero. */
function decimalOf(source: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', power = '0'] = source.replace(/^-/, '').split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  const digits = withoutTrailingZeros(all)
  return { digits, exponent: Number(power) - fraction.length + all.length - digits.length }
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}

/** Missing in TypeScript's library: https://github.com/tc39/proposal-json-parse-with-source */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown

/** Read once more, now with the text of each number: only what is refused pays for that. */
function lostIn(text: string, at: readonly PropertyKey[]): Issue[] {
  const marked = markedIn(text)
  const issues: Issue[] = []
  const look = (value: unknown, path: readonly PropertyKey[]): void => {
    if (issues.length >= 10 || path.length > at.length + MAX_JSON_DEPTH) return
    if (value instanceof Lost) issues.push({ path: pathOf(path), message: lostNumber(value.source) })
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, [...path, index])
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) look(item, [...path, key])
  }
  look(marked, at)
  // Deeper than anything is kept.
  return issues.length > 0 ? issues : [{ path: pathOf(at), message: 'holds a number that a double does not' }]
}

/** The value with marks in place of what is lost; undefined if it is too deep for a reviver, and so for everybody. */
function markedIn(text: string): unknown {
  try {
    return parseWithSource(text, (_, value, { source }) =>
      typeof value === 'number' && source !== undefined && !survives(source) ? new Lost(source) : value,
    )
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
