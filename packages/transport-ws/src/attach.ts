import type { Server as HttpServer } from 'node:http'
import type { Clock } from '@muster/core/ports'
import { assertOptions, type OptionRules, option } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { Admission, type CallerOptions } from './door/admission.ts'
import { Door } from './door/door.ts'
import type { WsEndpoint } from './door/endpoint.ts'

/** The parts that are shown, to whom, and how much of them. */
export interface MusterWsOptions extends CallerOptions {
  readonly muster: Muster
  /** The path below which everything lies, such as `/muster`. Default: nothing. */
  readonly base?: string
  /** Whether upgrades without `base` are Muster's too, for a proxy that strips it. Default false. */
  readonly stripped?: boolean
  /** Where socket.io lies. Default `<base>/socket.io`. A host with a socket.io of its own names another path, or a `base`. */
  readonly path?: string
  /** Where `/queue/ws` lies, below `base`. Default `/api/v1`, as of the HTTP transport. */
  readonly prefix?: string
  /** A reader that takes nothing for so long is closed with 4008; default 10 000 ms. */
  readonly slowAfterMs?: number
  /** The clock by which a connection's frames are counted; default Muster's clock. */
  readonly clock?: Pick<Clock, 'now'>
  /** Protocols on paths of their own, behind the same door; such as `graphqlOverWs` of the HTTP transport. */
  readonly endpoints?: readonly WsEndpoint[]
  /** Serves socket.io by long polling too, which needs sticky sessions where there are several processes; default false. */
  readonly polling?: boolean
}

const RULES: OptionRules<MusterWsOptions> = {
  muster: option.needed(option.having('work')),
  authenticator: option.having('authenticate'),
  authenticate: option.callable,
  base: option.anyText,
  stripped: option.flag,
  path: option.text,
  prefix: option.anyText,
  corsOrigins: option.origins,
  connectionsPerPerson: option.whole(1),
  slowAfterMs: option.whole(1, 86_400_000),
  clock: option.having('now'),
  endpoints: option.list(),
  polling: option.flag,
}

/** The attachment to a server. */
export interface MusterWs {
  /** Connections that are open. */
  readonly connections: number
  /** Closes every connection with 1001, and leaves the server. Can be called twice. */
  close(): Promise<void>
}

/**
 * Shows Muster live on `server`, a Fastify's or a bare one: socket.io at `<base>/socket.io`, plain WebSocket at `<base><prefix>/queue/ws` and
 * `<base>/queue_updates`. Upgrades of other paths are the host's, whether its listeners were there before or come later; if it has none, they are
 * refused with 404. A host that serves `/socket.io` too keeps it unless `path` or `base` is given.
 * @throws TypeError for a path that is none, or a number that cannot be meant
 */
export function attachMusterWs(server: HttpServer, options: MusterWsOptions): MusterWs {
  assertOptions('attachMusterWs', options, RULES)
  const { muster, slowAfterMs = 10_000, clock = muster.clock } = options
  const admission = new Admission(muster, options)
  const door = new Door(server, { muster, admission, clock, slowAfterMs }, options)
  let closed: Promise<void> | undefined
  return {
    get connections() {
      return door.connections
    },
    close() {
      closed ??= door.close()
      return closed
    },
  }
}
