import type { Page, PageRequest } from '@muster/core'
import type { Muster } from '@muster/host'

const PATIENCE_MS = 250
/** Who began to make a thing and died is waited for no longer than this. */
const STALE_MS = 10_000

/** Every item of a list that comes in pages. */
export async function* every<Item>(
  list: (request: PageRequest) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const page = await list({ limit: 200, cursor })
    yield* page.items
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

/**
 * The thing that `find` knows, or else a new one. Of several processes on one database that tell the story at once, one makes it; one that was
 * killed while making it is followed by the next.
 */
export async function once<Thing>(
  muster: Pick<Muster, 'persistence' | 'clock'>,
  key: string,
  find: () => Promise<Thing | undefined>,
  make: () => Promise<Thing>,
): Promise<Thing> {
  const { idempotency } = muster.persistence.stores
  const call = { scope: 'reference-server story', key, fingerprint: '' }
  for (;;) {
    const present = await find()
    if (present !== undefined) return present
    const now = muster.clock.now()
    const ticket = await idempotency.start(call, now, new Date(now.getTime() - STALE_MS))
    if (ticket.kind !== 'first') {
      await muster.clock.wait(PATIENCE_MS)
      continue
    }
    try {
      return (await find()) ?? (await make())
    } finally {
      // Not finished but abandoned: what was made is found from now on, and needs no ticket.
      await idempotency.abandon(call)
    }
  }
}

/** The first item that `matches`, or `undefined`. */
export async function first<Item>(
  items: AsyncIterable<Item>,
  matches: (item: Item) => boolean,
): Promise<Item | undefined> {
  for await (const item of items) if (matches(item)) return item
  return undefined
}
