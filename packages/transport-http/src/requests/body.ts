import type { IncomingMessage } from 'node:http'
import { pipeline, Readable, type Transform } from 'node:stream'
// A name that an old Node lacks could not be imported, and nothing would say which Node is needed.
import * as zlib from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { HostReadBodyError, refusal } from './problem.ts'

/** A request that a parser of the host may have read: Express and its kin leave `body`, NestJS `rawBody` too. */
type MaybeRead = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown }

/** A body, and how many bytes of it came over the wire, which Fastify holds against `Content-Length`. */
type Payload = Readable & { receivedEncodedLength?: number }

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd: zlib.createZstdDecompress,
}

/**
 * Gives the routes of `app` their bodies. If a parser of the host has read a request before, the routes get the body that it left in
 * `request.body`; nothing is waited for that cannot come. A compressed body is unpacked.
 */
export function readBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    const { method } = request
    const raw = request.raw as MaybeRead
    // A hook of the host has put another stream in its place: that one is the body.
    if (method === 'GET' || method === 'HEAD' || payload !== raw) return payload
    if (raw.readableDidRead || raw.readableEnded) return readBefore(raw)
    const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase()
    if (encoding === '' || encoding === 'identity') return payload
    const decoder = DECODERS[encoding]
    if (decoder === undefined) {
      const known = Object.keys(DECODERS).join(', ')
      void reply.header('accept-encoding', known)
      throw refusal(415, `Content-Encoding ${encoding} is not read here: send ${known}, or none`)
    }
    return withLength(Readable.from(unpacked(raw, decoder(), encoding), { objectMode: false }), raw)
  })
}

/** What the host has left of a body. Without any, whoever reads it is told. */
function readBefore(raw: MaybeRead): Payload {
  const left = bytesOf(raw.rawBody instanceof Uint8Array ? raw.rawBody : raw.body)
  if (left === undefined && raw.readableDidRead) {
    return new Readable({
      read() {
        this.destroy(new HostReadBodyError())
      },
    })
  }
  // Of an empty body parsers make an empty object.
  const isEmpty = left === undefined || left.length === 0 || raw.headers['content-length'] === '0'
  return withLength(Readable.from(isEmpty ? [] : [left]), raw)
}

/** The bytes of what a parser made, or `undefined` if nothing is there that JSON can say. */
function bytesOf(left: unknown): Buffer | undefined {
  if (left instanceof Uint8Array) return Buffer.from(left)
  if (typeof left === 'string') return Buffer.from(left)
  try {
    const text = JSON.stringify(left) as string | undefined
    return text === undefined ? undefined : Buffer.from(text)
  } catch {
    return undefined
  }
}

async function* unpacked(raw: Readable, decoder: Transform, encoding: string): AsyncIterable<Buffer> {
  try {
    // An error of either comes out of the decoder.
    yield* pipeline(raw, decoder, () => {}) as AsyncIterable<Buffer>
  } catch (error) {
    throw Object.assign(refusal(400, `The body is not ${encoding}`), { cause: error })
  }
}

function withLength(body: Payload, { headers }: IncomingMessage): Payload {
  const length = Number(headers['content-length'])
  if (length > 0) body.receivedEncodedLength = length
  return body
}
