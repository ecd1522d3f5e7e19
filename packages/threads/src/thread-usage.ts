import type { CallUsage } from '@muster/core/usage'
import type { FromThread, ToThread } from './messages.ts'
import { revived } from './sent-error.ts'

/** Reports of usage from a thread: counted outside of it, where the rules are. */
export class ThreadUsage {
  readonly #send: (message: FromThread) => void
  readonly #calls: {
    readonly counted: PromiseWithResolvers<void>
    readonly stored: PromiseWithResolvers<void>
  }[] = []

  constructor(send: (message: FromThread) => void) {
    this.#send = send
  }

  /** Resolves when it is stored; rejects for a call that cannot be counted. */
  report(usage: CallUsage): Promise<void> {
    const [counted, stored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    // Most handlers do not wait for it.
    stored.promise.catch(() => undefined)
    this.#send({ kind: 'usage', call: this.#calls.push({ counted, stored }) - 1, usage })
    return stored.promise
  }

  heard({ kind, call, error }: Extract<ToThread, { readonly call: number }>): void {
    const known = this.#calls[call]
    if (kind === 'counted') known?.counted.resolve()
    if (error) known?.stored.reject(revived(error, {}))
    else if (kind === 'stored') known?.stored.resolve()
  }

  /** Every call was heard of outside: what ends this attempt comes after them. */
  async counted(): Promise<void> {
    await Promise.all(this.#calls.map(({ counted }) => counted.promise))
  }
}
