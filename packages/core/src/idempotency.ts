import type { Json } from './json/json.ts'

/** What a caller may repeat without doing it twice. */
export interface IdempotentCall {
  /** Caller, method and concrete path: one key means one thing only inside it. */
  readonly scope: string
  readonly key: string
  /** Digest of the body; the same key with another body is a conflict. */
  readonly fingerprint: string
}

/** What the first call was answered, and every repeat is. */
export interface Answer {
  readonly status: number
  readonly body: Json
  readonly headers: Readonly<Record<string, string>>
  /** Of a body that came as a stream: {@link IdempotentCall.fingerprint} cannot know it. */
  readonly streamDigest?: string
}

/** What is to be done about a call with its key. */
export type IdempotencyTicket =
  /** Nobody did it yet: do it, then {@link IdempotencyStore.finish} or {@link IdempotencyStore.abandon}. */
  | { readonly kind: 'first' }
  | { readonly kind: 'done'; readonly answer: Answer }
  /** Another request does it right now: ask again. */
  | { readonly kind: 'running' }
  /** The key was used with another body. */
  | { readonly kind: 'mismatch' }

/** Remembers answers by idempotency key. */
export interface IdempotencyStore {
  /** Of several at once, one is `first`. A `first` that neither finished nor abandoned by `staleBefore` (its process died) is given out again. */
  start(call: IdempotentCall, now: Date, staleBefore: Date): Promise<IdempotencyTicket>
  finish(call: IdempotentCall, answer: Answer): Promise<void>
  /** It failed without doing anything: the next one is `first` again. */
  abandon(call: IdempotentCall): Promise<void>
  /** Forgets what started before, at most `limit` at once, the oldest first, and says how many. */
  prune(before: Date, limit: number): Promise<number>
}
