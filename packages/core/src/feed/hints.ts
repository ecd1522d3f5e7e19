import type { Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import type { NewFact } from '../events/event.ts'
import { type Hint, hintTopic } from '../events/signals.ts'
import type { ProjectId } from '../ids.ts'
import type { Json } from '../json/json.ts'

interface Deps {
  readonly broadcast: Broadcast
  readonly logger: Logger
}

/** Says that there is something new of a project. A process that does not hear it finds it by polling, a moment later. */
export async function hint({ broadcast, logger }: Deps, projectId: ProjectId, what: Hint): Promise<void> {
  try {
    await broadcast.publish(hintTopic(projectId), what)
  } catch (error) {
    logger.debug({ err: error, projectId }, 'A hint was lost')
  }
}

/** Hints at each project that `facts` are of. Nobody waits for those who watch. */
export function hintFacts(deps: Deps, facts: readonly NewFact[]): void {
  for (const projectId of new Set(facts.map((fact) => fact.projectId))) void hint(deps, projectId, 'facts')
}

/** Hears a topic, and gives how to stop; `undefined` if it cannot be heard: its news is then found by polling. */
export async function hear(
  { broadcast, logger }: Deps,
  topic: string,
  listener: (message: Json) => void,
): Promise<(() => Promise<void>) | undefined> {
  try {
    return await broadcast.subscribe(topic, listener)
  } catch (error) {
    logger.warn({ err: error, topic }, 'Nothing is heard of this: it is polled')
    return undefined
  }
}
