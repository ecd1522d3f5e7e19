import { signal } from '@preact/signals'
import type { AnswerOf } from '../api/call.ts'
import { call } from '../api/call.ts'
import { type Uploaded, upload } from '../api/upload.ts'
import type { Look } from '../design/state.tsx'
import { figure } from '../design/time.ts'
import type { WireEvent } from '../feed/follow.ts'
import { queryOf, type Wish } from './wish.ts'

/** A file that was brought, and what became of it. */
export type Import = AnswerOf<'GET /imports/{id}'>
/** What the beginning of a file becomes. */
export type Preview = AnswerOf<'POST /projects/{projectId}/imports/preview'>
/** A member of its records. */
export type PreviewedField = Preview['fields'][number]
/** A line of a report. */
export type Finding = Preview['findings'][number]

/** The server looks at the first MiB. One byte more tells it that the file goes on: a record that is cut is no fault then. */
const LOOKED_AT = 1024 ** 2 + 1

/** A file that somebody has chosen, which this page alone has. */
export const chosenFile = signal<File | undefined>(undefined)

interface Sent {
  readonly importId: string
  readonly file: File
  readonly wish: Wish
}

/** The file that was sent last: while the page is open it can be sent again. */
export const sentLast = signal<Sent | undefined>(undefined)

/** Reads an import. @throws CallError */
export function readImport(importId: string): Promise<Import> {
  return call('GET /imports/{id}', { params: { id: importId } })
}

const pathTo = (projectId: string, rest: string, query: Readonly<Record<string, string>>): string =>
  `/projects/${encodeURIComponent(projectId)}/imports${rest}?${new URLSearchParams(query)}`

/** Asks what the beginning of a file becomes. @throws CallError */
export async function previewOf(projectId: string, file: Blob, wish: Wish): Promise<Preview> {
  const { format, mapping } = queryOf(wish, true).query
  const query = { ...(format !== undefined && { format }), ...(mapping !== undefined && { mapping }) }
  const path = pathTo(projectId, '/preview', query)
  return (await upload<Preview>(path, file.slice(0, LOOKED_AT))).answer
}

/** Sends a file. @throws CallError */
export async function bring(
  projectId: string,
  { file, wish, dryRun }: { readonly file: File; readonly wish: Wish; readonly dryRun: boolean },
  uploading: Parameters<typeof upload>[2] = {},
): Promise<Uploaded<Import>> {
  const path = pathTo(projectId, '', queryOf(wish, dryRun).query)
  const sent = await upload<Import>(path, file, uploading)
  sentLast.value = { importId: sent.answer.importId, file, wish }
  return sent
}

const look = (shape: Look['shape'], word: string, tone: Look['tone']): Look => ({ shape, word, tone })

/** How an import stands. */
const LOOKS: Readonly<Record<Import['status'], Look>> = {
  receiving: look('arc', 'receiving', 'active'),
  checking: look('arc', 'checking', 'active'),
  writing: look('arc', 'writing', 'active'),
  completed: look('check', 'completed', 'done'),
  refused: look('cross', 'refused', 'failed'),
  failed: look('cross', 'failed', 'failed'),
  cancelled: look('slash', 'cancelled', 'rest'),
}

/** How an import stands; a dry run that came to its end has only checked. */
export function lookOfImport({ dryRun, status }: Pick<Import, 'dryRun' | 'status'>): Look {
  return dryRun && status === 'completed' ? look('check', 'checked', 'done') : LOOKS[status]
}

/** Whether nothing more becomes of it. */
export function hasEnded(status: string): boolean {
  return !['receiving', 'checking', 'writing'].includes(status)
}

/** How a level of the report looks. */
export const LEVELS: Readonly<Record<Finding['level'], Look>> = {
  error: look('cross', 'error', 'failed'),
  left: look('mark', 'left', 'wait'),
  note: look('ring', 'note', 'rest'),
}

/** A size in bytes, to a unit. */
export function bytesSaid(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`
  if (bytes < 1_024 ** 2) return `${figure(bytes / 1_024)} KiB`
  return `${(bytes / 1_024 ** 2).toFixed(1)} MiB`
}

/** An import as a signal has it: of one that has ended only its fact says more. */
export function moved(row: Import, { data }: WireEvent): Import {
  if (hasEnded(row.status)) return row
  return { ...row, status: data['status'] as Import['status'], counts: data['counts'] as Import['counts'] }
}
