import { Readable } from 'node:stream'
import { type NewScenario, newScenario, parse, ValidationError } from '@muster/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import split from 'split2'

const NDJSON = 'application/x-ndjson'
const MAX_LINE = 1024 * 1024
const MAX_STREAM = 1024 * 1024 * 1024

/** Lets bodies of newline-delimited JSON through as streams, so that they are read only as fast as they are kept. */
export function acceptNdjson(app: FastifyInstance): void {
  app.addContentTypeParser(NDJSON, { bodyLimit: MAX_STREAM }, (_request, payload, done) =>
    done(null, payload),
  )
}

/** The scenarios of a streamed definition, a line each. @throws ValidationError naming the line's scenario */
export async function* scenarioLines(body: Readable): AsyncIterable<NewScenario> {
  let place = 0
  const lines = body.pipe(split({ maxLength: MAX_LINE }))
  body.once('error', (error) => lines.destroy(error))
  try {
    for await (const line of lines as AsyncIterable<string>) {
      if (line.trim() === '') continue
      const at = ['scenarios', place] as const
      yield parse(newScenario, parseLine(line, place), at)
      place += 1
    }
  } catch (error) {
    if (error instanceof Error && error.message === 'maximum buffer reached') {
      throw new ValidationError([
        { path: `scenarios[${place}]`, message: `is a line longer than ${MAX_LINE} bytes` },
      ])
    }
    throw error
  }
}

function parseLine(line: string, place: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new ValidationError([{ path: `scenarios[${place}]`, message: 'is not a line of JSON' }])
  }
}

/** Answers with a line of JSON per item, produced as fast as the client reads. */
export function sendLines(reply: FastifyReply, items: AsyncIterable<object>): FastifyReply {
  async function* lines(): AsyncIterable<string> {
    for await (const item of items) yield `${JSON.stringify(item)}\n`
  }
  return reply.type(NDJSON).send(Readable.from(lines()))
}
