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
export type WireEvent = Parameters<NonNullable<Handlers['event']>>[0]
type QueueUpdate = Parameters<NonNullable<Handlers['queueUpdated']>>[0]
type StepProgress = Parameters<NonNullable<Handlers['stepProgressed']>>[0]

/** How this tab is connected. */
export const connection = signal<Connection>({ kind: 'connecting' })

/** How often this tab was connected: more than once means that the server may be another. */
export const connections = signal(0)

/** When all of a channel was read anew, because what was missed is no longer kept. */
export const upToDate = signal<Date | undefined>(undefined)

/** After that long without a connection the page says so. */
const SAID_MS = 2_000

let client: Promise<MusterClient> | undefined
let isSightWatched = false

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
      connections.value += 1
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
    if (!isSightWatched) restUnseen()
    isSightWatched = true
    return made
  })
  return client
}

/** A channel: a person's own, that of all, a project's, a run's. */
export type Channel = 'me' | 'admin' | `project:${string}` | `run:${string}`

/** What a page hears of a channel. */
export interface Hearing {
  readonly event?: (event: WireEvent) => void
  /** How the queue of the project stands. */
  readonly queueUpdated?: (update: QueueUpdate) => void
  /** How far a handler of the project is with a job. */
  readonly stepProgressed?: (progress: StepProgress) => void
  /** Something happened there that this person is not told of. */
  readonly mark?: () => void
  /** It is heard from now on: what is read after this misses nothing. */
  readonly begun?: (snapshot: Readonly<Record<string, unknown>>) => void
  /** Where things stand may have changed unheard: read again what is shown. */
  readonly anew?: (snapshot: Readonly<Record<string, unknown>>) => void
  /** The right to it was lost, or was never there. */
  readonly closed?: (code: string) => void
}

/** A channel that somebody on this page hears. */
interface Heard {
  readonly hearings: Set<Hearing>
  snapshot: Readonly<Record<string, unknown>> | undefined
  stop: (() => void) | undefined
  /** Hears nothing for now, or goes on from there; from the present, if it is said. */
  pause: (() => void) | undefined
  goOn: ((isFresh: boolean) => void) | undefined
  leaving: ReturnType<typeof setTimeout> | undefined
}

/** A channel is left that long after the last page that needed it, so that going back and forth costs nothing. */
const LEFT_MS = 10_000

const channels = new Map<Channel, Heard>()

/** Hears what happens in a channel until the returned function is called. All who hear one channel share it. */
export function follow(channel: Channel, hearing: Hearing): () => void {
  const heard = channels.get(channel) ?? begin(channel)
  clearTimeout(heard.leaving)
  heard.hearings.add(hearing)
  const { snapshot } = heard
  if (snapshot !== undefined)
    queueMicrotask(() => {
      if (heard.hearings.has(hearing)) hearing.begun?.(snapshot)
    })
  return () => {
    heard.hearings.delete(hearing)
    if (heard.hearings.size > 0) return
    clearTimeout(heard.leaving)
    heard.leaving = setTimeout(() => {
      if (channels.get(channel) !== heard) return
      channels.delete(channel)
      heard.stop?.()
    }, LEFT_MS)
  }
}

function begin(channel: Channel): Heard {
  const heard: Heard = {
    hearings: new Set(),
    snapshot: undefined,
    stop: undefined,
    pause: undefined,
    goOn: undefined,
    leaving: undefined,
  }
  channels.set(channel, heard)
  const each = (tell: (hearing: Hearing) => void): void => {
    for (const hearing of Array.from(heard.hearings)) tell(hearing)
  }
  void opened().then((made) => {
    if (channels.get(channel) !== heard) return
    const handlers: Handlers = {
      event: (event) => each(({ event: tell }) => tell?.(event)),
      queueUpdated: (update) => each(({ queueUpdated }) => queueUpdated?.(update)),
      stepProgressed: (progress) => each(({ stepProgressed }) => stepProgressed?.(progress)),
      snapshot: (snapshot) => {
        const isFirst = heard.snapshot === undefined
        heard.snapshot = snapshot
        each(({ begun, anew }) => (isFirst ? begun : anew)?.(snapshot))
        if (!isFirst) upToDate.value = new Date()
      },
      closed: (code) => {
        if (channels.get(channel) === heard) channels.delete(channel)
        if (code === 'unauthorized') void renewed(bearer())
        each(({ closed }) => closed?.(code))
      },
    }
    let following = made.follow(channel, handlers)
    heard.pause = () => following.stop()
    heard.goOn = (isFresh) => {
      following = made.follow(channel, handlers, isFresh ? undefined : following.cursor)
    }
    const marked = (at: { readonly channel: string }): void => {
      if (at.channel === channel) each(({ mark }) => mark?.())
    }
    made.socket.on('mark', marked)
    heard.stop = () => {
      following.stop()
      made.socket.off('mark', marked)
    }
  })
  return heard
}

/** A tab that is out of sight for so long hears nothing but what names its person: nobody looks, and to read it takes time of the machine. */
const UNSEEN_MS = 3_000
/** After longer than that it is cheaper to read what is shown than to hear all that happened. */
const STALE_MS = 60_000

/** Lets the channels rest while the tab is out of sight. Called once. */
function restUnseen(): void {
  let restingSince: number | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  const others = (): Heard[] =>
    Array.from(channels).flatMap(([channel, heard]) => (channel === 'me' ? [] : [heard]))
  const look = (): void => {
    clearTimeout(soon)
    if (document.visibilityState === 'hidden') {
      soon = setTimeout(() => {
        restingSince = performance.now()
        for (const heard of others()) heard.pause?.()
      }, UNSEEN_MS)
    } else if (restingSince !== undefined) {
      const isStale = performance.now() - restingSince > STALE_MS
      restingSince = undefined
      for (const heard of others()) heard.goOn?.(isStale)
    }
  }
  document.addEventListener('visibilitychange', look)
  look()
}

/** Says that this person has the project in sight, until the returned function is called. */
export function present(projectId: string): () => void {
  let isOver = false
  let leave: (() => void) | undefined
  void opened().then((made) => {
    if (isOver) return
    made.presence(projectId, 'active')
    leave = () => made.presence(projectId, 'left')
  })
  return () => {
    isOver = true
    leave?.()
  }
}

/** Ends the connection, when somebody signs out. */
export async function disconnect(): Promise<void> {
  const made = await client
  client = undefined
  channels.clear()
  made?.close()
}
