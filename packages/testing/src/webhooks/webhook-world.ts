import type { Project, ProjectId } from '@muster/core'
import { type Fact, fact } from '@muster/core/feed'
import type { Stores } from '@muster/core/ports'
import {
  type NewWebhook,
  type Webhook,
  WebhookDeliverer,
  type WebhookDelivery,
  type WebhookId,
  type WebhookUseCases,
  webhookUseCases,
} from '@muster/core/webhooks'
import { noMetrics, silentLogger } from '@muster/host'
import { it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import type { VirtualClock } from '../system/virtual-clock.ts'
import { aProject, newId } from '../worlds/samples.ts'
import { ScriptedSender } from './scripted-sender.ts'

const MANY = 200

/** A project that tells webhooks, on a clock that stands still until it is told otherwise. */
export class WebhookWorld {
  readonly adapter: OpenPersistence
  readonly project: Project
  readonly sender = new ScriptedSender()
  readonly calls: WebhookUseCases

  constructor(adapter: OpenPersistence, project: Project) {
    this.adapter = adapter
    this.project = project
    this.calls = webhookUseCases({ ...this.#deps(), sender: this.sender })
  }

  get stores(): Stores {
    return this.adapter.persistence.stores
  }

  get clock(): VirtualClock {
    return this.adapter.clock
  }

  /** A webhook of the project, unless told otherwise. */
  async add(
    wish: Partial<NewWebhook> = {},
    projectId: ProjectId | null = this.project.projectId,
  ): Promise<Webhook> {
    const { webhook } = await this.calls.add(projectId, { url: 'https://example.com/hooks', ...wish })
    return webhook
  }

  async addProject(): Promise<ProjectId> {
    const project = aProject()
    await this.adapter.persistence.transaction(({ projects }) => projects.add(project))
    return project.projectId
  }

  /** So many things happen, a millisecond apart or at once, and gives their ids. */
  async happen(
    count: number,
    { projectId = this.project.projectId, atOnce = false } = {},
  ): Promise<string[]> {
    const before = await this.stores.events.head(projectId)
    for (let left = count; left > 0; left -= atOnce ? count : 1) {
      await this.clock.advance(1)
      const facts = Array.from({ length: atOnce ? count : 1 }, () =>
        fact(projectId, 'queue_paused', { global: false }),
      )
      await this.adapter.persistence.transaction(({ events }) => events.append(facts))
    }
    return (await this.facts(projectId)).filter(({ seq }) => seq > before).map(({ eventId }) => eventId)
  }

  async resume(): Promise<void> {
    await this.adapter.persistence.transaction(({ events }) =>
      events.append([fact(this.project.projectId, 'queue_resumed', { global: false })]),
    )
  }

  facts(projectId: ProjectId = this.project.projectId): Promise<Fact[]> {
    return this.stores.events.read(projectId, 0, MANY)
  }

  deliverer(): WebhookDeliverer {
    return new WebhookDeliverer({ ...this.#deps(), sender: this.sender })
  }

  /** Tells what is due. */
  tell(): Promise<void> {
    return this.deliverer().round()
  }

  /** Lets so much time pass, then tells what is due. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms)
    await this.tell()
  }

  /** The ids of messages in the order in which they arrived, with every try. */
  arrived(): string[] {
    return this.sender.arrivals.map(({ message }) => message.messageId)
  }

  /** The tries of a webhook, oldest first. */
  async tries(webhookId: WebhookId): Promise<WebhookDelivery[]> {
    const { items } = await this.calls.deliveries(webhookId, {}, { limit: MANY })
    return [...items].reverse()
  }

  #deps() {
    const { persistence: transactions, clock } = this.adapter
    return {
      transactions,
      clock,
      ids: { next: () => newId<'EventId'>() as string },
      // The middle: a retry comes exactly when it is planned.
      random: { next: () => 0.5 },
      logger: silentLogger,
      metrics: noMetrics,
    }
  }
}

/** `it`, of cases that get a world of their own. */
export function webhookCases(open: OpenAdapter) {
  return (name: string, test: (world: WebhookWorld) => Promise<void>): void => {
    it(name, async () => {
      const adapter = await open()
      try {
        const project = aProject()
        await adapter.persistence.transaction(({ projects }) => projects.add(project))
        await test(new WebhookWorld(adapter, project))
      } finally {
        await adapter.close()
      }
    })
  }
}
