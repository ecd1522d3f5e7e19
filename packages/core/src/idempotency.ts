import type { Json } from './json/json.ts'

/** A call that may be repeated without doing it twice. */
export interface IdempotentCall {
  /** Caller, method and concrete path: one key means one thing only inside it. */
  readonly scope: string
  readonly key: string
  /** Digest of the body; the same key with another body is a conflict. */
  readonly fingerprint: string
}

/** The answer of the first call, and of every repeat. */
export interface Answer {
  readonly status: number
  readonly body: Json
  readonly headers: Readonly<Record<string, string>>
  /** Of a body that came as a stream: {@link IdempotentCall.fingerprint} cannot know it. */
  readonly streamDigest?: string
  /** It stands for one that is not there, or not yet: what was asked is done, and must not be done again. See {@link DONE_UNANSWERED}. */
  readonly unanswered?: true
}

/** Kept in the transaction of the effect itself, until the answer is known: whatever happens after the commit, a repeat finds it. */
export const DONE_UNANSWERED: Answer = { status: 409, body: null, headers: {}, unanswered: true }

/** Knows which call with an idempotency key the present work is part of. */
export interface CurrentCall {
  current(): IdempotentCall | undefined
  /** Does `work` as part of no call: it may be that of several. */
  outside<T>(work: () => T): T
}

/** The next move for a call with its key. */
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
  /** Keeps the answer, in place of an `unanswered` one too; any other stays as it is. */
  finish(call: IdempotentCall, answer: Answer): Promise<void>
  /** It failed without doing anything: the next one is `first` again. One that is `unanswered` has done something, and stays. */
  abandon(call: IdempotentCall): Promise<void>
  /** Forgets what started before, at most `limit` at once, the oldest first, and says how many. */
  prune(before: Date, limit: number): Promise<number>
}
