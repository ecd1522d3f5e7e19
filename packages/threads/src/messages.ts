import type { MessagePort } from 'node:worker_threads'
import type { JobContext } from '@muster/core'
import type { AskWish } from '@muster/core/asks'
import type { Failure } from '@muster/core/rules'
import type { CallUsage } from '@muster/core/usage'

/** An error on its way between threads, where classes are lost and functions cannot go. */
export interface SentError {
  readonly className: string
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Own properties that can be cloned, such as a status, headers, details. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause: SentError | undefined
}

/** The work that a thread is given. */
export interface Assignment {
  readonly module: string
  readonly job: Omit<JobContext<unknown>, 'results' | 'parents'>
  readonly port: MessagePort
}

/** How the handler ended. */
export type Ending =
  | { readonly result: unknown }
  /** `failure`: what the rules of retries make of it, read where it was thrown, since a copy lacks what is hidden or a function. */
  | { readonly error: SentError; readonly failure: Failure }
  | { readonly unclonable: string }

/** From the thread. */
export type FromThread =
  | { readonly kind: 'step'; readonly args: readonly [string, number, number, number | undefined] }
  | {
      readonly kind: 'log'
      readonly level: 'info' | 'warn'
      readonly fields: object
      readonly message: string
    }
  | { readonly kind: 'usage'; readonly call: number; readonly usage: CallUsage }
  | { readonly kind: 'ask'; readonly request: number; readonly name: string; readonly question: AskWish }
  | { readonly kind: 'once'; readonly request: number; readonly name: string }
  /** The value of a `once` was made. */
  | { readonly kind: 'made'; readonly request: number; readonly value?: unknown; readonly error?: SentError }
  /** It has heard that it is to stop. */
  | { readonly kind: 'heard' }
  /** Of the results of a run, or, with null, of the jobs that it waited for. */
  | { readonly kind: 'next'; readonly reader: number; readonly runId: string | null }
  | { readonly kind: 'leave'; readonly reader: number }

/** To the thread. */
export type ToThread =
  | { readonly kind: 'stop'; readonly name: string; readonly message: string }
  /** The call was counted, or cannot be. */
  | { readonly kind: 'counted'; readonly call: number; readonly error?: SentError }
  | { readonly kind: 'stored'; readonly call: number; readonly error?: SentError }
  /** The value of a `once` is not kept, and is to be made. */
  | { readonly kind: 'make'; readonly request: number }
  /** An `ask` or a `once` came to this. */
  | {
      readonly kind: 'answered'
      readonly request: number
      readonly value?: unknown
      readonly error?: SentError
    }
  | { readonly kind: 'read'; readonly reader: number; readonly done: boolean; readonly value?: unknown }
  | { readonly kind: 'unreadable'; readonly reader: number; readonly error: SentError }
