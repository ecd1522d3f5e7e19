export const FANOUT_WIRES = ['socket.io', 'ws', 'sse', 'graphql-ws'] as const
/** What clients follow over; `ws` is `/queue_updates`, `sse` GraphQL over server-sent events. */
export type FanoutWire = (typeof FANOUT_WIRES)[number]

/** What the clients of the benchmark `fanout` are told. */
export interface ClientsTask {
  readonly origin: string
  /** Followed in turn, one by each connection. */
  readonly projectIds: readonly string[]
  readonly wire: FanoutWire
  /** One for each connection. */
  readonly tokens: readonly string[]
  /** How many of them take nothing once they are subscribed. */
  readonly stalled: number
}

/** What they answer when they are told that facts have been told of: what was heard since the beginning, by those who listen. */
export interface Heard {
  /** Facts in the hand of a client, and until when, from the first one on. */
  readonly delivered: number
  readonly seconds: number
  /** From telling to hearing. */
  readonly p50Ms: number
  readonly p99Ms: number
}
