import type { JobHandler, JobTools, RunResult } from '@muster/core'
import type { Assignment, Ending, FromThread, ToThread } from './messages.ts'
import { revived, sent } from './sent-error.ts'
import { ThreadUsage } from './thread-usage.ts'

/** Runs in the thread: does one job with the default export of the module. */
export default async function work({ module, job, port }: Assignment): Promise<Ending> {
  const stop = new AbortController()
  const readers = new Map<number, PromiseWithResolvers<IteratorResult<RunResult, undefined>>>()
  const send = (message: FromThread): void => port.postMessage(message)
  const usage = new ThreadUsage(send)

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
    const asked = readers.get(message.reader)
    if (message.kind === 'unreadable') asked?.reject(revived(message.error, {}))
    else if (message.done) asked?.resolve({ done: true, value: undefined })
    else asked?.resolve({ done: false, value: message.value as RunResult })
  })

  let reading = 0
  async function* results(runId: string): AsyncGenerator<RunResult, void> {
    const reader = ++reading
    try {
      for (;;) {
        const asked = Promise.withResolvers<IteratorResult<RunResult, undefined>>()
        readers.set(reader, asked)
        send({ kind: 'next', reader, runId })
        const { done, value } = await asked.promise
        if (done) return
        yield value
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
  }
  try {
    const { default: handler } = (await import(module)) as { readonly default: JobHandler<unknown, unknown> }
    if (typeof handler !== 'function')
      throw new TypeError(`${module} has no default export that is a function`)
    const result = await handler({ ...job, results }, tools)
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
