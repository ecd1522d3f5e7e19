import type { Handlers, MusterClient } from '@muster/transport-ws/client'
import { signal } from '@preact/signals'
import { bearer, renewed } from '../api/session.ts'
import { pathOf, settings } from '../api/settings.ts'

/** How the live connection stands. `since` is when what is shown was last known to be true. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: Date }

/** A fact or a signal, as it comes over the wire. */
type WireEvent = Parameters<NonNullable<Handlers['event']>>[0]

/** How this tab is connected. */
export const connection = signal<Connection>({ kind: 'connecting' })

/** After that long without a connection the page says so. */
const SAID_MS = 2_000

let client: Promise<MusterClient> | undefined

/** One client a tab. It is loaded after the page is drawn: nothing that is drawn first waits for it. */
function opened(): Promise<MusterClient> {
  client ??= import('@muster/transport-ws/client').then(({ MusterClient }) => {
    const made = new MusterClient(location.origin, {
      path: pathOf(settings.socketPath),
      token: async () => bearer() ?? '',
    })
    let telling: ReturnType<typeof setTimeout> | undefined
    made.socket.on('connect', () => {
      clearTimeout(telling)
      connection.value = { kind: 'live' }
    })
    made.socket.on('disconnect', () => {
      const since = new Date()
      clearTimeout(telling)
      telling = setTimeout(() => {
        connection.value = { kind: 'lost', since }
      }, SAID_MS)
    })
    made.socket.on('connect_error', () => {
      if (connection.peek().kind === 'connecting') {
        const since = new Date()
        telling ??= setTimeout(() => {
          if (!made.socket.connected) connection.value = { kind: 'lost', since }
        }, SAID_MS)
      }
    })
    return made
  })
  return client
}

/** What a page hears of a channel. */
interface Hearing {
  readonly event: (event: WireEvent) => void
  /** Something happened there that this person is not told of. */
  readonly mark?: () => void
  /** Where things stand may have changed unheard: read again what is shown. */
  readonly anew?: () => void
}

/** Hears what happens in a channel until the returned function is called. */
export function follow(channel: 'me' | `project:${string}`, { event, mark, anew }: Hearing): () => void {
  let stop: (() => void) | undefined
  let isOver = false
  let isFirst = true
  void opened().then((made) => {
    if (isOver) return
    const following = made.follow(channel, {
      event,
      snapshot: () => {
        if (!isFirst) anew?.()
        isFirst = false
      },
      closed: (code) => {
        if (code === 'unauthorized') void renewed(bearer())
      },
    })
    const marked = (at: { readonly channel: string }): void => {
      if (at.channel === channel) mark?.()
    }
    made.socket.on('mark', marked)
    stop = () => {
      following.stop()
      made.socket.off('mark', marked)
    }
  })
  return () => {
    isOver = true
    stop?.()
  }
}

/** Ends the connection, when somebody signs out. */
export async function disconnect(): Promise<void> {
  const made = await client
  client = undefined
  made?.close()
}
