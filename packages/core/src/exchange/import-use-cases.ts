import type { Clock, Ids, Logger } from '../environment.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { Broadcast } from '../events/broadcast.ts'
import type { ImportId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { pathOf } from '../json/json.ts'
import { parseJson } from '../json/json-text.ts'
import { newestKey, page } from '../paging.ts'
import type { ProjectStore } from '../people/project-store.ts'
import { demandProject } from '../runs/run-deps.ts'
import type { Transactions } from '../transactions.ts'
import { type EndingStores, ended, tellProgress } from './ending.ts'
import type { FileReader } from './file-reader.ts'
import { hasEnded, type Import, type ImportFinding, type KeptImport } from './import.ts'
import { importOptions, previewOptions } from './import-input.ts'
import type { ImportOptions, ImportUseCases } from './imports.ts'
import { previewOf } from './preview.ts'
import { receive } from './receiving.ts'
import { countedFindings, NO_TALLIES } from './report.ts'

/** Findings of a report that are read at once. */
const READ = 1_000

/** The name of what is made, unless one is given. */
const NAME = 'import'

/** Dependencies of the use cases of imports. */
export interface ImportDeps {
  readonly transactions: Transactions<EndingStores & { readonly projects: ProjectStore }>
  /** undefined: this process reads no files, so none can be brought here. */
  readonly reader: FileReader | undefined
  readonly broadcast: Broadcast
  readonly logger: Logger
  readonly clock: Clock
  readonly ids: Ids
}

/** The use cases of imports. */
export function importUseCases(deps: ImportDeps): ImportUseCases {
  const { transactions, clock, ids } = deps
  const { imports, projects } = transactions.stores

  const get = async (importId: ImportId): Promise<KeptImport> => {
    const found = await imports.find(importId)
    if (found === undefined) throw new NotFoundError('import', importId)
    return found
  }

  return {
    async receive(projectId, { source, ...given }, createdBy = null) {
      const options = withMapping(parse(importOptions, given))
      const reader = readerOf(deps, options)
      checkSource(source)
      await demandProject(projects, projectId)
      const begun = begunWith(options, {
        importId: ids.next() as ImportId,
        projectId,
        createdBy,
        createdAt: clock.now(),
      })
      await imports.add(begun)
      const received = await receive({ ...deps, reader }, begun, source)
      const shownOne = shown(received.import as KeptImport)
      if (!received.repeated) tellProgress(deps, shownOne)
      return { import: shownOne, repeated: received.repeated }
    },

    async preview({ source, ...given }) {
      const options = withMapping(parse(previewOptions, given))
      const reader = readerOf(deps, options)
      checkSource(source)
      return previewOf(reader, options.format ?? 'auto', source, options.mapping ?? {})
    },

    get: async (importId) => shown(await get(importId)),

    async list(projectId, request) {
      await demandProject(projects, projectId)
      const { items, ...rest } = await page(
        request,
        ['imports', projectId],
        newestKey<KeptImport>(({ importId }) => importId),
        (slice) => imports.list(projectId, slice),
      )
      return { ...rest, items: items.map(shown) }
    },

    async *report(importId) {
      const { tallies } = await get(importId)
      yield* told(deps, importId)
      yield* countedFindings(tallies)
    },

    async cancel(importId) {
      if (hasEnded((await get(importId)).status)) return shown(await get(importId))
      await imports.askCancel(importId)
      // In other hands, it ends there before the next part.
      const cancelled = await transactions.transaction(async (stores) => {
        const held = await stores.imports.take(importId)
        if (held === undefined || hasEnded(held.status)) return undefined
        return ended(stores, held, 'cancelled', clock.now())
      })
      if (cancelled !== undefined) tellProgress(deps, shown(cancelled))
      return shown(cancelled ?? (await get(importId)))
    },
  }
}

/** Findings that were told one by one. */
async function* told({ transactions }: ImportDeps, importId: ImportId): AsyncGenerator<ImportFinding> {
  for (let after: { readonly at: number; readonly seq: number } | undefined; ; ) {
    const part = await transactions.stores.imports.findings(importId, { limit: READ, after })
    for (const { at: _at, seq: _seq, ...finding } of part) yield finding
    after = part.at(-1)
    if (after === undefined) return
  }
}

/** With the words of a query read as JSON. @throws ValidationError */
function withMapping<Options extends Pick<ImportOptions, 'mapping'>>(options: Options): Options {
  const given: unknown = options.mapping
  if (typeof given !== 'string') return options
  return { ...options, mapping: mappingFrom(given) }
}

/** @throws ValidationError */
function mappingFrom(words: string): NonNullable<ImportOptions['mapping']> {
  let value: unknown
  try {
    value = parseJson(words, ['mapping'])
  } catch (refusal) {
    if (refusal instanceof ValidationError) throw refusal
    throw new ValidationError([{ path: 'mapping', message: 'must be JSON' }])
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as NonNullable<ImportOptions['mapping']>
  throw new ValidationError([{ path: 'mapping', message: 'must be a JSON object' }])
}

/** @throws ValidationError if this process has no reader, or it does not take these words */
function readerOf({ reader }: ImportDeps, { format = 'auto', mapping = {} }: ImportOptions): FileReader {
  if (reader === undefined)
    throw new ValidationError([
      { path: 'format', message: 'cannot be read here: createMuster was given no files' },
    ])
  if (format !== 'auto' && !reader.formats.includes(format)) {
    const message = `must be one of auto, ${reader.formats.join(', ')}`
    throw new ValidationError([{ path: 'format', message }])
  }
  const faults = reader.faults(mapping)
  if (faults.length > 0)
    throw new ValidationError(faults.map((fault) => ({ ...fault, path: pathOf(['mapping', fault.path]) })))
  return reader
}

/** @throws ValidationError */
function checkSource(source: unknown): void {
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) return
  throw new ValidationError([{ path: 'source', message: 'must be an async iterable of bytes' }])
}

function begunWith(
  options: ImportOptions,
  about: Pick<Import, 'importId' | 'projectId' | 'createdBy' | 'createdAt'>,
): KeptImport {
  const { format = 'auto', target = null, name = NAME, jobType = null, mode = 'atomic' } = options
  const { dryRun = false, onConflict = 'refuse', submissions = false, mapping = {} } = options
  return {
    ...about,
    format,
    target,
    name,
    jobType,
    mode,
    dryRun,
    onConflict,
    submissions,
    mapping,
    formatVersion: null,
    status: 'receiving',
    sha256: null,
    bytes: 0,
    counts: { read: 0, made: 0, same: 0, changed: 0, refused: 0, left: 0 },
    createdIds: {},
    error: null,
    finishedAt: null,
    checkedTo: 0,
    writtenTo: 0,
    digest: null,
    tallies: NO_TALLIES,
  }
}

/** As callers see it. */
function shown(kept: KeptImport): Import {
  const { checkedTo: _checkedTo, writtenTo: _writtenTo, digest: _digest, tallies: _tallies, ...seen } = kept
  return seen
}
