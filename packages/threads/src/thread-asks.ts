import type { JobTools } from '@muster/core'
import * as asks from '@muster/core/asks'
import type { FromThread, ToThread } from './messages.ts'
import { revived, sent } from './sent-error.ts'

type Request = Extract<FromThread, { readonly kind: 'ask' | 'once' }>
type Made = Extract<FromThread, { readonly kind: 'made' }>

/** A question, or a value of `once`, that is waited for. */
interface Open {
  readonly answer: PromiseWithResolvers<unknown>
  readonly make?: () => unknown
  /** By what its `make` failed: the handler gets that itself, not a copy that has lost its class. */
  thrown?: { readonly error: unknown }
}

/** Questions and kept values of a handler in a thread: they are asked and kept outside of it. */
export class ThreadAsks implements Pick<JobTools, 'ask' | 'once'> {
  readonly #send: (message: FromThread) => void
  readonly #open = new Map<number, Open>()
  #requests = 0

  constructor(send: (message: FromThread) => void) {
    this.#send = send
  }

  readonly ask: JobTools['ask'] = (name, question) =>
    this.#request((request) => ({
      kind: 'ask',
      request,
      name,
      question: structuredClone(question),
    })) as Promise<never>

  readonly once: JobTools['once'] = (name, make) =>
    this.#request((request) => ({ kind: 'once', request, name }), make) as Promise<never>

  async #request(message: (request: number) => FromThread, make?: () => unknown): Promise<unknown> {
    const request = ++this.#requests
    const answer = Promise.withResolvers<unknown>()
    this.#open.set(request, { answer, ...(make && { make }) })
    this.#send(message(request))
    return answer.promise
  }

  heard(message: Extract<ToThread, { readonly request: number }>): void {
    const { request } = message
    const known = this.#open.get(request)
    if (message.kind === 'make') {
      void this.#make(request, known)
      return
    }
    this.#open.delete(request)
    if (message.error) known?.answer.reject(known.thrown ? known.thrown.error : revived(message.error, asks))
    else known?.answer.resolve(message.value)
  }

  async #make(request: number, open: Open | undefined): Promise<void> {
    try {
      this.#send({ kind: 'made', request, value: structuredClone(await open?.make?.()) })
    } catch (error) {
      if (open) open.thrown = { error }
      this.#send({ kind: 'made', request, error: sent(error) })
    }
  }
}

/** The other side: answers what a thread asks, by the tools of its attempt. */
export class AskedOutside {
  readonly #tools: JobTools
  readonly #send: (message: ToThread) => void
  readonly #making = new Map<number, PromiseWithResolvers<unknown>>()

  constructor(tools: JobTools, send: (message: ToThread) => void) {
    this.#tools = tools
    this.#send = send
  }

  made({ request, value, error }: Made): void {
    const making = this.#making.get(request)
    this.#making.delete(request)
    if (error) making?.reject(revived(error, asks))
    else making?.resolve(value)
  }

  async heard(message: Request): Promise<void> {
    const { request } = message
    try {
      const value = await this.#answer(message)
      this.#send({ kind: 'answered', request, value })
    } catch (error) {
      this.#send({ kind: 'answered', request, error: sent(error) })
    }
  }

  #answer(message: Request): Promise<unknown> {
    if (message.kind === 'ask') return this.#tools.ask(message.name, message.question)
    return this.#tools.once(message.name, () => {
      const making = Promise.withResolvers<unknown>()
      this.#making.set(message.request, making)
      this.#send({ kind: 'make', request: message.request })
      return making.promise
    })
  }
}
