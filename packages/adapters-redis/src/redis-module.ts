import type { Logger } from '@muster/core/ports'
import { assertOptions, type OptionRules, type Outages, option } from '@muster/core/support'
import { BROADCAST, JOB_QUEUE, LOGGER, OUTAGES, PRESENCE_STORE } from '@muster/host'
import { ContainerModule, type ServiceIdentifier } from 'inversify'
import { BullJobQueue } from './bull-job-queue.ts'
import { CLIENT, RedisConnections, type RedisTarget } from './connections.ts'
import { RedisBroadcast } from './redis-broadcast.ts'
import { RedisPresence } from './redis-presence.ts'

/** Where Redis is, or connections that the host opened for other uses as well; they too are closed with the job queue. */
export type RedisOptions = (RedisTarget | { readonly connections: RedisConnections }) & {
  /** The beginning of all keys and channels, so that several Musters share a server. Default `muster`. */
  readonly prefix?: string
}

const RULES: OptionRules<RedisOptions> = {
  url: option.text,
  client: CLIENT,
  connections: option.having('ready'),
  prefix: option.text,
}

/** Of these one says where. */
const PLACES = ['url', 'client', 'connections']

const CONNECTIONS = Symbol.for('muster.RedisConnections') as ServiceIdentifier<RedisConnections>

/**
 * Binds `JOB_QUEUE`, `BROADCAST` and `PRESENCE_STORE` to Redis; needs `LOGGER`, and reports to `OUTAGES`, if bound. Connects in the background: a Redis that is away is no error at
 * start. `muster.close()` closes the connections, and leaves a client that was given open.
 * @throws TypeError for options that name no Redis, or that are not known
 */
export function redisModule(options: RedisOptions): ContainerModule {
  assertOptions('redisModule', options, RULES)
  const { prefix = 'muster', ...target } = options
  const given = options as Readonly<Record<string, unknown>>
  if (PLACES.filter((place) => given[place] !== undefined).length !== 1)
    throw new TypeError('redisModule: name one of url, client and connections')
  return new ContainerModule(({ bind }) => {
    bind(CONNECTIONS)
      .toResolvedValue(
        (logger: Logger, outages: Outages | undefined) => {
          if (!('connections' in target)) return new RedisConnections(target, logger, outages)
          if (outages) target.connections.reportTo(outages)
          return target.connections
        },
        [LOGGER, { serviceIdentifier: OUTAGES, optional: true }],
      )
      .inSingletonScope()
      .onDeactivation((connections) => connections.close())
    bind(JOB_QUEUE)
      .toResolvedValue(
        (connections, logger) => new BullJobQueue({ connections, logger, prefix }),
        [CONNECTIONS, LOGGER],
      )
      .inSingletonScope()
      .onDeactivation((queue) => queue?.close())
    bind(BROADCAST)
      .toResolvedValue((connections) => new RedisBroadcast({ connections, prefix }), [CONNECTIONS])
      .inSingletonScope()
    bind(PRESENCE_STORE)
      .toResolvedValue((connections) => new RedisPresence({ connections, prefix }), [CONNECTIONS])
      .inSingletonScope()
  })
}
