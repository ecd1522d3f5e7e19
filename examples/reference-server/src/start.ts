import { setTimeout as delay } from 'node:timers/promises'
import { openTelemetry } from '@muster/adapters-otel'
import { pgModule } from '@muster/adapters-pg'
import { RedisConnections, redisModule } from '@muster/adapters-redis'
import { isMisconfiguration } from '@muster/core'
import { Outages, plainError } from '@muster/core/support'
import { fileReader, fileWriter } from '@muster/formats'
import { coreModule, createMuster, folderBlobs, systemClock } from '@muster/host'
import { graphqlOverWs, jwtAuthenticator, promMetrics } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { webhookSender } from '@muster/webhooks'
import type { FastifyBaseLogger } from 'fastify'
import { type Configuration, carelessSettings } from './configuration.ts'
import { developmentSecret } from './development-tokens.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { jobTypes } from './job-types.ts'
import { withOwnToken } from './own-token.ts'
import { present } from './presentation.ts'
import { buildServer, listen } from './server.ts'

/** A server that is up. */
export interface RunningServer {
  /**
   * Says that it is not ready and takes no more jobs; serves for as long as load balancers need to notice and as running jobs may still take; then closes
   * its sockets, its address and its database. Can be called twice.
   */
  close(): Promise<void>
}

/**
 * Opens what the configuration asks for, in order, and starts its roles; the demo is told beside them. What was opened is closed
 * again where a later part does not start. A database that is away is waited for, until `giveUp` aborts.
 *
 * @throws DirectoryInUseError, MigrationError, MisconfiguredError (a backend refuses these settings), AddressError (no such address to be had), UnavailableError (no database, and it gave up)
 */
export async function startServer(
  configuration: Configuration,
  logger: FastifyBaseLogger,
  giveUp: AbortSignal,
): Promise<RunningServer> {
  const opened: (() => Promise<void>)[] = []
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= closeAll(opened)
    return closing
  }
  const draining = new AbortController()
  let part = 'the metrics'
  try {
    const { metrics, registry } = promMetrics()
    const { redisUrl, keepEventsHours, holdEventsHours, keepDraftsDays, exportsFolder } = configuration
    const webhooks = webhookSender({ allow: configuration.webhookAllow })
    const kept = { keepEventsHours, holdEventsHours, keepDraftsDays }
    // Before Muster: what is opened first may be away as well.
    const outages = new Outages({ logger, clock: systemClock })
    const tracing = configuration.tracing ? { tracing: openTelemetry() } : {}
    part = 'Redis'
    const redis =
      redisUrl === undefined ? undefined : new RedisConnections({ url: redisUrl }, logger, outages)
    if (redis) opened.push(async () => redis.close())
    await redis?.admitted()
    const doorkeeper = new Doorkeeper(configuration, logger, outages, giveUp)
    opened.push(async () => void (await doorkeeper.leave()))
    part = MUSTER
    const muster = await doorkeeper.whenThere(() =>
      createMuster({
        modules: [
          coreModule({
            jobTypes,
            logger,
            outages,
            metrics,
            webhooks,
            files: fileReader,
            ...(exportsFolder !== undefined && {
              exports: { writer: fileWriter, blobs: folderBlobs(exportsFolder) },
            }),
            ...kept,
            ...tracing,
          }),
          pgModule(databaseOf(configuration)),
          ...(redis ? [redisModule({ connections: redis })] : []),
        ],
      }),
    )
    opened.push(() => muster.close({ deadlineMs: configuration.shutdownSeconds * 1_000 }))

    part = 'tokens'
    const secret = await secretOf(configuration)
    const signed = jwtAuthenticator(keysOf(configuration, secret))
    for (const careless of carelessSettings(configuration)) logger.warn(careless)
    // The issuer may start beside us, so nothing waits for it.
    signed.checkKeys().catch((error: Error) => {
      logger.warn(`MUSTER_JWKS_URL gives no keys, so every token is refused until it does. ${error.message}`)
    })
    const own = configuration.demo ? withOwnToken(signed) : undefined
    const authenticator = own?.authenticator ?? signed
    part = 'HTTP'
    const app = await buildServer({
      configuration,
      muster,
      authenticator,
      registry,
      redis,
      consoleSecret: configuration.consoleSecret ?? secret,
      logger,
      draining: draining.signal,
    })
    opened.push(() => app.close())
    part = 'sockets'
    if (configuration.roles.has('api')) {
      const { corsOrigins, base } = configuration
      const endpoints = [graphqlOverWs({ muster })]
      const ws = attachMusterWs(app.server, {
        muster,
        authenticator,
        base,
        stripped: true,
        corsOrigins,
        endpoints,
      })
      opened.push(() => ws.close())
    }
    part = 'the address'
    await app.ready()
    const origin = (await listen(app, await doorkeeper.leave())) + configuration.base

    part = 'jobs'
    const busy: ((how: { readonly deadlineMs: number }) => Promise<void>)[] = []
    if (configuration.roles.has('worker')) {
      const { workerConcurrency: concurrency } = configuration
      const worker = await muster.work({
        ...(concurrency !== undefined && { concurrency }),
        schedule: false,
      })
      busy.push((how) => worker.close(how))
    }
    if (configuration.roles.has('scheduler')) {
      const scheduler = await muster.schedule()
      busy.push(() => scheduler.close())
    }

    if (configuration.roles.has('api')) {
      const told = present({
        configuration,
        muster,
        origin,
        secret,
        storyToken: own?.ownToken,
        logger,
        stop: draining.signal,
      })
      opened.push(() => told)
    }
    let drained: Promise<void> | undefined
    return {
      close() {
        drained ??= (async () => {
          draining.abort()
          const deadlineMs = configuration.shutdownSeconds * 1_000
          try {
            const quiet = delay(configuration.drainSeconds * 1_000)
            await Promise.all([quiet, ...busy.map((end) => end({ deadlineMs }))])
          } finally {
            await close()
          }
        })()
        return drained
      },
    }
  } catch (error) {
    // Muster has told why it did not start itself.
    if (!isMisconfiguration(error) && !giveUp.aborted && part !== MUSTER) {
      const err = plainError(error)
      logger.fatal({ err, part }, `The server did not start, at ${part}: ${err.message}`)
    }
    await close()
    throw error
  }
}

const MUSTER = 'Muster'

/** Last opened, first closed. What fails to close does not keep the rest open. */
async function closeAll(opened: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of opened.toReversed()) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be closed')
}

function databaseOf({ storage }: Configuration): Parameters<typeof pgModule>[0] {
  return storage.kind === 'pglite'
    ? { pglite: storage.directory }
    : {
        connectionString: storage.connectionString,
        preparedStatements: storage.preparedStatements,
        ...(storage.connections === undefined ? {} : { poolSize: storage.connections }),
      }
}

/** The shared key, where this process has one: the one given, or the development secret of the data directory, which is locked by now. */
async function secretOf({ trust, storage }: Configuration): Promise<string | undefined> {
  if (trust.kind === 'secret') return trust.secret
  return trust.kind === 'development' && storage.kind === 'pglite'
    ? developmentSecret(storage.directory)
    : undefined
}

function keysOf(
  { trust, tokens }: Configuration,
  secret: string | undefined,
): Parameters<typeof jwtAuthenticator>[0] {
  const { roles, ...rules } = tokens
  const held = roles === undefined ? rules : { ...rules, roles }
  if (trust.kind === 'jwks') return { jwksUrl: trust.jwksUrl, ...held }
  if (secret === undefined) throw new TypeError('A configuration without keys was let through')
  return { secret, ...held }
}
