import type { Unattended } from '@muster/core/calls'
import type { Limit } from '@muster/core/limits'
import { backendOf } from '@muster/core/support'
import type { Muster } from '@muster/host'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** How long a backend may take to answer before it counts as away. */
const PATIENCE_MS = 4_000

/** How long what nobody does is not looked up again, and how long that may take. */
const GLANCE_MS = 5_000
const GLANCE_PATIENCE_MS = 1_000

/** Backends without which Muster goes on, by name: each says that it is there, or rejects. */
export type DisposableBackends = Readonly<Record<string, () => Promise<unknown>>>

/** What is asked how it is, and what is shown of it. */
export interface OperationsOptions {
  readonly muster: Muster
  readonly registry: Registry | undefined
  readonly disposable?: DisposableBackends | undefined
  /** Whether `/healthz` and `/readyz` are served. Default true. */
  readonly health?: boolean
  /** Aborted when the process is about to end: it is then not ready, whatever its backends say. */
  readonly draining?: AbortSignal | undefined
}

export type Health = 'ok' | 'unavailable'

/** `/healthz` (this process is alive), `/readyz` (its backends are reachable, migrations current) and `/metrics`: open to all, outside any prefix. */
export function operationsRoutes(
  app: FastifyInstance,
  { muster, registry, disposable = {}, health = true, draining }: OperationsOptions,
): void {
  if (health) healthRoutes(app, muster, disposable, draining)
  if (registry !== undefined) {
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      await healthOf(muster, 'persistence', () => gauge(muster))
      return reply.type(registry.contentType).send(await registry.metrics())
    })
  }
}

function healthRoutes(
  app: FastifyInstance,
  muster: Muster,
  disposable: DisposableBackends,
  draining: AbortSignal | undefined,
): void {
  const attended = new Glance(muster)

  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    if (draining?.aborted) return reply.status(503).send({ status: 'draining', checks: {} })
    const { persistence, ...others } = await checksOf(muster, disposable)
    const checks = { persistence, ...others }
    const well = Object.values(others).every((health) => health === 'ok') ? 'ok' : 'degraded'
    const ready = persistence === 'ok'
    const unattended = ready ? await attended.look() : undefined
    return reply
      .status(ready ? 200 : 503)
      .send({ status: ready ? well : 'unavailable', checks, ...(unattended && { unattended }) })
  })
}

/** How each backend is, the database first. */
export async function checksOf(
  muster: Muster,
  disposable: DisposableBackends = {},
): Promise<{ readonly persistence: Health } & Readonly<Record<string, Health>>> {
  const backends = Object.entries({ persistence: () => muster.persistence.check(), ...disposable })
  const checked = await Promise.all(
    backends.map(async ([name, check]) => [name, await healthOf(muster, name, check)] as const),
  )
  return Object.fromEntries(checked) as { persistence: Health }
}

async function healthOf(muster: Muster, name: string, check: () => Promise<unknown>): Promise<Health> {
  const over = new AbortController()
  try {
    const checked = check()
    // What is told too late for this answer is an outage as well.
    checked.catch((error: unknown) => muster.outages.failed(error, backendOf(error) ?? name))
    return await Promise.race([
      checked.then(() => {
        muster.outages.worked(name)
        return 'ok' as const
      }),
      muster.clock.wait(PATIENCE_MS, over.signal).then(() => 'unavailable' as const),
    ])
  } catch {
    return 'unavailable'
  } finally {
    over.abort()
  }
}

/** What nobody does, looked up at most once in a while: whoever asks whether a process is ready asks often, and it changes nothing. */
class Glance {
  readonly #muster: Muster
  #seen: { readonly at: number; readonly found: Promise<Unattended | undefined> } | undefined

  constructor(muster: Muster) {
    this.#muster = muster
  }

  /** Gives nothing if all is attended to, or the look fails. */
  async look(): Promise<Unattended | undefined> {
    const at = this.#muster.clock.now().getTime()
    if (!this.#seen || Math.abs(at - this.#seen.at) >= GLANCE_MS) this.#seen = { at, found: this.#found() }
    return this.#seen.found
  }

  async #found(): Promise<Unattended | undefined> {
    const { clock, logger, system } = this.#muster
    const over = new AbortController()
    try {
      const found = await Promise.race([
        system.unattended(),
        clock.wait(GLANCE_PATIENCE_MS, over.signal).then(() => undefined),
      ])
      if (!found) return undefined
      const { jobsWithoutWorker, noSchedulerSince } = found
      return Object.keys(jobsWithoutWorker).length > 0 || noSchedulerSince !== null ? found : undefined
    } catch (error) {
      logger.debug({ err: error }, 'What nobody does could not be looked for')
      return undefined
    } finally {
      over.abort()
    }
  }
}

/** Keys with metrics of their own; those behind are counted together. */
const MOST_KEYS = 1_000

/** How many jobs wait and are worked on, and how keys are used, as of now. Costs the same however many jobs are stored. */
async function gauge(muster: Muster): Promise<void> {
  await Promise.all([countJobs(muster), readLimits(muster)])
}

/** The cool-downs of each key that were counted, as far as this process has told them: a counter is told by how much it rises. */
const coolDownsTold = new WeakMap<Muster, Map<string, number>>()

function countCoolDowns(muster: Muster, key: string, coolDowns: number): void {
  const told = coolDownsTold.get(muster) ?? new Map<string, number>()
  coolDownsTold.set(muster, told)
  const before = told.get(key)
  told.set(key, Math.max(coolDowns, before ?? 0))
  if (before === undefined || coolDowns > before)
    muster.metrics.count('muster_limit_cooldowns_total', coolDowns - (before ?? 0), { key })
}

/** How full keys are, and how often they have cooled, of the first by name. */
async function readLimits(muster: Muster): Promise<void> {
  const { limits, metrics } = muster
  let told = 0
  const others = { inUse: 0, waiting: 0, coolDowns: 0 }
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await limits.list({ limit: 200, cursor })
    for (const limit of items) {
      const { key, inUse, waiting, coolDowns } = limit
      if (++told > MOST_KEYS) {
        others.inUse += inUse
        others.waiting += waiting
        others.coolDowns += coolDowns
        continue
      }
      metrics.gauge('muster_limit_in_use', inUse, { key })
      metrics.gauge('muster_limit_waiting', waiting, { key })
      countCoolDowns(muster, key, coolDowns)
      const room = roomAtOnce(limit)
      if (room !== null) metrics.gauge('muster_limit_room', room, { key })
    }
    if (nextCursor === null) break
    cursor = nextCursor
  }
  if (told <= MOST_KEYS) return
  metrics.gauge('muster_limit_in_use', others.inUse, { key: 'other' })
  metrics.gauge('muster_limit_waiting', others.waiting, { key: 'other' })
  countCoolDowns(muster, 'other', others.coolDowns)
}

/** How many more jobs may run at once; null: their number is not limited. */
function roomAtOnce({ concurrency, window, inUse, paused, coolUntil }: Limit): number | null {
  if (concurrency === null) return null
  return paused || coolUntil !== null ? 0 : Math.max(0, Math.floor(window ?? concurrency) - inUse)
}

/** How many jobs wait and are worked on. */
async function countJobs({ persistence, metrics }: Muster): Promise<void> {
  for (const [type, counts] of await persistence.stores.jobs.countByType(null)) {
    for (const state of ['pending', 'active'] as const) {
      metrics.gauge('muster_queue_jobs', counts[state], { type, state })
    }
  }
}
