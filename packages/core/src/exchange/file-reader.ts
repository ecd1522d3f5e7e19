import type { Issue, Json } from '../json/json.ts'
import type { ImportFinding } from './import.ts'

/** The format that a file was taken for; comes before all else. */
export interface FileHead {
  readonly is: 'head'
  readonly format: string
  readonly formatVersion: string | null
}

/** One thing that a file holds, with its place. */
export interface FileRecord {
  readonly is: 'record'
  readonly kind: string
  readonly line: number | null
  readonly place: string
  /** The id of the source; null if it gave none. */
  readonly externalId: string | null
  readonly value: object
  /** Places below `place` that have no home. */
  readonly left: readonly string[]
}

/** Something that is said of a place in the file. */
export interface FileFinding extends ImportFinding {
  readonly is: 'finding'
}

/** The parts of a file, in its order. */
export type FileEntry = FileHead | FileRecord | FileFinding

/**
 * Reads the files that people bring: `fileReader` of `@muster/formats`, or your own. A fault of a file is a finding, so that `read` throws what
 * `source` throws, and nothing else.
 */
export interface FileReader {
  /** By the names that an import is asked for with, beside `auto`. */
  readonly formats: readonly string[]
  /** The words to the reader that it does not understand, by their paths; none: it takes them. */
  faults(mapping: Json): readonly Issue[]
  read(format: string, source: AsyncIterable<Uint8Array>, mapping: object): AsyncIterable<FileEntry>
  /** An id for a payload that has none: the same for equal ones. */
  contentId(payload: Json): string
}
