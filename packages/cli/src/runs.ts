import { setTimeout as wait } from 'node:timers/promises'
import { CommandError, EXIT } from './command-error.ts'
import type { Server } from './server.ts'

/** A model of a run, as `RUN/MODEL`. */
export interface RunModel {
  readonly runId: string
  readonly model: string
}

interface Run {
  readonly projectId: string
  readonly status: string
}

const POLL_MS = 2_000

/** @throws CommandError if it is not RUN/MODEL; a model may have slashes itself */
export function runModelIn(text: string): RunModel {
  const slash = text.indexOf('/')
  const [runId, model] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash > 0 && model !== '') return { runId, model }
  throw new CommandError(EXIT.usage, `must be RUN/MODEL, not ${text}`)
}

/** The project of two runs, which must be the same; if it is asked for once both have ended. */
export async function projectOf(
  server: Server,
  models: readonly RunModel[],
  { untilEnded, say }: { readonly untilEnded: boolean; readonly say: (words: string) => void },
): Promise<string> {
  const projects = new Set<string>()
  for (const { runId } of models) {
    const read = async (): Promise<Run> => (await server.get(`/runs/${encodeURIComponent(runId)}`)) as Run
    let run = await read()
    if (untilEnded && !hasEnded(run)) say(`Waiting for the run ${runId}, which is ${run.status}`)
    while (untilEnded && !hasEnded(run)) {
      await wait(POLL_MS)
      run = await read()
    }
    projects.add(run.projectId)
  }
  const [projectId, ...others] = projects
  if (projectId === undefined || others.length > 0)
    throw new CommandError(EXIT.usage, 'The two runs are of different projects')
  return projectId
}

function hasEnded({ status }: Run): boolean {
  return status === 'completed' || status === 'cancelled'
}
