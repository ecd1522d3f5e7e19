import type { WebSocket } from 'ws'

const PING_MS = 25_000
const PONG_MS = 20_000

/** Pings, and ends the connection of a client that does not answer. Gives how to call that off. */
export function keepAlive(socket: WebSocket): () => void {
  let pong: NodeJS.Timeout | undefined
  const ping = setInterval(() => {
    socket.ping()
    pong ??= setTimeout(() => socket.terminate(), PONG_MS).unref()
  }, PING_MS).unref()
  socket.on('pong', () => {
    clearTimeout(pong)
    pong = undefined
  })
  return () => {
    clearInterval(ping)
    clearTimeout(pong)
  }
}
