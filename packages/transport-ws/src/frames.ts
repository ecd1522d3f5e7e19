import * as ws from 'ws'

// A message to many sockets is put into bytes once. These are the packets of socket.io's protocol 5 (an EVENT in the default namespace) inside engine.io's
// protocol 4 (a message), as socket.io-adapter makes them for a broadcast: https://socket.io/docs/v4/socket-io-protocol/

/** A packet that carries an event. */
export interface Encoded {
  /** As engine.io takes it: it makes a message of it, for whatever transport there is. */
  readonly packet: string
  /** The same as a whole WebSocket frame. */
  readonly frame: Buffer
}

const byObject = new WeakMap<object, Map<string, Encoded>>()

/** An event of the feed on a channel, encoded once for all who are sent it. */
export function encodedEvent(event: object, channel: string): Encoded {
  return encodedOnce(event, channel, () => ['event', { ...event, channel }])
}

/** The text that `make` gives of the object for a channel, encoded once for all who are sent it. */
export function encodedOnce(
  object: object,
  channel: string,
  make: () => readonly [string, unknown],
): Encoded {
  const byChannel = byObject.get(object) ?? new Map<string, Encoded>()
  byObject.set(object, byChannel)
  const known = byChannel.get(channel) ?? encoded(...make())
  byChannel.set(channel, known)
  return known
}

interface FrameMaker {
  frame(
    bytes: Buffer,
    options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean; rsv1: boolean },
  ): Buffer[]
}

const { Sender } = ws as unknown as { readonly Sender: FrameMaker }
const TEXT_FRAME = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false }

/** A packet that carries the event `name` with `data`. */
export function encoded(name: string, data: unknown): Encoded {
  const packet = `2${JSON.stringify([name, data])}`
  return { packet, frame: Buffer.concat(Sender.frame(Buffer.from(`4${packet}`), TEXT_FRAME)) }
}
