import type { QueueUpdated } from '@muster/transport-ws'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'

/** A fact as a client gets it. */
interface Told {
  readonly seq: number
  readonly prev: number
}

/** What came over all connections of one client. */
export class Story {
  readonly seqs: number[] = []
  /** Facts whose `prev` was not the one before. */
  wrongPrev = 0
  /** Snapshots that took the place of facts. */
  reloads = 0
  cursor: string | undefined
  /** How many items wait, as it was last told; undefined where nothing was, as on a wire that does not tell it. */
  pending: number | undefined

  /** The number of the last fact, 0 before the first. */
  get last(): number {
    return this.seqs.at(-1) ?? 0
  }

  hear(cursor: unknown, fact: Partial<Told>): void {
    if (typeof cursor === 'string') this.cursor = cursor
    if (typeof fact.seq !== 'number') return
    if (fact.prev !== this.last) this.wrongPrev += 1
    this.seqs.push(fact.seq)
  }
}

/** A connection that is read until it is cut off. */
export interface Connection {
  /** It will not bring anything any more: refused, or broken. */
  readonly over: boolean
  cut(): void
}

export type Connect = (origin: string, token: string, projectId: string, story: Story) => Connection

/** A project's channel over socket.io. */
export const overSocketIo: Connect = (origin, token, projectId, story) => {
  const socket = io(origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  })
  let over = false
  const end = (): void => {
    over = true
  }
  socket.on('connect', () => {
    const after = story.cursor === undefined ? {} : { after: story.cursor }
    socket.emit(
      'subscribe',
      { channel: `project:${projectId}`, ...after },
      (answer: Record<string, unknown>) => {
        if (over) return
        if (answer['ok'] !== true) end()
        else {
          const { queue } = (answer['snapshot'] ?? {}) as { queue?: QueueUpdated }
          if (queue) story.pending = queue.counts['pending']
          opened(story, answer)
        }
      },
    )
  })
  socket.on('event', (event: Told & { cursor: string }) => {
    if (!over) story.hear(event.cursor, event)
  })
  socket.on(`queue:updated:${projectId}`, ({ counts }: QueueUpdated) => {
    if (!over) story.pending = counts['pending']
  })
  socket.on('mark', ({ cursor }: { cursor: string }) => {
    if (!over) story.hear(cursor, {})
  })
  socket.on('reload', ({ cursor }: { cursor: string }) => {
    story.reloads += 1
    story.hear(cursor, {})
  })
  socket.on('connect_error', end)
  socket.on('disconnect', end)
  return {
    get over() {
      return over
    },
    cut() {
      end()
      socket.io.engine?.close()
      socket.close()
    },
  }
}

/** The updates of a project's queue over a plain connection. */
export const overPlain: Connect = (origin, token, projectId, story) => {
  const after = story.cursor === undefined ? '' : `&after=${story.cursor}`
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}/queue_updates?projectId=${projectId}${after}`,
    {
      headers: { authorization: `Bearer ${token}` },
    },
  )
  let over = false
  const end = (): void => {
    over = true
  }
  socket.on('message', (bytes: Buffer) => {
    if (over) return
    const frame = JSON.parse(String(bytes)) as Record<string, unknown>
    if (frame['type'] === 'ready') opened(story, frame)
    else {
      if (frame['type'] === 'reload') story.reloads += 1
      story.hear(frame['cursor'], frame)
    }
  })
  socket.on('error', end)
  socket.on('close', end)
  return {
    get over() {
      return over
    },
    cut() {
      end()
      socket.terminate()
    },
  }
}

/** The first time there is nothing to resume; after that, not to be resumed is to have lost something. */
function opened(story: Story, { cursor, resumed }: Record<string, unknown>): void {
  if (story.cursor !== undefined && resumed !== true) story.reloads += 1
  story.hear(cursor, {})
}
