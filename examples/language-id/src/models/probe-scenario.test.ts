import { type JobContext, NonRetryableError } from '@muster/core'
import { describe, expect, it, vi } from 'vitest'
import { findModel, modelNames } from './models.ts'
import { probeScenario, type ScenarioPayload } from './probe-scenario.ts'

const FRENCH = 'Tous les êtres humains naissent libres et égaux en dignité et en droits.'

async function probe(model: string | null, change: Partial<ScenarioPayload> = {}) {
  const payload: ScenarioPayload = {
    text: FRENCH,
    language: 'fr',
    length: 'clause',
    dataset: 'udhr',
    ...change,
  }
  const step = vi.fn<(name: string, index: number, total: number) => void>()
  const tools = {
    signal: new AbortController().signal,
    step,
    log: { info: () => {}, warn: () => {} },
    usage: async () => undefined,
    ask: () => Promise.reject(new Error('Nobody is asked here')),
    once: () => Promise.reject(new Error('Nothing is kept here')),
  }
  const answer = await probeScenario.handler({ payload, model } as JobContext<ScenarioPayload>, tools)
  return { answer, step }
}

describe('probe:scenario', () => {
  it.each([...modelNames])('asks %s, whose answer is in the codes used here', async (model) => {
    const { answer, step } = await probe(model)
    expect(answer).toEqual({ language: 'fr', unsupported: false, confidence: expect.any(Number) })
    expect(answer.confidence).toBeGreaterThan(0)
    expect(answer.confidence).toBeLessThanOrEqual(1)
    expect(step).toHaveBeenLastCalledWith('probe', 1, 1)
  })

  it('does not ask a model about a language that it never learnt', async () => {
    const { answer } = await probe('eld', { text: 'Doet alle mense vry en gelyk', language: 'af' })
    expect(answer).toEqual({ language: null, unsupported: true, confidence: 0 })
  })

  it('knows a language by its other codes', async () => {
    const text = 'Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter.'
    expect((await probe('fasttext', { text, language: 'nob' })).answer).toMatchObject({ language: 'no' })
  })

  it.each([null, 'gpt', 'toString'])('fails for good where the model is %s', async (model) => {
    await expect(probe(model)).rejects.toThrow(NonRetryableError)
    await expect(probe(model)).rejects.toThrow('franc, eld, cld3, fasttext')
  })

  it.each([...modelNames])('never lets %s be confident of blank text', async (model) => {
    const loaded = await findModel(model)
    for (const text of ['', ' ', '\n\t']) {
      expect(await loaded?.probe(text)).toEqual({ language: null, unsupported: false, confidence: 0 })
    }
  })

  it.each([
    { text: '' },
    { language: 'not a code' },
    { language: '' },
    { length: 'page' },
    { article: 0 },
    { dataset: 'wikipedia' },
    { more: true },
  ])('takes no payload with %j', async (change) => {
    const payload = { text: FRENCH, language: 'fr', length: 'clause', dataset: 'udhr', ...change }
    expect(await probeScenario.payload['~standard'].validate(payload)).toHaveProperty('issues')
  })

  it('loads a model once', async () => {
    const [first, second] = await Promise.all([findModel('cld3'), findModel('cld3')])
    expect(first).toBe(second)
  })
})
