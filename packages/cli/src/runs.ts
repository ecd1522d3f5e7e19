import type { Answers, MusterClient } from '@muster/client'
import { UsageError } from './command-error.ts'

/** A model of a run, as `RUN/MODEL`. */
export interface RunModel {
  readonly runId: string
  readonly model: string
}

/** @throws CommandError if it is not RUN/MODEL; a model may have slashes itself */
export function runModelIn(text: string): RunModel {
  const slash = text.indexOf('/')
  const [runId, model] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash > 0 && model !== '') return { runId, model }
  throw new UsageError(`must be RUN/MODEL, not ${text}`)
}

/** The project of two runs, which must be the same; if it is asked for once both have ended. */
export async function projectOf(
  muster: MusterClient,
  models: readonly RunModel[],
  { untilEnded, say }: { readonly untilEnded: boolean; readonly say: (words: string) => void },
): Promise<string> {
  const projects = new Set<string>()
  for (const { runId } of models) {
    const run = await muster.runs.get(runId)
    projects.add(run.projectId)
    if (!untilEnded || hasEnded(run)) continue
    say(`Waiting for the run ${runId}, which is ${run.status}`)
    await muster.runs.finished(runId)
  }
  const [projectId, ...others] = projects
  if (projectId === undefined || others.length > 0)
    throw new UsageError('The two runs are of different projects')
  return projectId
}

export function hasEnded({ status }: Pick<Answers['Run'], 'status'>): boolean {
  return status === 'completed' || status === 'cancelled'
}
