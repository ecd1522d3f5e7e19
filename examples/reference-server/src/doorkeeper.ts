import { setTimeout as delay } from 'node:timers/promises'
import { MisconfiguredError, UnavailableError } from '@muster/core'
import type { Outages } from '@muster/core/support'
import { answerWithProblems } from '@muster/transport-http'
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify'
import type { Configuration } from './configuration.ts'
import { listen } from './server.ts'

const RETRY_MS = 1_000

/**
 * Keeps the server's address while the database is away at start: it answers that the process is alive, that it is not ready, and that requests may come
 * again.
 */
export class Doorkeeper {
  readonly #logger: FastifyBaseLogger
  readonly #outages: Outages
  readonly #configuration: Configuration
  readonly #stop: AbortSignal
  #door: FastifyInstance | undefined
  #port: number | undefined

  constructor(configuration: Configuration, logger: FastifyBaseLogger, outages: Outages, stop: AbortSignal) {
    this.#configuration = configuration
    this.#logger = logger
    this.#outages = outages
    this.#stop = stop
  }

  /**
   * What `open` gives, as soon as the database is there.
   * @throws AddressError; what `open` throws for another reason; the last refusal once the server is told to stop
   */
  async whenThere<Opened>(open: () => Promise<Opened>): Promise<Opened> {
    for (;;) {
      try {
        return await open()
      } catch (refusal) {
        if (!canBeWaitedFor(refusal) || this.#stop.aborted) throw refusal
        this.#outages.failed(refusal)
        if (!this.#door) await this.#keep(refusal)
        await delay(RETRY_MS, undefined, { signal: this.#stop }).catch(() => {})
        if (this.#stop.aborted) throw refusal
      }
    }
  }

  /** Leaves, and gives where the server itself is to listen. Can be called twice. */
  async leave(): Promise<Configuration> {
    await this.#door?.close()
    return this.#port === undefined ? this.#configuration : { ...this.#configuration, port: this.#port }
  }

  async #keep(refusal: UnavailableError): Promise<void> {
    const host = unknownHostOf(refusal, this.#configuration)
    if (host !== undefined) {
      this.#logger.warn(
        { host },
        `the host ${host} of DATABASE_URL is not known: is it spelled right? The server waits for it`,
      )
    }
    // Who was told to come again comes with a new connection, and finds the server itself.
    const door: FastifyInstance = fastify({ loggerInstance: this.#logger, forceCloseConnections: true })
    this.#door = door
    answerWithProblems(door, this.#outages)
    door.addHook('onRequest', async (request, reply) => {
      void reply.header('connection', 'close')
      if (request.url === '/healthz') return reply.send({ status: 'ok' })
      if (request.url === '/readyz') {
        return reply.status(503).send({ status: 'unavailable', checks: { persistence: 'unavailable' } })
      }
      throw refusal
    })
    this.#port = Number(new URL(await listen(door, this.#configuration)).port)
  }
}

function canBeWaitedFor(refusal: unknown): refusal is UnavailableError {
  return refusal instanceof UnavailableError && !(refusal instanceof MisconfiguredError)
}

/** A name that is not known may be misspelled, or belong to a service that is not up yet. */
function unknownHostOf({ cause }: UnavailableError, { storage }: Configuration): string | undefined {
  const { code } = (cause ?? {}) as { code?: unknown }
  if (storage.kind !== 'postgres' || (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN')) return undefined
  return new URL(storage.connectionString).hostname
}
