import { WebSocketServer } from 'ws'

/** Longest frame that is taken from a client. */
export const MAX_FRAME_BYTES: number = 64 * 1024
/** How long a client has to close. */
export const CLOSING_MS = 1_000

/** A server of WebSockets that is given its upgrades. */
export function socketServer(protocol: string): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  })
}

/** Closes each connection with 1001, and waits a moment for those who are still there to hear it. */
export async function closeSockets(server: WebSocketServer): Promise<void> {
  await Promise.all([...server.clients].map(closing))
  server.close()
}

async function closing(client: import('ws').WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  client.once('close', () => resolve())
  const impatience = setTimeout(() => client.terminate(), CLOSING_MS)
  client.close(1001)
  await promise
  clearTimeout(impatience)
}
