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
