import { type AnswerOf, call } from '../api/call.ts'
import { me } from '../api/session.ts'
import { lookOf } from '../design/state.tsx'
import { decimal } from '../design/time.ts'
import type { ToldFact } from '../feed/told.ts'

/** A run as the API has it. */
export type Run = AnswerOf<'GET /runs/{id}'>
/** How far it is. */
export type RunProgress = AnswerOf<'GET /runs/{id}/progress'>

/** A chart spans so long at least, and a day at most. */
const LEAST_MS = 300_000
const DAY_MS = 86_400_000
/** Points of a chart at most. */
const MOST_POINTS = 240

/** A cause of failures, with how many jobs of the run are failed for it now. */
export type Cause = AnswerOf<'GET /projects/{projectId}/jobs/causes'>['items'][number]

/** Whether figures that are for managers are read. */
export function isManager(): boolean {
  return me.value?.role !== 'annotator'
}

/** Why jobs of a run are failed, most first. */
export async function causesOf({ projectId, runId }: Run): Promise<readonly Cause[]> {
  const { items } = await call('GET /projects/{projectId}/jobs/causes', {
    params: { projectId },
    query: { runId },
  })
  return items
}

/** The facts of a run that are kept, newest first. */
export async function factsOf(projectId: string, runId: string): Promise<readonly ToldFact[]> {
  const { items } = await call('GET /projects/{projectId}/events', {
    params: { projectId },
    query: { runId, limit: 50 },
  })
  return items as unknown as readonly ToldFact[]
}

/** Settled jobs of a run, by time. */
export interface Speed {
  readonly times: readonly number[]
  readonly settled: readonly number[]
  readonly failed: readonly number[]
}

/** How fast jobs of a run settle while it goes on, or did. */
export async function speedOf(run: Run): Promise<Speed> {
  const to = run.finishedAt === null ? Date.now() : Date.parse(run.finishedAt) + 10_000
  const began = Date.parse(run.startedAt ?? run.createdAt)
  const from = Math.max(Math.min(began - 30_000, to - LEAST_MS), to - DAY_MS)
  const step = Math.min(86_400, Math.max(10, Math.ceil((to - from) / MOST_POINTS / 10_000) * 10))
  const { jobs } = await call('GET /runs/{id}/rates', {
    params: { id: run.runId },
    query: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), step },
  })
  const byTime = new Map(jobs.map((one) => [Date.parse(one.at), one]))
  const times: number[] = []
  const first = Math.floor(from / (step * 1_000)) * step * 1_000
  for (let at = first; at < to; at += step * 1_000) times.push(at)
  return {
    times,
    settled: times.map((at) => (byTime.get(at)?.settled ?? 0) / step),
    failed: times.map((at) => (byTime.get(at)?.failed ?? 0) / step),
  }
}

/** A change of pace or state, for a chart. */
export interface Mark {
  readonly at: number
  readonly title: string
}

/** Changes of a run's state and pace from its facts, newest first; of those that lie closer than `apart` ms the last holds. That it was made is none. */
export function marksOf(facts: readonly ToldFact[], apart: number): Mark[] {
  const marks: Mark[] = []
  for (const { type, occurredAt, data } of facts.toReversed()) {
    if (type !== 'run_status_changed' && type !== 'run_changed') continue
    if (type === 'run_status_changed' && data['status'] === 'pending') continue
    const at = Date.parse(occurredAt)
    const title =
      type === 'run_changed' ? paceMark(data['maxJobsPerSecond']) : lookOf('run', String(data['status'])).word
    if (at - (marks.at(-1)?.at ?? -Infinity) <= apart) marks.pop()
    marks.push({ at, title })
  }
  return marks
}

function paceMark(pace: unknown): string {
  return typeof pace === 'number' ? `${decimal(pace)}/s` : 'no pace'
}
