import { readFile, writeFile } from 'node:fs/promises'
import { UsageError } from './command-error.ts'

/** Where a number may be that a double changes: only such a text is read again. */
const MAYBE_CHANGED = /\d{16}|\d[eE]/

/** Missing in TypeScript's library: https://github.com/tc39/proposal-json-parse-with-source */
const { parse: parseWithSource, rawJSON } = JSON as unknown as {
  readonly parse: (
    text: string,
    revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown
  readonly rawJSON?: (digits: string) => unknown
}

/** Deeper than any server takes, and less deep than what a stack can write. */
const MOST_DEEP = 1_000

/**
 * The JSON of a file. Of a text that is none, `hint` says too what is wanted.
 * @throws CommandError naming the file and why it cannot be read
 */
export async function jsonOf(file: string, hint?: string): Promise<unknown> {
  try {
    return jsonIn(await readFile(file, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const wanted = error instanceof SyntaxError && hint !== undefined ? `: ${hint}` : ''
    throw new UsageError(`${file} cannot be read: ${why}${wanted}`)
  }
}

/**
 * The JSON of a text. A number that a double would change keeps its digits, so that the server refuses it by its place.
 * @throws RangeError if it is nested too deep to be sent, SyntaxError if it is none
 */
export function jsonIn(text: string): unknown {
  const value: unknown = JSON.parse(text)
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_DEEP) throw new RangeError(`must not be nested deeper than ${MOST_DEEP}`)
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
  if (rawJSON === undefined || !MAYBE_CHANGED.test(text)) return value
  return parseWithSource(text, (_name, read, { source }) =>
    typeof read === 'number' && source !== undefined && String(read) !== source ? rawJSON(source) : read,
  )
}

/** The same of a file that must hold an object. */
export async function objectOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const value = await jsonOf(file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new UsageError(`${file} must hold a JSON object`)
}

/** Writes a file. @throws CommandError naming the file and why it cannot be written */
export async function write(file: string, text: string): Promise<void> {
  await written(file, () => writeFile(file, text))
}

/** What writing a file gives. @throws UsageError naming the file, if the system refuses it */
export async function written<T>(file: string, writing: () => Promise<T>): Promise<T> {
  try {
    return await writing()
  } catch (error) {
    // All errors of the system have the call that failed; others come from what was to be written.
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new UsageError(`${file} cannot be written: ${error.message}`)
  }
}
