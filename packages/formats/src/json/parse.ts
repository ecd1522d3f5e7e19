import { type Finding, FormatError, finding, type Json, put, type ReadOptions, step } from '../record.ts'

/** Deepest nesting of lists and objects. */
const MAX_DEPTH = 64

/** A value with what its text deserves to be told of. */
export interface Parsed {
  readonly value: Json
  /** Errors if the value must not be used as it is. */
  readonly findings: readonly Finding[]
}

/** A text that holds none of these, and is no deeper than allowed, is what `JSON.parse` makes of it. */
const SUSPICIOUS = /\\u(?:0000|[dD][89a-fA-F])|(?<![.\d])\d{16}|\d[eE]\+?\d{3}|NaN|Infinity/

/**
 * Reads one JSON text, in which `NaN` and `±Infinity` may stand bare, as tools in Python write them.
 * `line` is where the text begins in its file.
 * @throws FormatError `bad_json` or `too_deep`, with line and column
 */
export function parseJson(
  text: string,
  { line = 1, place = '', numbers = 'refuse' }: ParseOptions = {},
): Parsed {
  if (!SUSPICIOUS.test(text) && depthOf(text) <= MAX_DEPTH) {
    try {
      return { value: JSON.parse(text) as Json, findings: [] }
    } catch {
      // Read once more, to say where.
    }
  }
  return new Parser(text, line, place, numbers).read()
}

/** The value of a cell that is JSON; what no double holds becomes its digits. undefined: it is none. */
export function jsonIn(cell: string): Json | undefined {
  try {
    const { value, findings } = parseJson(cell, { numbers: 'string' })
    return findings.length === 0 ? value : undefined
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return undefined
  }
}

interface ParseOptions {
  readonly line?: number
  /** The pointer of the value in its file. */
  readonly place?: string
  readonly numbers?: ReadOptions['numbers']
}

/** How deep lists and objects stand in each other. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 34) {
      for (i++; i < text.length && text.charCodeAt(i) !== 34; i++) if (text.charCodeAt(i) === 92) i++
    } else if (c === 91 || c === 123) {
      if (++depth > deepest) deepest = depth
    } else if (c === 93 || c === 125) depth--
  }
  return deepest
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null|NaN|-?Infinity/y
const BLANK = /[ \t\r\n]*/y
const PLAIN = /[ -!#-[\]-\uffff]*/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Parser {
  readonly #text: string
  readonly #line: number
  readonly #place: string
  readonly #numbers: ReadOptions['numbers']
  readonly #findings: Finding[] = []
  readonly #path: string[] = []
  #at = 0

  constructor(text: string, line: number, place: string, numbers: ReadOptions['numbers']) {
    this.#text = text
    this.#line = line
    this.#place = place
    this.#numbers = numbers
  }

  read(): Parsed {
    this.#match(BLANK)
    const value = this.#value()
    this.#match(BLANK)
    if (this.#at < this.#text.length) this.#fail('nothing behind the value')
    return { value, findings: this.#findings }
  }

  #value(): Json {
    const first = this.#text[this.#at]
    if (first === '{') return this.#object()
    if (first === '[') return this.#list()
    if (first === '"') return this.#string()
    const word = this.#match(WORD)
    if (word === 'true') return true
    if (word === 'false') return false
    if (word === 'null') return null
    if (word !== undefined && word !== '') return this.#notFinite(word)
    const number = this.#match(NUMBER)
    if (number) return this.#number(number)
    return this.#fail('a value')
  }

  #object(): Json {
    this.#enter()
    const members: Record<string, Json> = {}
    this.#at++
    this.#match(BLANK)
    if (this.#text[this.#at] !== '}') {
      for (;;) {
        if (this.#text[this.#at] !== '"') this.#fail('a name in double quotes')
        const name = this.#string()
        this.#match(BLANK)
        if (this.#text[this.#at] !== ':') this.#fail('`:`')
        this.#at++
        this.#match(BLANK)
        this.#path.push(name)
        put(members, name, this.#value())
        this.#path.pop()
        this.#match(BLANK)
        if (this.#text[this.#at] === '}') break
        if (this.#text[this.#at] !== ',') this.#fail('`,` or `}`')
        this.#at++
        this.#match(BLANK)
      }
    }
    this.#at++
    return members
  }

  #list(): Json {
    this.#enter()
    const items: Json[] = []
    this.#at++
    this.#match(BLANK)
    if (this.#text[this.#at] !== ']') {
      for (;;) {
        this.#path.push(String(items.length))
        items.push(this.#value())
        this.#path.pop()
        this.#match(BLANK)
        if (this.#text[this.#at] === ']') break
        if (this.#text[this.#at] !== ',') this.#fail('`,` or `]`')
        this.#at++
        this.#match(BLANK)
      }
    }
    this.#at++
    return items
  }

  #string(): string {
    let value = ''
    this.#at++
    for (;;) {
      value += this.#match(PLAIN) ?? ''
      const next = this.#text[this.#at]
      if (next === '"') break
      if (next !== '\\')
        this.#fail(next === undefined ? 'the end of a string' : 'an escaped control character')
      const escaped = this.#text[this.#at + 1]
      const plain = escaped === undefined ? undefined : ESCAPES[escaped]
      if (plain !== undefined) {
        value += plain
        this.#at += 2
        continue
      }
      const hex = escaped === 'u' ? this.#text.slice(this.#at + 2, this.#at + 6) : ''
      if (!/^[\da-fA-F]{4}$/.test(hex)) this.#fail('an escape that JSON knows')
      value += String.fromCharCode(Number.parseInt(hex, 16))
      this.#at += 6
    }
    this.#at++
    if (value.includes('\u0000') || !value.isWellFormed())
      this.#say('error', 'bad_unicode', 'must not hold U+0000 or half of a surrogate pair')
    return value
  }

  #number(source: string): Json {
    const value = Number(source)
    const isWhole = /^-?\d+$/.test(source)
    if (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) return value
    if (this.#numbers === 'string') return source
    const shown = source.length > 40 ? `${source.slice(0, 40)}…` : source
    this.#say(
      'error',
      'number_unsafe',
      `must be a number that a double holds, not ${shown}; say numbers=string to keep its digits as text`,
    )
    return null
  }

  #notFinite(word: string): null {
    this.#say('note', 'not_finite', `was ${word}, which JSON has not: read as null`)
    return null
  }

  #enter(): void {
    if (this.#path.length >= MAX_DEPTH) {
      const { line, column } = this.#where()
      throw new FormatError('too_deep', `nests deeper than ${MAX_DEPTH} at column ${column}`, {
        line,
        place: this.#pointer(),
      })
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #say(level: Finding['level'], code: Finding['code'], message: string): void {
    this.#findings.push(finding(level, code, message, { line: this.#where().line, place: this.#pointer() }))
  }

  #pointer(): string {
    return this.#place + this.#path.map(step).join('')
  }

  #where(): { line: number; column: number } {
    const before = this.#text.slice(0, this.#at)
    const lineStart = before.lastIndexOf('\n') + 1
    return { line: this.#line + before.split('\n').length - 1, column: this.#at - lineStart + 1 }
  }

  #fail(expected: string): never {
    const { line, column } = this.#where()
    const found = this.#text[this.#at]
    const isCut = found === undefined
    throw new FormatError(
      isCut ? 'truncated' : 'bad_json',
      `must have ${expected} at column ${column}, not ${isCut ? 'the end' : JSON.stringify(found)}`,
      { line, place: this.#pointer() },
    )
  }
}
