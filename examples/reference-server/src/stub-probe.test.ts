import type { JobContext, JobTools, Json } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { stubPayload, stubProbe, type Transcript } from './stub-probe.ts'

describe('stub:probe', () => {
  it('reports the usage that it is told before it ends, a call or several, also of attempts that fail', async () => {
    const call = { input: 3, output: 2, cached: 1 }
    const { answer, usage } = attempt({ simulate: { usage: call, result: 'fine' } })
    await expect(answer).resolves.toBe('fine')
    expect(usage).toEqual([call])
    const failing = attempt({ simulate: { usage: [call, { ...call, model: 'judge' }], failWith: 'auth' } })
    await expect(failing.answer).rejects.toThrow('refused')
    expect(failing.usage).toEqual([call, { ...call, model: 'judge' }])
    for (const wrong of [{ input: -1, output: 0 }, { input: 1, output: 1, cached: 2 }, { input: 1 }])
      expect(stubPayload.safeParse({ simulate: { usage: wrong } }).success).toBe(false)
  })

  it('answers with a mock transcript and reports its one step', async () => {
    const { answer, steps } = attempt({ question: 'How are you?' })
    const { model, transcript } = (await answer) as Transcript
    expect(model).toBe('a-model')
    expect(transcript.map(({ role }) => role)).toEqual(['user', 'assistant'])
    expect(transcript[0]?.content).toContain('How are you?')
    expect(steps).toEqual([['probe', 1, 1]])
  })

  it('gives the same answer each time', async () => {
    const once = await attempt({ text: 'hi' }).answer
    expect(await attempt({ text: 'hi' }, { number: 2 }).answer).toEqual(once)
  })

  it.each([
    ['network', { code: 'ECONNRESET' }],
    ['rateLimit', { status: 429 }],
    ['validation', { status: 422 }],
    ['auth', { status: 401 }],
  ])('fails every attempt with %s alone', async (failWith, error) => {
    for (const number of [1, 2, 7]) {
      await expect(attempt({ simulate: { failWith } }, { number }).answer).rejects.toMatchObject(error)
    }
  })

  it('fails the first attempts only if a number is given', async () => {
    const simulate = { failWith: 'rateLimit', failTimes: 2 }
    await expect(attempt({ simulate }, { number: 1 }).answer).rejects.toMatchObject({ status: 429 })
    await expect(attempt({ simulate }, { number: 2 }).answer).rejects.toMatchObject({ status: 429 })
    await expect(attempt({ simulate }, { number: 3 }).answer).resolves.toBeDefined()
  })

  it('answers what its payload says, by model or whatever the model', async () => {
    const said = (simulate: object) => attempt({ simulate }).answer
    expect(await said({ result: { label: 'de' } })).toEqual({ label: 'de' })
    expect(await said({ result: null })).toBeNull()
    expect(await said({ result: 1, results: { 'a-model': [2], other: 3 } })).toEqual([2])
    expect(await said({ result: 1, results: { other: 3 } })).toBe(1)
    expect(await said({ results: { other: 3 } })).toHaveProperty('transcript')
    await expect(said({ result: 1, failWith: 'auth' })).rejects.toMatchObject({ status: 401 })
  })

  it('fails as a network does where only a number is given', async () => {
    await expect(attempt({ simulate: { failTimes: 1 } }).answer).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController()
    const { answer, steps } = attempt({ simulate: { delayMs: 3_600_000 } }, { signal: stop.signal })
    stop.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(steps).toEqual([])
  })

  it.each([
    ['an unknown key of simulate', { simulate: { failSometimes: true } }],
    ['an unknown way to fail', { simulate: { failWith: 'boredom' } }],
    ['a negative delay', { simulate: { delayMs: -1 } }],
    ['half a failure', { simulate: { failTimes: 0.5 } }],
    ['no object', 'text'],
  ])('refuses %s', (_why, payload) => {
    expect(stubPayload.safeParse(payload).success).toBe(false)
  })

  it('takes any key beside simulate', () => {
    expect(stubPayload.parse({ text: 'hi', simulate: {} })).toEqual({ text: 'hi', simulate: {} })
  })
})

/** One attempt at a job of this payload. */
function attempt(
  payload: object,
  { number = 1, signal = new AbortController().signal }: { number?: number; signal?: AbortSignal } = {},
): { readonly answer: Promise<Json | Transcript>; readonly steps: unknown[][]; readonly usage: object[] } {
  const steps: unknown[][] = []
  const usage: object[] = []
  const job = { payload: stubPayload.parse(payload), model: 'a-model', attempt: number } as JobContext<never>
  const tools: JobTools = {
    signal,
    step: (...report) => void steps.push(report),
    log: { info() {}, warn() {} },
    usage: async (call) => void usage.push(call),
    ask: () => Promise.reject(new Error('Nobody is asked here')),
    once: () => Promise.reject(new Error('Nothing is kept here')),
  }
  return { answer: Promise.resolve(stubProbe.handler(job, tools)), steps, usage }
}
