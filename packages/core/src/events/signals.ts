import type { ProjectId } from '../ids.ts'

/** Where what concerns the whole system is broadcast, such as a pause of all queues. */
export const SYSTEM_TOPIC = 'muster.system'

/** Where a project's signals are broadcast: latest states, as { type, data } in lists, droppable. */
export function signalTopic(projectId: ProjectId): string {
  return `muster.signals.${projectId}`
}
