import type { Logger } from '../environment.ts'
import type { Json } from '../json/json.ts'
import type { Broadcast } from './broadcast.ts'
import { type Signal, SYSTEM_TOPIC, signalTopic } from './signals.ts'

/** Tells a state of a project, or of the whole system (null); the message may be lost. */
export function tellSignal(
  { broadcast, logger }: { readonly broadcast: Broadcast; readonly logger: Logger },
  { type, projectId, data }: Signal,
): void {
  const signal: Json = { type, data }
  const [topic, message]: [string, Json] =
    projectId === null ? [SYSTEM_TOPIC, signal] : [signalTopic(projectId), { signals: [signal] }]
  broadcast.publish(topic, message).catch((error: unknown) => {
    logger.debug({ err: error, type }, 'A signal was not told')
  })
}
