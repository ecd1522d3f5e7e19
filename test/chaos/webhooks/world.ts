import { pgModule } from '@muster/adapters-pg'
import type { WebhookSender } from '@muster/core/webhooks'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { webhookSender } from '@muster/webhooks'
import { fastClock } from '../jobs/fast-clock.ts'

/** How a process gets to what it shares with the others. */
export interface Way {
  readonly url: string
  /** Its clock runs so many times as fast as the machine's since `epoch`, in ms. */
  readonly speed: number
  readonly epoch: number
  /** It takes a message for delivered before its receiver has answered: it breaks a rule on purpose. */
  readonly trusting?: boolean
}

const CONNECTIONS = 3

/** Muster on what all processes share. Receivers are on this machine. */
export function openMuster({ url, speed, epoch, trusting = false }: Way): Promise<Muster> {
  const sender = webhookSender({ allow: ['127.0.0.1'] })
  const core = coreModule({
    clock: fastClock(speed, epoch),
    logger: silentLogger,
    webhooks: trusting ? trustingAll(sender) : sender,
  })
  return createMuster({ modules: [core, pgModule({ connectionString: url, poolSize: CONNECTIONS })] })
}

function trustingAll(sender: WebhookSender): WebhookSender {
  return {
    newSecret: () => sender.newSecret(),
    refusal: (url) => sender.refusal(url),
    async send(to, message, signal) {
      sender.send(to, message, signal).catch(() => undefined)
      return { status: 200, body: '' }
    },
  }
}
