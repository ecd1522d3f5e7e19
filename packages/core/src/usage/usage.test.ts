import { describe, expect, it } from 'vitest'
import { costOf, type Price, priceAt } from './price.ts'
import { type CallUsage, countedCall, MOST_UNITS } from './usage.ts'
import { usageFrom } from './usage-from.ts'

const price = (change: Partial<Price> = {}): Price => ({
  model: 'm',
  from: new Date('2026-01-01T00:00:00Z'),
  inputMicros: 3_000_000,
  outputMicros: 15_000_000,
  cachedMicros: 300_000,
  cacheWriteMicros: 3_750_000,
  ...change,
})
const call = (change: Partial<CallUsage>) => countedCall({ input: 0, output: 0, ...change }, 'm')

describe('A reported call', () => {
  it('is of its job’s model unless it says another', () => {
    expect(countedCall({ input: 1, output: 2 }, 'm')).toEqual({
      model: 'm',
      input: 1,
      output: 2,
      cached: 0,
      cacheWrite: 0,
      reasoning: 0,
      costMicros: null,
    })
    expect(countedCall({ input: 1, output: 2, model: 'judge', costMicros: 0 }, null)).toMatchObject({
      model: 'judge',
      costMicros: 0,
    })
  })

  it.each<[string, unknown, string | null, readonly string[]]>([
    ['negative', { input: -1, output: 0 }, 'm', ['input']],
    [
      'fractional, too large, text',
      { input: 0.5, output: 2 ** 31, cached: '1' },
      'm',
      ['input', 'output', 'cached'],
    ],
    ['left out', { output: 1 }, 'm', ['input']],
    ['more cached than all input', { input: 5, output: 0, cached: 3, cacheWrite: 3 }, 'm', ['cached']],
    ['more thought than all output', { input: 0, output: 1, reasoning: 2 }, 'm', ['reasoning']],
    ['of no model', { input: 0, output: 1 }, null, ['model']],
    ['of a nameless model', { input: 0, output: 1, model: '' }, 'm', ['model']],
    ['misspelled', { input: 0, output: 1, cost: 5 }, 'm', ['cost']],
    ['nothing', null, 'm', ['']],
  ])('is refused by its paths if it is %s', (_, given, model, paths) => {
    expect(() => countedCall(given as CallUsage, model)).toThrow(
      expect.objectContaining({ issues: paths.map((path) => expect.objectContaining({ path })) }),
    )
  })
})

describe('The cost of a call', () => {
  it('is rounded up once, whatever parts it has', () => {
    expect(costOf(call({ input: 1 }), price({ inputMicros: 1 }))).toBe(1)
    expect(
      costOf(call({ input: 1, output: 1 }), price({ inputMicros: 500_000, outputMicros: 500_000 })),
    ).toBe(1)
    expect(costOf(call({ input: 1_000, output: 100, cached: 600, cacheWrite: 100 }), price())).toBe(
      Math.ceil(300 * 3 + 600 * 0.3 + 100 * 3.75 + 100 * 15),
    )
    expect(costOf(call({}), price())).toBe(0)
  })

  it('is exact where a product passes 2⁵³', () => {
    const dear = price({ inputMicros: 999_999_999, outputMicros: 999_999_999 })
    expect(costOf(call({ input: MOST_UNITS, output: MOST_UNITS }), dear)).toBe(4_294_967_289_706)
  })

  it('is the same in doubles as in whole numbers of any size', () => {
    // Costs around whole ones, from small to the largest.
    for (let power = 0; power <= 31; power++) {
      for (const near of [-1, 0, 1]) {
        const input = Math.min(MOST_UNITS, Math.max(0, 2 ** power + near))
        for (const inputMicros of [1, 3, 999_999, 1_000_000, 1_000_001, 2_097_153, 999_999_999]) {
          const exact = (BigInt(input) * BigInt(inputMicros) + 999_999n) / 1_000_000n
          expect(costOf(call({ input }), price({ inputMicros })), `${input} at ${inputMicros}`).toBe(
            Number(exact),
          )
        }
      }
    }
  })

  it('is what the provider tells, and nothing without a price', () => {
    expect(costOf(call({ input: 9, costMicros: 4 }), price())).toBe(4)
    expect(costOf(call({ input: 9 }), undefined)).toBe(0)
  })

  it('goes by the latest price that holds, of the very model', () => {
    const [first, second] = [price(), price({ from: new Date('2026-02-01T00:00:00Z'), inputMicros: 1 })]
    const prices = [second, first, price({ model: 'other', inputMicros: 7 })]
    expect(priceAt(prices, 'm', new Date('2026-01-31T23:59:59.999Z'))).toBe(first)
    expect(priceAt(prices, 'm', new Date('2026-02-01T00:00:00Z'))).toBe(second)
    expect(priceAt(prices, 'm', new Date('2025-12-31T23:59:59Z'))).toBeUndefined()
    expect(priceAt(prices, 'nobody', new Date('2026-02-01T00:00:00Z'))).toBeUndefined()
  })
})

describe('The usage in an answer', () => {
  const all = { input: 100, output: 30, cached: 40, cacheWrite: 5, reasoning: 20 }

  it.each<[string, unknown, object]>([
    [
      'a result of the AI SDK, all of its steps',
      {
        usage: { inputTokens: 1, outputTokens: 1, inputTokenDetails: {}, outputTokenDetails: {} },
        totalUsage: {
          inputTokens: 100,
          outputTokens: 30,
          inputTokenDetails: { cacheReadTokens: 40, cacheWriteTokens: 5 },
          outputTokenDetails: { reasoningTokens: 20 },
        },
      },
      all,
    ],
    [
      'a provider of the AI SDK',
      {
        usage: {
          inputTokens: { total: 100, noCache: 55, cacheRead: 40, cacheWrite: 5 },
          outputTokens: { total: 30, text: 10, reasoning: 20 },
        },
      },
      all,
    ],
    [
      'Anthropic, with null for none',
      {
        usage: {
          input_tokens: 7,
          output_tokens: 3,
          cache_read_input_tokens: null,
          cache_creation_input_tokens: null,
        },
      },
      { input: 7, output: 3, cached: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'its usage alone',
      { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
      { input: 7, output: 3, cached: 0, cacheWrite: 0, reasoning: 0 },
    ],
  ])('is read of %s', (_, answer, expected) => {
    expect(usageFrom(answer)).toEqual(expected)
  })

  it('is not known where nothing says it, or what says it makes no sense', () => {
    const thrower = {
      get usage(): never {
        throw new Error('no')
      },
    }
    const absurd = { usage: { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } } }
    for (const answer of [
      undefined,
      null,
      'text',
      {},
      { usage: null },
      { usage: { total: 5 } },
      thrower,
      absurd,
    ])
      expect(usageFrom(answer)).toBeUndefined()
  })
})
