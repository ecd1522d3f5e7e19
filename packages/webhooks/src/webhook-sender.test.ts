import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookAnswer, WebhookMessage } from '@muster/core/webhooks'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { webhookSender } from './webhook-sender.ts'

const message: WebhookMessage = {
  messageId: '0199a3b0-0000-7000-8000-000000000001',
  type: 'job_failed',
  timestamp: new Date('2026-03-02T12:00:00.000Z'),
  data: { itemId: 'x', error: { code: 'boom', message: '“schade”' } },
}
const never = new AbortController().signal

let servers: Server[] = []
afterEach(() => {
  for (const server of servers) server.closeAllConnections()
  servers = []
})

/** A receiver on this machine; gives its URL. */
async function receive(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => answer(request, response, body))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
}

const here = () => webhookSender({ allow: ['127.0.0.0/8'], timeoutMs: 10_000 })

function send(url: string, sender = here(), secrets = [sender.newSecret()]): Promise<WebhookAnswer> {
  return sender.send({ url, secrets }, message, never)
}

describe('a message', () => {
  it('is verified by the library of the standard with each of its secrets, and with no other', async () => {
    const sender = here()
    const secrets = [sender.newSecret(), sender.newSecret()]
    let arrived: { headers: IncomingMessage['headers']; body: string } | undefined
    const url = await receive(({ headers }, response, body) => {
      arrived = { headers, body }
      response.end()
    })
    expect(await send(url, sender, secrets)).toEqual({ status: 200, body: '' })
    const { headers = {}, body = '' } = arrived ?? {}
    expect(headers['webhook-id']).toBe(message.messageId)
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
        type: 'job_failed',
        timestamp: '2026-03-02T12:00:00.000Z',
        data: message.data,
      })
    }
    const other = new Webhook(sender.newSecret())
    expect(() => other.verify(body, headers as Record<string, string>)).toThrow('No matching signature')
  })

  it('is signed with secrets of 32 bytes that never come twice', () => {
    const sender = here()
    const secrets = Array.from({ length: 50 }, () => sender.newSecret())
    expect(new Set(secrets).size).toBe(50)
    for (const secret of secrets) {
      expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
    }
  })
})

describe('an answer', () => {
  it('is a redirect like any other: it is not followed', async () => {
    let reached = 0
    const target = await receive((_request, response) => {
      reached += 1
      response.end()
    })
    const url = await receive((_request, response) => {
      response.writeHead(307, { location: target }).end()
    })
    expect((await send(url)).status).toBe(307)
    expect(reached).toBe(0)
  })

  it('is read no further than 16 KiB', async () => {
    const url = await receive((_request, response) => {
      response.writeHead(500)
      response.end('x'.repeat(3_000_000))
    })
    const { status, body } = await send(url)
    expect([status, body]).toEqual([500, 'x'.repeat(16 * 1024)])
  })

  it.each([
    ['120', 120],
    ['0', 0],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
  ])('asks for patience with Retry-After: %s', async (header, seconds) => {
    const url = await receive((_request, response) => {
      response.writeHead(503, { 'retry-after': header }).end()
    })
    expect((await send(url)).retryAfterSeconds).toBe(seconds)
  })

  it('asks for patience until a date', async () => {
    const url = await receive((_request, response) => {
      response.writeHead(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }).end()
    })
    const { retryAfterSeconds = 0 } = await send(url)
    expect(Math.abs(retryAfterSeconds - 3_600)).toBeLessThanOrEqual(60)
  })

  it('that does not come in time is none, though its head has come', async () => {
    const url = await receive((_request, response) => {
      response.writeHead(200)
      response.write('still')
    })
    const sender = webhookSender({ allow: ['127.0.0.1'], timeoutMs: 200 })
    await expect(send(url, sender)).rejects.toMatchObject({ code: 'timeout' })
  })

  it('is none where nobody listens, or the connection breaks', async () => {
    const url = await receive((request) => request.socket.destroy())
    await expect(send(url)).rejects.toMatchObject({ name: 'DeliveryError', code: 'ECONNRESET' })
    for (const server of servers) server.close()
    await expect(send(url)).rejects.toMatchObject({ name: 'DeliveryError', code: 'ECONNREFUSED' })
  })

  it('is had on another connection where one that was kept has been closed meanwhile', async () => {
    const served = new WeakSet<object>()
    const url = await receive(({ socket }, response) => {
      if (served.has(socket)) socket.destroy()
      served.add(socket)
      response.end('ok')
    })
    const sender = here()
    for (let turn = 0; turn < 3; turn++) expect(await send(url, sender)).toEqual({ status: 200, body: 'ok' })
  })

  it('is not waited for once the sender ends', async () => {
    const ending = new AbortController()
    const url = await receive(() => ending.abort())
    const sent = here().send({ url, secrets: [here().newSecret()] }, message, ending.signal)
    await expect(sent).rejects.toMatchObject({ name: 'DeliveryError', code: 'ABORT_ERR' })
  })
})

