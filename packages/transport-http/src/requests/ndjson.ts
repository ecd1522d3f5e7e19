import { Readable } from 'node:stream'
import { ValidationError } from '@muster/core'
import type { NewScenario } from '@muster/core/calls'
import { newScenario, parse } from '@muster/core/schemas'
import { parseJson } from '@muster/core/support'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { utf8 } from './json-body.ts'
import { refusal } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route also reads a body of newline-delimited JSON, as a stream. */
    streams?: boolean
    /** Whether the body of the route is a file, of whatever type. */
    file?: boolean
  }
}

const NDJSON = 'application/x-ndjson'
const NEWLINE = 10

/** How much may be streamed, in bytes. */
export interface StreamLimits {
  readonly line: number
  readonly stream: number
}

const LIMITS: StreamLimits = { line: 1024 ** 2, stream: 1024 ** 3 }

/** Lets bodies of newline-delimited JSON through as streams, so that they are read only as fast as they are kept, on routes that read them. */
export function acceptNdjson(app: FastifyInstance): void {
  app.addContentTypeParser(NDJSON, (request, payload, done) => {
    if (request.routeOptions.config.streams === true) done(null, payload)
    else done(refusal(415, `${NDJSON} is read where scenarios are added`))
  })
}

/**
 * A body as it comes. What its reader has left when it stops is read past: only so does who is still sending get the answer, and come to their next
 * request.
 */
export async function* chunksOf(body: Readable): AsyncIterable<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } finally {
    body.resume()
  }
}

/**
 * The scenarios of a streamed definition, a line each.
 * @throws ValidationError naming the line's scenario; an error of status 413 where the stream is too long
 */
export async function* scenarioLines(
  body: AsyncIterable<Buffer>,
  limits: StreamLimits = LIMITS,
): AsyncIterable<NewScenario> {
  let place = 0
  for await (const bytes of linesOf(body, limits)) {
    const refuse = (message: string): ValidationError =>
      new ValidationError([{ path: `scenarios[${place}]`, message }])
    if (bytes.length > limits.line) throw refuse(`is a line longer than ${limits.line} bytes`)
    const line = utf8(bytes)
    if (line === undefined) throw refuse('is not UTF-8')
    if (line.trim() === '') continue
    yield parse(newScenario, parseLine(line, ['scenarios', place], refuse), ['scenarios', place])
    place += 1
  }
}

/** The lines of a stream as they come. One that is too long is given as soon as that is known, and nothing after it. */
async function* linesOf(body: AsyncIterable<Buffer>, limits: StreamLimits): AsyncIterable<Buffer> {
  let begun: Buffer[] = []
  let length = 0
  let total = 0
  const take = (part: Buffer): Buffer => {
    const line = Buffer.concat([...begun, part])
    begun = []
    length = 0
    return line
  }
  for await (const chunk of body) {
    total += chunk.length
    if (total > limits.stream) throw refusal(413, `The stream is longer than ${limits.stream} bytes`)
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, end))
      from = end + 1
    }
    begun.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > limits.line) {
      yield take(Buffer.alloc(0))
      return
    }
  }
  yield take(Buffer.alloc(0))
}

function parseLine(
  line: string,
  at: readonly PropertyKey[],
  refuse: (message: string) => ValidationError,
): unknown {
  try {
    return parseJson(line, at)
  } catch (error) {
    throw error instanceof ValidationError ? error : refuse('is not a line of JSON')
  }
}

/** What readers of lines outside take for the end of one, though JSON does not. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g

/** A line that is one line to every reader. */
export function lineOf(item: object): string {
  const text = JSON.stringify(item)
  const escaped = text.replace(LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `${escaped}\n`
}

/** The same items, of which the first is there: a refusal is one before an answer has begun. */
export async function begun<Item>(items: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = items[Symbol.asyncIterator]()
  let first: IteratorResult<Item> | undefined = await iterator.next()
  const all: AsyncIterableIterator<Item> = {
    async next() {
      const next = first ?? (await iterator.next())
      first = undefined
      return next
    },
    // Also of a caller that went away before the first was read: a generator that was not begun would not hear of it.
    async return() {
      first = undefined
      await iterator.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => all,
  }
  return all
}

/** Answers with a line of JSON per item, produced as fast as the client reads. */
export function sendLines(reply: FastifyReply, items: AsyncIterable<object>): FastifyReply {
  async function* lines(): AsyncIterable<string> {
    for await (const item of items) yield lineOf(item)
  }
  return reply.type(NDJSON).send(Readable.from(lines()))
}
