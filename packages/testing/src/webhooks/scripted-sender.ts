import {
  DeliveryError,
  type Destination,
  type WebhookAnswer,
  type WebhookMessage,
  type WebhookSender,
} from '@muster/core/webhooks'

/** A try as it arrived. */
export interface Arrival {
  readonly url: string
  readonly secrets: readonly string[]
  readonly message: WebhookMessage
}

/** A sender that sends nothing: it keeps what would have arrived, and answers as it is told. */
export class ScriptedSender implements WebhookSender {
  /** In the order in which they arrived. */
  readonly arrivals: Arrival[] = []
  /** The answer to a try; default: 204. `DeliveryError`: none comes. */
  answer: (arrival: Arrival) => WebhookAnswer | DeliveryError | Promise<WebhookAnswer | DeliveryError> =
    () => ({
      status: 204,
      body: '',
    })
  #secrets = 0

  newSecret(): string {
    this.#secrets += 1
    return `whsec_${this.#secrets}`
  }

  refusal(url: string): string | null {
    return url.startsWith('https://') ? null : 'must begin with https://'
  }

  async send(
    { url, secrets }: Destination,
    message: WebhookMessage,
    signal: AbortSignal,
  ): Promise<WebhookAnswer> {
    const arrival = { url, secrets, message }
    this.arrivals.push(arrival)
    const answer = await this.answer(arrival)
    if (signal.aborted) throw new DeliveryError('aborted', 'It was ended')
    if (answer instanceof DeliveryError) throw answer
    return answer
  }
}
