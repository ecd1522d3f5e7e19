import { UnavailableError } from './errors.ts'
import { NO_ANSWER } from './fetching.ts'

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins; null on the last. */
  readonly nextCursor: string | null
}

/** A list: awaited it is its first page, iterated over all of its items, page after page as they are come to. */
export type Listing<Item> = Promise<Page<Item>> & AsyncIterable<Item>

/** The list whose page at a cursor, or first page, is given. */
export function listing<Item>(pageAt: (cursor: string | undefined) => Promise<Page<Item>>): Listing<Item> {
  const first = pageAt(undefined)
  return Object.assign(first, {
    async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
      for (let page = await first; ; page = await pageAt(page.nextCursor)) {
        yield* page.items
        if (page.nextCursor === null) return
      }
    },
  })
}

/** Times that nothing came before a file is given up. */
const MOST_CUTS = 5

/** The bytes of a file, as they come; asked for when the first are. Where they are cut off, it goes on behind what came. @throws UnavailableError */
export async function* bytesOf(
  ask: (headers: Readonly<Record<string, string>>) => Promise<{
    readonly body: ReadableStream<Uint8Array> | undefined
    readonly headers: Headers
    readonly status: number
  }>,
): AsyncGenerator<Uint8Array> {
  let came = 0
  let etag: string | null = null
  for (let cuts = 0; ; cuts++) {
    const goesOn: Record<string, string> =
      etag === null || came === 0 ? {} : { range: `bytes=${came}-`, 'if-range': etag }
    const { body, headers, status } = await ask(goesOn)
    if (came > 0 && status !== 206) {
      await body?.cancel()
      throw new UnavailableError('The file is another now', NO_ANSWER)
    }
    etag = headers.get('etag')
    if (body === undefined) return
    const reader = body.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        came += value.byteLength
        cuts = 0
        yield value
      }
    } catch (error) {
      if (etag === null || cuts >= MOST_CUTS)
        throw new UnavailableError('The answer ended before its end', NO_ANSWER, { cause: error })
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }
}

/** The values of newline-delimited JSON, as they come; asked for when the first is. @throws UnavailableError if it ends before its end */
export async function* linesOf(
  ask: () => Promise<ReadableStream<Uint8Array> | undefined>,
): AsyncGenerator<unknown> {
  const body = await ask()
  // An answer without a line has no body.
  if (body === undefined) return
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let held = ''
  let isRead = false
  try {
    while (!isRead) {
      const { done, value } = await reader.read()
      isRead = done
      const lines = (held + decoder.decode(value, { stream: !done })).split('\n')
      held = done ? '' : (lines.pop() ?? '')
      for (const line of lines) if (line !== '') yield JSON.parse(line)
    }
  } catch (error) {
    throw new UnavailableError('The answer ended before its end', NO_ANSWER, { cause: error })
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
