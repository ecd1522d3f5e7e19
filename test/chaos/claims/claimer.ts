import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { UnavailableError } from '@muster/core'
import type { Muster } from '@muster/host'
import type { Broken } from './broken.ts'
import { Mover } from './mover.ts'
import { openMuster, type World } from './world.ts'

/** What a claimer is told when it is started. */
export interface ClaimerOrders {
  readonly url: string
  readonly seed: number
  readonly connections: number
  readonly world: World
  readonly broken?: Broken
}

/** What a claimer says: how often each move was made since it last said so, or what must not happen. */
export type ClaimerNews =
  | { readonly kind: 'made'; readonly moves: Readonly<Record<string, number>> }
  | { readonly kind: 'fault'; readonly what: string }

const TELL_MS = 200

const tell = (news: ClaimerNews): void => void process.send?.(news)

const [orders] = (await once(process, 'message')) as [ClaimerOrders]
const { url, seed, connections, world, broken } = orders
const made = new Map<string, number>()
const telling = setInterval(() => {
  tell({ kind: 'made', moves: Object.fromEntries(made) })
  made.clear()
}, TELL_MS)
const muster = await opened(() => openMuster(url, connections, broken))
let ended = false
const end = (): void => {
  ended = true
}
process.once('message', end)
process.once('disconnect', end)

const move = async (nth: number): Promise<void> => {
  const mover = new Mover(muster, world, seed * 1_000 + nth)
  while (!ended) {
    const name = await mover.next().catch(guarded)
    if (name) made.set(name, (made.get(name) ?? 0) + 1)
    // While the database is away every move is refused at once: the order to end must still be heard.
    else await setImmediate()
  }
}
try {
  await Promise.all(Array.from({ length: connections }, (_, nth) => move(nth)))
} catch (fault) {
  tell({ kind: 'fault', what: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) })
}
clearInterval(telling)
tell({ kind: 'made', moves: Object.fromEntries(made) })
await muster.close()
process.disconnect?.()

/** Where people are not locked on purpose, the store may notice that by itself: the round goes on until it sees the rule broken. */
function guarded(fault: unknown): undefined {
  const isGuard = fault instanceof Error && fault.message.includes("changed under the person's lock")
  if (broken === 'person not locked' && isGuard) return
  throw fault
}

/** Opening is refused where a connection is killed under it: then again. */
async function opened(open: () => Promise<Muster>): Promise<Muster> {
  for (;;) {
    try {
      return await open()
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError)) throw refusal
    }
  }
}
