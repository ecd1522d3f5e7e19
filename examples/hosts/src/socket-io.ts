import { createServer } from 'node:http'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { Server } from 'socket.io'
import { listening, type Running } from './running.ts'

export async function serveSocketIo(secret: string): Promise<Running> {
  // Somebody's app, as it was: a socket.io at its usual path, with a namespace of its own.
  const server = createServer((_request, response) => response.end('the shop'))
  const io = new Server(server)
  io.of('/chat').on('connection', (socket) => socket.on('say', (text, answer) => answer(`heard: ${text}`)))

  // Muster at a path of its own.
  const muster = await createMuster({ modules: [coreModule()] })
  const live = attachMusterWs(server, {
    muster,
    authenticator: jwtAuthenticator({ secret }),
    path: '/live/socket.io',
  })
  return {
    origin: await listening(server),
    muster,
    async close() {
      await live.close()
      await io.close()
      await muster.close()
    },
  }
}
