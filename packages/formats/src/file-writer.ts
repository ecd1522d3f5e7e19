import { createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Json, JsonObject } from './record.ts'
import {
  type FileOptions,
  type FileSource,
  filesOf,
  type NamedFile,
  preferenceOf,
  versionOfFormat,
  WRITTEN_FORMATS,
  type Written,
} from './writers/files.ts'
import { NoTagError, toLabelStudio } from './writers/label-studio.ts'
import type { NotWritten } from './writers/written.ts'

/** Eighty bits: that two of a million people have the same has a chance of one in two trillion. */
const PSEUDONYM_DIGITS = 20
/** Lines go out together, in pieces of so many characters. */
const PIECE = 64 * 1024

/** Words to the writer; null: not said. */
interface Words {
  readonly format: string
  readonly gzip: boolean
  readonly fields: readonly string[]
  readonly delimiter: string | null
  readonly csvSafe: boolean
  readonly question: string | null
  readonly promptAt: string | null
}

/** All writers behind one door, as a server takes them: `createMuster({ exports: { writer: fileWriter, blobs } })`. */
export const fileWriter: {
  readonly formats: Readonly<Record<Written, readonly string[]>>
  versionOf(format: string): string | null
  faults(
    what: Written,
    words: Words,
    form: Json,
  ): readonly { readonly path: string; readonly message: string }[]
  files(
    source: FileSource,
    words: Words,
  ): readonly {
    readonly name: string
    readonly bytes: AsyncIterable<Uint8Array>
    left(): readonly NotWritten[]
  }[]
  pseudonym(key: string, projectId: string, userId: string): string
} = {
  formats: WRITTEN_FORMATS,
  versionOf: versionOfFormat,
  faults: faultsOf,
  files: (source, words) =>
    filesOf(source, optionsOf(words)).map((file) => {
      const isPacked = words.gzip && file.name !== 'config.xml'
      return {
        name: isPacked ? `${file.name}.gz` : file.name,
        bytes: isPacked ? gzipped(bytesOf(file.pieces)) : bytesOf(file.pieces),
        left: () => file.left(),
      }
    }),
  pseudonym: pseudonymOf,
}

/** The same person has the same one in every export of a project by one key, and another in another project. */
export function pseudonymOf(key: string, projectId: string, userId: string): string {
  const digest = createHmac('sha256', key).update(`${projectId}\n${userId}`).digest('hex')
  return `person-${digest.slice(0, PSEUDONYM_DIGITS)}`
}

/** The words that are missing, or that a format does not have. */
function faultsOf(
  what: Written,
  words: Words,
  form: Json,
): readonly { readonly path: string; readonly message: string }[] {
  const { format, fields, delimiter, csvSafe, question, promptAt } = words
  const isTable = format === 'csv' || format === 'parquet'
  const isPairs = format === 'preference-pairs'
  const faults: { path: string; message: string }[] = []
  const absent = (path: string, isSaid: boolean, of: string): void => {
    if (isSaid) faults.push({ path, message: `must be absent: it is of ${of}` })
  }
  if (!isTable) absent('fields', fields.length > 0, 'csv and parquet')
  if (format !== 'csv') absent('delimiter', delimiter !== null, 'csv')
  if (format !== 'csv') absent('csvSafe', csvSafe, 'csv')
  if (!isPairs) absent('question', question !== null, 'preference-pairs')
  if (!isPairs) absent('promptAt', promptAt !== null, 'preference-pairs')
  if (isPairs && question === null) faults.push({ path: 'question', message: 'is required' })
  if (isPairs && promptAt === null) faults.push({ path: 'promptAt', message: 'is required' })
  if (what !== 'tasks' || !(isPairs || format === 'label-studio')) {
    absent('formId', form !== null, 'label-studio and preference-pairs')
    return faults
  }
  if (form === null) return [...faults, { path: 'formId', message: 'is required' }]
  if (faults.length > 0) return faults
  if (format === 'label-studio') return tagFaults(form as JsonObject)
  if (preferenceOf(form as JsonObject, optionsOf(words)) !== undefined) return []
  const message = 'must be a pairwise question of the form, of two named sides and without criteria'
  return [{ path: 'question', message }]
}

/** What has no tag of Label Studio. */
function tagFaults(form: JsonObject): readonly { readonly path: string; readonly message: string }[] {
  try {
    toLabelStudio(form)
    return []
  } catch (error) {
    if (error instanceof NoTagError) return [{ path: 'formId', message: error.message }]
    throw error
  }
}

function optionsOf({ format, fields, delimiter, csvSafe, question, promptAt }: Words): FileOptions {
  return {
    format,
    fields,
    csvSafe,
    ...(delimiter !== null && { delimiter }),
    ...(question !== null && { question }),
    ...(promptAt !== null && { promptAt }),
  }
}

async function* bytesOf(pieces: NamedFile['pieces']): AsyncGenerator<Uint8Array> {
  let held = ''
  for await (const piece of pieces) {
    if (typeof piece !== 'string') yield piece
    else {
      held += piece
      if (held.length < PIECE) continue
      yield Buffer.from(held)
      held = ''
    }
  }
  if (held !== '') yield Buffer.from(held)
}

async function* gzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* Readable.from(bytes, { objectMode: false }).compose(createGzip()) as AsyncIterable<Uint8Array>
}
