import { contentId } from './json/canonical.ts'
import { optionFaults } from './options.ts'
import { read } from './read.ts'
import { type Entry, FORMATS, type Format, type Json, type ReadOptions } from './record.ts'
import type { Source } from './source.ts'

/** Most that a file of another's asks of the process that reads it, whatever its options say. */
const MOST = { bytes: 64 * 1024 * 1024, seconds: 60 }

/** All formats behind one door, as a server takes it: `createMuster({ files: fileReader })`. */
export const fileReader: {
  readonly formats: readonly string[]
  faults(options: unknown): readonly { readonly path: string; readonly message: string }[]
  read(format: string, source: Source, options: object): AsyncGenerator<Entry>
  contentId(payload: Json): string
} = {
  formats: FORMATS,
  faults: optionFaults,
  read: (format, source, options) => read(format as Format | 'auto', source, within(options)),
  contentId,
}

function within(options: ReadOptions): ReadOptions {
  const { maxBytes = MOST.bytes, maxSeconds = MOST.seconds } = options
  return {
    ...options,
    maxBytes: Math.min(maxBytes, MOST.bytes),
    maxSeconds: Math.min(maxSeconds, MOST.seconds),
  }
}
