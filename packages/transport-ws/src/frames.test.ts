import { createRequire } from 'node:module'
import type { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import * as ws from 'ws'
import { encoded, encodedEvent, encodedOnce } from './frames.ts'

interface SocketIoParser {
  readonly Encoder: new () => { encode(packet: object): string[] }
  readonly PacketType: { readonly EVENT: number }
}

interface EngineIoParser {
  readonly encodePacket: (packet: object, supportsBinary: boolean, done: (text: string) => void) => void
}

// The types of ws do not show how it reads frames.
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable }

// The very parsers that the installed socket.io and its engine.io encode with.
const ofSocketIo = createRequire(createRequire(import.meta.url).resolve('socket.io'))
const ofEngineIo = createRequire(ofSocketIo.resolve('engine.io'))
const { Encoder, PacketType } = ofSocketIo('socket.io-parser') as SocketIoParser
const { encodePacket } = ofEngineIo('engine.io-parser') as EngineIoParser

/** What socket.io puts into a packet, and its engine.io into a text message. */
function byLibrary(name: string, data: unknown): { readonly packet: string; readonly message: string } {
  const [packet = ''] = new Encoder().encode({ type: PacketType.EVENT, nsp: '/', data: [name, data] })
  let message = ''
  encodePacket({ type: 'message', data: packet }, true, (text) => {
    message = text
  })
  return { packet, message }
}

/** The messages that a client reads off these bytes. */
async function messagesIn(bytes: Buffer): Promise<(readonly [string, boolean])[]> {
  const messages: (readonly [string, boolean])[] = []
  const receiver = new Receiver({ isServer: false })
  receiver.on('message', (data: Buffer, isBinary: boolean) => messages.push([String(data), isBinary]))
  await new Promise<void>((resolve, reject) => {
    receiver.once('error', reject)
    receiver.end(bytes, () => resolve())
  })
  return messages
}

describe('An encoded packet', () => {
  it.each([
    ['mark', { channel: 'me', cursor: 'abc' }],
    ['event', { channel: 'admin', data: { 'quoted "text"': 'ä 😀 \u2028 \n', none: null }, seq: 7 }],
    ['queue:updated:0c6ff1d5-52e2-4f0a-9d0c-0a2d4f1f8f11', { changed: [], updatedAt: new Date(0) }],
    ['event', { long: 'é'.repeat(40_000) }],
  ])('is what socket.io and engine.io make of %s', async (name, data) => {
    const { packet, message } = byLibrary(name, data)
    const made = encoded(name, data)
    expect(made.packet).toBe(packet)
    expect(await messagesIn(made.frame)).toEqual([[message, false]])
    expect(await messagesIn(Buffer.concat([made.frame, made.frame]))).toHaveLength(2)
  })

  it('is made once for each event and channel', async () => {
    const event = { type: 'run_progress' }
    expect(encodedEvent(event, 'me')).toBe(encodedEvent(event, 'me'))
    expect(encodedEvent(event, 'me').packet).toBe(byLibrary('event', { ...event, channel: 'me' }).packet)
    expect(encodedEvent(event, 'admin').packet).toBe(
      byLibrary('event', { ...event, channel: 'admin' }).packet,
    )
    const update = {}
    expect(encodedOnce(update, 'me', () => ['one', 1])).toBe(encodedOnce(update, 'me', () => ['two', 2]))
    expect(encodedOnce(update, 'admin', () => ['two', 2]).packet).toBe(byLibrary('two', 2 as never).packet)
  })
})
