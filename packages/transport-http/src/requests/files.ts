import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { begun } from './ndjson.ts'
import { refusal } from './problem.ts'

/** A file that can be read in parts. */
interface ReadableFile {
  /** Letters, digits, `_`, `.` and `-`. */
  readonly name: string
  readonly bytes: number
  /** Another for other bytes. */
  readonly sha256: string
  read(from: number, to: number): AsyncIterable<Uint8Array>
}

/** A part of a file: from a byte on, and before another. */
interface Part {
  readonly from: number
  readonly to: number
}

/**
 * Answers with a file, or the one part of it that is asked for: a reader that was cut off goes on behind what came. Several parts at once are answered with all
 * (RFC 9110, 14.2).
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ReadableFile,
): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`
  if (tagsOf(request.headers['if-none-match']).includes(etag))
    return reply.status(304).header('etag', etag).send()
  const part = partOf(request, file.bytes, etag)
  if (part === 'none') {
    void reply.header('content-range', `bytes */${file.bytes}`)
    throw refusal(416, `The file has ${file.bytes} bytes: nothing of it is in ${request.headers.range}`)
  }
  const { from, to } = part ?? { from: 0, to: file.bytes }
  const bytes = request.method === 'HEAD' ? [] : await begun(file.read(from, to))
  if (part !== undefined)
    void reply.status(206).header('content-range', `bytes ${from}-${to - 1}/${file.bytes}`)
  return reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('content-disposition', `attachment; filename="${file.name}"`)
    .header('content-length', to - from)
    .type('application/octet-stream')
    .send(Readable.from(bytes, { objectMode: false }))
}

/** The part that is asked for (RFC 9110, 14.1.2); undefined: all. */
function partOf({ headers }: FastifyRequest, bytes: number, etag: string): Part | 'none' | undefined {
  const ifRange = headers['if-range']
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  if (ifRange !== undefined && ifRange !== etag) return undefined
  // Without a first byte, so many at the end.
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const to = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  return from < to ? { from, to } : 'none'
}

function tagsOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
}
