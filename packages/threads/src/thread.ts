import type { JobHandler, JobTools, RunResult } from '@muster/core'
import type { ParentJob } from '@muster/core/making'
import type { Assignment, Ending, FromThread, ToThread } from './messages.ts'
import { revived, sent } from './sent-error.ts'
import { ThreadAsks } from './thread-asks.ts'
import { ThreadUsage } from './thread-usage.ts'

/** Runs in the thread: does one job with the default export of the module. */
export default async function work({ module, job, port }: Assignment): Promise<Ending> {
  const stop = new AbortController()
  const readers = new Map<number, PromiseWithResolvers<IteratorResult<unknown, undefined>>>()
  const send = (message: FromThread): void => port.postMessage(message)
  const usage = new ThreadUsage(send)
  const asks = new ThreadAsks(send)

  port.on('message', (message: ToThread) => {
    if (message.kind === 'stop') {
      send({ kind: 'heard' })
      stop.abort(new DOMException(message.message, message.name))
      return
    }
    if (message.kind === 'counted' || message.kind === 'stored') {
      usage.heard(message)
      return
    }
    if (message.kind === 'make' || message.kind === 'answered') {
      asks.heard(message)
      return
    }
    const asked = readers.get(message.reader)
    if (message.kind === 'unreadable') asked?.reject(revived(message.error, {}))
    else if (message.done) asked?.resolve({ done: true, value: undefined })
    else asked?.resolve({ done: false, value: message.value })
  })

  let reading = 0
  async function* read<Item>(runId: string | null): AsyncGenerator<Item, void> {
    const reader = ++reading
    try {
      for (;;) {
        const asked = Promise.withResolvers<IteratorResult<unknown, undefined>>()
        readers.set(reader, asked)
        send({ kind: 'next', reader, runId })
        const { done, value } = await asked.promise
        if (done) return
        yield value as Item
      }
    } finally {
      readers.delete(reader)
      send({ kind: 'leave', reader })
    }
  }

  const log = (level: 'info' | 'warn') => (fields: object, message: string) =>
    send({ kind: 'log', level, fields: structuredClone(fields), message })
  const tools: JobTools = {
    signal: stop.signal,
    step: (...args) => send({ kind: 'step', args: [args[0], args[1], args[2], args[3]] }),
    log: { info: log('info'), warn: log('warn') },
    usage: (call) => usage.report(call),
    ask: asks.ask,
    once: asks.once,
  }
  try {
    const { default: handler } = (await import(module)) as { readonly default: JobHandler<unknown, unknown> }
    if (typeof handler !== 'function')
      throw new TypeError(`${module} has no default export that is a function`)
    const results = (runId: string): AsyncIterable<RunResult> => read(runId)
    const parents = (): AsyncIterable<ParentJob> => read(null)
    const result = await handler({ ...job, results, parents }, tools)
    await usage.counted()
    return clonable(result)
  } catch (error) {
    await usage.counted()
    // Only a handler that fails pays for loading the rules.
    const { classify } = await import('@muster/core/rules')
    return { error: sent(error), failure: classify(error, new Date()) }
  }
}

function clonable(result: unknown): Ending {
  try {
    return { result: structuredClone(result) }
  } catch (error) {
    return { unclonable: error instanceof Error ? error.message : String(error) }
  }
}
