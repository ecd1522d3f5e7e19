import type { ChannelName } from '@muster/transport-ws'
import type { Handlers, MusterClient } from '@muster/transport-ws/client'

/**
 * Follows the channel until one of its handlers says that it is over.
 * @throws the reason of `stop`; Error where the channel may not be followed
 */
export async function followToTheEnd(
  live: MusterClient,
  channel: ChannelName,
  stop: AbortSignal,
  handlersOf: (over: () => void) => Handlers,
): Promise<void> {
  stop.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stopped = (): void => reject(stop.reason)
  stop.addEventListener('abort', stopped)
  const following = live.follow(channel, {
    ...handlersOf(resolve),
    closed: (code) => reject(new Error(`${channel} may not be followed: ${code}`)),
  })
  try {
    await promise
  } finally {
    following.stop()
    stop.removeEventListener('abort', stopped)
  }
}
