import { once } from 'node:events'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { begun, lineOf, scenarioLines } from './ndjson.ts'

const limits = { line: 40, stream: 100 }

async function* inChunks(text: string, size: number): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

const read = async (text: string, size: number) => {
  const seen: unknown[] = []
  for await (const { payload } of scenarioLines(inChunks(text, size), limits)) seen.push(payload)
  return seen
}

it.each([1, 3, 7, 1000])('reads the same lines from chunks of %i bytes', async (size) => {
  expect(await read('{"payload":"ä"}\n\n{"payload":"€"}\r\n  \n{"payload":3}', size)).toEqual(['ä', '€', 3])
  expect(await read('', size)).toEqual([])
})

it.each([1, 7, 1000])('names the line that is too long, from chunks of %i bytes', async (size) => {
  const text = `{"payload":1}\n\n${JSON.stringify({ payload: 'x'.repeat(30) })}\n{"payload":2}\n`
  await expect(read(text, size)).rejects.toMatchObject({ issues: [{ path: 'scenarios[1]' }] })
})

it('reads no further than a stream may be long', async () => {
  let given = 0
  async function* endless(): AsyncIterable<Buffer> {
    for (;;) {
      given += 1
      yield Buffer.from('{"payload":1}\n')
    }
  }
  const reading = async () => {
    for await (const { payload } of scenarioLines(endless(), limits)) expect(payload).toBe(1)
  }
  await expect(reading()).rejects.toMatchObject({ statusCode: 413 })
  expect(given).toBe(8)
})

it('names the number of a line that would become another', async () => {
  const text = '{"payload":1}\n{"payload":{"id":9007199254740993}}\n'
  const refused = { issues: [{ path: 'scenarios[1].payload.id' }] }
  await expect(read(text, 1000)).rejects.toMatchObject(refused)
})

it('lets go of items that were begun and that nobody reads', async () => {
  let isOver = false
  async function* items(): AsyncGenerator<number> {
    try {
      yield 1
      yield 2
    } finally {
      isOver = true
    }
  }
  const unread = Readable.from(await begun(items()))
  unread.destroy()
  await once(unread, 'close')
  expect(isOver).toBe(true)
  const all: number[] = []
  for await (const item of await begun(items())) all.push(item)
  expect(all).toEqual([1, 2])
})

it('writes a line that ends once, whatever its reader takes for an end', () => {
  const item = { text: 'one\u2028two\u2029three\u0085four\nfive' }
  const line = lineOf(item)
  expect(line.match(/[\n\r\u0085\u2028\u2029\v\f]/g)).toEqual(['\n'])
  expect(JSON.parse(line)).toEqual(item)
})
