import { type JobHandler, NonRetryableError, type RunId } from '@muster/core'
import { AskRefusedError } from '@muster/core/asks'

type Deed =
  | { readonly do: 'shout'; readonly text: string }
  | { readonly do: 'compute' }
  | { readonly do: 'spend'; readonly input: number }
  | { readonly do: 'wait' }
  | { readonly do: 'fail' }
  | { readonly do: 'hide' | 'gather' | 'call' }
  | { readonly do: 'functions' }
  | { readonly do: 'exit' }
  | { readonly do: 'count'; readonly runId: RunId }
  | { readonly do: 'ask'; readonly workflowId: string }
  | { readonly do: 'askNobody' | 'refuseOnce' }

class RateLimitError extends Error {
  override readonly name = 'RateLimitError'
  readonly status = 400
  readonly headers = new Headers({ 'retry-after': '1' })
}

/** A handler in a module of its own, as a thread imports it. */
const deeds: JobHandler<Deed, unknown> = async (
  { payload, results, attempt },
  { signal, step, log, usage, ask, once },
) => {
  switch (payload.do) {
    case 'shout':
      step('shout', 1, 2)
      log.warn({ text: payload.text }, 'shouting')
      return payload.text.toUpperCase()
    case 'spend':
      void usage({ model: 'm', input: 1, output: 0 })
      await usage({ model: 'm', input: payload.input, output: 0 })
      return 'spent'
    case 'compute':
      step('compute', 1, 2)
      while (payload.do === 'compute') Math.sqrt(2)
      return null
    case 'wait':
      step('wait', 1, 2)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    case 'fail':
      throw new RateLimitError('no')
    case 'hide':
      throw Object.defineProperty(new Error('throttled'), '$response', {
        value: { statusCode: 429, headers: { 'retry-after': '0' } },
      })
    case 'gather':
      throw new AggregateError([Object.assign(new Error('none such'), { status: 404 })], 'all failed')
    case 'call':
      throw Object.assign(new Error('5 NOT_FOUND: none such'), { code: 5, metadata: { get: () => [] } })
    case 'functions':
      return { f: () => 1 }
    case 'exit':
      return process.exit(3)
    case 'ask': {
      const draft = await once('draft', () => `of attempt ${attempt}`)
      const { answer, by } = await ask('verdict', { payload: { draft }, workflowId: payload.workflowId })
      return { draft, answer, people: by.length }
    }
    case 'askNobody':
      try {
        return await ask('verdict', { payload: 'Is it so?' })
      } catch (error) {
        if (!(error instanceof AskRefusedError)) throw error
        return error.issues.map(({ path }) => path)
      }
    case 'refuseOnce':
      return once('draft', () => {
        throw new NonRetryableError('no draft')
      })
    case 'count': {
      let texts = ''
      for await (const { result } of results(payload.runId))
        texts += typeof result === 'string' ? result : '?'
      return texts
    }
  }
}

export default deeds
