import type { Clock, Ids, Logger, Metrics, Random } from '../environment.ts'
import { ClosedError, UnavailableError } from '../errors.ts'
import { type Fact, fact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { ProjectId } from '../ids.ts'
import { Outage } from '../jobs/supply/outage.ts'
import type { Outages } from '../logging/outages.ts'
import { elapsedMs } from '../time.ts'
import type { Transactions } from '../transactions.ts'
import { judge } from './retrying.ts'
import type { WebhookSender } from './sender.ts'
import { gapOf, type Told, toldOf, tryOnce } from './sending.ts'
import type { KeptWebhook, WebhookDelivery } from './webhook.ts'
import type { WebhookBacklog, WebhookPlace, WebhookStore } from './webhook-store.ts'

/** How often it looks for webhooks that have fallen behind. */
const LOOK_MS = 1_000

/** Webhooks that one process serves at once. */
const MOST_AT_ONCE = 32

/** A webhook whose holder says nothing for so long is another's. Longer than a try may take. */
const HOLD_MS = 60_000

/** Facts of one project that are read at once. */
const READ = 100

/** Between two reports of one holder while all goes well: what it did since the last is told again if it dies. */
const REPORT_MS = 200

/** The stores that deliveries are made from. */
export interface DelivererStores {
  readonly webhooks: WebhookStore
  readonly events: EventStore
}

/** Dependencies of a deliverer. */
export interface DelivererDeps {
  readonly transactions: Transactions<DelivererStores>
  readonly sender: WebhookSender
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly outages?: Outages | undefined
}

/**
 * Tells webhooks of facts, from the feed itself: each has its place in the feed of each project, held by one process at a time, and moves on with the receiver's answer. So none is
 * left out, each project's facts come in order, and one comes again only if its answer was lost. A receiver that hangs or fails holds up no other.
 * Any number may run at once.
 */
export class WebhookDeliverer {
  readonly #deps: DelivererDeps
  readonly #stop = new AbortController()
  readonly #holding = new Set<Promise<void>>()
  #wake: () => void = () => {}
  #loop: Promise<void> | undefined

  constructor(deps: DelivererDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#loop ??= this.#repeatedly()
  }

  /** Tells all that is due now, and resolves when nothing is left to tell or try. For those who have no loop. */
  async round(): Promise<void> {
    await this.#take()
    await Promise.all(this.#holding)
  }

  /** Ends tries in hand, which do not count, and lets everything go. Can be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#loop
    await Promise.all(this.#holding)
  }

  async #repeatedly(): Promise<void> {
    const { clock } = this.#deps
    const outage = new Outage('Telling webhooks', this.#deps)
    while (!this.#stop.signal.aborted) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      try {
        await this.#take()
        outage.over()
        await clock.wait(LOOK_MS, AbortSignal.any([woken.signal, this.#stop.signal]))
      } catch (error) {
        await outage.pause(error, this.#stop.signal)
      }
    }
  }

  async #take(): Promise<void> {
    const free = MOST_AT_ONCE - this.#holding.size
    if (free === 0) return
    const { transactions, clock, ids } = this.#deps
    const now = clock.now()
    const holder = ids.next()
    const taken = await transactions.stores.webhooks.take(now, holder, heldUntil(now), free)
    for (const webhook of taken) {
      const telling = new Telling(this.#deps, webhook, holder, this.#stop.signal).run()
      const held = telling.finally(() => {
        this.#holding.delete(held)
        // Another may have had no room beside it.
        if (taken.length === free) this.#wake()
      })
      this.#holding.add(held)
    }
  }
}

/** One webhook in the hands of one holder. */
class Telling {
  readonly #deps: DelivererDeps
  readonly #holder: string
  readonly #signal: AbortSignal
  #webhook: KeptWebhook
  #places = new Map<ProjectId, number>()
  #deliveries: WebhookDelivery[] = []
  #reportedAt: number
  #held = true

  constructor(deps: DelivererDeps, webhook: KeptWebhook, holder: string, signal: AbortSignal) {
    this.#deps = deps
    this.#webhook = webhook
    this.#holder = holder
    this.#signal = signal
    this.#reportedAt = elapsedMs(deps.clock)
  }

  /** Tells it all that has happened, or until a try fails. Never rejects: a hold that cannot be reported lapses. */
  async run(): Promise<void> {
    const { logger, transactions } = this.#deps
    const { webhookId } = this.#webhook
    try {
      for (;;) {
        const backlog = await transactions.stores.webhooks.backlog(webhookId)
        if (backlog.length === 0) break
        for (const place of backlog) if (this.#going) await this.#tell(place)
        if (!this.#going) break
        await this.#report(true)
      }
      if (this.#held) await this.#report(false)
    } catch (error) {
      const level = error instanceof UnavailableError || error instanceof ClosedError ? 'debug' : 'error'
      logger[level]({ err: error, webhookId }, 'A webhook cannot be told, and is let go')
    }
  }

  get #going(): boolean {
    return this.#held && !this.#signal.aborted
  }

  /** Tells some of what happened in one project. */
  async #tell({ projectId, seq, head }: WebhookBacklog): Promise<void> {
    const { transactions, clock } = this.#deps
    const facts = await transactions.stores.events.read(projectId, seq, READ)
    const first = facts[0]?.seq ?? head + 1
    if (first > seq + 1) {
      const lost = { from: seq + 1, to: first - 1 }
      if (!(await this.#pass(gapOf(this.#webhook, projectId, lost, clock.now())))) return
    }
    for (const one of facts) {
      if (this.#wants(one) && !(await this.#pass(toldOf(one)))) return
      this.#places.set(projectId, one.seq)
    }
  }

  #wants({ type }: Fact): boolean {
    return this.#webhook.types === null || this.#webhook.types.includes(type)
  }

  /** Whether the message has arrived, so that the next may follow. */
  async #pass(told: Told): Promise<boolean> {
    if (!this.#going) return false
    const { clock, random, metrics } = this.#deps
    const tried = await tryOnce(this.#deps, this.#webhook, told, this.#signal)
    if (tried === undefined) return false
    const verdict = judge(tried.answer, this.#webhook.failures, random.next())
    const { outcome } = verdict
    this.#deliveries.push({ ...tried.delivery, outcome })
    metrics.count('muster_webhook_tries_total', 1, { outcome })
    if (outcome === 'delivered') {
      this.#webhook = { ...this.#webhook, failures: 0, nextAt: null }
      if (told.projectId !== null && told.seq !== null) this.#places.set(told.projectId, told.seq)
      if (elapsedMs(clock) - this.#reportedAt >= REPORT_MS) await this.#report(true)
      return this.#held
    }
    const failures = this.#webhook.failures + 1
    this.#webhook =
      'disable' in verdict
        ? { ...this.#webhook, failures, nextAt: null, disabled: verdict.disable }
        : { ...this.#webhook, failures, nextAt: new Date(clock.now().getTime() + verdict.retryInMs) }
    await this.#report(false)
    return false
  }

  /** Notes what was done since the last report, and holds on or lets go. */
  async #report(holdOn: boolean): Promise<void> {
    const { transactions, clock, logger } = this.#deps
    const { webhookId, projectId, failures, nextAt, disabled } = this.#webhook
    const places: WebhookPlace[] = [...this.#places].map(([project, seq]) => ({ projectId: project, seq }))
    const until = holdOn ? heldUntil(clock.now()) : null
    const report = { places, deliveries: this.#deliveries, failures, nextAt, disabled, heldUntil: until }
    const isHeld = await transactions.transaction(async (stores) => {
      const noted = await stores.webhooks.report(webhookId, this.#holder, report)
      if (noted && disabled !== null && projectId !== null)
        await stores.events.append([fact(projectId, 'webhook_disabled', { webhookId, reason: disabled })])
      return noted
    })
    if (isHeld && disabled !== null) logger.warn({ webhookId, reason: disabled }, 'A webhook is disabled')
    this.#places = new Map()
    this.#deliveries = []
    this.#reportedAt = elapsedMs(clock)
    this.#held = isHeld && holdOn
  }
}

function heldUntil(now: Date): Date {
  return new Date(now.getTime() + HOLD_MS)
}
