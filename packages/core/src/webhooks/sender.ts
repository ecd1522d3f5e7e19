import type { WebhookAnswer, WebhookMessage } from './webhook.ts'

/** Where a message goes. */
export interface Destination {
  readonly url: string
  /** It is signed with each of them. */
  readonly secrets: readonly string[]
}

/** Sends messages, and guards which addresses they may go to. */
export interface WebhookSender {
  /** A fresh secret to sign with. */
  newSecret(): string
  /** Why nothing is ever sent to the address, as far as its text shows; null: it may be. */
  refusal(url: string): string | null
  /**
   * Sends one try. Redirects are answers like any other: none is followed.
   * @throws DeliveryError if no answer came
   */
  send(to: Destination, message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer>
}

/** No answer came from a receiver. */
export class DeliveryError extends Error {
  /** `timeout`, `address_refused`, `aborted`, or the network's own, such as `ECONNREFUSED`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'DeliveryError'
    this.code = code
  }
}
