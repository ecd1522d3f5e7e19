import type { AnswerOf } from '../api/call.ts'
import { call } from '../api/call.ts'
import { Entities } from '../feed/entities.ts'
import type { WireEvent } from '../feed/follow.ts'

/** A run as the list has it. */
export type Run = AnswerOf<'GET /runs'>['items'][number]

/** How far a run is, as its signals say. */
export interface Pace {
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly total: number
  readonly percentComplete: number
  readonly ratePerSecond: number
  readonly etaSeconds: number | null
}

/** What signals said of runs since they were read. */
const paces = new Entities<Pace>(2_000)

/** The statuses of a run that goes on. */
export const LIVE = ['pending', 'running', 'paused'] as const

/** The filters of the list, as its address has them. */
export interface RunFilters {
  readonly show?: string | undefined
  readonly model?: string | undefined
  readonly definition?: string | undefined
  readonly since?: string | undefined
}

const HOUR_MS = 3_600_000
/** How long ago runs may have been started. */
export const SINCE: Readonly<Record<string, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
}

/** Reads a part of the list. */
export async function readRuns(
  projectId: string | undefined,
  { show, model, definition, since }: RunFilters,
  cursor: string | undefined,
  limit: number,
): Promise<{ readonly items: readonly Run[]; readonly nextCursor: string | null }> {
  const ago = SINCE[since ?? '']
  const query = {
    limit,
    ...(show !== 'all' && { status: LIVE.join(',') as never }),
    ...(model !== undefined && { model }),
    ...(definition !== undefined && { definitionId: definition }),
    ...(ago !== undefined && { from: new Date(Date.now() - ago).toISOString() }),
    ...(cursor !== undefined && { cursor }),
  }
  const read = await (projectId === undefined
    ? call('GET /runs', { query })
    : call('GET /projects/{projectId}/runs', { params: { projectId }, query }))
  for (const { runId } of read.items) paces.forget(runId)
  return read
}

/** Reads one run. @throws CallError */
export async function readRun(runId: string): Promise<Run> {
  const run = await call('GET /runs/{id}', { params: { id: runId } })
  paces.forget(runId)
  return run
}

/** A definition with its version, as people call it. */
export function nameOf({ config }: Pick<Run, 'config'>): string {
  const { name, version } = config.definitionSnapshot
  return `${name} v${version}`
}

/** What the last signal said of a run that is running, if it is later than what was read. */
export function paceOf({ runId, status }: Pick<Run, 'runId' | 'status'>): Pace | undefined {
  return status === 'running' ? paces.of(runId).value : undefined
}

/** Keeps what signals say of runs. */
export function notePaces(batch: readonly WireEvent[]): void {
  for (const { type, data } of batch)
    if (type === 'run_progress') paces.put(String(data['runId']), data as unknown as Pace)
}
