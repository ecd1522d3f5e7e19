import { MusterClient } from '@muster/transport-ws/client'
import { io } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import { serveSocketIo } from './socket-io.ts'
import { adminToken, SECRET } from './token.test.support.ts'

it('keeps its socket.io, by polling and by WebSocket, beside that of Muster', async () => {
  const host = await serveSocketIo(SECRET)
  onTestFinished(() => host.close())
  const { origin } = host
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const chat = io(`${origin}/chat`, { transports, forceNew: true })
    expect(await chat.emitWithAck('say', 'tea')).toBe('heard: tea')
    chat.close()
  }
  const client = new MusterClient(origin, { token: adminToken, path: '/live/socket.io' })
  await client.follow('admin', {}).ready
  client.close()
})