describe('an address', () => {
  const sender = webhookSender()

  it.each([
    ['http://example.com/hooks', 'must begin with https://'],
    ['ftp://example.com/', 'must begin with https://'],
    ['example.com/hooks', 'must be a URL, such as https://example.com/hooks'],
    ['https://name:word@example.com/', 'must have no name and password in it'],
    ['https://example.com/#here', 'must have no fragment (#)'],
    ['https://example.com:22/', 'must be at port 443 or 8443'],
    ['https://127.0.0.1/', 'must not be an address of a network inside'],
    ['https://2130706433/', 'must not be an address of a network inside'],
    ['https://0x7f.1/', 'must not be an address of a network inside'],
    ['https://0.0.0.0/', 'must not be an address of a network inside'],
    ['https://10.1.2.3/', 'must not be an address of a network inside'],
    ['https://172.16.0.1/', 'must not be an address of a network inside'],
    ['https://192.168.1.1/', 'must not be an address of a network inside'],
    ['https://169.254.1.1/', 'must not be an address of a network inside'],
    ['https://100.64.0.1/', 'must not be an address of a network inside'],
    ['https://224.0.0.1/', 'must not be an address of a network inside'],
    ['https://[::1]/', 'must not be an address of a network inside'],
    ['https://[::]/', 'must not be an address of a network inside'],
    ['https://[::ffff:127.0.0.1]/', 'must not be an address of a network inside'],
    ['https://[64:ff9b::7f00:1]/', 'must not be an address of a network inside'],
    ['https://[fe80::1]/', 'must not be an address of a network inside'],
    ['https://[fd00::1]/', 'must not be an address of a network inside'],
  ])('%s %s', async (url, refusal) => {
    expect(sender.refusal(url)).toBe(refusal)
    await expect(send(url, sender)).rejects.toMatchObject({ code: 'address_refused' })
  })

  it.each(['https://example.com/hooks?a=b', 'https://example.com:8443/', 'https://93.184.216.34/'])(
    '%s may be told',
    (url) => {
      expect(sender.refusal(url)).toBeNull()
    },
  )

  it('of a name that leads inside is refused when it is connected to', async () => {
    expect(sender.refusal('https://localhost/')).toBeNull()
    await expect(send('https://localhost/', sender)).rejects.toMatchObject({
      code: 'address_refused',
      message: 'The name leads to an address of a network inside',
    })
  })

  it('inside is told where it was allowed, by its name too, and no other is', async () => {
    const url = await receive((_request, response) => response.end('ok'))
    const named = url.replace('127.0.0.1', 'localhost')
    const both = webhookSender({ allow: ['127.0.0.1', '::1'] })
    expect([both.refusal(url), both.refusal(named)]).toEqual([null, null])
    expect(await send(named, both)).toMatchObject({ status: 200, body: 'ok' })
    expect(both.refusal('http://127.0.0.2/')).toBe('must begin with https://')
    expect(both.refusal('https://10.0.0.1/')).toBe('must not be an address of a network inside')
  })

  it.each(['10.0.0.0/33', 'example.com', '10.0.0.0/x', '::1/129', ''])('is not allowed by %j', (network) => {
    expect(() => webhookSender({ allow: [network] })).toThrow(TypeError)
  })
})

it.each([
  [{ alow: ['10.0.0.0/8'] }, 'webhookSender: alow is not known: did you mean allow?'],
  [{ allow: '10.0.0.0/8' }, 'webhookSender: allow must be a list of texts'],
  [{ ports: ['443'] }, 'webhookSender: ports must be a list of ports'],
  [{ timeoutMs: Number.NaN }, 'webhookSender: timeoutMs must be a whole number from 1 to 50000'],
  [{ timeoutMs: 60_000 }, 'webhookSender: timeoutMs must be a whole number from 1 to 50000'],
])('refuses options that cannot be meant: %j', (options, message) => {
  expect(() => webhookSender(options as never)).toThrow(message)
})
