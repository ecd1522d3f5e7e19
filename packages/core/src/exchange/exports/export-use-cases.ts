import type { Clock, Ids, Logger } from '../../environment.ts'
import { ConflictError, NotFoundError, ValidationError } from '../../errors.ts'
import type { Broadcast } from '../../events/broadcast.ts'
import type { FormStore } from '../../forms/form-store.ts'
import type { ExportId, ProjectId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import type { Json } from '../../json/json.ts'
import { newestKey, page } from '../../paging.ts'
import type { ProjectStore } from '../../people/project-store.ts'
import type { DefinitionStore } from '../../runs/definition-store.ts'
import { demandProject } from '../../runs/run-deps.ts'
import type { RunStore } from '../../runs/run-store.ts'
import type { Transactions } from '../../transactions.ts'
import type { Blobs } from './blobs.ts'
import type { Export, ExportManifest, ExportWishes, KeptExport } from './export.ts'
import { newExport } from './export-input.ts'
import type { ExportStore } from './export-store.ts'
import type { ExportUseCases, NewExport } from './exports.ts'
import type { FileWriter } from './file-writer.ts'
import { tellExport } from './telling.ts'

/** How long the files of an export are kept after its end. */
export const KEEP_FILES_MS: number = 24 * 60 * 60 * 1_000

/** Where exports are written, and by whom. */
export interface ExportParts {
  readonly writer: FileWriter
  readonly blobs: Blobs
}

/** Dependencies of the use cases of exports. */
export interface ExportDeps {
  readonly transactions: Transactions<{
    readonly exports: ExportStore
    readonly projects: ProjectStore
    readonly runs: Pick<RunStore, 'findMany'>
    readonly definitions: Pick<DefinitionStore, 'find'>
    readonly forms: Pick<FormStore, 'find'>
  }>
  /** undefined: nothing can be exported by this process. */
  readonly exporting: ExportParts | undefined
  readonly broadcast: Broadcast
  readonly logger: Logger
  readonly clock: Clock
  readonly ids: Ids
}

/** The use cases of exports. */
export function exportUseCases(deps: ExportDeps): ExportUseCases {
  const { transactions, clock, ids } = deps
  const { exports, projects } = transactions.stores

  const get = async (exportId: ExportId): Promise<KeptExport> => {
    const found = await exports.find(exportId)
    if (found === undefined) throw new NotFoundError('export', exportId)
    return found
  }

  return {
    async start(projectId, given, createdBy = null) {
      const wishes = wishesOf(parse(newExport, given))
      const { writer } = partsOf(deps)
      await demandProject(projects, projectId)
      await demandSources(deps, projectId, wishes)
      await demandWritable(deps, writer, wishes)
      const begun: KeptExport = {
        ...wishes,
        exportId: ids.next() as ExportId,
        projectId,
        status: 'waiting',
        attempt: 0,
        lost: 0,
        rows: 0,
        manifest: null,
        error: null,
        createdBy,
        createdAt: clock.now(),
        finishedAt: null,
      }
      // A transaction of its own: with it a call with an idempotency key is done, whatever becomes of the answer.
      await transactions.transaction((stores) => stores.exports.add(begun))
      tellExport(deps, begun)
      return shown(begun)
    },

    get: async (exportId) => shown(await get(exportId)),

    async list(projectId, request) {
      await demandProject(projects, projectId)
      const { items, ...rest } = await page(
        request,
        ['exports', projectId],
        newestKey<KeptExport>(({ exportId }) => exportId),
        (slice) => exports.list(projectId, slice),
      )
      return { ...rest, items: items.map(shown) }
    },

    manifest: async (exportId) => manifestOf(await get(exportId)),

    async file(exportId, name) {
      const kept = await get(exportId)
      const { files } = manifestOf(kept)
      const file = files.find((one) => one.name === name)
      if (file === undefined) throw new NotFoundError('file', name)
      if (deps.exporting === undefined)
        throw new ConflictError('This process does not see the files of exports', { exportId })
      const { blobs } = deps.exporting
      const folder = folderOf(exportId, kept.attempt)
      return {
        ...file,
        read: (from = 0, to = file.bytes) => blobs.read(folder, name, from, to),
      }
    },
  }
}

/** The folder of an attempt at an export: two never write one file, for one may be slow, and another may have read other rows. */
export function folderOf(exportId: ExportId, attempt: number): string {
  return `${exportId}-${attempt}`
}

/** @throws ConflictError until it is completed */
function manifestOf({ exportId, manifest, status }: KeptExport): ExportManifest {
  if (manifest !== null) return manifest
  throw new ConflictError(`The export has no files: it is ${status}`, { exportId, status })
}

/** As callers see it. */
function shown({ attempt: _attempt, lost: _lost, manifest, ...kept }: KeptExport): Export {
  const { finishedAt } = kept
  return {
    ...kept,
    files: manifest?.files ?? [],
    expiresAt: finishedAt === null ? null : new Date(finishedAt.getTime() + KEEP_FILES_MS),
  }
}

/** @throws ValidationError if this process cannot export */
function partsOf({ exporting }: ExportDeps): ExportParts {
  if (exporting !== undefined) return exporting
  throw new ValidationError([
    { path: 'format', message: 'cannot be written here: createMuster was given no exports' },
  ])
}

function wishesOf(given: NewExport): ExportWishes {
  const { what, format, runIds = [], definitionId = null, people = 'pseudonym', gzip = false } = given
  const { fields = [], delimiter = null, csvSafe = false, formId = null } = given
  const { question = null, promptAt = null } = given
  return {
    what,
    format,
    runIds: [...new Set(runIds)],
    definitionId,
    people,
    gzip,
    fields: [...new Set(fields)],
    delimiter,
    csvSafe,
    formId,
    question,
    promptAt,
  }
}

/** @throws NotFoundError for what is not of the project */
async function demandSources(
  { transactions }: ExportDeps,
  projectId: ProjectId,
  { runIds, definitionId }: ExportWishes,
): Promise<void> {
  const { runs, definitions } = transactions.stores
  const found = new Map((await runs.findMany(runIds)).map((run) => [run.runId, run]))
  for (const runId of runIds) {
    if (found.get(runId)?.projectId !== projectId) throw new NotFoundError('run', runId)
  }
  if (definitionId === null) return
  if ((await definitions.find(definitionId))?.projectId !== projectId)
    throw new NotFoundError('definition', definitionId)
}

/** @throws ValidationError for what the writer cannot write; NotFoundError for the form */
async function demandWritable(
  { transactions }: ExportDeps,
  writer: FileWriter,
  wishes: ExportWishes,
): Promise<void> {
  const { what, format, formId } = wishes
  const formats = writer.formats[what]
  if (!formats.includes(format)) {
    const message = `must be one of ${formats.join(', ')} for what is ${what}`
    throw new ValidationError([{ path: 'format', message }])
  }
  const form = formId === null ? null : await transactions.stores.forms.find(formId)
  if (form === undefined) throw new NotFoundError('form', String(formId))
  const faults = writer.faults(what, wishes, form as Json)
  if (faults.length > 0) throw new ValidationError(faults)
}
