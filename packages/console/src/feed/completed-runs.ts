import { type AnswerOf, call } from '../api/call.ts'
import { formatted } from '../design/time.ts'

/** A run to choose from. */
export type CompletedRun = AnswerOf<'GET /projects/{projectId}/runs'>['items'][number]

/** Completed runs of a project, the newest first; of those that are wanted beside them also older ones. */
export async function completedRuns(
  projectId: string,
  wanted: readonly string[],
): Promise<readonly CompletedRun[]> {
  const query = { limit: 100, status: ['completed'] as never }
  const { items } = await call('GET /projects/{projectId}/runs', { params: { projectId }, query })
  const missing = wanted.filter((id) => id !== '' && items.every(({ runId }) => runId !== id))
  const more = await Promise.all(missing.map((id) => call('GET /runs/{id}', { params: { id } })))
  return [...more.filter(({ status }) => status === 'completed'), ...items]
}

const startOf = formatted({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** Tells a run from others of its definition. */
export function titleOfRun({ config, createdAt, runId }: CompletedRun): string {
  const { name, version } = config.definitionSnapshot
  return `${name} v${version} · ${startOf(new Date(createdAt))} · ${runId.slice(-4)}`
}
