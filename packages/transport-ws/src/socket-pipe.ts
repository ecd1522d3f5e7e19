import type { Socket } from 'socket.io'
import type * as ws from 'ws'
import type { Encoded } from './frames.ts'
import type { Pipe } from './outlet.ts'

/** A connection of engine.io. */
export type Connection = Socket['conn']

/** About as long as a frame is of which nothing is known but that it waits. */
const FRAME_BYTES = 512

interface Waiting {
  readonly options?: { readonly wsPreEncodedFrame?: readonly Buffer[] }
}

/** Writes to a socket, what is written at once in one system call: of what a fact costs, that is most. */
export class SocketPipe implements Pipe {
  readonly #conn: Connection
  #frames: Buffer[] = []
  #held = 0

  constructor(conn: Connection) {
    this.#conn = conn
  }

  write({ packet, frame }: Encoded): void {
    if (this.#conn.transport.name !== 'websocket') {
      this.#conn.write(packet)
      return
    }
    this.#frames.push(frame)
    this.#held += frame.length
  }

  flush(): void {
    const [only] = this.#frames
    if (only === undefined) return
    // Frames one after the other are what a WebSocket carries, from any writer.
    const all = this.#frames.length === 1 ? only : Buffer.concat(this.#frames, this.#held)
    this.#frames = []
    this.#held = 0
    // As socket.io-adapter does for a broadcast: the packet itself is not looked at where its frame is there.
    this.#conn.write('', { wsPreEncodedFrame: [all] } as object)
  }

  /** In the connection's own buffer, in engine.io's while a write is under way, and here. */
  get waiting(): number {
    let waiting = this.#held + (this.#connection.bufferedAmount ?? 0)
    const { writeBuffer } = this.#conn as unknown as { readonly writeBuffer: readonly Waiting[] }
    for (const { options } of writeBuffer) waiting += options?.wsPreEncodedFrame?.[0]?.length ?? FRAME_BYTES
    return waiting
  }

  close(code: number): void {
    const socket = this.#connection
    if (socket.close) socket.close(code)
    else this.#conn.close()
  }

  get #connection(): Partial<ws.WebSocket> {
    return webSocketOf(this.#conn)
  }
}

/** Calls `free` when the socket has written what it had, over a change of transport too. */
export function onWritten(conn: Connection, free: () => void): void {
  conn.transport.on('ready', free)
  conn.on('upgrade', () => conn.transport.on('ready', free))
}

/** The WebSocket below a connection; nothing of one while it polls. */
export function webSocketOf(conn: Connection): Partial<ws.WebSocket> {
  return (conn.transport as unknown as { readonly socket?: Partial<ws.WebSocket> }).socket ?? {}
}
