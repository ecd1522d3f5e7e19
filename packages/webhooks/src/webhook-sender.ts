import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { assertOptions, type OptionRules, option } from '@muster/core/support'
import {
  DeliveryError,
  retryAfterMs,
  type WebhookAnswer,
  type WebhookMessage,
  type WebhookSender,
} from '@muster/core/webhooks'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { Webhook } from 'standardwebhooks'
import { AllowedAddresses, addressIn, isPublic } from './allowed-addresses.ts'

const SECRET_BYTES = 32

/** For name, connection, sending and answer together. */
const TIMEOUT_MS = 15_000

/** Of an answer that is read. */
const MOST_ANSWER_BYTES = 16 * 1024

const PORTS = [443, 8443] as const

/** Longer than that, a try would outlast its sender's hold on the webhook, and another would send the same. */
const LONGEST_TIMEOUT_MS = 50_000

/** The addresses that messages may go to. */
export interface WebhookSenderOptions {
  /**
   * Networks inside that receivers may stand in, as `10.1.0.0/16`: at any port, and without TLS too where a URL names an address of theirs, or `localhost`.
   * Default: none.
   */
  readonly allow?: readonly string[] | undefined
  /** Ports of receivers outside; default 443 and 8443. */
  readonly ports?: readonly number[] | undefined
  /** For one try altogether, in ms: at most 50 000, default 15 000. */
  readonly timeoutMs?: number | undefined
}

const RULES: OptionRules<WebhookSenderOptions> = {
  allow: option.texts(),
  ports: {
    rule: 'a list of ports, from 1 to 65535',
    holds: (value) =>
      Array.isArray(value) && value.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535),
  },
  timeoutMs: option.whole(1, LONGEST_TIMEOUT_MS),
}

/**
 * Sends webhooks: over `https` to public addresses alone, by what a name is at the moment of sending, signed by HMAC-SHA256 as Standard Webhooks 1.0 says, never
 * following redirects. {@link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md}
 * @throws TypeError for a network that is none, or another option that cannot be meant
 */
export function webhookSender(options: WebhookSenderOptions = {}): WebhookSender {
  assertOptions('webhookSender', options, RULES)
  const allowed = new AllowedAddresses(options.allow ?? [])
  const ports: ReadonlySet<number> = new Set(options.ports ?? PORTS)
  const agents = agentsOf()
  const refusal = (url: string): string | null => refusalOf(url, allowed, ports)
  return {
    newSecret: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
    refusal,

    async send({ url, secrets }, message, signal) {
      // Rules may have become stricter since it was kept.
      const refused = refusal(url)
      if (refused !== null) throw new DeliveryError('address_refused', `The address ${refused}`)
      const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
      const ended = AbortSignal.any([signal, timeout])
      try {
        const target = new URL(url)
        const addresses = await resolved(target.hostname, ended)
        const isAllowed = addresses.every(({ address }) => allowed.has(address))
        const agent =
          agents[isAllowed ? 'allowed' : 'filtering'][target.protocol === 'http:' ? 'http' : 'https']
        return await post(target, signed(message, secrets), { agent, lookup: pinned(addresses) }, ended)
      } catch (error) {
        throw deliveryError(error, timeout)
      }
    },
  }
}

function agentsOf() {
  const kept = { keepAlive: true, maxFreeSockets: 8 }
  return {
    allowed: { http: new HttpAgent(kept), https: new HttpsAgent(kept) },
    filtering: { http: new RequestFilteringHttpAgent(kept), https: new RequestFilteringHttpsAgent(kept) },
  }
}

/** Why nothing is sent to the address, as far as its text shows. */
function refusalOf(url: string, allowed: AllowedAddresses, ports: ReadonlySet<number>): string | null {
  if (!URL.canParse(url)) return 'must be a URL, such as https://example.com/hooks'
  const { protocol, username, password, hostname, port, hash } = new URL(url)
  const address = addressIn(hostname)
  const isInside = allowed.has(address ?? (hostname === 'localhost' ? '127.0.0.1' : ''))
  if (protocol !== 'https:' && !(protocol === 'http:' && isInside)) return 'must begin with https://'
  if (username !== '' || password !== '') return 'must have no name and password in it'
  if (hash !== '') return 'must have no fragment (#)'
  if (isInside) return null
  if (address !== undefined && !isPublic(address)) return 'must not be an address of a network inside'
  if (port !== '' && !ports.has(Number(port))) return `must be at port ${[...ports].join(' or ')}`
  return null
}

interface Resolved {
  readonly address: string
  readonly family: number
}

async function resolved(hostname: string, ended: AbortSignal): Promise<readonly Resolved[]> {
  const address = addressIn(hostname)
  if (address !== undefined) return [{ address, family: address.includes(':') ? 6 : 4 }]
  return untilEnded(lookup(hostname, { all: true }), ended)
}

/** The addresses that were judged are those that are connected to: a name that means another a moment later leads nowhere. */
function pinned(addresses: readonly Resolved[]): LookupFunction {
  return (_hostname, { all }, done) => {
    const [first] = addresses
    if (all || first === undefined) done(null, [...addresses])
    else done(null, first.address, first.family)
  }
}

interface Signed {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

function signed({ messageId, type, timestamp, data }: WebhookMessage, secrets: readonly string[]): Signed {
  const body = JSON.stringify({ type, timestamp: timestamp.toISOString(), data })
  const now = new Date()
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Muster-Webhooks',
      'webhook-id': messageId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(messageId, now, body)).join(' '),
    },
  }
}

interface Way {
  readonly agent: HttpAgent
  readonly lookup: LookupFunction
}

/** Posts; again on another connection, if one that was kept turns out to have been closed meanwhile. */
async function post(target: URL, signed: Signed, way: Way, signal: AbortSignal): Promise<WebhookAnswer> {
  for (;;) {
    const answer = await posted(target, signed, way, signal)
    if (answer !== 'stale') return answer
  }
}

function posted(
  target: URL,
  { body, headers }: Signed,
  way: Way,
  signal: AbortSignal,
): Promise<WebhookAnswer | 'stale'> {
  return new Promise((resolve, reject) => {
    const send = target.protocol === 'http:' ? overHttp : overHttps
    const request = send(target, { method: 'POST', headers, signal, ...way }, (answer) => {
      read(answer).then(resolve, reject)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) resolve('stale')
      else reject(error)
    })
    request.end(body)
  })
}

/** The answer with the beginning of its body; a longer one ends its connection. */
async function read(answer: IncomingMessage): Promise<WebhookAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST_ANSWER_BYTES) break
  }
  const body = Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString('utf8')
  const asked = retryAfterMs(answer, new Date())
  const retryAfterSeconds = asked === undefined ? undefined : Math.ceil(asked / 1_000)
  return { status: answer.statusCode ?? 0, body, retryAfterSeconds }
}

async function untilEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let leave: () => void = () => {}
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    leave = () => signal.removeEventListener('abort', end)
  })
  return Promise.race([work, ended]).finally(leave)
}

function deliveryError(error: unknown, timeout: AbortSignal): DeliveryError {
  if (timeout.aborted) return new DeliveryError('timeout', 'No answer came in time')
  const { code, message } = error as NodeJS.ErrnoException
  // The filter says so by its words alone.
  if (/is not allowed\. Because/.test(message)) {
    return new DeliveryError('address_refused', 'The name leads to an address of a network inside')
  }
  return new DeliveryError(code ?? 'failed', message)
}
